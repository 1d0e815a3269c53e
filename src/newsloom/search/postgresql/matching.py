"""The matches of a plan: from PostgreSQL, newest first, with what they are ordered and counted by.

A match is worth what SQLite's `bm25` says of it. How often a phrase is there, by the weights of columns, is
told by `ts_rank_cd`: for a query of one phrase it is the sum of the weights of the places where it stands.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from msgspec import Struct

from newsloom.search.catalogue import Match
from newsloom.search.planning import HIGHEST, Phrase, Plan
from newsloom.search.postgresql.asking import Ask
from newsloom.search.postgresql.expression import (
    HEAVIEST,
    WEIGHT_ARRAY,
    write_any,
    write_phrase,
    write_query,
)
from newsloom.search.ranking import rank_match
from newsloom.search.reading import MARK
from newsloom.store.fulltext import HELD, SHOWN

TOTALS: Final = "totals"  # the key they are kept under
_SATURATION: Final = 1.2  # k1 and b of BM25, as SQLite has them
_LENGTHS: Final = 0.75
_LEAST: Final = 1e-6  # what the commonest words are worth
_COLUMNS: Final = "id, quality, provider, topics"


class Totals(Struct, frozen=True):
    """How many records a table of texts has, and how many words and marks they have together."""

    records: int = 0
    words: int = 0

    @property
    def average(self) -> float:
        """Words and marks of a record."""
        return max(1.0, self.words / max(1, self.records))


def select_matches(
    ask: Ask, plan: Plan, totals: Totals, now: int, most: int, *, shown: bool, scored: bool
) -> tuple[int, list[Match]]:
    """How many matches there are, and the newest of them; unscored ones rank alike."""
    newest, values = _write_newest(plan, shown, most)
    phrases = _list_scored(plan) if scored else ()
    counts = _count_phrases(ask, phrases, shown)
    if phrases:
        statement, factors = _write_score(phrases, counts, totals, newest)
        rows = ask(statement, (*factors, *values))
    else:
        rows = ask(f"SELECT {_COLUMNS}, 0::float8 FROM ({newest}) newest", values)  # noqa: S608 - our own names
    found = [
        Match(rank_match(match, number, quality, now), -number, match, quality, provider, topics)
        for number, quality, provider, topics, match in rows
    ]
    return len(found) if len(found) < most else _count(ask, plan, totals, counts, shown), found


def _write_newest(plan: Plan, shown: bool, most: int) -> tuple[str, tuple[Any, ...]]:
    where, values = _write_where(plan)
    return f"SELECT * FROM {_table(shown)} WHERE {where} ORDER BY id DESC LIMIT %s", (*values, most)  # noqa: S608 - as above


def _write_where(plan: Plan) -> tuple[str, tuple[Any, ...]]:
    where, values = "id BETWEEN %s AND %s", (plan.first, plan.last)
    if plan.wanted:
        return f"texts @@ %s::tsquery AND {where}", (write_query(plan), *values)
    if plan.unwanted:
        return f"NOT texts @@ %s::tsquery AND {where}", (write_any(plan.unwanted), *values)
    return where, values


def _list_scored(plan: Plan) -> tuple[Phrase, ...]:
    """The phrases that count: a mark weighs nothing, and what is unwanted is in no match."""
    return tuple(phrase for group in plan.wanted for phrase in group if not phrase[0].startswith(MARK))


def _count_phrases(ask: Ask, phrases: Sequence[Phrase], shown: bool) -> dict[Phrase, int]:
    """In how many records each phrase is: single stems are counted as they come in."""
    single = [phrase[0] for phrase in phrases if len(phrase) == 1]
    counted = ask(
        f"SELECT stem, {'shown' if shown else 'held'} FROM search_stems WHERE stem = ANY(%s)",  # noqa: S608 - as above
        (single,),
    )
    counts: dict[Phrase, int] = {(stem,): count for stem, count in counted} if single else {}
    for phrase in phrases:
        if len(phrase) > 1:
            counts[phrase] = _count_matches(ask, Plan(wanted=((phrase,),)), shown)
    return counts


def _write_score(
    phrases: Sequence[Phrase], counts: Mapping[Phrase, int], totals: Totals, newest: str
) -> tuple[str, tuple[Any, ...]]:
    """The matches with their BM25, as a statement and its values up to those of `newest`."""
    places = [
        f"round({HEAVIEST} * ts_rank_cd(%s::real[], texts, %s::tsquery)) AS f{at}"
        for at in range(len(phrases))
    ]
    terms = [f"%s::float8 * f{at} / (f{at} + norm)" for at in range(len(phrases))]
    statement = (
        f"SELECT {_COLUMNS}, {' + '.join(terms)} FROM (SELECT {_COLUMNS}, {', '.join(places)},"  # noqa: S608 - as above
        f" %s::float8 + %s::float8 * length AS norm FROM ({newest}) newest OFFSET 0) found"
    )
    worths = [(_SATURATION + 1) * _weigh(counts.get(phrase, 0), totals.records) for phrase in phrases]
    found = [value for phrase in phrases for value in (WEIGHT_ARRAY, write_phrase(phrase))]
    slope = _SATURATION * _LENGTHS / totals.average
    return statement, (*worths, *found, _SATURATION * (1 - _LENGTHS), slope)


def _weigh(count: int, records: int) -> float:
    """What a phrase is worth by its rarity."""
    return max(_LEAST, math.log((records - count + 0.5) / (count + 0.5)))


def _count(ask: Ask, plan: Plan, totals: Totals, counts: Mapping[Phrase, int], shown: bool) -> int:
    """How many matches there are, without looking where it is known."""
    if (plan.first, plan.last, plan.unwanted) == (0, HIGHEST, ()):
        if not plan.wanted:
            return totals.records
        if len(plan.wanted) == 1 and len(plan.wanted[0]) == 1:
            (phrase,) = plan.wanted[0]
            return counts.get(phrase) or _count_phrases(ask, (phrase,), shown).get(phrase, 0)
    return _count_matches(ask, plan, shown)


def _count_matches(ask: Ask, plan: Plan, shown: bool) -> int:
    where, values = _write_where(plan)
    ((count,),) = ask(f"SELECT count(*) FROM {_table(shown)} WHERE {where}", values)  # noqa: S608 - as above
    return int(count)


def read_totals(value: bytes | None) -> tuple[Totals, Totals]:
    """The totals of what is shown and of what is held, as they are kept."""
    return msgspec.msgpack.decode(value, type=tuple[Totals, Totals]) if value else (Totals(), Totals())


def _table(shown: bool) -> str:
    return SHOWN if shown else HELD
