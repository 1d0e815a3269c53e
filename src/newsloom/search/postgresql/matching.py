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
from msgspec.structs import replace

from newsloom.search.catalogue import Match
from newsloom.search.planning import HIGHEST, Phrase, Plan
from newsloom.search.postgresql.asking import Ask
from newsloom.search.postgresql.expression import (
    HEAVIEST,
    WEIGHT_ARRAY,
    write_any,
    write_phrase,
    write_queries,
    write_query,
)
from newsloom.search.ranking import rank_match
from newsloom.search.reading import MARK
from newsloom.store.fulltext import HELD, SHOWN

TOTALS: Final = "totals"  # the key they are kept under
_SATURATION: Final = 1.2  # k1 and b of BM25, as SQLite has them
_LENGTHS: Final = 0.75
_LEAST: Final = 1e-6  # what the commonest words are worth
_COLUMNS: Final = "id, quality, provider, topics, total"
_ALWAYS: Final = (0, HIGHEST)  # the span of a plan that names none


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
    counts = _count_stems(ask, plan, shown)
    asked = _leave_out(plan, counts, totals)
    known = _tell_known(asked, counts, totals)
    expected = _expect(plan, counts, totals)
    if expected**2 >= most * totals.records:
        newest, values = _write_newest(asked, shown, most)
    elif expected < most or (known is not None and not scored):
        newest, values = _write_sorted(asked, shown, most)
    else:
        newest, values = _write_counted(asked, shown, most)
    phrases = _list_scored(plan) if scored else ()
    if phrases:
        statement, factors = _write_score(
            phrases, _weigh_phrases(ask, phrases, counts, totals, shown), newest
        )
        norm = (_SATURATION * (1 - _LENGTHS), _SATURATION * _LENGTHS / totals.average)
        rows = ask(statement, (*factors, *norm, *values))
    else:
        rows = ask(f"SELECT {_COLUMNS}, 0::float8 FROM ({newest}) newest", values)  # noqa: S608 - our own names
    found = [
        Match(rank_match(match, number, quality, now), -number, match, quality, provider, topics)
        for number, quality, provider, topics, _, match in rows
    ]
    if len(found) < most:
        return len(found), found
    counted = rows[0][4] if known is None else known
    return _count(ask, asked, totals, counts, shown) if counted is None else counted, found


def _count_stems(ask: Ask, plan: Plan, shown: bool) -> dict[str, int]:
    """In how many records each stem and mark that is wanted is: they are counted as they come in."""
    stems = sorted({stem for group in plan.wanted for phrase in group for stem in phrase})
    read = f"SELECT stem, {'shown' if shown else 'held'} FROM search_stems WHERE stem = ANY(%s::text[])"  # noqa: S608 - as above
    return dict(ask(read, (stems,))) if stems else {}


def _expect(plan: Plan, counts: Mapping[str, int], totals: Totals) -> float:
    """How many matches there will be about, were words not to seek each other's company."""
    expected = float(totals.records)
    for group in plan.wanted:
        most = sum(min(counts.get(stem, 0) for stem in phrase) for phrase in group)
        expected *= min(1.0, most / max(1, totals.records))
    return expected


def _leave_out(plan: Plan, counts: Mapping[str, int], totals: Totals) -> Plan:
    """The plan without what all records have, as the language of a site that has but one."""

    def narrows(group: Sequence[Phrase]) -> bool:
        return not any(len(phrase) == 1 and counts.get(phrase[0]) == totals.records for phrase in group)

    return replace(plan, wanted=tuple(group for group in plan.wanted if narrows(group)))


def _tell_known(plan: Plan, counts: Mapping[str, int], totals: Totals) -> int | None:
    """How many matches there are, where that is counted as records come in: of everything, or of one word."""
    if (plan.first, plan.last, plan.unwanted) != (*_ALWAYS, ()):
        return None
    if not plan.wanted:
        return totals.records
    if len(plan.wanted) == len(plan.wanted[0]) == len(plan.wanted[0][0]) == 1:
        return counts.get(plan.wanted[0][0][0], 0)
    return None


def _write_newest(plan: Plan, shown: bool, most: int) -> tuple[str, tuple[Any, ...]]:
    """The newest of many matches: found by going back in time, and not counted."""
    where, values = _write_where(plan, by_index=False)
    return _write_uncounted(shown, where, "id"), (*values, most)


def _write_sorted(plan: Plan, shown: bool, most: int) -> tuple[str, tuple[Any, ...]]:
    """The newest of few matches: found by their words, put in order by their numbers, and not counted."""
    where, values = _write_where(plan)
    return _write_uncounted(shown, where, "id + 0"), (*values, most)


def _write_uncounted(shown: bool, where: str, order: str) -> str:
    return f"SELECT *, NULL::int AS total FROM {_table(shown)} WHERE {where} ORDER BY {order} DESC LIMIT %s"  # noqa: S608 - as above


