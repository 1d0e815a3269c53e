"""When each host may be asked, in the store before the request goes out: one pace for all with one ledger.

Who wants to ask a host takes its turn in one statement, which finds a row to change only where the last
request is long enough ago and no pause holds. So of several processes one goes and the others wait; nothing
is held meanwhile, and one that is killed leaves nothing behind but the moment of its last request. Moments
are those of the database, read when it has the row: the clocks of machines may differ. No lease fences any of
it: that a host was asked is true whoever asked it.
"""

from __future__ import annotations

import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from sqlalchemy import Connection, CursorResult
from sqlalchemy.exc import SQLAlchemyError

from newsloom import settings
from newsloom.place import Place, as_place
from newsloom.store import schema
from newsloom.store.base import fail
from newsloom.store.connecting import connect
from newsloom.store.migrating import make_tables

# In the words of the drivers, in which a turn costs a tenth of what it does through SQLAlchemy's statements.
# SQLite counts milliseconds only: one more, so that a turn is never noted before it was.
_NOW: Final = {
    "sqlite": "((julianday('now') - 2440587.5) * 86400.0 + 0.001)",
    "postgresql": "extract(epoch FROM clock_timestamp())::float8",
}
# A moment that lies ahead further than a turn is of a clock that was set back since.
_TAKE: Final = """
INSERT INTO hosts (place, started, closed_until) VALUES (?, {now}, 0)
ON CONFLICT (place) DO UPDATE SET started = {now}
WHERE hosts.closed_until <= {now} AND (hosts.started <= {now} - ? OR hosts.started > {now} + ?)
"""
_WAIT: Final = "SELECT started - {now} + ? AS rest, closed_until - {now} AS pause FROM hosts WHERE place = ?"
_CLOSE: Final = """
INSERT INTO hosts (place, started, closed_until) VALUES (?, 0, {now} + ?)
ON CONFLICT (place) DO UPDATE SET closed_until = excluded.closed_until
WHERE hosts.closed_until < excluded.closed_until
"""
_FORGET: Final = "DELETE FROM hosts WHERE started < {now} - ? AND closed_until < {now} - ?"
_FIND: Final = "SELECT payload FROM robots WHERE origin = ?"
_PUT: Final = """
INSERT INTO robots (origin, payload) VALUES (?, ?)
ON CONFLICT (origin) DO UPDATE SET payload = excluded.payload
"""


class HostLedger:
    """The hosts of a place, whose tables are made where they are missing; a context manager.

    Robots.txt is kept by `realm`: what one site may read another perhaps may not. Any thread may use it.
    """

    def __init__(self, place: Place | Path, realm: str = "") -> None:
        self._place = as_place(place)
        self._realm = f" {realm}" if realm else ""
        # Of the turns of its last half second a PostgreSQL that falls may lose some; our own fall loses none.
        self._engine = connect(self._place, kept=False, durable=False)
        self._lock = threading.Lock()  # one connection, one statement at a time
        dialect = self._engine.dialect.name
        self._now, self._sign = _NOW[dialect], "?" if dialect == "sqlite" else "%s"

    def __enter__(self) -> Self:
        """Open it. Raises StoreError when it can neither be opened nor made."""
        try:
            make_tables(self._engine, self._place, (schema.hosts, schema.robots))
            self._connection = self._open()
        except SQLAlchemyError as error:
            raise fail(self._place, error) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connection; everything is in the store already."""
        with self._lock:
            self._connection.close()

    @property
    def distant(self) -> bool:
        """Whether it is on a server, which takes a while to answer."""
        return self._place.shared

    def _open(self) -> Connection:
        return self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")

    def take(self, place: str, spacing: float) -> bool:
        """Note that a host is asked now, if it may be; of all who ask at one moment one is told True."""
        return self._execute(_TAKE, place, spacing, spacing).rowcount > 0

    def tell_wait(self, place: str, spacing: float) -> tuple[float, float]:
        """Seconds until a host may be asked after the last time, and until its pause is over."""
        row = self._execute(_WAIT, spacing, place).first()
        if row is None:
            return 0.0, 0.0
        return max(0.0, row.rest), min(max(0.0, row.pause), settings.LONGEST_PAUSE_SECONDS)

    def close(self, place: str, seconds: float) -> None:
        """Have nobody ask a host for so long; a shorter pause than the one kept changes nothing."""
        self._execute(_CLOSE, place, seconds)

    def find_robots(self, origin: str) -> bytes | None:
        """The robots.txt that was put for an origin."""
        row = self._execute(_FIND, origin + self._realm).first()
        return bytes(row.payload) if row is not None else None

    def put_robots(self, origin: str, file: bytes) -> None:
        """Keep the robots.txt of an origin."""
        self._execute(_PUT, origin + self._realm, file)

    def forget(self, seconds: float) -> None:
        """Drop hosts that were last asked longer ago, and whose pause is over as long."""
        self._execute(_FORGET, seconds, seconds)

    def _execute(self, statement: str, *values: object) -> CursorResult[Any]:
        """Run a statement, on a new connection where the one at hand was cut."""
        statement = statement.format(now=self._now).replace("?", self._sign)
        with self._lock:
            return self._run(statement, values)

    def _run(self, statement: str, values: tuple[object, ...]) -> CursorResult[Any]:
        try:
            return self._connection.exec_driver_sql(statement, values)
        except SQLAlchemyError as error:
            if not self._connection.invalidated:
                raise fail(self._place, error) from error
        try:
            self._connection.close()
            self._connection = self._open()
            return self._connection.exec_driver_sql(statement, values)
        except SQLAlchemyError as error:
            raise fail(self._place, error) from error
