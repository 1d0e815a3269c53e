"""What is still to be made public: a row for each record put or removed, in the transaction that did it.

Publishers read from where their cursor stands, and move it when they are done. A pass that was killed in
between leaves the rows: the next one finds them, and finishes what that one had begun.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec import Struct
from sqlalchemy import Connection, delete, func, insert, select

from newsloom.store import schema
from newsloom.store.base import Transactions, upsert

PUBLISHERS: Final = {"publish": ("put", "removed"), "announce": ("feed",)}  # what each of them reads
_table: Final = schema.outbox
_cursors: Final = schema.cursors


class Pending(Struct, frozen=True):
    """What a publisher has not done yet: names or addresses in order, and the row up to which that is all."""

    names: tuple[str, ...]
    last: int


def append(connection: Connection, kind: str, names: Iterable[str]) -> None:
    """Add rows to the outbox, within the transaction that makes them true."""
    rows = [{"kind": kind, "name": name} for name in names]
    if rows:
        connection.execute(insert(_table), rows)


class Outbox(Transactions):
    """The part of an index that publishers read."""

    def pending(self, publisher: str) -> Pending:
        """What a publisher has still to do, each name once."""
        with self.transaction() as connection:
            done = connection.execute(
                select(_cursors.c.sequence).where(_cursors.c.publisher == publisher)
            ).scalar()
            rows = connection.execute(
                select(_table.c.name, _table.c.sequence)
                .where(_table.c.sequence > (done or 0), _table.c.kind.in_(PUBLISHERS[publisher]))
                .order_by(_table.c.sequence)
            ).all()
        return Pending(
            tuple(dict.fromkeys(row.name for row in rows)), rows[-1].sequence if rows else done or 0
        )

    def finish(self, publisher: str, last: int, *, feeds: Iterable[str] = ()) -> None:
        """Move a publisher's cursor; the rows it is past go, and feeds it changed wait to be announced."""
        with self.writing() as connection:
            append(connection, "feed", feeds)
            upsert(connection, _cursors, "publisher", [{"publisher": publisher, "sequence": last}])
            mine = _table.c.kind.in_(
                PUBLISHERS[publisher]
            )  # a kind has one reader: nobody else waits for them
            connection.execute(delete(_table).where(_table.c.sequence <= last, mine))

    def waiting(self) -> int:
        """How many rows the outbox holds."""
        with self.transaction() as connection:
            return connection.execute(select(func.count()).select_from(_table)).scalar_one()
