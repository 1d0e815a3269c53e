"""Streams of articles to measure with, made of real texts by rules that anybody can repeat.

`make_stream` is a newsroom's week: three articles of five take up a story that is running, the rest
open one. An article is 280 words of a real text, with what makes its event one: twelve invented words,
of which each report has seven of ten, and a name in its headline. `plant_copies` is for duplicates: of
each text a copy with some of its words exchanged for those of another, and a decoy from the same source.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from msgspec import Struct

from newsloom.curate import StoryInput
from newsloom.errors import SourceError

START: Final = datetime(2026, 1, 1, tzinfo=UTC)
_WORDS: Final = 280  # words of an article of a stream
_LEAST_WORDS: Final = 120  # words of a text that copies are made of
_RUNNING: Final = 2_000  # stories a stream has open at once
_FOLLOWS: Final = 0.6  # share of articles that take up a running story
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
    running: list[tuple[Text, str, list[str]]] = []
    for number in range(count):
        if running and dice.random() < _FOLLOWS:
            text, name, own = running[int(dice.random() ** 2 * len(running))]
        else:
            text, name, own = dice.choice(texts), _invent(dice).title(), [_invent(dice) for _ in range(12)]
            running.append((text, name, own))
            del running[:-_RUNNING]
        start = dice.randrange(max(1, len(text.words) - _WORDS))
        words = list(text.words[start : start + _WORDS])
        for word in own:
            if dice.random() < 0.7:
                words.insert(dice.randrange(len(words) + 1), word)
        headline = text.title.split()
        if len(headline) > 4:
            headline.pop(dice.randrange(len(headline)))
        yield StoryInput(
            id=str(number),
            title=" ".join([name, *headline]),
            text=" ".join(words),
            date=START + number * step,
        )


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
    by_source: dict[str, list[Text]] = {}
    for text in long:
        by_source.setdefault(text.source, []).append(text)
    for share in edits:
        for text in dice.sample(long, min(each, len(long))):
            other = dice.choice(long)
            words = list(text.words)
            while_left = round(share * len(words))
            while while_left > 0:
                run = min(while_left, dice.randint(1, 12))  # editors exchange phrases, not scattered words
                at = dice.randrange(len(words))
                start = dice.randrange(len(other.words))
                words[at : at + run] = other.words[start : start + run]
                while_left -= run
            yield Pair((text.title, " ".join(text.words)), (text.title, " ".join(words)), share)
    for text in dice.sample(long, min(each * len(edits), len(long))):
        decoys = [
            other for other in by_source[text.source] if other is not text and other.title != text.title
        ]
        if decoys:
            decoy = dice.choice(decoys)
            yield Pair((text.title, " ".join(text.words)), (decoy.title, " ".join(decoy.words)), None)
