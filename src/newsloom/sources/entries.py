"""Entries of RSS, RDF and Atom to candidates, and what a feed says of itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain
from typing import Final

from msgspec import Struct

from newsloom import settings
from newsloom.extract import plain_title
from newsloom.records import Candidate
from newsloom.sources.building import Document
from newsloom.sources.elements import (
    Element,
    Fields,
    base_of,
    first_text,
    fix_controls,
    list_fields,
    markup_of,
    text_of,
    with_base,
)
from newsloom.sources.links import web_address
from newsloom.sources.media import find_picture, has_video
from newsloom.sources.moments import read_moment

_PUBLISHED: Final = (
    "pubdate",
    "published",
    "issued",
    "created",
    "dcterms:issued",
    "dcterms:created",
    "dc:date",
    "atom:published",
    "date",
    "dcterms:date",
    "dc:issued",
)
_MODIFIED: Final = ("updated", "modified", "atom:updated", "dcterms:modified", "dc:modified", "lastbuilddate")
_CONTENTS: Final = (
    "content:encoded",
    "content",
    "atom:content",
    "xhtml:body",
    "xhtml:div",
    "encoded",
    "fulltext",
)
_SUMMARIES: Final = (
    "description",
    "summary",
    "atom:summary",
    "dc:description",
    "dcterms:abstract",
    "tagline",
    "itunes:summary",
    "media:description",
    "itunes:subtitle",
)
_TITLES: Final = ("title", "dc:title", "atom:title", "media:title", "itunes:title")
_ORIGINALS: Final = ("feedburner:origlink", "pheedo:origlink")
_NAME_IN_BRACKETS: Final = re.compile(r"^\S+@\S+\s+\((.+)\)$")
_ADDRESS: Final = re.compile(r"\s*[<(]?\b[\w.+-]+@[\w-]+\.[\w.-]+\b[>)]?\s*")
_PERIODS: Final = {
    "hourly": 3600,
    "daily": 86_400,
    "weekly": 604_800,
    "monthly": 2_592_000,
    "yearly": 31_536_000,
}
_LONGEST: Final = 31_536_000  # seconds between two readings that a feed can ask for
_VIDEO_WITH_TEXT: Final = 600  # characters of content from which an entry is not about its video


class Head(Struct, frozen=True, kw_only=True):
    """What a feed says of itself. `base` is what its links are relative to, `stated` its own xml:base."""

    title: str = ""
    base: str = ""
    stated: str = ""
    language: str = ""
    authors: tuple[str, ...] = ()
    hub: str = ""
    topic: str = ""
    every: int | None = None


def read_head(document: Document, address: str) -> Head:
    """Read a feed's own fields."""
    root = document.root
    atom = root.name.endswith("feed")
    fields = list_fields(root)
    channel = root if atom else next(iter(fields.get("channel", ())), root)
    fields = fields if channel is root else list_fields(channel)
    stated = base_of(channel, "" if channel is root else base_of(root, ""))
    # What a feed is about may be what its links are relative to, unless it is itself relative.
    link = _find_link(fields, stated)
    links = [*fields.get("link", ()), *fields.get("atom:link", ())]
    language = channel.get("xml:lang") or root.get("xml:lang")
    return Head(
        title=_read_title(fields, atom=atom),
        base=stated or link or address,
        stated=stated,
        language=language or first_text(fields, "language", "dc:language"),
        authors=_read_authors(fields) if atom else (),
        hub=next(_list_rel(links, "hub", stated or address), ""),
        topic=next(_list_rel(links, "self", stated or address), ""),
        every=_read_interval(fields),
    )


def read_candidate(element: Element, head: Head, observed: datetime, source: str) -> Candidate:
    """Read an entry. Its address is "" where it names none."""
    fields = list_fields(element)
    atom = element.name.endswith("entry")
    stated = base_of(element, head.stated)
    base = stated or head.base
    about = element.get("rdf:about")
    summary, content = _read_texts(fields, stated, atom=atom)
    link = _find_link(fields, base) or web_address(about)
    modified = _find_moment(fields, _MODIFIED, observed)
    return Candidate(
        address=link,
        source=source,
        observed=observed,
        id=(first_text(fields, "guid", "id", "atom:id") or about or link)[: settings.URL_CHARACTERS],
        title=_read_title(fields, atom=atom),
        excerpt=summary,
        content=content,
        authors=_read_authors(fields) or head.authors,
        published=_find_moment(fields, _PUBLISHED, observed) or modified,
        modified=modified,
        image=find_picture(fields, base),
        language=element.get("xml:lang") or first_text(fields, "dc:language") or head.language or None,
        video="youtube.com/watch" in link or (len(content) < _VIDEO_WITH_TEXT and has_video(fields)),
    )


