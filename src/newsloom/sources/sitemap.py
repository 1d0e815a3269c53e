"""Sitemaps to candidates: news sitemaps, plain ones, indexes, lists of addresses as text, gzipped or not.

They are read as a stream of events by expat, so that no tree of a hostile file is ever built. Nothing
outside the file is read, entity declarations are refused, and the number of elements is bounded. What
an index lists is left to the poll that asked, in `Feed.follow`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final
from xml.parsers import expat

from msgspec import Struct

from newsloom import settings
from newsloom.errors import SourceError
from newsloom.extract.address import absolute
from newsloom.extract.moments import parse_moment
from newsloom.fetch.decoding import unpack_gzip
from newsloom.records import Candidate
from newsloom.sources.addresses import day_in, is_other, looks_like_article
from newsloom.sources.feed import Feed

_HTML: Final = re.compile(rb"<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_STRAY: Final = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)")
_MONTH: Final = re.compile(r"(\d{4})(?:-(\d\d))?")
_NO_DATE: Final = datetime(1, 1, 1, tzinfo=UTC)
# What lists of an index hold, by their addresses: pictures, films, people and shelves are no articles.
_SHELVES: Final = re.compile(
    r"image|photo|picture|video|author|categor|tag[-_s.]|taxonom|section|topic|product|page-sitemap|static|user",
    re.IGNORECASE,
)
_NEWS: Final = re.compile(r"news|latest|recent", re.IGNORECASE)
_STEP: Final = 64 * settings.KIB  # bytes given to the parser at once: a limit stops it soon after


class Listed(Struct, kw_only=True):
    """One `<url>` or `<sitemap>` while it is read: texts by the path of their elements' names."""

    child: bool
    texts: dict[str, str]

    def text(self, name: str) -> str:
        """The text of an element, "" when it was not there."""
        return self.texts.get(name, "").strip()


def read_sitemap(body: bytes, address: str, observed: datetime, source: str = "") -> Feed:
    """Read a sitemap's bytes: entries newest first, or what an index says to read next.

    Raises SourceError when it is empty, a web page, no sitemap, too damaged, or declares entities.
    """
    body = unpack_gzip(
        body, subject=address, limit=settings.SITEMAP_BYTES, ratio=settings.DECODED_RATIO
    ).lstrip(b"\xef\xbb\xbf \t\r\n")
    if not body:
        raise SourceError(address, "is empty", "it is tried again with the next pass", code="empty")
    if len(body) > settings.SITEMAP_BYTES:
        size = settings.SITEMAP_BYTES // settings.MIB
        raise SourceError(address, f"is larger than {size} MiB", "give one of its parts", code="too-big")
    if _HTML.search(body, 0, settings.KIB):
        raise _refuse(address, "a web page")
    problems: Counter[str] = Counter()
    listed = _read_xml(body, address, problems) if _is_xml(body) else _read_text(body, address)
    children = [item for item in listed if item.child]
    entries = [item for item in listed if not item.child]
    return Feed(
        address=address,
        title="",
        observed=observed,
        entries=tuple(_choose_entries(entries, address, observed, source or address, problems)),
        problems=problems,
        follow=_choose_children(children, address, observed),
    )


def _refuse(address: str, kind: str) -> SourceError:
    remedy = "`newsloom sources add` finds out what an address is"
    return SourceError(address, f"is not a sitemap but {kind}", remedy, code="not-a-sitemap")


def _is_xml(body: bytes) -> bool:
    return body.startswith((b"<", b"\xfe\xff", b"\xff\xfe"))


def _read_text(body: bytes, address: str) -> list[Listed]:
    """A sitemap as text: one address a line."""
    lines = body.decode("utf-8", "replace").splitlines()[: settings.SITEMAP_ADDRESSES]
    found = [line.strip() for line in lines if line.strip().startswith(("http://", "https://"))]
    if not found or len(found) < len([line for line in lines if line.strip()]) / 2:
        raise SourceError(
            address, "is not a sitemap", "give the address of an XML sitemap", code="not-a-sitemap"
        )
    return [Listed(child=False, texts={"loc": line}) for line in found]


def _read_xml(body: bytes, address: str, problems: Counter[str]) -> list[Listed]:
    reader = _Reader(address)
    try:
        reader.read(body)
    except (expat.ExpatError, LookupError, ValueError) as failure:
        # The latter two: an encoding is declared that expat does not know. What says so is mostly UTF-8.
        repaired = _Reader(address, None if isinstance(failure, expat.ExpatError) else "utf-8")
        try:
            repaired.read(_STRAY.sub(b"&amp;", body))
        except expat.ExpatError as error:
            if not repaired.listed:
                cause = f"is not a sitemap that can be read: {expat.ErrorString(error.code)}"
                raise SourceError(
                    address, cause, "check the address in a browser", code="broken-sitemap"
                ) from None
            problems["the sitemap breaks off: what came before was read"] += 1
        reader = repaired
    return reader.listed


