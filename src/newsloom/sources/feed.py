"""Feeds to candidates: RSS 0.9 to 2.0, Atom 0.3 and 1.0, RDF 1.0, JSON Feed 1 and 1.1.

Every bound holds before the work it bounds: bytes before decoding, entities before parsing, entries before
they are read.
"""

from __future__ import annotations

import gzip
import io
import zlib
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from msgspec import Struct

from newsloom import settings
from newsloom.errors import SourceError
from newsloom.records import Candidate
from newsloom.sources.entries import Head, read_candidate, read_head
from newsloom.sources.jsonfeed import list_json_items, read_json, read_json_candidate, read_json_head
from newsloom.sources.markup import read_markup
from newsloom.sources.sniffing import tell_kind

_ROOTS: Final = frozenset({"rss", "feed", "rdf", "channel"})
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
    head, candidates = read_candidates(body, address, observed, source)
    problems: Counter[str] = Counter()
    entries = tuple(candidate for candidate in candidates if candidate.address)
    if len(entries) < len(candidates):
        problems["feed entry without an http(s) link"] = len(candidates) - len(entries)
    return Feed(
        address=address,
        title=head.title,
        observed=observed,
        entries=entries,
        problems=problems,
        hub=head.hub,
        topic=head.topic,
        every=head.every,
    )


def read_candidates(
    body: bytes, address: str, observed: datetime, source: str = ""
) -> tuple[Head, list[Candidate]]:
    """Read a feed's bytes as `parse_feed` does, entries without an address among them."""
    _check_body(body, address)
    source = source or address
    if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        feed = read_json(body, address)
        head = read_json_head(feed, address)
        items = list_json_items(feed)[: settings.FEED_ENTRIES]
        return head, [read_json_candidate(item, head, observed, source) for item in items]
    document = read_markup(body, address)
    if document.root.name.rpartition(":")[2] not in _ROOTS:
        raise SourceError(address, "is XML, but no feed", "check the address", code="not-a-feed")
    head = read_head(document, address)
    return head, [read_candidate(element, head, observed, source) for element in document.entries]


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


def _check_body(body: bytes, address: str) -> None:
    """Raise SourceError where a body is too large or plainly something else, naming what it is."""
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
