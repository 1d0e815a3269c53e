"""Streams of articles to measure with, made of real texts by rules that anybody can repeat.

`make_stream` is a newsroom's week: three articles of five take up a story that is running, the rest
open one. An event has ten passages of unrelated real texts, a headline with an invented name, and twelve
invented words; a report tells seven of the passages, with seven in ten of those words.

`plant_copies` is for duplicates: of each text a copy with some of its words exchanged for those of another,
half of the copies in phrases and half word by word, half of them with a word of the headline left out; and
decoys, each the likest other text.
"""

from __future__ import annotations

import gzip
import json
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from msgspec import Struct

from newsloom.curate import StoryInput
from newsloom.curate.terms import pick_keywords
from newsloom.errors import SourceError

START: Final = datetime(2026, 1, 1, tzinfo=UTC)
_PASSAGES: Final = 10  # passages that reports of one event draw on
_TOLD: Final = 7  # of them in one report
_PASSAGE_WORDS: Final = 40  # words of one: a report has 280 and some
_LEAST_WORDS: Final = 120  # words of a text that copies are made of
_RUNNING: Final = 2_000  # stories a stream has open at once
_FOLLOWS: Final = 0.6  # share of articles that take up a running story
_KEYWORDS: Final = 30  # strongest words by which the likest other text is found
_HOLDERS: Final = 600  # texts looked at of one word
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"


class Text(Struct, frozen=True):
    """A real article: its headline, its words, where it came from."""

    title: str
    words: tuple[str, ...]
    source: str


def read_texts(path: Path) -> list[Text]:
    """Read articles (JSON lines, gzipped) with `title`, `text` and `source`.

    Raises:
        SourceError: the file cannot be read.
    """
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
    except (OSError, EOFError, ValueError) as error:
        raise SourceError(str(path), f"cannot be read: {error}") from error
    return [Text(row["title"], tuple(row["text"].split()), row.get("source") or "") for row in rows]


def _invent(dice: random.Random) -> str:
    return "".join(dice.choice(_LETTERS) for _ in range(7))


def make_stream(texts: Sequence[Text], count: int, days: float = 7.0) -> Iterator[StoryInput]:
    """Give `count` articles evenly over some days, the same ones at every call."""
    dice = random.Random(7)  # noqa: S311 - repeatable, not secret
    step = timedelta(days=days) / count
    running: list[tuple[str, list[str], list[list[str]]]] = []
    for number in range(count):
        if running and dice.random() < _FOLLOWS:
            headline, own, passages = running[int(dice.random() ** 2 * len(running))]
        else:
            headline, own, passages = _open_event(texts, dice)
            running.append((headline, own, passages))
            del running[:-_RUNNING]
        told = dice.sample(passages, _TOLD)
        words = [word for passage in told for word in passage]
        for word in own:
            if dice.random() < 0.7:
                words.insert(dice.randrange(len(words) + 1), word)
        title, date = " ".join([headline, *dice.choice(told)[:6]]), START + number * step
        yield StoryInput(id=str(number), title=title, text=" ".join(words), date=date)


def _open_event(texts: Sequence[Text], dice: random.Random) -> tuple[str, list[str], list[list[str]]]:
    """Invent an event: a name and a headline's words, words of its own, and passages of unrelated texts."""
    passages = []
    for _ in range(_PASSAGES):
        text = dice.choice(texts)
        start = dice.randrange(max(1, len(text.words) - _PASSAGE_WORDS))
        passages.append(list(text.words[start : start + _PASSAGE_WORDS]))
    headline = f"{_invent(dice).title()} {' '.join(dice.choice(texts).title.split()[:4])}"
    return headline, [_invent(dice) for _ in range(12)], passages


class Pair(Struct, frozen=True):
    """Two texts with their headlines, and the share of words in which the second differs.

    `edits` is None of a decoy: another text of the same source.
    """

    first: tuple[str, str]
    second: tuple[str, str]
    edits: float | None


def plant_copies(texts: Sequence[Text], edits: Sequence[float], each: int = 200) -> Iterator[Pair]:
    """Give pairs of a text and its copy, `each` for every share of edits, and as many decoys in all."""
    dice = random.Random(11)  # noqa: S311 - as above
    long = [text for text in texts if len(text.words) >= _LEAST_WORDS]
    for share in edits:
        for number, text in enumerate(dice.sample(long, min(each, len(long)))):
            words = _edit(list(text.words), share, dice.choice(long).words, number % 2 == 0, dice)
            headline = text.title.split()
            if number % 4 >= 2 and share and len(headline) > 4:
                headline.pop(dice.randrange(len(headline)))
            yield Pair((text.title, " ".join(text.words)), (" ".join(headline), " ".join(words)), share)
    for text, decoy in _find_decoys(long, min(each * len(edits), len(long)), dice):
        yield Pair((text.title, " ".join(text.words)), (decoy.title, " ".join(decoy.words)), None)


def _edit(
    words: list[str], share: float, other: Sequence[str], in_phrases: bool, dice: random.Random
) -> list[str]:
    left = round(share * len(words))
    while left > 0:
        run = min(left, dice.randint(1, 12)) if in_phrases else 1
        at, start = dice.randrange(len(words)), dice.randrange(len(other))
        words[at : at + run] = other[start : start + run]
        left -= run
    return words


def _find_decoys(texts: Sequence[Text], count: int, dice: random.Random) -> Iterator[tuple[Text, Text]]:
    """Give texts with the one of another headline that shares most of their strongest words."""
    keys = [frozenset(stem for stem, _ in _keywords(text)) for text in texts]
    holders: dict[str, list[int]] = {}
    for place, stems in enumerate(keys):
        for stem in stems:
            holders.setdefault(stem, []).append(place)
    for place in dice.sample(range(len(texts)), count):
        shared = Counter(other for stem in keys[place] for other in holders[stem][:_HOLDERS])
        likest = (other for other, _ in shared.most_common() if texts[other].title != texts[place].title)
        other = next(likest, None)
        if other is not None:
            yield texts[place], texts[other]


def _keywords(text: Text) -> tuple[tuple[str, float], ...]:
    return pick_keywords(text.title, "", " ".join(text.words), None, _KEYWORDS)
