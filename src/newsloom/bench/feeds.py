"""Measures the reading of feeds against what other libraries read, field by field, and its speed.

Gold are the expected values that come with a set, or feedparser's for feeds that were recorded. A field is
compared where gold has it: an entry that names no title there proves nothing about titles.
"""

from __future__ import annotations

import calendar
import gzip
import importlib.metadata
import io
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urljoin

from msgspec import Struct

from newsloom.errors import NewsloomError, SourceError
from newsloom.extract import plain_title
from newsloom.records import Candidate
from newsloom.sources.feed import parse_feed, read_candidates
from newsloom.sources.moments import read_moment

FIELDS: Final = ("entries", "link", "title", "date")
_OBSERVED: Final = datetime(2026, 11, 24, tzinfo=UTC)
_REPEATS: Final = 5  # of our reading, which takes a tenth of a second: the best one counts
_NO_ADDRESS: Final = "https://feed.invalid/"  # of feeds whose own address is not known
_ENDINGS: Final = ("_expected.json", ".expected.json")


class Wanted(Struct, frozen=True, kw_only=True):
    """What gold says of one entry; "" and None where it says nothing."""

    link: str = ""
    title: str = ""
    date: datetime | None = None


class FeedCase(Struct, frozen=True, kw_only=True):
    """One feed, and its entries by gold; None where gold is feedparser's to give."""

    name: str
    address: str
    body: bytes
    wanted: tuple[Wanted, ...] | None = None


class FeedResult(Struct, frozen=True, kw_only=True):
    """One set: `fields` maps a field to (how many agree, how many were compared)."""

    name: str
    feeds: int
    fields: dict[str, tuple[int, int]]
    misses: list[dict[str, str]]


class FeedSpeed(Struct, frozen=True, kw_only=True):
    """Feeds a second on one core, bytes to candidates, and feedparser's in the same run."""

    feeds: int
    ours: float
    theirs: float
    version: str


def read_feed_sets(data: Path) -> dict[str, list[FeedCase]]:
    """Give the sets of feeds below a folder `feeds/`. Raises NewsloomError when there are none."""
    folder = data / "feeds"
    sets = {
        "recorded": list(_read_recorded(folder / "recorded")),
        "gofeed": list(_read_pairs(folder / "gofeed")),
        "integration": list(_read_pairs(folder / "integration")),
    }
    found = {name: cases for name, cases in sets.items() if cases}
    if not found:
        raise NewsloomError(str(folder), "has no feeds", "give the folder that holds `feeds/`")
    return found


def measure_feeds(name: str, cases: Sequence[FeedCase]) -> FeedResult:
    """Compare our entries with gold's."""
    right, compared, misses = Counter[str](), Counter[str](), list[dict[str, str]]()
    for case in cases:
        wanted = case.wanted if case.wanted is not None else read_with_feedparser(case)
        for field, ours, gold in _compare(_read_ours(case), wanted):
            compared[field] += 1
            right[field] += ours == gold
            if ours != gold:
                misses.append({"set": name, "feed": case.name, "field": field, "ours": ours, "gold": gold})
    fields = {field: (right[field], compared[field]) for field in FIELDS if compared[field]}
    return FeedResult(name=name, feeds=len(cases), fields=fields, misses=misses)


def measure_feed_speed(cases: Sequence[FeedCase]) -> FeedSpeed:
    """Time the whole way from bytes to candidates beside feedparser's, in processor time."""
    feedparser = _load_feedparser()
    best = min(_time(_read_through, cases) for _ in range(_REPEATS))
    theirs = _time(lambda case: feedparser.parse(io.BytesIO(case.body)), cases)
    return FeedSpeed(
        feeds=len(cases),
        ours=len(cases) / best,
        theirs=len(cases) / theirs,
        version=importlib.metadata.version("feedparser"),
    )


def read_with_feedparser(case: FeedCase) -> tuple[Wanted, ...]:
    """Give what feedparser makes of a feed."""
    parsed = _load_feedparser().parse(io.BytesIO(case.body))
    return tuple(_want_parsed(entry, case.address) for entry in parsed.entries)


