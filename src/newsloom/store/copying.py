"""Moving a store from one place to another, whole or not at all: every table but the leases, rows counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Integer, Table, delete, func, insert, select, text

from newsloom import settings
from newsloom.errors import StoreError
from newsloom.store import schema
from newsloom.store.base import Transactions
from newsloom.store.partitions import make_partitions

TABLES: Final = tuple(table for table in schema.metadata.sorted_tables if table is not schema.leases)


def count_rows(store: Transactions) -> dict[str, int]:
    """How many rows a store has, by table."""
    with store.transaction() as connection:
        return {table.name: _count(connection, table) for table in TABLES}


def copy_store(source: Transactions, target: Transactions) -> dict[str, int]:
    """Make a store hold what another holds, in one transaction; how many rows, by table.

    Both are up to date. Raises StoreError when a count differs in the end: then nothing is changed.
    """
    with source.transaction() as before, target.writing() as after:
        _freeze(before)
        copied = {table.name: _copy(before, after, table) for table in TABLES}
        for table in TABLES:
            if (found := _count(after, table)) != copied[table.name]:
                raise StoreError(
                    str(target.place),
                    f"{table.name} has {found} rows of {copied[table.name]}; nothing was copied",
                    "run it again",
                )
    return copied


def _freeze(connection: Connection) -> None:
    """Read all tables as they are at one moment, whatever a server writes meanwhile."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN")
    else:
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))


def _copy(before: Connection, after: Connection, table: Table) -> int:
    after.execute(delete(table))
    copied = 0
    for rows in _read(before, table):
        if table is schema.visits:
            make_partitions(after, {row["visited"] for row in rows})
        after.execute(insert(table), rows)
        copied += len(rows)
    _go_on_counting(after, table)
    return copied


def _read(connection: Connection, table: Table) -> Iterator[Sequence[Mapping[str, Any]]]:
    query = select(table).order_by(*table.primary_key).execution_options(stream_results=True)
    for rows in connection.execute(query).mappings().partitions(settings.COPY_ROWS):
        yield [dict(row) for row in rows]


def _go_on_counting(connection: Connection, table: Table) -> None:
    """Let PostgreSQL number new rows after those that were copied; SQLite does so by itself."""
    column = table.autoincrement_column
    if connection.dialect.name != "postgresql" or column is None or not isinstance(column.type, Integer):
        return
    last = connection.execute(select(func.max(column))).scalar()
    if last is not None:
        connection.execute(select(func.setval(func.pg_get_serial_sequence(table.name, column.name), last)))


def _count(connection: Connection, table: Table) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar_one()
