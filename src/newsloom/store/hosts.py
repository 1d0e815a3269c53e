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
from sqlalchemy import delete, select

from newsloom.place import Place
from newsloom.store import schema
from newsloom.store.base import Transactions, upsert
from newsloom.store.connecting import as_place, connect
from newsloom.store.states import HostState

_UNKNOWN: Final = HostState()
_table: Final = schema.hosts


class HostLedger:
    """The hosts of an index whose tables are there; a context manager.

    It may be opened in one thread and used in another, by one at a time.
    """

    def __init__(self, place: Place | Path) -> None:
        place = as_place(place)
        self._store = Transactions(connect(place), place)

    def __enter__(self) -> Self:
        """Read what is known."""
        with self._store.transaction() as connection:
            rows = connection.execute(select(_table))
            self._hosts = {
                row.place: HostState(started=row.started, closed_until=row.closed_until) for row in rows
            }
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connection; everything is in the store already."""
        self._store.__exit__()

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
        row = {"place": place, "started": state.started, "closed_until": state.closed_until}
        with self._store.transaction() as connection:
            upsert(connection, _table, "place", [row])

    def forget(self, before: float) -> None:
        """Drop hosts that were last asked before that moment and want no pause."""
        with self._store.transaction() as connection:
            connection.execute(
                delete(_table).where(_table.c.started < before, _table.c.closed_until < before)
            )
