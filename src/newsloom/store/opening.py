"""Opening a site's index: made when it is missing, brought up to date, set aside when it is damaged."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Engine, create_engine, delete, event, insert, inspect, select, text
from sqlalchemy.exc import DatabaseError, OperationalError

from newsloom.errors import StoreError
from newsloom.store import schema
from newsloom.store.index import Index
from newsloom.store.states import SourceState

_FILES: Final = ("", "-wal", "-shm")


def open_index(path: Path) -> Index:
    """Open a site's index, making it when it is missing or not a database.

    In a file of another version the records go, to be read again; what is known of sources, hosts
    and visits stays. A damaged file is kept beside the new one as `….damaged`. Raises StoreError when
    it can neither be opened nor made.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    index = Index(_connect(path))
    try:
        _prepare(index)
    except StoreError as error:
        if not _is_damage(error):
            raise
        index.__exit__()
        _set_aside(path)
        index = Index(_connect(path))
        _prepare(index)
    return index


def rebuild_index(path: Path) -> Index:
    """Open a site's index without its records, so that all documents are read again.

    What cannot be read from documents stays, unless the file is damaged.
    """
    index = open_index(path)
    try:
        index.clear()
    except StoreError as error:
        if not _is_damage(error):
            raise
        index.__exit__()
        _set_aside(path)
        index = open_index(path)
    return index


def _connect(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}")

    @event.listens_for(engine, "connect")
    def _set_pragmas(connection: sqlite3.Connection, _record: object) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=NORMAL")  # safe from corruption; the index can be rebuilt
        cursor.execute("PRAGMA busy_timeout=10000")
        cursor.close()

    return engine


def _is_damage(error: StoreError) -> bool:
    """Whether the file itself is broken; a full disk or a lock is no reason to throw it away."""
    cause = error.__cause__
    return isinstance(cause, DatabaseError) and not isinstance(cause, OperationalError)


def _set_aside(path: Path) -> None:
    path.replace(path.with_name(f"{path.name}.damaged"))
    for suffix in _FILES[1:]:
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _prepare(index: Index) -> None:
    """Make the tables that are missing, and those of another version anew."""
    with index.transaction() as connection:
        schema.meta.create(connection, checkfirst=True)
        version = connection.execute(
            select(schema.meta.c.value).where(schema.meta.c.key == "schema")
        ).scalar()
        kept = _take_down(connection) if version not in {None, str(schema.SCHEMA_VERSION)} else []
        schema.metadata.create_all(connection)
        if kept:
            connection.execute(insert(schema.sources), kept)
        if version != str(schema.SCHEMA_VERSION):
            connection.execute(delete(schema.meta))
            connection.execute(insert(schema.meta).values(key="schema", value=str(schema.SCHEMA_VERSION)))


def _take_down(connection: Connection) -> list[dict[str, Any]]:
    """Drop the tables that changed since an older version; the rows of `sources` as they are now."""
    present = set(inspect(connection).get_table_names())
    rows = (
        [_modernise(dict(row)) for row in _read_rows(connection, "sources")] if "sources" in present else []
    )
    for table in (*schema.DERIVED, schema.sources):
        table.drop(connection, checkfirst=True)
    return rows


def _read_rows(connection: Connection, table: str) -> list[Any]:
    return list(connection.execute(text(f"SELECT * FROM {table}")).mappings())  # noqa: S608 - a name of ours


def _modernise(row: dict[str, Any]) -> dict[str, Any]:
    """A row of `sources` of schema 1, which had a column for each field; newer ones are kept as they are."""
    if "payload" in row:
        return row
    state = msgspec.convert(row, SourceState)
    return {"address": state.address, "payload": msgspec.json.encode(state).decode()}