class _Reader:
    """Gathers addresses from expat's events."""

    def __init__(self, address: str, encoding: str | None = None) -> None:
        self.listed: list[Listed] = []
        self._address = address
        self._path: list[str] = []
        self._item: Listed | None = None
        self._elements = 0
        self._full = False
        self._parser = expat.ParserCreate(encoding)
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._add
        self._parser.EntityDeclHandler = self._refuse_entity

    def read(self, body: bytes) -> None:
        """Read until the end, a limit or damage. Raises ExpatError and SourceError."""
        for start in range(0, len(body), _STEP):
            self._parser.Parse(body[start : start + _STEP], False)
            if self._full:
                return
        self._parser.Parse(b"", True)

    def _start(self, name: str, _: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        self._elements += 1
        if self._full or self._elements > settings.SITEMAP_ELEMENTS:
            self._full = True
            return
        if not self._path and local not in {"urlset", "sitemapindex"}:
            raise _refuse(self._address, f"<{local[:40]}>")
        if len(self._path) == 1 and local in {"url", "sitemap"}:
            self._item = Listed(child=local == "sitemap", texts={})
        self._path.append(local)

    def _end(self, _: str) -> None:
        if self._full:
            return
        if len(self._path) == 2 and self._item is not None:
            self.listed.append(self._item)
            self._item = None
            self._full = len(self.listed) >= settings.SITEMAP_ADDRESSES
        self._path.pop()

    def _add(self, text: str) -> None:
        if self._item is None or not 2 < len(self._path) < 6:
            return
        name = "/".join(self._path[2:])
        known = self._item.texts.get(name, "")
        if len(known) < settings.URL_CHARACTERS:
            self._item.texts[name] = known + text[: settings.URL_CHARACTERS]

    def _refuse_entity(self, *_: object) -> None:
        raise SourceError(
            self._address, "declares XML entities", "sitemaps need none; tell its publisher", code="entities"
        )


def _choose_entries(
    listed: list[Listed], base: str, observed: datetime, source: str, problems: Counter[str]
) -> Iterator[Candidate]:
    """The newest entries; of a plain sitemap without dates what looks like articles, dated ones first."""
    news = any(item.text("news/title") for item in listed)
    left = settings.SITEMAP_NEWS_ENTRIES if news else settings.SITEMAP_ENTRIES
    for item in sorted(listed, key=lambda item: _rank(item, observed), reverse=True):
        candidate = _read_entry(item, base, observed, source)
        if candidate is None:
            problems["sitemap entry without an http(s) address"] += 1
        elif _is_wanted(candidate):
            yield candidate
            left -= 1
        if left == 0:
            return


def _rank(item: Listed, observed: datetime) -> tuple[datetime, str]:
    moment = _read_moment(item.text("news/publication_date")) or _read_moment(item.text("lastmod"))
    if moment is None:
        return _NO_DATE, day_in(item.text("loc"))
    return min(moment, observed), ""  # a clock that runs ahead must not push out what is new


def _is_wanted(candidate: Candidate) -> bool:
    if candidate.title:
        return True
    return not is_other(candidate.address) if candidate.modified else looks_like_article(candidate.address)


def _read_entry(item: Listed, base: str, observed: datetime, source: str) -> Candidate | None:
    address = absolute(item.text("loc"), base)
    if address is None:
        return None
    return Candidate(
        address=address,
        source=source,
        observed=observed,
        id=address,
        title=item.text("news/title")[: settings.TITLE_CHARACTERS],
        published=_read_moment(item.text("news/publication_date")),
        modified=_read_moment(item.text("lastmod")),
        image=absolute(item.text("image/loc"), base),
        language=item.text("news/publication/language") or None,
        provider=item.text("news/publication/name") or None,
    )


def _read_moment(text: str) -> datetime | None:
    """A moment as sitemaps write it, also a month or a year alone."""
    if (month := _MONTH.fullmatch(text)) is not None:
        text = f"{month[1]}-{month[2] or '01'}-01"
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)  # ten times as fast as what follows, and nearly always enough
        at = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        moment = parse_moment(text)
        if moment is None:
            return None
        at = moment.at
    return at if at.year >= settings.EARLIEST_YEAR else None


def _choose_children(listed: list[Listed], base: str, observed: datetime) -> tuple[str, ...]:
    """Which of an index's sitemaps to read: those of news and of articles, the newest first."""
    found: dict[str, tuple[bool, datetime, str]] = {}
    for item in listed:
        address = absolute(item.text("loc"), base)
        if address is not None and address != base:
            moment = min(_read_moment(item.text("lastmod")) or _NO_DATE, observed)
            found[address] = (bool(_NEWS.search(_name(address))), moment, day_in(address))
    articles = [address for address in found if not _SHELVES.search(_name(address))] or list(found)
    articles.sort(key=found.__getitem__, reverse=True)
    return tuple(articles[: settings.SITEMAP_CHILDREN])


def _name(address: str) -> str:
    """The path of an address: hosts are called news and photo, too."""
    return address.partition("://")[2].partition("/")[2]
