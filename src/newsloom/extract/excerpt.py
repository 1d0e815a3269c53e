"""What an article is about, in at most `EXCERPT_CHARACTERS`: standfirst, description, or first sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from newsloom.extract.jsonld import Linked, as_text
from newsloom.extract.plain import fold, shorten, tidy
from newsloom.extract.reading import Reading, choose
from newsloom.extract.tree import Tree
from newsloom.settings import EXCERPT_CHARACTERS

_BOILERPLATE: Final = re.compile(
    r"^(?:stock quotes by|all rights reserved|copyright|©|we use cookies|this site uses cookies|cookies|"
    r"photo(?:graph)?(?: by|:)|image(?: credit|:)|credit:|getty images|"
    r"sign up|subscribe|log ?in|please enable|javascript|your browser|click here|read (?:more|our)|"
    r"advertisement|share (?:this|on)|breaking news|latest news|"
    r"enable javascript|skip to|the latest (?:news|breaking)|get the latest|\d+ min(?:ute)?s? read|"
    r"updated|published|by [A-Z]\w+ [A-Z]\w+$|default description)",
    re.IGNORECASE,
)
_SHORTEST: Final = 30
_FROM_TEXT: Final = 0.6  # trust in an article's own first sentences


def is_boilerplate(text: str) -> bool:
    """Say whether a text belongs to the site's frame, not to its article."""
    return bool(_BOILERPLATE.match(text)) or ("cookie" in text.lower()[:200] and "consent" in text.lower())


def _first_sentences(text: str, title: str) -> str:
    for paragraph in text.split("\n\n"):
        line = tidy(paragraph)
        if len(line) >= 60 and not is_boilerplate(line) and fold(line) != fold(title):
            return line
    return ""


def excerpt_readings(tree: Tree, linked: Linked, text: str, title: str) -> list[Reading[str]]:
    """Give every summary the page has, cut to length and without the site's boilerplate."""
    return list(_readings(tree, linked, text, title))


def stated_excerpt(tree: Tree, linked: Linked, title: str) -> str | None:
    """Give the summary that a page has whatever its text; None where the text may give another."""
    best = choose(_readings(tree, linked, "", title))
    return best.value if best is not None and best.confidence >= _FROM_TEXT else None


def _readings(tree: Tree, linked: Linked, text: str, title: str) -> Iterator[Reading[str]]:
    raw = (
        ("og:description", tree.meta("og:description"), 0.85),
        ("description", tree.meta("description", "dc.description", "sailthru.description"), 0.82),
        ("twitter:description", tree.meta("twitter:description"), 0.8),
        ("json-ld description", as_text(linked.article.get("description")), 0.78),
        ("microdata description", tree.microdata('[itemprop="description"]'), 0.76),
        ("json-ld alternativeHeadline", as_text(linked.article.get("alternativeHeadline")), 0.5),
        ("first sentences", _first_sentences(text, title), _FROM_TEXT),
    )
    for source, value, confidence in raw:
        line = tidy(value)
        if not line or is_boilerplate(line) or fold(line) == fold(title):
            continue
        trust = confidence if len(line) >= _SHORTEST else confidence - 0.4
        yield Reading(shorten(line, EXCERPT_CHARACTERS), source, trust)
