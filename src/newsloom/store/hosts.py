"""When each host was last asked, on disk before the request goes out.

A process that is killed between two requests comes back to the same pace, since the file knew of the
first one. Every note is a transaction of its own on a connection kept open: 30 µs each.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from msgspec.structs import replace

from newsloom.errors import StoreError
from newsloom.store.states import HostState

_NOTE: Final = """
INSERT INTO hosts (place, started, closed_until) VALUES (?, ?, ?)
ON CONFLICT (place) DO UPDATE SET started = excluded.started, closed_until = excluded.closed_until
"""
_UNKNOWN: Final = HostState()
_FORGET: Final = "DELETE FROM hosts WHERE started < ? AND closed_until < ?"


class HostLedger:
    """The hosts of an index whose tables are there; a context manager.

    It may be opened in one thread and used in another, by one at a time.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> Self:
        """Read what is known."""
        try:
            self._connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
            self._connection.execute("PRAGMA synchronous=NORMAL")
            self._connection.execute("PRAGMA busy_timeout=10000")
            rows = self._connection.execute("SELECT place, started, closed_until FROM hosts")
            self._hosts = {
                place: HostState(started=started, closed_until=closed) for place, started, closed in rows
            }
        except sqlite3.Error as error:
            raise self._fail(error) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connection; everything is on disk already."""
        self._connection.close()

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
        try:
            self._connection.execute(_NOTE, (place, state.started, state.closed_until))
        except sqlite3.Error as error:
            raise self._fail(error) from error

    def forget(self, before: float) -> None:
        """Drop hosts that were last asked before that moment and want no pause."""
        try:
            self._connection.execute(_FORGET, (before, before))
        except sqlite3.Error as error:
            raise self._fail(error) from error

    def _fail(self, error: sqlite3.Error) -> StoreError:
        return StoreError(
            str(self._path), f"the index failed: {error}", "free disk space if it is full, then run it again"
        )
