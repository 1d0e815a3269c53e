"""The headline as a reader sees it.

On real pages it is nearly always one of `<h1>`, `og:title` and JSON-LD's `headline`, each alone right
on about three pages of four; `<title>` carries the site's name. The choice leans on agreement: a
value that another place repeats is more likely the headline than one that stands alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from newsloom.extract.address import host_of, registrable_domain
from newsloom.extract.jsonld import Linked, as_text
from newsloom.extract.plain import fold, tidy
from newsloom.extract.reading import Reading
from newsloom.extract.tree import Tree
from newsloom.settings import TITLE_CHARACTERS

_PARTS: Final = re.compile(r"\s+[|•·»:–—-]\s+|\s*[|•]\s*|\s+::\s+")
_LEAST_PART: Final = 20  # letters of a headline that may be found within a longer one
_SITE_WORDS: Final = re.compile(
    r"\b(?:news|zeitung|magazine|times|post|journal|blog|tv|radio|online|actualités|noticias|nachrichten)\b",
    re.IGNORECASE,
)
_NOT_HEADINGS: Final = re.compile(
    r"logo|brand|site-?title|site-?name|masthead|header__title|visually-hidden|sr-only", re.IGNORECASE
)


def site_names(tree: Tree, linked: Linked) -> set[str]:
    """Give folded forms of what this site may call itself in its titles."""
    host = host_of(tree.address)
    domain = registrable_domain(host)
    names = {domain, domain.partition(".")[0], host, host.removeprefix("www.")}
    names.add(tree.meta("og:site_name"))
    names.add(tree.meta("application-name", "al:iphone:app_name", "apple-mobile-web-app-title"))
    names.add(tree.meta("twitter:site").lstrip("@"))
    names.add(as_text(linked.resolve(linked.article.get("publisher"))))
    return {folded for name in names if (folded := fold(tidy(name)))}


def _is_site(part: str, names: set[str]) -> bool:
    folded = fold(part)
    if not folded:
        return True
    if folded in names:
        return True
    if folded.startswith(tuple(names)) and _SITE_WORDS.search(part):
        return True
    return any(
        len(name) >= 4
        and (folded.startswith(name) or folded.endswith(name))
        and len(folded) <= len(name) + 12
        for name in names
    )


def without_site(title: str, names: set[str]) -> str:
    """Cut a site's name off either end of a title, with what divides them."""
    for _ in range(3):
        matches = list(_PARTS.finditer(title))
        if not matches:
            return title
        last, first = matches[-1], matches[0]
        if _is_site(title[last.end() :], names) and title[: last.start()].strip():
            title = title[: last.start()].strip()
        elif _is_site(title[: first.start()], names) and title[first.end() :].strip():
            title = title[first.end() :].strip()
        else:
            return title
    return title


def _headings(tree: Tree) -> Iterator[str]:
    for node in tree.headings[:6]:
        values = node.attributes
        if _NOT_HEADINGS.search(f"{values.get('class') or ''} {values.get('id') or ''}"):
            continue
        text = tidy(node.text(separator=" "))
        if 3 <= len(text) <= TITLE_CHARACTERS:
            yield text


def _raw_readings(tree: Tree, linked: Linked) -> Iterator[Reading[str]]:
    article = linked.article
    yield Reading(as_text(article.get("headline")), "json-ld headline", 0.74)
    yield Reading(tree.meta("og:title"), "og:title", 0.73)
    for position, text in enumerate(_headings(tree)):
        yield Reading(text, "h1", 0.73 - 0.1 * position)
    yield Reading(tree.meta("twitter:title"), "twitter:title", 0.6)
    yield Reading(as_text(article.get("name")), "json-ld name", 0.5)
    yield Reading(
        tree.meta("parsely-title", "sailthru.title", "dc.title", "dcterms.title", "citation_title", "title"),
        "meta title",
        0.55,
    )
    yield Reading(tree.titles[0] if tree.titles else "", "title", 0.4)


def title_readings(tree: Tree, linked: Linked) -> list[Reading[str]]:
    """Give every headline the page names, without the site's name, with agreement counted in."""
    names = site_names(tree, linked)
    cleaned: list[Reading[str]] = []
    for reading in _raw_readings(tree, linked):
        text = without_site(tidy(reading.value), names)
        if text and fold(text) not in names and len(text) <= TITLE_CHARACTERS:
            cleaned.append(Reading(text, reading.source, reading.confidence))
    return _with_agreement(cleaned)


def _voices(own: str, source: str, others: list[tuple[str, str]]) -> float:
    """Count who else says the same: fully, or with a kicker before or a section after it."""
    same = {other for other, form in others if other != source and form == own}
    longer = {
        other
        for other, form in others
        if other not in same
        and other != source
        and len(own) >= _LEAST_PART
        and form != own
        and (form.endswith(own) or form.startswith(own))
        and len(own) > 0.5 * len(form)
    }
    return len(same) + 0.5 * len(longer)


def _with_agreement(readings: list[Reading[str]]) -> list[Reading[str]]:
    forms = [(reading.source, fold(reading.value)) for reading in readings]
    return [
        Reading(item.value, item.source, min(0.99, item.confidence + 0.06 * _voices(form, source, forms)))
        for item, (source, form) in zip(readings, forms, strict=True)
    ]
