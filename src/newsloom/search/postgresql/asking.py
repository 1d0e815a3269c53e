"""One way to ask PostgreSQL: a statement in the driver's words with its values, and the rows that come."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection

Ask = Callable[[str, tuple[Any, ...]], Sequence[Any]]


def ask_through(connection: Connection) -> Ask:
    """Ask over a connection, without SQLAlchemy's statements: they take longer than the shortest of ours."""

    def ask(statement: str, values: tuple[Any, ...]) -> Sequence[Any]:
        found = connection.exec_driver_sql(statement, values)
        return [tuple(row) for row in found] if found.returns_rows else []

    return ask


def keep_plain(text: str) -> str:
    """A text without NUL, which PostgreSQL cannot hold; the sign for it instead."""
    return text.replace("\0", "␀")
