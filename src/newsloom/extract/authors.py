"""Who wrote an article: people as a list, without "By", addresses, job titles and repeats."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from selectolax.lexbor import LexborNode

from newsloom.extract.bylines import clean_name, is_name, split_byline
from newsloom.extract.frames import is_commentary
from newsloom.extract.jsonld import Linked, as_list, types_of
from newsloom.extract.plain import fold
from newsloom.extract.publisher import read_by_rule, rule_of
from newsloom.extract.reading import Reading
from newsloom.extract.rules import METAS
from newsloom.extract.title import site_names
from newsloom.extract.tree import Tree
from newsloom.settings import AUTHORS

_METAS: Final = METAS.authors
_BYLINE_WORDS: Final = ("byline", "author", "autor", "auteur", "person-link")  # in class names
_PROFILE_PATHS: Final = (
    "/author/", "/authors/", "/author-", "/autor/", "/autoren/", "/editors/", "/staff/", "/creator/",
    "/newsteam/", "/profil/", "/autores/", "/auteur/",
)  # fmt: skip
# One query for all, since each goes through the whole page.
_MARKED: Final = ",".join(
    [
        '[rel~="author"]',
        '[itemprop="author"]',
        '[data-testid*="byline" i]',
        '[id*="byline" i]',
        *(f'[class*="{word}" i]' for word in _BYLINE_WORDS),
        *(f'a[href*="{part}" i]' for part in _PROFILE_PATHS),
    ]
)
_MARKED_LIMIT: Final = 80
_CARD_LABEL: Final = re.compile(
    r"(?:(?:written|posted) by|verfasst von|geschrieben von|escrito por|écrit par|scritto da|geschreven door|"
    r"author|autor|napisane przez|skrivet av)$",
    re.IGNORECASE,
)
_LABEL: Final = re.compile(
    r"(?:by|von|text|autor(?:in)?(?:/autor(?:in)?)?|author|auteur|redaktion)\s*:?", re.IGNORECASE
)
_BY_LINE: Final = re.compile(
    r"(?:by|von|por|par|text(?: von| by)?|(?:geschrieben|verfasst|posted|written) (?:by|von)|"
    r"autor(?:in|en)?(?:/autor(?:in)?)?|author|auteur|fazit von)\s*:?\s+(.+)",
    re.IGNORECASE,
)
_NAMED: Final = re.compile(
    r"\b(?:Autorin/Autor|Autor(?:in)?:|Author:|Auteur ?:|Autore:|Text:|Text von)\s+"
    r"([A-ZÀ-Þ][\w.'’-]+(?:\s[A-ZÀ-Þ][\w.'’/-]+){1,2})"
)
_LINE: Final = 80  # characters of a byline's line; longer ones are sentences that begin with "By"
_CAPITALISED: Final = re.compile(
    r"[A-ZÀ-ÞĀ-Ž][\w.'’-]*(?:\s(?:(?:van|von|de|der|den|di|da|la|le|el|bin|al)\s)*[A-ZÀ-ÞĀ-Ž][\w.'’-]*){1,3}"
)
_BYLINE_LIMIT: Final = 12
_ORGANISATION: Final = frozenset({"organization", "newsmediaorganization", "corporation", "ngo"})


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    seen: dict[str, str] = {}
    for name in names:
        seen.setdefault(fold(name), name)
    return tuple(name for key, name in seen.items() if key)[:AUTHORS]


def _named(value: object, linked: Linked) -> Iterator[tuple[str, bool]]:
    """Give (name, is a person) out of a JSON-LD author value."""
    for item in as_list(value):
        node = linked.resolve(item)
        if isinstance(node, str):
            for name in split_byline(node):
                yield name, True
        elif isinstance(node, dict):
            person = not types_of(node) & _ORGANISATION
            for raw in as_list(node.get("name")):
                if isinstance(raw, str):
                    names = split_byline(raw) if person else [clean_name(raw)]
                    for name in names:
                        if is_name(name):
                            yield name, person


def _from_rule(tree: Tree) -> Iterator[Reading[tuple[str, ...]]]:
    readings = read_by_rule(tree, rule_of(tree).authors)
    names = _unique(name for reading in readings for name in split_byline(reading.value))
    if names:
        yield Reading(names, readings[0].source, readings[0].confidence)


def _from_linked(linked: Linked, sites: set[str]) -> Iterator[Reading[tuple[str, ...]]]:
    for key, confidence in (("author", 0.93), ("creator", 0.85)):
        found = list(_named(linked.article.get(key), linked))
        people = [name for name, person in found if person and fold(name) not in sites]
        if people:
            yield Reading(_unique(people), f"json-ld {key}", confidence)
        elif found:
            yield Reading(_unique(name for name, _ in found), f"json-ld {key} (organisation)", 0.58)


def _from_metas(tree: Tree, sites: set[str]) -> Iterator[Reading[tuple[str, ...]]]:
    for key, confidence in _METAS:
        names = _unique(name for text in tree.metas.get(key, ()) for name in split_byline(text))
        if names:
            site = all(fold(name) in sites for name in names)
            yield Reading(names, key, 0.54 if site else confidence)


def _peers(node: LexborNode) -> list[LexborNode]:
    """Give the elements that name an author beside this one, itself among them: co-authors have one each."""
    if node.parent is None:
        return [node]
    found = node.parent.css('[rel="author"], [itemprop="author"]')[:AUTHORS]
    return [peer for peer in found if peer.parent and peer.parent.mem_id == node.parent.mem_id] or [node]


def _alike(node: LexborNode, nodes: list[LexborNode]) -> list[LexborNode]:
    """Give the elements beside this one that are marked up as it is: one for each of several authors."""
    mark, parent = node.attributes.get("class"), node.parent
    if parent is None:
        return [node]
    return [
        other
        for other in nodes
        if other.attributes.get("class") == mark and other.parent and other.parent.mem_id == parent.mem_id
    ]


def _labelled(tree: Tree) -> Iterator[Reading[tuple[str, ...]]]:
    """Read what the page's text calls its author, wherever it stands."""
    body = tree.parser.body
    text = body.text(separator=" ") if body is not None else ""
    match = _NAMED.search(text)
    name = clean_name(match[1].partition("/")[0]) if match else ""
    if name and _CAPITALISED.fullmatch(name) and is_name(name):
        yield Reading((name,), "labelled author", 0.55)