def _read_title(fields: Fields, *, atom: bool) -> str:
    for name in _TITLES:
        for element in fields.get(name, ()):
            if title := plain_title(fix_controls(markup_of(element, atom=atom, strict=True))):
                return title[: settings.TITLE_CHARACTERS]
    return ""


def _read_texts(fields: Fields, stated: str, *, atom: bool) -> tuple[str, str]:
    """Give an entry's summary and the longest text it has, as HTML."""
    summary = next(_list_markup(fields, _SUMMARIES, stated, atom=atom), "")
    content = max([summary, *_list_markup(fields, _CONTENTS, stated, atom=atom)], key=len)
    return summary, content


def _list_markup(fields: Fields, names: tuple[str, ...], stated: str, *, atom: bool) -> Iterator[str]:
    for name in names:
        for element in fields.get(name, ()):
            markup = markup_of(element, atom=atom)[: settings.ENTRY_CHARACTERS]
            if markup and not markup.isspace():
                yield with_base(markup, element, stated)


def _find_link(fields: Fields, base: str) -> str:
    """Give the address of what a feed or an entry is about."""
    for name in _ORIGINALS:
        for element in fields.get(name, ()):
            if link := web_address(text_of(element)):
                return link
    for element in fields.get("link", ()):
        if element.parts and (link := web_address(text_of(element), base_of(element, base))):
            return link
    links = [*fields.get("link", ()), *fields.get("atom:link", ())]
    named = chain(_list_rel(links, "alternate", base), _list_sources(fields, base))
    return next(named, "") or _find_permanent(fields)


def _list_rel(links: Sequence[Element], rel: str, base: str) -> Iterator[str]:
    """Give the addresses of links that stand in a relation, those to web pages first."""
    wanted = [link for link in links if link.attributes and (link.get("rel") or "alternate").lower() == rel]
    for element in sorted(wanted, key=lambda one: "html" not in (one.get("type") or "html")):
        if link := web_address(element.get("href"), base_of(element, base)):
            yield link


def _list_sources(fields: Fields, base: str) -> Iterator[str]:
    """Give the addresses at which an entry's content is said to be."""
    for element in fields.get("content", ()):
        if link := web_address(element.get("src"), base_of(element, base)):
            yield link


def _find_permanent(fields: Fields) -> str:
    """Give a name that is an address: `guid` says when it is none."""
    for name in ("guid", "id", "atom:id"):
        for element in fields.get(name, ()):
            if (element.get("isPermaLink") or element.get("ispermalink") or "true").lower() != "false":
                return web_address(text_of(element))
    return ""


def _find_moment(fields: Fields, names: tuple[str, ...], observed: datetime) -> datetime | None:
    for name in names:
        for element in fields.get(name, ()):
            if found := read_moment(text_of(element), observed):
                return found
    return None


def _read_authors(fields: Fields) -> tuple[str, ...]:
    names = [*_list_names(fields, "author"), *_list_names(fields, "dc:creator")]
    names = names or [*_list_names(fields, "atom:author"), *_list_names(fields, "itunes:author")]
    return tuple(dict.fromkeys(names))[: settings.AUTHORS]


def _list_names(fields: Fields, key: str) -> Iterator[str]:
    """Give the names of people; an address of mail is nobody's name."""
    for element in fields.get(key, ()):
        name = first_text(list_fields(element), "name", "atom:name") or text_of(element)
        match = _NAME_IN_BRACKETS.match(name)
        clean = plain_title(match[1] if match else _ADDRESS.sub(" ", name).strip(" ()<>"))
        if clean:
            yield clean


def _read_interval(fields: Fields) -> int | None:
    """Give how often a feed asks to be read, in seconds; None where it does not say."""
    minutes = _read_number(first_text(fields, "ttl"))
    if minutes:
        return min(60 * minutes, _LONGEST)
    period = _PERIODS.get(first_text(fields, "sy:updateperiod").lower())
    often = _read_number(first_text(fields, "sy:updatefrequency")) or 1
    return max(period // often, 1) if period else None


def _read_number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None
