"""Made-up listings and an index of them, for tests of search."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from newsloom.place import Place
from newsloom.search import Label, Listing, Searcher, make_stamp, open_search_index, open_searcher

CLOCK = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TOPICS = (Label("ai-hardware", "AI Hardware", "Hardware"), Label("ai-ethics", "AI Ethics", "Ethics"))
_opened: list[Searcher] = []


def listing(title: str, **fields: object) -> Listing:
    """One listing; whatever is not said is made up to fit."""
    values = {
        "name": fields.pop("name", title.lower().replace(" ", "-")),
        "title": title,
        "published": fields.pop("published", CLOCK - timedelta(hours=3)),
        "excerpt": "",
        "provider": "The Harbour Post",
        "domain": "harbourpost.example",
        "language": "en",
        "quality": 80,
        "shown": True,
        "story": title,
    }
    return msgspec.structs.replace(Listing(name="", title="", published=CLOCK), **{**values, **fields})


def numbered(count: int, **fields: object) -> list[Listing]:
    """Listings an hour apart, the first the newest, alike but for a number."""
    return [
        listing(f"Chip number {number}", published=CLOCK - timedelta(hours=number), **fields)
        for number in range(count)
    ]


def write_index(place: Place | Path, listings: Iterable[Listing]) -> None:
    """Bring an index in step with listings."""
    found = {item.name: item for item in listings}
    stamps = {name: make_stamp(msgspec.msgpack.encode(item)) for name, item in found.items()}
    with open_search_index(place) as index:
        index.synchronise(stamps, found.__getitem__, clock=CLOCK, labels=TOPICS)


def open_index_of(place: Place | Path, listings: Iterable[Listing], *, held: bool = False) -> Searcher:
    """A searcher over listings; `close_all` closes it."""
    write_index(place, listings)
    _opened.append(open_searcher(place, held=held))
    return _opened[-1]


def close_all() -> None:
    """Close what was opened."""
    while _opened:
        _opened.pop().close()