def _marked(tree: Tree) -> tuple[list[LexborNode], list[LexborNode]]:
    """Give the elements that are marked up as bylines, and the links to people's own pages."""
    bylines: list[LexborNode] = []
    profiles: list[LexborNode] = []
    for node in tree.parser.css(_MARKED)[:_MARKED_LIMIT]:
        values = node.attributes
        href = (values.get("href") or "").lower()
        marks = " ".join(values.get(name) or "" for name in ("class", "rel", "itemprop", "id", "data-testid"))
        if node.tag == "a" and any(part in href for part in _PROFILE_PATHS):
            profiles.append(node)
        if any(word in marks.lower() for word in _BYLINE_WORDS):
            bylines.append(node)
    return bylines[:_BYLINE_LIMIT], profiles[:_BYLINE_LIMIT]


def _from_bylines(nodes: list[LexborNode]) -> Iterator[Reading[tuple[str, ...]]]:
    for node in nodes:
        text = node.text(separator=" ")
        if len(text) > 200 or is_commentary(node):
            continue
        strong = node.attributes.get("rel") == "author" or node.attributes.get("itemprop") == "author"
        texts = [peer.text(separator=" ") for peer in (_peers(node) if strong else _alike(node, nodes))]
        names = _unique(name for text in texts for name in split_byline(text))
        if not names:
            continue
        if (any if strong else all)(" " in name for name in names):
            yield Reading(names, "byline", 0.7 if strong else 0.6)
        elif strong:
            yield Reading(names, "byline (one word)", 0.56)


def _from_profiles(nodes: list[LexborNode]) -> Iterator[Reading[tuple[str, ...]]]:
    """Read the first link that leads to somebody's own page and is called by a name, with those beside it."""
    for node in nodes:
        if is_commentary(node) or node.parent is None:
            continue
        beside = [
            other for other in nodes if other.parent is not None and other.parent.mem_id == node.parent.mem_id
        ]
        names = _unique(name for link in beside for name in split_byline(link.text(separator=" ")))
        if names and all(len(name.split()) <= 4 for name in names):
            yield Reading(names, "profile link", 0.61 if all(" " in name for name in names) else 0.55)
            return


def _from_cards(tree: Tree) -> Iterator[Reading[tuple[str, ...]]]:
    """Read Twitter cards' label and value pairs, in which many blogs state their author."""
    for number in ("1", "2"):
        if _CARD_LABEL.match(tree.meta(f"twitter:label{number}")):
            names = _unique(split_byline(tree.meta(f"twitter:data{number}")))
            if names:
                yield Reading(names, "twitter card", 0.595)


def _beside_headline(tree: Tree) -> Iterator[Reading[tuple[str, ...]]]:
    """Read a line beside the headline, or one at the page's end, that says "By" and names."""
    lines = (*tree.surroundings.after, *tree.surroundings.before)
    for position, line in enumerate(lines):
        if _LABEL.fullmatch(line) and position + 1 < len(lines):
            whole = f"{line.rstrip(':')} {lines[position + 1]}"
        else:
            whole = line
        match = _BY_LINE.match(whole) if len(whole) <= _LINE else None
        names = _unique(split_byline(match[1])) if match else ()
        if names and all(_CAPITALISED.fullmatch(name) for name in names):
            yield Reading(names, "beside the headline", 0.6)
            return


def author_readings(tree: Tree, linked: Linked) -> list[Reading[tuple[str, ...]]]:
    """Give every list of authors the page names; bylines in the text only when nothing states them."""
    sites = site_names(tree, linked)
    found = [*_from_rule(tree), *_from_linked(linked, sites), *_from_metas(tree, sites)]
    if not any(reading.confidence >= 0.7 for reading in found):
        bylines, profiles = _marked(tree)
        found += [
            *_from_cards(tree),
            *_from_bylines(bylines),
            *_from_profiles(profiles),
            *_beside_headline(tree),
        ]
        if not any(reading.confidence >= 0.55 for reading in found):
            found += _labelled(tree)
    return found
