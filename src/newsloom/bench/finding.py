"""Measuring what search finds: whether other forms of a word do, and whether similar articles are.

Both are judged on real articles by what is known of them. A reader recalls an article by words of its text
in the form they stand there; the index has only its headline and two sentences. An article's neighbours
ought to be of its own topic.
"""

from __future__ import annotations

import random
import sqlite3
import tempfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final

from msgspec import Struct

from newsloom.bench.searching import CLOCK, Piece
from newsloom.search import Listing, make_stamp, open_search_index, open_searcher, parse_query
from newsloom.search.words import read_tokens

_ASKED: Final = 1_000  # articles that are looked for
_SHOWN: Final = 2  # sentences of an article that are indexed, as an excerpt would be
_FIRST: Final = 5  # neighbours looked at
_TOKENIZERS: Final = {
    "as written": "unicode61 remove_diacritics 2",
    "SQLite's porter": "porter unicode61 remove_diacritics 2",
}


class Forms(Struct, frozen=True, kw_only=True):
    """How often an article is found by two words of its text, and among how many, by a way of stemming."""

    way: str
    found: float
    first_page: float
    matches: float


class Likeness(Struct, frozen=True, kw_only=True):
    """How many of an article's first neighbours are of its topic, and how many would be by chance."""

    asked: int
    same_topic: float
    by_chance: float
    without: float


def measure_forms(pieces: Sequence[Piece]) -> list[Forms]:
    """Look for articles by two words of what is not indexed of them, with three ways of stemming."""
    questions = _ask_forms(pieces)
    found = []
    for way in (*_TOKENIZERS, "Snowball by language"):
        connection = sqlite3.connect(":memory:")
        tokenizer = _TOKENIZERS.get(way, "unicode61")
        connection.execute(f'CREATE VIRTUAL TABLE t USING fts5(x, tokenize="{tokenizer}")')
        own = way not in _TOKENIZERS
        rows = ((at, _index(piece, own)) for at, piece in enumerate(pieces))
        connection.executemany("INSERT INTO t (rowid, x) VALUES (?, ?)", rows)
        ranks, totals = [], []
        for at, words in questions:
            asked = [token.stem if own else token.word for word in words for token in read_tokens(word, "en")]
            match = " ".join(f'"{word}"' for word in asked)
            numbers = [
                row[0]
                for row in connection.execute("SELECT rowid FROM t WHERE t MATCH ? ORDER BY rank", (match,))
            ]
            totals.append(len(numbers))
            ranks.append(numbers.index(at) if at in numbers else None)
        connection.close()
        found.append(
            Forms(
                way=way,
                found=sum(rank is not None for rank in ranks) / len(ranks),
                first_page=sum(rank is not None and rank < 20 for rank in ranks) / len(ranks),
                matches=sum(totals) / len(totals),
            )
        )
    return found


def _index(piece: Piece, stems: bool) -> str:
    text = " ".join([*piece.title, *piece.sentences[:_SHOWN]])
    return " ".join(token.stem if stems else token.word for token in read_tokens(text, "en"))


def _ask_forms(pieces: Sequence[Piece]) -> list[tuple[int, list[str]]]:
    """Give articles with two words of their further sentences whose stems are in what is indexed."""
    dice = random.Random(3)  # noqa: S311 - repeatable, not secret
    questions = []
    for at in dice.sample(range(len(pieces)), len(pieces)):
        piece = pieces[at]
        indexed = " ".join([*piece.title, *piece.sentences[:_SHOWN]])
        stems = {token.stem for token in read_tokens(indexed, "en")}
        rest = [
            token for token in read_tokens(" ".join(piece.sentences[_SHOWN:]), "en") if token.stem in stems
        ]
        words = sorted({token.stem: token.word for token in rest}.values())
        if len(words) >= 2:
            questions.append((at, dice.sample(words, 2)))
        if len(questions) == _ASKED:
            break
    return questions


def measure_likeness(pieces: Sequence[Piece]) -> Likeness:
    """Ask for the neighbours of articles and count those of the same topic."""
    dice = random.Random(4)  # noqa: S311 - as above
    topics = {str(at): piece.topic for at, piece in enumerate(pieces)}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "search.sqlite"
        with open_search_index(path) as index:
            listings = {str(at): _list(at, piece) for at, piece in enumerate(pieces)}
            stamps = {name: make_stamp(name.encode()) for name in listings}
            index.synchronise(stamps, listings.__getitem__, clock=CLOCK)
        searcher = open_searcher(path)
        same = total = without = 0
        for name in dice.sample(sorted(topics), _ASKED):
            hits = searcher.search(parse_query(f"like:{name}", CLOCK), size=_FIRST).hits
            same += sum(topics[hit.listing.name] == topics[name] for hit in hits)
            total += len(hits)
            without += not hits
        searcher.close()
    shares = [list(topics.values()).count(topic) / len(topics) for topic in set(topics.values())]
    return Likeness(
        asked=_ASKED,
        same_topic=same / total if total else 0.0,
        by_chance=sum(share * share for share in shares),
        without=without / _ASKED,
    )


def _list(at: int, piece: Piece) -> Listing:
    return Listing(
        name=str(at),
        title=" ".join(piece.title),
        published=CLOCK - timedelta(minutes=at),
        shown=True,
        story=str(at),
        keywords=piece.keywords,
    )


def format_finding(forms: Sequence[Forms], likeness: Likeness) -> str:
    """The figures as tables."""
    lines = [
        "| words | found | on the first page | matches, mean |",
        "| --- | --- | --- | --- |",
        *(
            f"| {item.way} | {item.found:.3f} | {item.first_page:.3f} | {item.matches:.0f} |"
            for item in forms
        ),
        "",
        f"Of the first {_FIRST} articles similar to one, {likeness.same_topic:.3f} are of its topic"
        f" (by chance {likeness.by_chance:.3f}); {likeness.without:.3f} have none.",
    ]
    return "\n".join(lines)