def _write_counted(plan: Plan, shown: bool, most: int) -> tuple[str, tuple[Any, ...]]:
    """The newest of few matches, counted: one look at all of them gives their numbers.

    Only those that are wanted are then read: what is put in order together with its text takes twice as long.
    """
    where, values = _write_where(plan)
    statement = (
        f"WITH found AS MATERIALIZED (SELECT array_agg(id) AS ids FROM {_table(shown)} WHERE {where})"  # noqa: S608 - as above
        f" SELECT *, (SELECT cardinality(ids) FROM found) AS total FROM {_table(shown)}"
        " WHERE id = ANY(ARRAY(SELECT unnest(ids) AS id FROM found ORDER BY id DESC LIMIT %s))"
    )
    return statement, (*values, most)


def _write_where(plan: Plan, *, by_index: bool = True) -> tuple[str, tuple[Any, ...]]:
    """The condition of a match: for the index as queries of which one is enough, else as a single one."""
    parts: list[str] = []
    values: list[Any] = []
    if plan.wanted and by_index:
        parts, values = ["texts @@ ANY(%s::tsquery[])"], [write_queries(plan)]
    elif plan.wanted:
        parts, values = ["texts @@ %s::tsquery"], [write_query(plan)]
    elif plan.unwanted:
        parts, values = ["NOT texts @@ %s::tsquery"], [write_any(plan.unwanted)]
    if (plan.first, plan.last) != _ALWAYS:
        parts, values = [*parts, "id BETWEEN %s AND %s"], [*values, plan.first, plan.last]
    return " AND ".join(parts) or "true", tuple(values)


def _list_scored(plan: Plan) -> tuple[Phrase, ...]:
    """The phrases that count: a mark weighs nothing, and what is unwanted is in no match."""
    return tuple(phrase for group in plan.wanted for phrase in group if not phrase[0].startswith(MARK))


def _weigh_phrases(
    ask: Ask, phrases: Sequence[Phrase], counts: Mapping[str, int], totals: Totals, shown: bool
) -> list[float]:
    """What each phrase is worth by its rarity; where several stems follow each other is looked up."""
    worths = []
    for phrase in phrases:
        single = len(phrase) == 1
        count = counts.get(phrase[0], 0) if single else _count_matches(ask, Plan(wanted=((phrase,),)), shown)
        worths.append(max(_LEAST, math.log((totals.records - count + 0.5) / (count + 0.5))))
    return worths


def _write_score(
    phrases: Sequence[Phrase], worths: Sequence[float], newest: str
) -> tuple[str, tuple[Any, ...]]:
    """The matches with their BM25, as a statement and its values up to those of `norm` and `newest`."""
    weigh = f"round({HEAVIEST} * ts_rank_cd(%s::real[], texts, %s::tsquery))"
    numbers = range(len(phrases))  # whether one is there is told sooner than how often: of many, most are not
    places = [f"CASE WHEN texts @@ %s::tsquery THEN {weigh} ELSE 0 END AS f{at}" for at in numbers]
    terms = [f"%s::float8 * f{at} / (f{at} + norm)" for at in numbers]
    statement = (
        f"SELECT {_COLUMNS}, {' + '.join(terms)} FROM (SELECT {_COLUMNS}, {', '.join(places)},"  # noqa: S608 - as above
        f" %s::float8 + %s::float8 * length AS norm FROM ({newest}) newest OFFSET 0) found"
    )
    written = [write_phrase(phrase) for phrase in phrases]
    found = [value for phrase in written for value in (phrase, WEIGHT_ARRAY, phrase)]
    return statement, (*((_SATURATION + 1) * worth for worth in worths), *found)


def _count(ask: Ask, plan: Plan, totals: Totals, counts: Mapping[str, int], shown: bool) -> int:
    """How many matches there are. What is unwanted is mostly rare: that is looked for, and taken off."""
    others = replace(plan, unwanted=())
    known = _tell_known(others, counts, totals)
    if known is None and plan.wanted:
        return _count_matches(ask, plan, shown)
    total = _count_matches(ask, others, shown) if known is None else known
    if plan.unwanted:
        total -= _count_matches(ask, replace(others, wanted=(*plan.wanted, plan.unwanted)), shown)
    return total


def _count_matches(ask: Ask, plan: Plan, shown: bool) -> int:
    where, values = _write_where(plan)
    ((count,),) = ask(f"SELECT count(*) FROM {_table(shown)} WHERE {where}", values)  # noqa: S608 - as above
    return int(count)


def read_totals(value: bytes | None) -> tuple[Totals, Totals]:
    """The totals of what is shown and of what is held, as they are kept."""
    return msgspec.msgpack.decode(value, type=tuple[Totals, Totals]) if value else (Totals(), Totals())


def _table(shown: bool) -> str:
    return SHOWN if shown else HELD
