"""Measures the making of stories: on sets of real events, on planted copies, and as the window grows."""

from __future__ import annotations

import json
import random
import statistics
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from newsloom.bench.clusters import Agreement, agree
from newsloom.bench.foresight import foresee_sizes
from newsloom.bench.streams import START, Text, make_stream, plant_copies
from newsloom.curate import StoryInput, assign_stories
from newsloom.curate.duplicates import DuplicateIndex, take_fingerprint
from newsloom.curate.lead import measure_likeness
from newsloom.curate.revising import revise_stories
from newsloom.curate.stories import date_stream, profile_input, read_moment
from newsloom.curate.story_index import Profile, StoryIndex
from newsloom.curate.terms import pick_keywords, rarity
from newsloom.errors import SourceError

_SHUFFLES: Final = 5
_THRESHOLDS: Final = tuple(step / 50 for step in range(3, 30))
_EDITS: Final = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4)
_LISTED: Final = 5  # related articles that are looked at
_KEYWORDS: Final = 60
_HOUR: Final = 3_600


class EventSet(Struct, frozen=True):
    """Articles of real events in the order of a stream, and the event of each."""

    name: str
    articles: tuple[StoryInput, ...]
    gold: dict[str, str]


class EventResult(Struct, frozen=True, kw_only=True):
    """One set: ours, what plain methods give, how much the order within an hour matters, related lists."""

    name: str
    ours: Agreement
    baselines: dict[str, Agreement]
    shuffled_f1: tuple[float, float]
    related_first: float
    related_recall: float
    seconds: float
    revised: Agreement
    heat: dict[str, float]


class CopyResult(Struct, frozen=True, kw_only=True):
    """Share of planted copies found, by the share of edited words, and of decoys taken for copies."""

    recall: dict[str, float]
    recall_all: float
    precision: float
    decoys: int


class GrowthResult(Struct, frozen=True, kw_only=True):
    """One size of the window: articles a second (the whole step), and memory an article, at its end."""

    articles: int
    per_second: float
    stories: int
    bytes_an_article: float
    f1: float | None = None


def read_event_sets(data: Path) -> list[EventSet]:
    """Read every file of articles with `id`, `title` and `cluster` in a folder, or in its `stories`.

    Raises:
        SourceError: there is none.
    """
    found = []
    for path in sorted([*data.glob("*.jsonl"), *(data / "stories").glob("*.jsonl")]):
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        if rows and "cluster" in rows[0]:
            articles = tuple(_read_article(row) for row in rows)
            found.append(EventSet(path.stem, articles, {str(row["id"]): row["cluster"] for row in rows}))
    if not found:
        raise SourceError(
            str(data), "holds no set of events", "JSON lines with id, title, cluster, date make one"
        )
    return found


def _read_article(row: Mapping[str, Any]) -> StoryInput:
    values = {name: str(row.get(name) or "") for name in ("title", "text", "date", "source", "url")}
    return StoryInput(id=str(row["id"]), **values)


def _assign(articles: Sequence[StoryInput]) -> dict[str, str]:
    return {assignment.id: assignment.cluster for assignment in assign_stories(articles)}


def measure_events(events: EventSet) -> EventResult:
    """Measure one set."""
    start = time.perf_counter()
    found = _assign(events.articles)
    seconds = time.perf_counter() - start
    shuffled = [agree(events.gold, _assign(_shuffle(events.articles, seed))).f1 for seed in range(_SHUFFLES)]
    first, recall = _judge_related(events, found)
    return EventResult(
        name=events.name,
        ours=agree(events.gold, found),
        baselines=_measure_baselines(events),
        shuffled_f1=(min(shuffled), max(shuffled)),
        related_first=first,
        related_recall=recall,
        seconds=seconds,
        revised=agree(events.gold, _revise(events.articles)),
        heat=foresee_sizes(events.articles, events.gold),
    )


