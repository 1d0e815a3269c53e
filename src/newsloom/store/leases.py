"""Leases: one writer at a site however many machines there are, and nothing written by one who lost his.

A lease is a row with a token that grows with each holder. Who claims it does so in one statement, and only
when it was released or has run out; who holds it renews it in the background. A holder that was held up so
long that another has taken over cannot know it, so every transaction of his first touches the row *where
the token is still his*: it finds none, and the transaction comes to nothing. One that touched it first holds
the row, so that taking over waits for its end.

A holder may tell of a file that he has locked as well, which the system unlocks when he dies. Who claims the
lease with the same lock in his hands knows that, and need not wait.
"""

from __future__ import annotations

import os
import platform
import time
from datetime import UTC, datetime
from typing import Final

from msgspec import Struct
from sqlalchemy import (
    ColumnElement,
    Connection,
    Double,
    cast,
    extract,
    false,
    func,
    literal,
    or_,
    select,
    update,
)

from newsloom.errors import BusyError, LeaseLostError
from newsloom.store import schema
from newsloom.store.connecting import insert_into

PASS: Final = "pass"  # noqa: S105 - no password: the lease of who changes a site, whatever by
_table: Final = schema.leases


class Lease(Struct, frozen=True, kw_only=True):
    """A lease that was claimed. `token` fences its writes, `seconds` is how long it runs unrenewed."""

    name: str
    site: str  # what errors are about
    token: int
    seconds: float


def tell_holder() -> str:
    """This process in words: host and number."""
    return f"{platform.node()} (process {os.getpid()})"


def claim(
    connection: Connection, name: str, seconds: float, *, site: str, holder: str = "", lock: str = ""
) -> Lease:
    """Take a lease that is free or has run out. Raises BusyError telling who has it, since and until when."""
    now = _tell_time(connection)
    _make_row(connection, name)
    taken = connection.execute(
        update(_table)
        .where(_table.c.name == name, or_(_table.c.until <= now, _table.c.lock == lock if lock else false()))
        .values(
            token=_table.c.token + 1,
            holder=holder or tell_holder(),
            lock=lock,
            since=now,
            until=now + seconds,
        )
        .returning(_table.c.token)
    ).scalar()
    if taken is None:
        row = connection.execute(select(_table).where(_table.c.name == name)).one()
        raise BusyError(
            site,
            f"another {name} is running on {row.holder} since {_tell(row.since)}",
            f"wait for it to end; had it died, the next {name} takes over after {_tell(row.until)}",
        )
    return Lease(name=name, site=site, token=taken, seconds=seconds)


def fence(connection: Connection, lease: Lease) -> None:
    """Hold the lease's row to the end of a transaction, and renew it. Raises LeaseLostError."""
    renewed = connection.execute(
        update(_table)
        .where(_table.c.name == lease.name, _table.c.token == lease.token)
        .values(until=_tell_time(connection) + lease.seconds)
    )
    if renewed.rowcount:
        return
    holder = connection.execute(select(_table.c.holder).where(_table.c.name == lease.name)).scalar()
    raise LeaseLostError(
        lease.site,
        f"this {lease.name} was held up so long that {holder} took over; it has written nothing since",
        "run it again",
    )


def take_turn(connection: Connection) -> None:
    """Wait until nobody else writes: for who holds no lease, such as a command that reads changed documents.

    SQLite lets one write at a time anyway; in PostgreSQL two that write the same rows could block each other.
    """
    if connection.dialect.name == "postgresql":
        _make_row(connection, PASS)
        connection.execute(select(_table.c.token).where(_table.c.name == PASS).with_for_update())


def release(connection: Connection, lease: Lease) -> None:
    """Give a lease back; the row stays, so that tokens go on growing."""
    connection.execute(
        update(_table).where(_table.c.name == lease.name, _table.c.token == lease.token).values(until=0.0)
    )


def _make_row(connection: Connection, name: str) -> None:
    free = {"name": name, "token": 0, "holder": "", "lock": "", "since": 0.0, "until": 0.0}
    connection.execute(insert_into(connection, _table).values(free).on_conflict_do_nothing())


def _tell_time(connection: Connection) -> ColumnElement[float]:
    """Now, in seconds since 1970: by the database's clock where machines share it, for theirs may differ."""
    if connection.dialect.name == "postgresql":
        return cast(extract("epoch", func.clock_timestamp()), Double)
    return literal(time.time())


def _tell(moment: float) -> str:
    return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%d %H:%M:%S} UTC"
