"""Measures stories in shards beside stories on one shelf: how well, how fast, how even."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final
from zlib import crc32

from msgspec import Struct

from newsloom.bench.clusters import agree
from newsloom.bench.events import EventSet
from newsloom.bench.streams import START, Text, make_stream
from newsloom.comparing import make_crew
from newsloom.curate.revising import revise_stories
from newsloom.curate.sharding import OWN, Crew, Shards
from newsloom.curate.shardrows import pack_rows
from newsloom.curate.shardtasks import Serve, ShardAnswer, ShardTask
from newsloom.curate.stories import date_stream, profile_input, read_moment
from newsloom.curate.story_index import Profile, StoryIndex, follow
from newsloom.engine import Engine, open_engine

_WORKERS: Final = 2
_BATCH: Final = 2_000  # articles of a stream decided together: three minutes of a million a day
_HOUR: Final = 3_600
_PARTS: Final = ("all", "tune", "aside")

Batch = list[tuple[str, Profile]]


class ShardedEvents(Struct, frozen=True, kw_only=True):
    """One set of events, or a half of its events, in so many shards: how well, and how it was parted.

    `asked` is cells an article was compared in, `crossed` the share of articles likest to something in a
    neighbour cell alone, `balance` stories of the largest cell by the mean.
    """

    name: str
    part: str
    shards: int
    f1: float
    precision: float
    revised_f1: float
    asked: float
    crossed: float
    balance: float


class ShardedStream(Struct, frozen=True, kw_only=True):
    """A made-up stream in so many shards.

    Seconds are of one core's time: in the shards, and in the one step that brings them together.
    `alone` and `pooled` are articles a second by the clock, in this process and with workers, 0 where there
    are none to use; `same` is whether they came to the same stories.
    """

    shards: int
    articles: int
    f1: float
    precision: float
    recall: float
    stories: int
    seconds: float
    seconds_in_shards: float
    alone: float
    pooled: float
    same: bool
    bytes_a_shard: float
    asked: float
    crossed: float
    balance: float


class _Timed:
    """Answers tasks in this process, and counts the time it takes."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def run(self, serve: Serve, tasks: list[ShardTask]) -> list[ShardAnswer]:
        start = time.process_time()
        answers = serve(tasks)
        self.seconds += time.process_time() - start
        return answers


def measure_sharded_events(events: EventSet, counts: Sequence[int]) -> list[ShardedEvents]:
    """Measure a set, and each half of its events, in each number of shards."""
    return [_measure_part(events, part, count) for part in _PARTS for count in counts]


def _measure_part(events: EventSet, part: str, count: int) -> ShardedEvents:
    gold = {
        name: event
        for name, event in events.gold.items()
        if part == "all" or crc32(event.encode()) % 2 == (part == "aside")
    }
    shards, found, revised = _open(count), dict[str, str](), dict[str, str]()
    index, profiles = StoryIndex(shelf=shards), dict[str, Profile]()
    for batch in _cut_hours(events, gold):
        profiles.update(batch)
        placed = index.assign(batch)
        found |= placed.stories
        revised |= placed.stories
        held: dict[str, Batch] = defaultdict(list)
        for name, story in revised.items():
            held[story].append((name, profiles[name]))
        revised |= revise_stories(index, placed, held.__getitem__)
    online, (asked, crossed, balance) = agree(gold, found), _describe(shards)
    return ShardedEvents(
        name=events.name,
        part=part,
        shards=count,
        f1=online.f1,
        precision=online.precision,
        revised_f1=agree(gold, revised).f1,
        asked=asked,
        crossed=crossed,
        balance=balance,
    )


