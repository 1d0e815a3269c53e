"""Measures judgement: topics, headlines, quality, standing, against what people decided."""

from __future__ import annotations

import csv
import io
import statistics
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final

from msgspec import Struct

from newsloom.curate.headline import clickbait_probability
from newsloom.curate.topics import Tagger
from newsloom.documents import read_topics
from newsloom.errors import SourceError

_AG_CLASSES: Final = {"1": "World", "2": "Sports", "3": "Business", "4": "Sci-Tech"}


class Labelled(Struct, frozen=True):
    """A text with the topic people gave it."""

    title: str
    text: str
    topic: str


class TopicResult(Struct, frozen=True, kw_only=True):
    """How well topics were found on one set: F1 of each class, their mean, texts a second."""

    name: str
    texts: int
    f1: dict[str, float]
    macro_f1: float
    per_second: float


def read_labelled(data: Path) -> dict[str, list[Labelled]]:
    """Read the sets of labelled texts that a folder has.

    Raises:
        SourceError: it has none.
    """
    found: dict[str, list[Labelled]] = {}
    bbc, agnews = data / "topics" / "bbc.csv", data / "topics" / "agnews.csv"
    if bbc.is_file():
        rows = csv.DictReader(io.StringIO(bbc.read_text(encoding="utf-8")))
        found["bbc"] = [Labelled("", row["Text"], row["Category"]) for row in rows]
    if agnews.is_file():
        lines = csv.reader(io.StringIO(agnews.read_text(encoding="utf-8")))
        found["agnews"] = [
            Labelled(row[1], row[2], _AG_CLASSES[row[0]]) for row in lines if row[0] in _AG_CLASSES
        ]
    if not found:
        raise SourceError(str(data), "has no labelled topics", "topics/bbc.csv or topics/agnews.csv")
    return found


def open_tagger(name: str) -> Tagger:
    """Give the topics of a set, written from the names of its classes alone."""
    with as_file(files("newsloom.bench") / "data" / "topics" / name) as folder:
        return Tagger(read_topics(folder))


def measure_topics(name: str, texts: Sequence[Labelled], tagger: Tagger) -> TopicResult:
    """Give each text its strongest topic and compare that with its label."""
    start = time.perf_counter()
    given = [next((hit.topic for hit in tagger.tag(text.title, "", text.text)), "") for text in texts]
    seconds = time.perf_counter() - start
    f1 = score_classes([text.topic for text in texts], given)
    return TopicResult(
        name=name,
        texts=len(texts),
        f1=f1,
        macro_f1=statistics.fmean(f1.values()),
        per_second=len(texts) / seconds,
    )


def score_classes(right: Sequence[str], given: Sequence[str]) -> dict[str, float]:
    """Give the F1 of each class."""
    hits: dict[str, int] = defaultdict(int)
    for one, other in zip(right, given, strict=True):
        hits[one] += one == other
    return {
        label: 2 * hits[label] / (right.count(label) + given.count(label)) for label in sorted(set(right))
    }


def measure_separation(positive: Iterable[float], negative: Iterable[float]) -> float:
    """Give the area under the ROC curve: how often a positive value is above a negative one."""
    values = [(value, True) for value in positive] + [(value, False) for value in negative]
    values.sort(key=lambda pair: pair[0])
    below, ties, area, index = 0, 0, 0.0, 0
    while index < len(values):
        end = index
        while end < len(values) and values[end][0] == values[index][0]:
            end += 1
        block = values[index:end]
        plus = sum(flag for _, flag in block)
        minus = len(block) - plus
        area += plus * (below + minus / 2)
        below += minus
        ties += plus
        index = end
    return area / (ties * below) if ties and below else 0.5


def measure_headlines(data: Path) -> float | None:
    """Give how well the headline term parts clickbait from plain headlines (AUC); None without the set."""
    folder = data / "headlines"
    groups = []
    for name in ("clickbait_data.txt", "non_clickbait_data.txt"):
        if not (folder / name).is_file():
            return None
        lines = (folder / name).read_text(encoding="utf-8").splitlines()
        groups.append([clickbait_probability(line) for line in lines if line.strip()])
    return measure_separation(*groups)
