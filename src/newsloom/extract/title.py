"""The headline as a reader sees it.

On real pages it is nearly always one of `<h1>`, `og:title` and JSON-LD's `headline`, each alone right
on about three pages of four; `<title>` carries the site's name. The choice leans on agreement: a
value that another place repeats is more likely the headline than one that stands alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from newsloom.extract.address import host_of, registrable_domain
from newsloom.extract.jsonld import Linked, as_text
from newsloom.extract.plain import fold, tidy
from newsloom.extract.publisher import read_by_rule, rule_of
from newsloom.extract.reading import Reading
from newsloom.extract.tree import Tree
from newsloom.settings import TITLE_CHARACTERS

_PARTS: Final = re.compile(r"\s+[|•·»›«:–—-]\s+|\s*[|•│]\s*|\s+::\s+")
_HANGING: Final = re.compile(r"(?:\s+[·›–—-]|\s*[|•│])\s*$")
_SECTION: Final = re.compile(r"\s\|\s(?=[^|]{2,40}$)")
_SECTION_WORDS: Final = 3  # words that a section's name has at most, behind a headline of more
_DAY_BEFORE: Final = re.compile(r"^\d{1,2}\.\d{1,2}\.\d{4}\s*[|–—:-]\s*")
_CUT_SHORT: Final = re.compile(r"\s*(?:\.\.\.|…)$")
# Places whose values are written together, and what agreement adds to the trust in one of them. The
# figures here and in `_raw_readings` were fitted on the pages to tune on (docs/extraction.md).
_FAMILIES: Final = {
    "og:title": "shared", "twitter:title": "shared", "meta title": "shared", "title": "title",
    "h1": "page", "h2": "page", "h3": "page", "json-ld headline": "linked", "json-ld name": "linked",
}  # fmt: skip
_OTHER_FAMILY: Final = 0.04
_OWN_TITLE: Final = 0.01
_LONGER: Final = 0.04
_SAME_FAMILY: Final = 0.025
_FIRM: Final = frozenset({"h1", "h2", "json-ld headline"})
_SURE: Final = 0.745  # trust past which no headings of lower rank are asked
_LOWER: Final = 20  # of them that are looked at
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
    if tree.site_names is None:
        tree.site_names = _read_site_names(tree, linked)
    return tree.site_names


def _read_site_names(tree: Tree, linked: Linked) -> set[str]:
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
    yield from read_by_rule(tree, rule_of(tree).title)
    yield Reading(as_text(article.get("headline")), "json-ld headline", 0.75)
    yield Reading(tree.meta("og:title"), "og:title", 0.7)
    headings = list(_headings(tree))
    for position, text in enumerate(headings):
        yield Reading(text, "h1", (0.735 if len(headings) == 1 else 0.69) - 0.1 * position)
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
    raw = [reading for reading in _raw_readings(tree, linked) if reading.value]
    cleaned = _cleaned(raw, names)
    if not cleaned or max(reading.confidence for reading in cleaned) < _SURE:
        cleaned += _cleaned(_lower_headings(tree), names)
    if cleaned:
        return _with_agreement(_without_tails(cleaned))
    # A page that is called like its site still has that title; one that has none, its first heading.
    plain = [Reading(tidy(reading.value)[:TITLE_CHARACTERS], reading.source, 0.3) for reading in raw]
    return [reading for reading in plain if reading.value]


def _cleaned(raw: Iterable[Reading[str]], names: set[str]) -> list[Reading[str]]:
    found = []
    known: dict[tuple[str, bool], str] = {}  # the same headline stands in several places of most pages
    for reading in raw:
        firm = reading.source in _FIRM
        text = known.get((reading.value, firm))
        if text is None:
            text = _HANGING.sub("", without_site(_DAY_BEFORE.sub("", tidy(reading.value)), names))
            text = known[reading.value, firm] = text if firm else _without_section(text)
        if text and fold(text) not in names and len(text) <= TITLE_CHARACTERS:
            found.append(Reading(text, reading.source, reading.confidence))
    return found


def _without_section(title: str) -> str:
    """Cut a section's name behind a bar: "China snubs Khan, says resolve bilaterally | India News"."""
    match = _SECTION.search(title)
    if match is None or len(title[match.end() :].split()) > _SECTION_WORDS:
        return title
    head = title[: match.start()].strip()
    return head if len(head.split()) > _SECTION_WORDS else title


def _lower_headings(tree: Tree) -> Iterator[Reading[str]]:
    """Give headings of lower rank that the page's title holds: blogs put their own name into the `<h1>`."""
    if not tree.titles:
        return
    parts = {fold(part) for part in _PARTS.split(tidy(tree.titles[0]))}
    for node in tree.parser.css("h2,h3")[:_LOWER]:
        text = tidy(node.text(separator=" "))
        if len(text) >= 8 and fold(text) in parts:
            yield Reading(text, node.tag or "", 0.735)
            return


def _without_tails(readings: list[Reading[str]]) -> list[Reading[str]]:
    """Cut what another place does not have: a section or slogan behind a bar or dash, or an ellipsis."""
    firm = [item.value for item in readings if item.source in _FIRM and len(item.value) >= _LEAST_PART]
    if len({item.value for item in readings}) == 1:
        return readings
    found = []
    for item in readings:
        text = item.value
        for other in firm:
            rest = text[len(other) :]
            if (
                rest
                and text.startswith(other)
                and _PARTS.match(rest if rest[0] in "|•│" else f" {rest.lstrip()}")
            ):
                text = other
        stem = _CUT_SHORT.sub("", text)
        longer = [
            other.value for other in readings if len(other.value) > len(text) and other.value.startswith(stem)
        ]
        if stem != text and longer:
            text = longer[0]
        found.append(Reading(text, item.source, item.confidence))
    return found


def _trust(own: str, source: str, others: list[tuple[str, str]]) -> float:
    """Give what other places add to a reading: most where another family of them says the same.

    `og:title`, `twitter:title` and their like are written together, so they are hardly more than one
    voice. A place that has the same with a kicker before or a section after it agrees as well.
    """
    family = _FAMILIES.get(source)
    same = {_FAMILIES.get(other) for other, form in others if form == own} - {family}
    longer = (
        {
            _FAMILIES.get(other)
            for other, form in others
            if form != own
            and len(own) >= _LEAST_PART
            and (form.endswith(own) or form.startswith(own))
            and len(own) > 0.5 * len(form)
        }
        - same
        - {family}
    )
    kin = {
        other for other, form in others if form == own and other != source and _FAMILIES.get(other) == family
    }
    added = sum(_OWN_TITLE if voice == "title" else _OTHER_FAMILY for voice in same)
    return added + _LONGER * len(longer) + _SAME_FAMILY * len(kin)


def _with_agreement(readings: list[Reading[str]]) -> list[Reading[str]]:
    forms = [(reading.source, fold(reading.value)) for reading in readings]
    return [
        Reading(item.value, item.source, min(0.99, item.confidence + _trust(form, source, forms)))
        for item, (source, form) in zip(readings, forms, strict=True)
    ]
