"""What a pass needs of a site's history, asked of the index instead of loading all records.

A story is recalled whole or not at all: it is settled from its records alone, so that half of one would be
settled wrongly.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import TypeVar

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, case, func, select

from newsloom.records import Record
from newsloom.store import schema
from newsloom.store.base import chunks
from newsloom.store.index import Index, decode_record
from newsloom.store.states import Stamp

_table = schema.records
_Value = TypeVar("_Value")


class Counts(Struct, frozen=True):
    """How many documents the index knows, how many of them are shown, and of how many stories they are."""

    documents: int
    published: int
    stories: int


def read_latest(index: Index) -> datetime | None:
    """When the record seen last was seen first; None where no record tells."""
    with index.transaction() as connection:
        seen = connection.execute(select(func.max(_table.c.seen))).scalar()
    return datetime.fromtimestamp(seen, UTC) if seen else None


def count_all(index: Index) -> Counts:
    """What the index holds in numbers. Cost is linear in the records."""
    shown = func.sum(case((_table.c.shown, 1), else_=0))
    with index.transaction() as connection:
        row = connection.execute(select(func.count(), shown, func.count(_table.c.story.distinct()))).one()
    return Counts(row[0], row[1] or 0, row[2])


def list_unopened(index: Index) -> list[str]:
    """The names of records whose seals could not be opened."""
    query = select(_table.c.name).where(_table.c.unopened.is_(True)).order_by(_table.c.name)
    with index.transaction() as connection:
        return list(connection.execute(query).scalars())


def recall_since(index: Index, horizon: datetime) -> list[Record]:
    """The records of every story that has one published from a moment on, by name."""
    open_stories = select(_table.c.story).where(_table.c.published >= int(horizon.timestamp()))
    query = select(_table.c.payload).where(_table.c.story.in_(open_stories)).order_by(_table.c.name)
    with index.transaction() as connection:
        return [decode_record(payload) for payload in connection.execute(query).scalars()]


def recall_stories(index: Index, stories: Iterable[str]) -> list[Record]:
    """The records of these stories."""
    rows = _ask(index, select(_table.c.payload), _table.c.story, stories)
    return [decode_record(payload) for payload in rows]


def find_stories(index: Index, names: Iterable[str]) -> set[str]:
    """The stories that records of these names are in, as far as the index knows them."""
    return set(_ask(index, select(_table.c.story), _table.c.name, names))


def find_stories_by_address(index: Index, keys: Iterable[str]) -> set[str]:
    """The stories of records with addresses, or copies, of these keys."""
    names = _ask(index, select(schema.addresses.c.name), schema.addresses.c.key, keys)
    return find_stories(index, names)


def find_stories_by_entry(index: Index, entries: Iterable[str]) -> set[str]:
    """The stories of records that their sources call so (`name_entry`)."""
    return set(_ask(index, select(_table.c.story), _table.c.entry, (entry for entry in entries if entry)))


def find_entries(index: Index, entries: Iterable[str]) -> set[str]:
    """Those of these names that sources have for records (`name_entry`) that the index knows."""
    return set(_ask(index, select(_table.c.entry), _table.c.entry, (entry for entry in entries if entry)))


def find_published(index: Index, moments: Iterable[datetime]) -> list[Record]:
    """The records published in the same second as one of these moments."""
    with index.transaction() as connection:
        return [
            decode_record(payload)
            for part in chunks(sorted({int(moment.timestamp()) for moment in moments}))
            for payload in connection.execute(
                select(_table.c.payload).where(_table.c.published.in_(part))
            ).scalars()
        ]


def list_providers(index: Index) -> frozenset[str]:
    """The domains of all providers that the site has records of."""
    with index.transaction() as connection:
        return frozenset(connection.execute(select(_table.c.provider).distinct()).scalars())


def find_stories_by_provider(index: Index, domains: Iterable[str]) -> set[str]:
    """The stories in which these providers have a record."""
    return set(_ask(index, select(_table.c.story), _table.c.provider, domains))


def read_stamps(index: Index, since: str, *, until: str | None = None, most: int = -1) -> dict[str, Stamp]:
    """What documents from a name on looked like when they were read, by name; `most` of them at most."""
    query = select(_table.c.name, _table.c.modified_ns, _table.c.size).where(_table.c.name >= since)
    if until is not None:
        query = query.where(_table.c.name < until)
    query = query.order_by(_table.c.name)
    with index.transaction() as connection:
        rows = connection.execute(query.limit(most) if most >= 0 else query)
        return {row.name: Stamp(row.modified_ns, row.size) for row in rows}


def _ask(
    index: Index, query: Select[_Value], column: ColumnElement[str], values: Iterable[str]
) -> Iterator[_Value]:
    """The first column of a query, where another has one of these values."""
    with index.transaction() as connection:
        for part in chunks(sorted(set(values))):
            yield from connection.execute(query.where(column.in_(part))).scalars()
