"""The months of `visits` in PostgreSQL: a table each, made when a row comes, dropped when too old.

Deleting a month of a million rows leaves as many dead ones for PostgreSQL to sweep up; dropping its
table is one step. In SQLite there is one table, and what is too old is deleted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Connection, text

_NAME: Final = re.compile(r"visits_(\d{4})_(\d{2})")
_CHILDREN: Final = """
SELECT child.relname FROM pg_inherits
JOIN pg_class child ON child.oid = inhrelid WHERE inhparent = to_regclass('visits')
"""


def make_partitions(connection: Connection, moments: Iterable[int]) -> None:
    """Make the months of these moments (seconds since 1970) where they are not there yet."""
    if connection.dialect.name != "postgresql":
        return
    wanted = {_find_month(moment) for moment in moments}
    for month in sorted(wanted.difference(_list_months(connection))):
        first, next_ = _seconds(month), _seconds(month + 1)
        connection.execute(
            text(
                f"CREATE TABLE IF NOT EXISTS {_name(month)} PARTITION OF visits"
                f" FOR VALUES FROM ({first}) TO ({next_})"
            )
        )


def drop_partitions(connection: Connection, before: int) -> None:
    """Drop the months that end before a moment."""
    if connection.dialect.name != "postgresql":
        return
    for month in _list_months(connection):
        if _seconds(month + 1) <= before:
            connection.execute(text(f"DROP TABLE {_name(month)}"))


def is_partition(name: str) -> bool:
    """Whether a table is a month of another."""
    return _NAME.fullmatch(name) is not None


def _list_months(connection: Connection) -> Iterator[int]:
    for name in connection.execute(text(_CHILDREN)).scalars().all():
        if found := _NAME.fullmatch(name):
            yield int(found[1]) * 12 + int(found[2]) - 1


def _find_month(moment: int) -> int:
    """A month as a number: years times twelve."""
    date = datetime.fromtimestamp(moment, UTC)
    return date.year * 12 + date.month - 1


def _seconds(month: int) -> int:
    return int(datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC).timestamp())


def _name(month: int) -> str:
    return f"visits_{month // 12:04}_{month % 12 + 1:02}"