def _cut_hours(events: EventSet, gold: dict[str, str]) -> Iterator[Batch]:
    dated = date_stream(events.articles)
    for _, hour in groupby(dated, key=lambda pair: int(pair[1].timestamp() // _HOUR)):
        batch = [(a.id, profile_input(a, moment)) for a, moment in hour if a.id in gold]
        if batch:
            yield batch


def _open(count: int, crew: Crew = OWN) -> Shards | None:
    return Shards(count, crew) if count > 1 else None


def _describe(shards: Shards | None) -> tuple[float, float, float]:
    """Give the cells an article asked, the share that crossed a border, and the balance."""
    if shards is None:
        return 1.0, 0.0, 1.0
    tally, loads = shards.tally, shards.loads
    compared = max(tally.articles, 1)
    return tally.asked / compared, tally.crossed / compared, max(loads) * len(loads) / max(sum(loads), 1)


def measure_sharded_stream(
    texts: Sequence[Text], articles: int, counts: Sequence[int]
) -> list[ShardedStream]:
    """Measure a week's stream in each number of shards, here and with workers."""
    gold: dict[str, str] = {}
    batches: list[Batch] = []
    for number, article in enumerate(make_stream(texts, articles)):
        if number % _BATCH == 0:
            batches.append([])
        gold[article.id] = article.title.partition(" ")[0]  # the name that only this event has
        batches[-1].append((article.id, profile_input(article, read_moment(article.date) or START)))
    with open_engine("pool", _WORKERS) as engine:
        return [_measure_stream(gold, batches, count, engine) for count in counts]


def _measure_stream(
    gold: dict[str, str], batches: Sequence[Batch], count: int, engine: Engine
) -> ShardedStream:
    timed = _Timed()
    shards = _open(count, Crew(timed.run, f"bench {count}"))
    index = StoryIndex(shelf=shards)
    start, begun = time.process_time(), time.perf_counter()
    found = _place_all(index, batches)
    seconds, alone = time.process_time() - start, len(gold) / (time.perf_counter() - begun)
    pooled, same = _measure_pooled(batches, count, engine, found)
    agreement, (asked, crossed, balance) = agree(gold, found), _describe(shards)
    return ShardedStream(
        shards=count,
        articles=len(gold),
        f1=agreement.f1,
        precision=agreement.precision,
        recall=agreement.recall,
        stories=index.size,
        seconds=seconds,
        seconds_in_shards=timed.seconds,
        alone=alone,
        pooled=pooled,
        same=same,
        bytes_a_shard=_weigh(shards) / count if shards else 0.0,
        asked=asked,
        crossed=crossed,
        balance=balance,
    )


def _measure_pooled(
    batches: Sequence[Batch], count: int, engine: Engine, expected: dict[str, str]
) -> tuple[float, bool]:
    """Give articles a second by the clock with workers, and whether they came to what is expected."""
    if count == 1:
        return 0.0, True
    index = StoryIndex(shelf=_open(count, make_crew(engine)))
    begun = time.perf_counter()
    found = _place_all(index, batches)
    return len(found) / (time.perf_counter() - begun), found == expected


def _place_all(index: StoryIndex, batches: Sequence[Batch]) -> dict[str, str]:
    found: dict[str, str] = {}
    merged: dict[str, str] = {}
    for batch in batches:
        placed = index.assign(batch)
        found |= placed.stories
        merged |= placed.merged
    return {name: follow(story, merged) for name, story in found.items()}


def _weigh(shards: Shards) -> int:
    """Give the bytes of all stories as they are sent to shards."""
    return pack_rows(sorted(shards.stories.items())).size


def format_sharded_events(results: Sequence[ShardedEvents]) -> str:
    """Give how well stories are told in shards, a line each."""
    rows = [
        f"| {r.name} | {r.part} | {r.shards} | {r.f1:.4f} | {r.revised_f1:.4f} | {r.precision:.3f} "
        f"| {r.asked:.2f} | {r.crossed:.3f} | {r.balance:.1f} |"
        for r in results
    ]
    heads = (
        "| set | events | shards | B³ F1 | merged and split later | B³ P | cells asked | crossed | balance |"
    )
    return "\n".join([heads, "| --- " * 9 + "|", *rows])


def format_sharded_stream(results: Sequence[ShardedStream]) -> str:
    """Give how fast a stream is read in shards, a line each."""
    rows = [
        f"| {r.shards} | {r.f1:.4f} | {r.precision:.4f} | {r.recall:.4f} | {r.stories:,} "
        f"| {r.articles / r.seconds:,.0f} | {r.seconds_in_shards / r.seconds:.0%} | {_limit(r)} "
        f"| {r.alone:,.0f} | {_pool(r)} "
        f"| {r.bytes_a_shard / 1024:,.0f} KB | {r.asked:.2f} | {r.crossed:.3f} | {r.balance:.1f} |"
        for r in results
    ]
    heads = (
        "| shards | B³ F1 | B³ P | B³ R | stories | articles/s, one core | of it in shards "
        "| articles/s of the one step | by the clock, one process "
        f"| by the clock, {_WORKERS} workers | a shard | cells asked | crossed | balance |"
    )
    return "\n".join([heads, "| --- " * 14 + "|", *rows])


def _limit(result: ShardedStream) -> str:
    if not result.seconds_in_shards:
        return "–"
    return f"{result.articles / (result.seconds - result.seconds_in_shards):,.0f}"


def _pool(result: ShardedStream) -> str:
    return f"{result.pooled:,.0f}{'' if result.same else ' (other stories)'}" if result.pooled else "–"