def _revise(articles: Sequence[StoryInput]) -> dict[str, str]:
    """Give where each article stands in the end, when stories may still be merged and split."""
    index, found = StoryIndex(), dict[str, str]()
    profiles: dict[str, Profile] = {}
    dated = date_stream(articles)
    for _, hour in groupby(dated, key=lambda pair: int(pair[1].timestamp() // _HOUR)):
        batch = [(article.id, profile_input(article, moment)) for article, moment in hour]
        profiles.update(batch)
        placed = index.assign(batch)
        found |= placed.stories
        held: dict[str, list[tuple[str, Profile]]] = defaultdict(list)
        for name, story in found.items():
            held[story].append((name, profiles[name]))
        found |= revise_stories(index, placed, held.__getitem__)
    return found


def _shuffle(articles: Sequence[StoryInput], seed: int) -> list[StoryInput]:
    """Give a stream with the articles of each hour in another order; those without a date keep their hour."""
    dice = random.Random(seed)  # noqa: S311 - repeatable, not secret
    hours: list[list[StoryInput]] = []
    last: object = None
    for article in articles:
        moment = read_moment(article.date)
        hour = int(moment.timestamp() // _HOUR) if moment else last
        if hour != last or not hours:
            hours.append([])
        last = hour
        dated = (
            article
            if moment
            else StoryInput(id=article.id, title=article.title, text=article.text, date=_moment_of(hour))
        )
        hours[-1].append(dated)
    return [article for group in hours for article in dice.sample(group, len(group))]


def _moment_of(hour: object) -> datetime:
    return (
        datetime.fromtimestamp(hour * _HOUR, UTC)
        if isinstance(hour, int)
        else datetime(1970, 1, 1, tzinfo=UTC)
    )


def _vectors(events: EventSet) -> dict[str, dict[str, float]]:
    """Give plain TF-IDF: damped frequency times rarity."""
    return {
        article.id: {
            stem: weight * rarity(stem)
            for stem, weight in pick_keywords(article.title, "", article.text, None, _KEYWORDS)
        }
        for article in events.articles
    }


def _measure_baselines(events: EventSet) -> dict[str, Agreement]:
    vectors = _vectors(events)
    online = [agree(events.gold, _nearest_centroid(vectors, threshold)) for threshold in _THRESHOLDS]
    return {
        "each article alone": agree(events.gold, {}),
        "TF-IDF, nearest centroid, online, threshold picked on the set": max(
            online, key=lambda item: item.f1
        ),
    }


def _nearest_centroid(vectors: Mapping[str, Mapping[str, float]], threshold: float) -> dict[str, str]:
    sums: list[dict[str, float]] = []
    holders: dict[str, list[int]] = defaultdict(list)
    found: dict[str, str] = {}
    for name, vector in vectors.items():
        near = {place for term in vector for place in holders[term]}
        best = max(near, key=lambda place: (measure_likeness(vector, sums[place]), -place), default=-1)
        if best < 0 or measure_likeness(vector, sums[best]) < threshold:
            best = len(sums)
            sums.append({})
        for term, weight in vector.items():
            if term not in sums[best]:
                holders[term].append(best)
            sums[best][term] = sums[best].get(term, 0.0) + weight
        found[name] = str(best)
    return found


def _judge_related(events: EventSet, found: Mapping[str, str]) -> tuple[float, float]:
    """Give how often the first related article is of the same event, and how many of its others are listed.

    An article's list: the others of its story, the likest first. Articles of events with no other are
    left out, and of an event with more than `_LISTED` others as many count as can be listed.
    """
    vectors = _vectors(events)
    stories: dict[str, list[str]] = defaultdict(list)
    sizes: dict[str, int] = defaultdict(int)
    for name in events.gold:
        stories[found[name]].append(name)
        sizes[events.gold[name]] += 1
    firsts, recalls = [], []
    for name, event in events.gold.items():
        if sizes[event] < 2:
            continue
        others = [other for other in stories[found[name]] if other != name]
        others.sort(key=lambda other: -measure_likeness(vectors[name], vectors[other]))
        right = [events.gold[other] == event for other in others[:_LISTED]]
        if right:
            firsts.append(float(right[0]))
        recalls.append(sum(right) / min(_LISTED, sizes[event] - 1))
    return statistics.fmean(firsts) if firsts else 0.0, statistics.fmean(recalls) if recalls else 0.0


def measure_copies(texts: Sequence[Text]) -> CopyResult:
    """Plant copies and decoys beside their originals, and count those that are found to be the same text."""
    pairs = list(plant_copies(texts, _EDITS))
    index = DuplicateIndex()
    for number, pair in enumerate(pairs):
        index.add(str(number), take_fingerprint(pair.first[0], "", pair.first[1], START))
    hits: dict[str, list[bool]] = defaultdict(list)
    decoys: list[bool] = []
    originals: dict[str, set[str]] = defaultdict(set)
    for number, pair in enumerate(pairs):
        originals[pair.first[1]].add(str(number))
    for pair in pairs:
        match = index.find(take_fingerprint(pair.second[0], "", pair.second[1], START))
        same = match is not None and match.name in originals[pair.first[1]]
        if pair.edits is None:
            decoys.append(same)
        else:
            hits[f"{pair.edits:.0%}"].append(same)
    found = sum(sum(values) for values in hits.values())
    return CopyResult(
        recall={edits: statistics.fmean(values) for edits, values in hits.items()},
        recall_all=found / sum(len(values) for values in hits.values()),
        precision=found / max(found + sum(decoys), 1),
        decoys=len(decoys),
    )


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096


def measure_growth(texts: Sequence[Text], count: int) -> GrowthResult:
    """Send a week's stream of `count` articles through the whole step, and time its last tenth."""
    index = StoryIndex(7.0)
    before, timed, seconds = _resident(), 0, 0.0
    stream = groupby(make_stream(texts, count), key=lambda article: str(article.date)[:13])
    for _, group in stream:
        articles = list(group)
        start = time.perf_counter()
        batch = [
            (article.id, profile_input(article, read_moment(article.date) or START)) for article in articles
        ]
        index.assign(batch)
        if int(articles[-1].id) >= 0.9 * count:
            timed += len(articles)
            seconds += time.perf_counter() - start
    return GrowthResult(
        articles=count,
        per_second=timed / seconds if seconds else 0.0,
        stories=index.size,
        bytes_an_article=(_resident() - before) / count,
    )
