"""Subscriptions at hubs, a table of the index that the server changes as well as a pass.

Every change reads and writes in one transaction that holds the file from its first word, so the two never
overwrite each other. The file is opened anew each time: another may have been put in its place. Subscriptions
lost with a file are made again; hubs that call the old addresses are told that there is nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import msgspec
from sqlalchemy import Column, Connection, LargeBinary, String, Table, create_engine, delete, event, select
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from newsloom.errors import StoreError
from newsloom.store import schema
from newsloom.websub.subscriptions import Subscription

_PRIVATE: Final = 0o600  # the table has secrets
_decoder: Final = msgspec.msgpack.Decoder(Subscription)

table = Table(
    "subscriptions",
    schema.metadata,
    Column("token", String, primary_key=True),  # of the callback's address
    Column("payload", LargeBinary, nullable=False),  # the whole Subscription as MessagePack
)


class Subscriptions:
    """The subscriptions of one site; every method is one transaction. Raises StoreError."""

    def __init__(self, private: Path) -> None:
        self._path = private / "index.sqlite"
        self._engine = create_engine(f"sqlite:///{self._path}", poolclass=NullPool)
        event.listen(self._engine, "connect", _prepare)
        event.listen(self._engine, "begin", _hold)

    def all(self) -> list[Subscription]:
        """All subscriptions, by token."""
        if not self._path.is_file():
            return []
        with self._transaction() as connection:
            rows = connection.execute(select(table.c.payload).order_by(table.c.token))
            return [_decoder.decode(row.payload) for row in rows]

    def find(self, token: str) -> Subscription | None:
        """The subscription with that token."""
        if not self._path.is_file():
            return None
        with self._transaction() as connection:
            return _read(connection, token)

    def put(self, subscriptions: Iterable[Subscription]) -> None:
        """Add or replace subscriptions."""
        rows = list(subscriptions)
        if not rows:
            return
        with self._transaction() as connection:
            _write(connection, rows)
        for suffix in ("", "-wal", "-shm"):
            path = self._path.with_name(self._path.name + suffix)
            with suppress(FileNotFoundError, PermissionError):  # another user's file is that user's to guard
                path.chmod(_PRIVATE)

    def change(self, token: str, step: Callable[[Subscription], Subscription | None]) -> Subscription | None:
        """Take a subscription one step further; None when there is none, or the step gives none."""
        if not self._path.is_file():
            return None
        with self._transaction() as connection:
            before = _read(connection, token)
            after = step(before) if before is not None else None
            if after is not None and after != before:
                _write(connection, [after])
            return after

    def remove(self, tokens: Iterable[str]) -> None:
        """Forget subscriptions."""
        with self._transaction() as connection:
            for token in tokens:
                connection.execute(delete(table).where(table.c.token == token))

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        try:
            with self._engine.begin() as connection:
                table.create(connection, checkfirst=True)
                yield connection
        except (SQLAlchemyError, msgspec.MsgspecError) as error:
            raise StoreError(
                str(self._path),
                f"the subscriptions cannot be used: {type(error).__name__}: {str(error).splitlines()[0]}",
                "free disk space if it is full, then run `newsloom reindex`",
            ) from error


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # the driver would begin late, and then fail where it should wait
    connection.execute("PRAGMA busy_timeout=10000")
    connection.execute("PRAGMA journal_mode=WAL")


def _hold(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _read(connection: Connection, token: str) -> Subscription | None:
    payload: Any = connection.execute(select(table.c.payload).where(table.c.token == token)).scalar()
    return _decoder.decode(payload) if payload is not None else None


def _write(connection: Connection, subscriptions: Iterable[Subscription]) -> None:
    statement = upsert(table)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["token"], set_={"payload": statement.excluded.payload}
        ),
        [{"token": one.token, "payload": msgspec.msgpack.encode(one)} for one in subscriptions],
    )
