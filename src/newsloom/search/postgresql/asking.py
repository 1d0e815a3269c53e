"""One way to ask PostgreSQL: a statement in the driver's words with its values, and the rows that come."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection

_PUT: Final = """
INSERT INTO search_values (key, value) SELECT * FROM unnest(%s::text[], %s::bytea[])
ON CONFLICT (key) DO UPDATE SET value = excluded.value
"""

Ask = Callable[[str, tuple[Any, ...]], Sequence[Any]]


def ask_through(connection: Connection) -> Ask:
    """Ask over a connection, without SQLAlchemy's statements: they take longer than the shortest of ours."""

    def ask(statement: str, values: tuple[Any, ...]) -> Sequence[Any]:
        found = connection.exec_driver_sql(statement, values)
        if not found.returns_rows:
            return []
        return [tuple(row) for row in found.all()]  # all at once: one by one takes three times as long

    return ask


def read_value(ask: Ask, key: str) -> bytes | None:
    """What is kept under a key."""
    return read_values(ask, (key,)).get(key)


def read_values(ask: Ask, keys: Sequence[str]) -> dict[str, bytes]:
    """What is kept under keys, as far as there is something."""
    rows = ask("SELECT key, value FROM search_values WHERE key = ANY(%s::text[])", (list(keys),))
    return {key: bytes(value) for key, value in rows}


def put_values(ask: Ask, values: Mapping[str, bytes]) -> None:
    """Keep values under their keys."""
    ask(_PUT, (list(values), list(values.values())))
