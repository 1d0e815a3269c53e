"""Measuring search: how fast an index of many records answers, kind by kind, and what it costs to keep.

The records are real articles taken apart and put together again: a headline of two halves, an excerpt of two
sentences, and half of the strongest terms of each of two articles, so that the vocabulary and the
frequencies of words are those of real news at any number of records.
"""

from __future__ import annotations

import gzip
import json
import random
import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from newsloom.curate.terms import pick_keywords
from newsloom.errors import ConfigError, LimitError, SourceError
from newsloom.place import Place, find_fault, find_place
from newsloom.search import (
    RELEVANCE,
    TIME,
    Label,
    Listing,
    Searcher,
    find_search_place,
    is_search_index,
    make_stamp,
    open_search_index,
    open_searcher,
    parse_query,
)
from newsloom.search.words import read_tokens
from newsloom.settings import EXCERPT_CHARACTERS, STATE_KEYWORDS
from newsloom.store.base import Transactions
from newsloom.store.connecting import connect

CLOCK: Final = datetime(2026, 11, 24, tzinfo=UTC)
_YEARS: Final = 3  # over which the records are spread
_SHOWN: Final = 0.8  # share of records that are shown
_UPDATE: Final = 50  # records of an incremental update: a busy pass
_EACH: Final = 100  # queries of each kind
_COMMONEST: Final = 3_000  # words of headlines after which they are rare
_SIZE: Final = """
SELECT sum(pg_total_relation_size(oid)) FROM pg_class
WHERE relkind = 'r' AND starts_with(relname, 'search_') AND pg_table_is_visible(oid)
"""
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+")


class Piece(Struct, frozen=True):
    """A real article, as far as records are made of it."""

    title: tuple[str, ...]
    sentences: tuple[str, ...]
    provider: str
    domain: str
    topic: str
    keywords: tuple[tuple[str, float], ...]


class Timing(Struct, frozen=True, kw_only=True):
    """How long queries of one kind took, in milliseconds, and how many matches they had at the median.

    `cpu` is the 95th percentile of the time the process itself ran: what is left when others share the cores.
    """

    kind: str
    queries: int
    matches: int
    p50: float
    p95: float
    p99: float
    cpu: float


class SearchFigures(Struct, frozen=True, kw_only=True):
    """All that `newsloom bench search` finds."""

    store: str
    records: int
    words: int
    build_seconds: float
    update_seconds: float
    bytes: int
    timings: tuple[Timing, ...]


def read_pieces(path: Path) -> list[Piece]:
    """Read real articles (JSON lines, gzipped). Raises SourceError when the file cannot be read."""
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
    except (OSError, EOFError, ValueError) as error:
        raise SourceError(str(path), f"cannot be read: {error}") from error
    return [_take_apart(row) for row in rows]


def _take_apart(row: dict[str, Any]) -> Piece:
    sentences = [part for part in _SENTENCE.split(row["text"][:4_000]) if 30 < len(part) < 200]
    domain = (row.get("source_url") or "unknown.example").removeprefix("www.")
    return Piece(
        title=tuple(row["title"].split()),
        sentences=tuple(sentences) or (row["title"],),
        provider=row.get("source") or domain,
        domain=domain,
        topic=row.get("topic") or "news",
        keywords=pick_keywords(row["title"], "", row["text"], "en", STATE_KEYWORDS),
    )


