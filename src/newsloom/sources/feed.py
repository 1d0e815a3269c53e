"""Feeds to candidates: RSS, Atom, RDF and JSON Feed, through fastfeedparser, feedparser where that fails.

feedparser is only ever given bytes in a BytesIO: a string it would take for an address to fetch or a
file to open. Entity declarations are refused before either parser sees them (a few KB can unfold to
gigabytes), and a feed is cut to its first entries before it is parsed, not after.
"""

from __future__ import annotations

import gzip
import io
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urljoin

import fastfeedparser
import feedparser
from msgspec import Struct

from newsloom import settings
from newsloom.errors import SourceError
from newsloom.extract import text_of_html
from newsloom.records import Candidate
from newsloom.sources.sniffing import tell_kind

_ENTITY: Final = re.compile(rb"<!ENTITY", re.IGNORECASE)
_DOCTYPE: Final = re.compile(rb"<!DOCTYPE[^>\[]*>", re.IGNORECASE)
_ENTRY_END: Final = re.compile(rb"</(?:\w+:)?(?:item|entry)\s*>")
_YEARS: Final = range(settings.EARLIEST_YEAR, 2200)
_GZIP: Final = b"\x1f\x8b"


class Feed(Struct, frozen=True, kw_only=True):
    """What a source said when it was read: its entries as candidates, and what it says of itself.

    `problems` counts entries that were passed over, by reason. `follow` are addresses that have to be read
    in the same poll for the entries to be whole (children of a sitemap index). `hub` and `topic` are the
    WebSub hub and the address it knows the feed by. `every` is how often it asks to be read, in seconds.
    """

    address: str
    title: str
    observed: datetime
    entries: tuple[Candidate, ...]
    problems: Mapping[str, int]
    follow: tuple[str, ...] = ()
    hub: str = ""
    topic: str = ""
    every: int | None = None


def parse_feed(body: bytes, address: str, observed: datetime, source: str = "") -> Feed:
    """Read a feed's bytes. `address` is where it came from: links are resolved against it.

    Raises SourceError when it is empty, too large, a web page, not a feed, or declares entities.
    """
    body = _check_body(body, address)
    parsed = _parse(body, address)
    head = _mapping(parsed.get("feed"))
    base = _web_address(head.get("link"), address) or address
    problems: Counter[str] = Counter()
    entries: list[Candidate] = []
    for raw in _sequence(parsed.get("entries"))[: settings.FEED_ENTRIES]:
        entry = _read_entry(_mapping(raw), base, observed, source or address)
        if entry.address:
            entries.append(entry)
        else:
            problems["feed entry without an http(s) link"] += 1
    title = text_of_html(str(head.get("title") or ""))
    return Feed(address=address, title=title, observed=observed, entries=tuple(entries), problems=problems)


def read_feed_file(path: Path) -> Feed:
    """Read a feed's file, also gzipped. It counts as observed when it was last changed."""
    try:
        with path.open("rb") as file:
            data = file.read(settings.FEED_BYTES + 1)
        observed = datetime.fromtimestamp(int(path.stat().st_mtime), UTC)
    except OSError as error:
        raise SourceError(
            str(path), f"cannot be read: {error.strerror}", "check the path in sources.yaml"
        ) from error
    if data.startswith(_GZIP):
        try:
            with gzip.open(io.BytesIO(data)) as packed:
                data = packed.read(settings.FEED_BYTES + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise SourceError(str(path), "is a damaged gzip file", "fetch it again") from error
    return parse_feed(data, path.resolve().as_uri(), observed, str(path))


def entry_to_json(entry: Candidate, feed: str) -> dict[str, object]:
    """An entry in the shape `newsloom feeds parse` prints."""
    return {
        "feed": feed,
        "id": entry.id,
        "url": entry.address,
        "title": entry.title,
        "published": f"{entry.published:%Y-%m-%dT%H:%M:%SZ}" if entry.published else None,
        "summary": entry.excerpt,
        "content": entry.content,
        "authors": list(entry.authors),
        "image": entry.image,
    }


def _check_body(body: bytes, address: str) -> bytes:
    """The body, bounded and without a document type. Raises SourceError naming what it is instead."""
    if len(body) > settings.FEED_BYTES:
        raise SourceError(
            address, f"is larger than {settings.FEED_BYTES // settings.MIB} MiB", code="too-big"
        )
    kind = tell_kind(body)
    if kind == "empty":
        raise SourceError(address, "is empty", "it is tried again with the next pass", code="empty")
    if kind == "page":
        raise SourceError(
            address, "is a web page, not a feed", "look for its feed's address", code="not-a-feed"
        )
    if _ENTITY.search(body):
        raise SourceError(
            address, "declares XML entities", "feeds need none; tell its publisher", code="entities"
        )
    return _cut_entries(_DOCTYPE.sub(b"", body, count=1))


def _cut_entries(body: bytes) -> bytes:
    """A feed of very many entries without those in the middle: its head and its tail stay well formed."""
    cut = last = 0
    for number, match in enumerate(_ENTRY_END.finditer(body), 1):
        if number == settings.FEED_ENTRIES:
            cut = match.end()
        last = match.end()
    return body[:cut] + body[last:] if 0 < cut < last else body


def _parse(body: bytes, address: str) -> Mapping[str, Any]:
    try:
        return _mapping(fastfeedparser.parse(body))
    except Exception:  # noqa: BLE001 - it raises many kinds; whatever it cannot read goes to feedparser
        parsed = feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False)
    if not parsed.entries and (parsed.bozo or not parsed.version):
        raise SourceError(address, "is not a feed that can be read", "check the address", code="broken-feed")
    # Its entries answer for keys they do not have, with warnings; plain dicts do not.
    entries = [{**entry, "enclosures": entry.get("enclosures")} for entry in parsed.entries]
    return {"feed": dict(parsed.feed), "entries": entries}


