"""The matches of a plan: from SQLite, newest first, with what they are ordered and counted by."""

from __future__ import annotations

import sqlite3
from typing import Final, NamedTuple

from newsloom.search.expression import Plan
from newsloom.search.index import SLOTS
from newsloom.search.ranking import WEIGHTS, value_quality, value_recency
from newsloom.search.schema import SHOWN

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


class Match(NamedTuple):
    """A match: what it is ordered by (smallest first), its number, how well it matches, what facets count."""

    rank: float
    order: int
    match: float
    quality: int
    provider: int
    topics: str

    @property
    def number(self) -> int:
        """The record's number."""
        return -self.order


def select_matches(
    connection: sqlite3.Connection, table: str, plan: Plan, now: int, most: int, *, scored: bool
) -> list[Match]:
    """The newest matches in a full-text table, `most` at most; unscored ones rank alike."""
    if plan.match:
        score = _SCORE.format(table=table) if scored else "0.0"
        values: tuple[object, ...] = (plan.match, plan.first, plan.last, most)
        rows = connection.execute(_MATCHES.format(table=table, score=score), values)
    else:
        where, values = _where_items(table, plan)
        rows = connection.execute(_ITEMS.format(where=where), (*values, most))
    found = []
    for number, match, quality, provider, topics in rows:
        factor = 1 + value_recency(now - number // SLOTS) + value_quality(quality)
        found.append(Match(-match * factor, -number, match, quality, provider, topics))
    return found


def count_matches(connection: sqlite3.Connection, table: str, plan: Plan) -> int:
    """How many matches a full-text table has."""
    if plan.match:
        statement = f"SELECT count(*) FROM {table} WHERE {table} MATCH ? AND rowid BETWEEN ? AND ?"  # noqa: S608 - as above
        values: tuple[object, ...] = (plan.match, plan.first, plan.last)
    else:
        where, values = _where_items(table, plan)
        statement = f"SELECT count(*) FROM items WHERE {where}"  # noqa: S608 - as above
    (count,) = connection.execute(statement, values).fetchone()
    return int(count)


def _where_items(table: str, plan: Plan) -> tuple[str, tuple[object, ...]]:
    """Which records there are where no word or filter is asked for: all, but those that are excluded."""
    values = (table == SHOWN, plan.first, plan.last)
    if plan.unwanted:
        return _ITEMS_WHERE + _NOT_IN.format(table=table), (*values, plan.unwanted)
    return _ITEMS_WHERE, values
