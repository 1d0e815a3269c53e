"""The matches of a plan: from SQLite, newest first, with what they are ordered and counted by."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Final

from newsloom.search.catalogue import Match
from newsloom.search.planning import Plan
from newsloom.search.ranking import WEIGHTS, rank_match
from newsloom.search.sqlite.expression import write_any, write_match
from newsloom.search.sqlite.schema import SHOWN

# Names of tables cannot be given as values; these are our own. Everything else is.
_MATCHES: Final = (
    "SELECT t.id, t.n, quality, provider, topics FROM (SELECT rowid AS id, {score} AS n FROM {table}"
    " WHERE {table} MATCH ? AND rowid BETWEEN ? AND ? ORDER BY rowid DESC LIMIT ?) AS t"
    " CROSS JOIN items ON items.id = t.id"
)
_ITEMS: Final = "SELECT id, 0.0, quality, provider, topics FROM items WHERE {where} ORDER BY id DESC LIMIT ?"
_ITEMS_WHERE: Final = "shown = ? AND id BETWEEN ? AND ?"
_NOT_IN: Final = " AND id NOT IN (SELECT rowid FROM {table} WHERE {table} MATCH ?)"
_SCORE: Final = "-bm25({table}, " + ", ".join(map(str, WEIGHTS)) + ", 0)"


def select_matches(
    connection: sqlite3.Connection, table: str, plan: Plan, now: int, most: int, *, scored: bool
) -> Sequence[Match]:
    """The newest matches in a full-text table, `most` at most; unscored ones rank alike."""
    if plan.wanted:
        score = _SCORE.format(table=table) if scored else "0.0"
        values: tuple[object, ...] = (write_match(plan), plan.first, plan.last, most)
        rows = connection.execute(_MATCHES.format(table=table, score=score), values)
    else:
        where, values = _where_items(table, plan)
        rows = connection.execute(_ITEMS.format(where=where), (*values, most))
    return [
        Match(rank_match(match, number, quality, now), -number, match, quality, provider, topics)
        for number, match, quality, provider, topics in rows
    ]


def count_matches(connection: sqlite3.Connection, table: str, plan: Plan) -> int:
    """How many matches a full-text table has."""
    if plan.wanted:
        statement = f"SELECT count(*) FROM {table} WHERE {table} MATCH ? AND rowid BETWEEN ? AND ?"  # noqa: S608 - as above
        values: tuple[object, ...] = (write_match(plan), plan.first, plan.last)
    else:
        where, values = _where_items(table, plan)
        statement = f"SELECT count(*) FROM items WHERE {where}"  # noqa: S608 - as above
    (count,) = connection.execute(statement, values).fetchone()
    return int(count)


def _where_items(table: str, plan: Plan) -> tuple[str, tuple[object, ...]]:
    """Which records there are where no word or filter is asked for: all, but those that are excluded."""
    values = (table == SHOWN, plan.first, plan.last)
    if plan.unwanted:
        return _ITEMS_WHERE + _NOT_IN.format(table=table), (*values, write_any(plan.unwanted))
    return _ITEMS_WHERE, values
