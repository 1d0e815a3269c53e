"""Subscriptions at hubs, a table of the index that the server changes as well as a pass.

Every change reads and writes in one transaction that holds the row, or the whole SQLite file, from its first
word, so the two never overwrite each other. A file is opened anew each time: another may have been put in its
place. Subscriptions lost with a file are made again; hubs that call the old addresses are told that there is
nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Engine, delete, event, select
from sqlalchemy.exc import SQLAlchemyError

from newsloom.errors import StoreError
from newsloom.place import Place, as_place
from newsloom.store import schema
from newsloom.store.base import Transactions, upsert
from newsloom.store.connecting import connect
from newsloom.store.migrating import migrate
from newsloom.websub.subscriptions import Subscription

_PRIVATE: Final = 0o600  # the table has secrets
_decoder: Final = msgspec.msgpack.Decoder(Subscription)
table: Final = schema.subscriptions


class Subscriptions:
    """The subscriptions of one site; every method is one transaction. Raises StoreError."""

    def __init__(self, place: Place | Path) -> None:
        self._place = as_place(place)

    def all(self) -> list[Subscription]:
        """All subscriptions, by token."""
        if self._is_missing():
            return []
        with self._transaction() as connection:
            rows = connection.execute(select(table.c.payload).order_by(table.c.token))
            return [_decoder.decode(row.payload) for row in rows]

    def find(self, token: str) -> Subscription | None:
        """The subscription with that token."""
        if self._is_missing():
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
        if not self._place.shared:
            _guard(Path(self._place.address))

    def change(self, token: str, step: Callable[[Subscription], Subscription | None]) -> Subscription | None:
        """Take a subscription one step further; None when there is none, or the step gives none."""
        if self._is_missing():
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

    def _is_missing(self) -> bool:
        return not self._place.shared and not Path(self._place.address).is_file()

    @cached_property
    def _engine(self) -> Engine:
        engine = connect(self._place, kept=False)
        if self._place.shared:
            migrate(Transactions(engine, self._place))
        else:
            event.listen(engine, "connect", _begin_ourselves)
            event.listen(engine, "begin", _hold)
        return engine

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        try:
            with self._engine.begin() as connection:
                table.create(connection, checkfirst=True)
                yield connection
        except (SQLAlchemyError, msgspec.MsgspecError) as error:
            raise StoreError(
                str(self._place),
                f"the subscriptions cannot be used: {type(error).__name__}: {str(error).splitlines()[0]}",
                "free disk space if it is full, then run `newsloom reindex`",
            ) from error


def _begin_ourselves(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # the driver would begin late, and then fail where it should wait


def _hold(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _guard(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        with suppress(FileNotFoundError, PermissionError):  # another user's file is that user's to guard
            path.with_name(path.name + suffix).chmod(_PRIVATE)


def _read(connection: Connection, token: str) -> Subscription | None:
    held = select(table.c.payload).where(table.c.token == token).with_for_update()  # SQLite has no such word
    payload: Any = connection.execute(held).scalar()
    return _decoder.decode(payload) if payload is not None else None


def _write(connection: Connection, subscriptions: Iterable[Subscription]) -> None:
    rows = [{"token": one.token, "payload": msgspec.msgpack.encode(one)} for one in subscriptions]
    upsert(connection, table, "token", rows)