def _load_feedparser() -> Any:  # noqa: ANN401 - a library without types
    try:
        import feedparser  # noqa: PLC0415 - only measuring needs it
    except ImportError as error:
        raise NewsloomError("feedparser", "is not installed", "pip install feedparser") from error
    return feedparser


def _want_parsed(entry: Mapping[str, Any], address: str) -> Wanted:
    moment = entry.get("published_parsed") or entry.get("updated_parsed")
    title = str(entry.get("title") or "")
    is_html = (entry.get("title_detail") or {}).get("type") != "text/plain"
    return Wanted(
        link=_absolute(str(entry.get("link") or ""), address),
        title=plain_title(title) if is_html else " ".join(title.split()),
        date=datetime.fromtimestamp(calendar.timegm(moment), UTC) if moment else None,
    )


def _read_recorded(folder: Path) -> Iterator[FeedCase]:
    index = folder / "index.json"
    for row in json.loads(index.read_bytes()) if index.is_file() else ():
        body = gzip.decompress((folder / row["file"]).read_bytes())
        yield FeedCase(name=row["file"], address=row["url"], body=body)


def _read_pairs(folder: Path) -> Iterator[FeedCase]:
    """Give feeds with their expected values: `x.xml` with `x.json`, or `x.json` with `x_expected.json`."""
    for path in sorted(folder.rglob("*.xml")) + sorted(folder.rglob("*.json")):
        gold = next((one for one in _name_gold(path) if one.is_file()), None)
        if gold is not None:
            expected = json.loads(gold.read_bytes())
            name = str(path.relative_to(folder))
            yield FeedCase(
                name=name, address=_NO_ADDRESS, body=path.read_bytes(), wanted=tuple(_want_all(expected))
            )


def _name_gold(path: Path) -> list[Path]:
    if path.suffix == ".xml":
        return [path.with_suffix(".json")]
    return [path.with_name(path.stem + ending) for ending in _ENDINGS]


def _want_all(expected: Mapping[str, Any]) -> Iterator[Wanted]:
    for entry in expected.get("items") or expected.get("entries") or ():
        keys = ("publishedParsed", "pubDateParsed", "published", "date_published", "updatedParsed", "updated")
        date = next((entry[key] for key in keys if entry.get(key)), "")
        yield Wanted(
            link=_absolute(_find_link(entry), _NO_ADDRESS),
            title=plain_title(str(entry.get("title") or "")),
            date=read_moment(date, _OBSERVED),
        )


def _find_link(entry: Mapping[str, Any]) -> str:
    links = [link for link in entry.get("links") or () if isinstance(link, dict)]
    pages = (link.get("href") for link in links if link.get("rel") in {None, "", "alternate"})
    return str(entry.get("link") or entry.get("url") or next(pages, "") or "")


def _absolute(link: str, address: str) -> str:
    """Give a link as an http(s) address; "" for one that is none."""
    try:
        found = urljoin(address, link) if link else ""
    except ValueError:
        return ""
    return found if found.startswith(("http://", "https://")) else ""


def _read_ours(case: FeedCase) -> list[Candidate] | None:
    try:
        return read_candidates(case.body, case.address, _OBSERVED)[1]
    except SourceError:
        return None


def _read_through(case: FeedCase) -> None:
    try:
        parse_feed(case.body, case.address, _OBSERVED)
    except SourceError:
        return


def _compare(ours: list[Candidate] | None, wanted: Sequence[Wanted]) -> Iterator[tuple[str, str, str]]:
    """Give (field, ours, gold) for all that gold has, entries in their order."""
    yield "entries", str(len(ours)) if ours is not None else "refused", str(len(wanted))
    found = ours or []
    for place, gold in enumerate(wanted):
        entry = found[place] if place < len(found) else None
        if gold.link:
            yield "link", entry.address if entry else "", gold.link
        if gold.title:
            yield "title", entry.title if entry else "", gold.title
        if gold.date:
            yield "date", str(entry.published if entry else None), str(gold.date)


def _time(read: Callable[[FeedCase], object], cases: Sequence[FeedCase]) -> float:
    started = time.process_time()
    for case in cases:
        read(case)
    return time.process_time() - started
