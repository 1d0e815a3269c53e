"""What every part of the index stands on: transactions, fenced ones where a lease is held, and upserts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, Self, TypeVar

from sqlalchemy import Connection, Engine, Table, delete, insert
from sqlalchemy.exc import SQLAlchemyError

from newsloom.errors import StoreError
from newsloom.place import Place
from newsloom.store.connecting import insert_into
from newsloom.store.leases import Lease, fence, take_turn

_LOOKUP: Final = 500  # names or keys in one IN (…): SQLite took at most 999 variables for long
_Value = TypeVar("_Value")
_REMEDIES: Final = {
    "sqlite": "free disk space if it is full, then run `newsloom reindex`",
    "postgresql": "see that PostgreSQL runs, lets this user in and has disk space, then run it again",
}


class Transactions:
    """A database at a place. Use as a context manager; every method is one transaction.

    With a lease, what is written is written only while the lease is held; without, when it is its turn.
    """

    def __init__(self, engine: Engine, place: Place, lease: Lease | None = None) -> None:
        self.engine = engine
        self.place = place
        self.lease = lease

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.engine.dispose()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A transaction that reads. Raises StoreError when it fails."""
        try:
            with self.engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise fail(self.place, error) from error

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that writes. Raises LeaseLostError when somebody else has the lease by now."""
        with self.transaction() as connection:
            if self.lease is not None:
                fence(connection, self.lease)
            else:
                take_turn(connection)
            yield connection

    def confirm(self) -> None:
        """Raise LeaseLostError when somebody else has the lease by now: asked before files are written."""
        if self.lease is not None:
            with self.writing():
                pass

    def _replace(self, table: Table, rows: list[dict[str, Any]]) -> None:
        with self.writing() as connection:
            connection.execute(delete(table))
            if rows:
                connection.execute(insert(table), rows)

    def _upsert(self, table: Table, key: str, rows: list[dict[str, Any]]) -> None:
        if rows:
            with self.writing() as connection:
                upsert(connection, table, key, rows)


def fail(place: Place, error: SQLAlchemyError) -> StoreError:
    """The error of a database, in one line that tells no password."""
    cause = str(error).splitlines()[0]
    remedy = _REMEDIES["postgresql" if place.shared else "sqlite"]
    return StoreError(str(place), f"the index failed: {type(error).__name__}: {cause}", remedy)


def upsert(connection: Connection, table: Table, key: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add rows, each in the place of the one with the same key."""
    statement = insert_into(connection, table)
    changes = {column.name: column for column in statement.excluded if column.name != key}
    connection.execute(statement.on_conflict_do_update(index_elements=[key], set_=changes), rows)


def chunks(items: Sequence[_Value]) -> Iterator[Sequence[_Value]]:
    """Names, keys or the like in parts that fit one statement."""
    for start in range(0, len(items), _LOOKUP):
        yield items[start : start + _LOOKUP]
