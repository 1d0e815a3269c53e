"""When each host was last asked, in the store before the request goes out.

A process that is killed between two requests comes back to the same pace, since the store knew of the
first one. Every note is a transaction of its own on a connection kept open. No lease fences them: that a
host was asked is true whoever asked it.
"""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Final, Self

from msgspec.structs import replace
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from newsloom.place import Place
from newsloom.store.base import fail
from newsloom.store.connecting import as_place, connect
from newsloom.store.states import HostState

# In the words of the driver, in which a note costs a tenth of what it does through SQLAlchemy's statements.
_READ: Final = "SELECT place, started, closed_until FROM hosts"
_NOTE: Final = """
INSERT INTO hosts (place, started, closed_until) VALUES (?, ?, ?)
ON CONFLICT (place) DO UPDATE SET started = excluded.started, closed_until = excluded.closed_until
"""
_FORGET: Final = "DELETE FROM hosts WHERE started < ? AND closed_until < ?"
_UNKNOWN: Final = HostState()


class HostLedger:
    """The hosts of an index whose tables are there; a context manager.

    It may be opened in one thread and used in another, by one at a time.
    """

    def __init__(self, place: Place | Path) -> None:
        self._place = as_place(place)
        # Of the notes of its last half second a PostgreSQL that falls may lose some; our own fall loses none.
        self._engine = connect(self._place, kept=False, durable=False)
        self._sign = "?" if self._engine.dialect.name == "sqlite" else "%s"

    def __enter__(self) -> Self:
        """Read what is known."""
        try:
            self._connection = self._open()
            rows = self._connection.exec_driver_sql(_READ).all()
        except SQLAlchemyError as error:
            raise fail(self._place, error) from error
        self._hosts = {
            row.place: HostState(started=row.started, closed_until=row.closed_until) for row in rows
        }
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connection; everything is in the store already."""
        self._connection.close()

    def _open(self) -> Connection:
        return self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")

    def hosts(self) -> dict[str, HostState]:
        """What is known of each host, by place (`host:port`)."""
        return dict(self._hosts)

    def recall(self, place: str) -> HostState:
        """What is known of one host."""
        return self._hosts.get(place, _UNKNOWN)

    def note_request(self, place: str, moment: float) -> None:
        """Write down that a host is asked now."""
        self._note(place, replace(self.recall(place), started=moment))

    def note_pause(self, place: str, until: float) -> None:
        """Write down until when a host wants to be left alone."""
        self._note(place, replace(self.recall(place), closed_until=until))

    def _note(self, place: str, state: HostState) -> None:
        self._hosts[place] = state
        self._execute(_NOTE, (place, state.started, state.closed_until))

    def forget(self, before: float) -> None:
        """Drop hosts that were last asked before that moment and want no pause."""
        self._execute(_FORGET, (before, before))

    def _execute(self, statement: str, values: tuple[object, ...]) -> None:
        """Run a statement, on a new connection where the one at hand was cut."""
        statement = statement.replace("?", self._sign)
        try:
            self._connection.exec_driver_sql(statement, values)
        except SQLAlchemyError as error:
            if not self._connection.invalidated:
                raise fail(self._place, error) from error
        else:
            return
        try:
            self._connection.close()
            self._connection = self._open()
            self._connection.exec_driver_sql(statement, values)
        except SQLAlchemyError as error:
            raise fail(self._place, error) from error