def _read_entry(raw: Mapping[str, Any], base: str, observed: datetime, source: str) -> Candidate:
    contents = [str(_mapping(item).get("value") or "") for item in _sequence(raw.get("content"))]
    summary = str(raw.get("summary") or raw.get("description") or "")
    content = max([*contents, summary], key=len)
    link = _web_address(raw.get("link"), base) or _web_address(raw.get("id"), "")
    published = _read_moment(raw.get("published")) or _read_moment(raw.get("updated"))
    return Candidate(
        address=link,
        source=source,
        observed=observed,
        id=str(raw.get("id") or link)[: settings.URL_CHARACTERS],
        title=text_of_html(str(raw.get("title") or ""))[: settings.TITLE_CHARACTERS],
        excerpt=summary[: settings.ENTRY_CHARACTERS],
        content=content[: settings.ENTRY_CHARACTERS],
        authors=_read_authors(raw),
        published=published,
        modified=_read_moment(raw.get("updated")),
        image=_find_image(raw, base),
        video="youtube.com/watch" in link,
    )


def _web_address(value: object, base: str) -> str:
    """An http(s) address made absolute, "" for anything else."""
    text = str(value or "").strip()
    if not text or (not base and not text.startswith(("http://", "https://"))):
        return ""
    try:
        address = urljoin(base, text) if base else text
    except ValueError:
        return ""
    host = address.partition("://")[2].partition("/")[0]
    fits = address.startswith(("http://", "https://")) and len(address) <= settings.URL_CHARACTERS
    return address if host and fits else ""


def _read_authors(raw: Mapping[str, Any]) -> tuple[str, ...]:
    names = [str(_mapping(item).get("name") or "") for item in _sequence(raw.get("authors"))]
    names = names if any(names) else [str(raw.get("author") or "")]
    clean = (text_of_html(name) for name in names if name)
    return tuple(dict.fromkeys(name for name in clean if name))[: settings.AUTHORS]


def _read_moment(value: object) -> datetime | None:
    """A date as feeds write it, in UTC; None when there is none to believe."""
    text = str(value or "").strip()
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        try:
            moment = parsedate_to_datetime(text)
        except (ValueError, TypeError, IndexError):
            return None
    try:
        utc = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).replace(microsecond=0)
    except OverflowError:
        return None
    return utc if utc.year in _YEARS else None


def _find_image(raw: Mapping[str, Any], base: str) -> str | None:
    for key in ("media_content", "media_thumbnail", "enclosures", "image"):
        value = raw.get(key)
        for item in [value] if isinstance(value, str | Mapping) else _sequence(value):
            fields = _mapping(item)
            kind = str(fields.get("type") or fields.get("medium") or "")
            if key in {"media_content", "enclosures"} and "image" not in kind:
                continue
            address = item if isinstance(item, str) else fields.get("url") or fields.get("href")
            if found := _web_address(address, base):
                return found
    return None


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _sequence(value: object) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else _as_list(value)


def _as_list(value: object) -> Sequence[Any]:
    return list(value) if isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping) else []