def make_listings(pieces: Sequence[Piece], count: int, seed: int = 5) -> Iterator[Listing]:
    """Give `count` records, the same ones at every call, evenly over three years."""
    dice = random.Random(seed)  # noqa: S311 - repeatable, not secret
    step = timedelta(days=365 * _YEARS) / count
    for number in range(count):
        first, second = dice.choice(pieces), dice.choice(pieces)
        published = CLOCK - step * (count - number)
        title = (*first.title[: len(first.title) // 2 + 1], *second.title[len(second.title) // 2 :])
        excerpt = f"{dice.choice(first.sentences)} {dice.choice(second.sentences)}"
        yield Listing(
            name=f"{published:%Y-%m-%d}-{seed}-{number}",
            title=" ".join(title),
            published=published,
            excerpt=excerpt[:EXCERPT_CHARACTERS],
            provider=first.provider,
            domain=first.domain,
            topics=tuple(dict.fromkeys((first.topic, second.topic))),
            language="en",
            quality=dice.randint(40, 110),
            shown=dice.random() < _SHOWN,
            story=f"{published:%Y-%m-%d}-{seed}-{number}",
            keywords=(*first.keywords[::2], *second.keywords[1::2]),
            item=_make_item(title, excerpt),
        )


def _make_item(title: Sequence[str], excerpt: str) -> bytes:
    """An item of about the size that the API's have."""
    pictures = [{"url": f"https://news.example/{'-'.join(title[:6])}.jpg", "width": 1200, "height": 800}]
    return json.dumps({"title": " ".join(title), "excerpt": excerpt, "images": pictures}).encode()


def measure_search(
    pieces: Sequence[Piece], count: int, tell: Callable[[str], None], address: str = ""
) -> list[SearchFigures]:
    """Build an index of `count` records and ask it: in SQLite, and in PostgreSQL where an address is given.

    Raises ConfigError where the address is wrong or its schema has rows.
    """
    if address and (fault := find_fault(address)):
        raise ConfigError("newsloom bench search --postgresql", fault)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        stores = ["sqlite", *([address] if address else [])]
        places = [find_search_place(Path(temporary), find_place(store, Path(temporary))) for store in stores]
        if address and is_search_index(places[-1]):
            raise ConfigError(str(places[-1]), "holds an index already", "name a schema of its own")
        return [_measure(place, pieces, count, tell) for place in places]


def _measure(place: Place, pieces: Sequence[Piece], count: int, tell: Callable[[str], None]) -> SearchFigures:
    name = "PostgreSQL" if place.shared else "SQLite"
    tell(f"Building an index of {count} records in {name}")
    seconds = _build(place, pieces, count)
    update = _update(place, pieces, count)
    timings = []
    with closing(open_searcher(place)) as searcher:
        for kind, queries in make_queries(pieces).items():
            tell(f"Asking {len(queries)} queries: {kind}")
            timings.append(_time(searcher, kind, queries))
        return SearchFigures(
            store=name,
            records=count,
            words=searcher.count_words(),
            build_seconds=seconds,
            update_seconds=update,
            bytes=_weigh(place),
            timings=tuple(timings),
        )


def _build(place: Place, pieces: Sequence[Piece], count: int) -> float:
    """Build an index; seconds, without making the records."""
    listings = {listing.name: listing for listing in make_listings(pieces, count)}
    stamps = {name: make_stamp(name.encode()) for name in listings}
    labels = [Label(piece.topic, piece.topic) for piece in pieces]
    start = time.perf_counter()
    with open_search_index(place) as index:
        index.synchronise(stamps, listings.__getitem__, clock=CLOCK, labels=dict.fromkeys(labels))
    return time.perf_counter() - start


def _update(place: Place, pieces: Sequence[Piece], count: int) -> float:
    """Bring fifty new records in, the others being as they were; seconds."""
    stamps = {listing.name: make_stamp(listing.name.encode()) for listing in make_listings(pieces, count)}
    fresh = {listing.name: listing for listing in make_listings(pieces, _UPDATE, seed=6)}
    stamps |= {name: make_stamp(name.encode()) for name in fresh}
    with open_search_index(place) as index:
        start = time.perf_counter()
        index.synchronise(stamps, fresh.__getitem__, clock=CLOCK)
        return time.perf_counter() - start


def _weigh(place: Place) -> int:
    """The bytes of an index on disk."""
    if not place.shared:
        return Path(place.address).stat().st_size
    with Transactions(connect(place), place) as store, store.transaction() as connection:
        return int(connection.exec_driver_sql(_SIZE).scalar_one())


def make_queries(pieces: Sequence[Piece]) -> dict[str, list[str]]:
    """Give queries by kind, made of the words of real headlines."""
    dice = random.Random(9)  # noqa: S311 - as above
    counts = Counter(token.word for piece in pieces for token in read_tokens(" ".join(piece.title), "en"))
    ranked = [word for word, _ in counts.most_common() if word.isascii() and len(word) > 3]
    common, rare = ranked[:_EACH], dice.sample(ranked[_COMMONEST:], _EACH)
    middle = ranked[_EACH:_COMMONEST] or ranked
    pairs = [_pick_words(piece, 2, dice) for piece in dice.sample(list(pieces), _EACH)]
    titles = [" ".join(piece.title) for piece in dice.sample(list(pieces), _EACH)]
    filtered = [
        dice.choice(
            (
                f"{word} topic:{piece.topic}",
                f"{word} provider:{piece.domain}",
                f"{word} after:30d",
                f"{word} type:article lang:en before:2025",
            )
        )
        for word, piece in zip(common, dice.sample(list(pieces), _EACH), strict=True)
    ]
    return {
        "one common word": common,
        "one rare word": rare,
        "two words": pairs,
        "a whole headline": titles,
        "a phrase": [f'"{_cut_phrase(title, dice)}"' for title in titles],
        "a prefix": [f"{word[:4]}*" for word in dice.choices(middle, k=_EACH)],
        "a word, without another": [f"{word} -{dice.choice(middle)}" for word in common],
        "a word with a filter": filtered,
        "a common word, newest first": [f"order:{word}" for word in common],
        "a filter alone": [f"topic:{dice.choice(pieces).topic}" for _ in range(_EACH)],
        "a misspelt word": [_misspell(word, dice) for word in dice.choices(middle, k=_EACH)],
        "similar to an article": [f"like:{number}" for number in range(_EACH)],
    }


def _pick_words(piece: Piece, count: int, dice: random.Random) -> str:
    words = [token.word for token in read_tokens(" ".join(piece.title), "en")] or ["news"]
    return " ".join(dice.sample(words, min(count, len(words))))


def _cut_phrase(title: str, dice: random.Random) -> str:
    words = title.split()
    at = dice.randrange(max(1, len(words) - 3))
    return " ".join(words[at : at + 3])


def _misspell(word: str, dice: random.Random) -> str:
    at = dice.randrange(1, len(word) - 1)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _time(searcher: Searcher, kind: str, queries: Sequence[str]) -> Timing:
    searcher.search(parse_query(queries[0].removeprefix("order:"), CLOCK))
    names = [hit.listing.name for hit in searcher.search(parse_query("is:published", CLOCK), size=100).hits]
    took, ran, matches = [], [], []
    for number, text in enumerate(queries):
        order = TIME if text.startswith("order:") else RELEVANCE
        wanted = f"like:{names[number % len(names)]}" if text.startswith("like:") else text
        start, begun = time.perf_counter(), time.process_time()
        try:
            total = searcher.search(parse_query(wanted.removeprefix("order:"), CLOCK), order=order).total
        except LimitError:
            total = 0  # given up: what it took counts all the same
        took.append(1_000 * (time.perf_counter() - start))
        ran.append(1_000 * (time.process_time() - begun))
        matches.append(total)
    took.sort()
    matches.sort()
    return Timing(
        kind=kind,
        queries=len(queries),
        matches=matches[len(matches) // 2],
        p50=_quantile(took, 0.5),
        p95=_quantile(took, 0.95),
        p99=_quantile(took, 0.99),
        cpu=_quantile(sorted(ran), 0.95),
    )


def _quantile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def format_search(figures: Sequence[SearchFigures]) -> str:
    """The figures as tables, one for each store."""
    return "\n\n".join(map(_format_store, figures))


def _format_store(figures: SearchFigures) -> str:
    lines = [
        f"{figures.store}, {figures.records} records: built in {figures.build_seconds:.1f} s"
        f" ({figures.records / figures.build_seconds:.0f} a second), {figures.bytes / 1e6:.0f} MB,"
        f" {figures.words} words; {_UPDATE} records more in {figures.update_seconds:.2f} s",
        "",
        "| query | matches, median | p50 ms | p95 ms | p99 ms | CPU p95 ms |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    lines += [
        f"| {item.kind} | {item.matches} | {item.p50:.1f} | {item.p95:.1f} | {item.p99:.1f} |"
        f" {item.cpu:.1f} |"
        for item in figures.timings
    ]
    return "\n".join(lines)
