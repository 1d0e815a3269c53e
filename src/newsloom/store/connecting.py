"""Connections to the database of a place, with the settings that keep waiting bounded."""

from __future__ import annotations

import sqlite3
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection, Engine, NullPool, Table, create_engine, event, make_url

from newsloom import settings
from newsloom.errors import ConfigError
from newsloom.place import Place

if TYPE_CHECKING:
    from sqlalchemy.dialects.sqlite import Insert

    from newsloom.store.answering import AnsweringConnection

_EXTRA: Final = "pip install 'newsloom[postgresql]'"


def connect(place: Place, *, kept: bool = True, durable: bool = True) -> Engine:
    """An engine for the database of a place; connections are `kept` open between transactions, or not.

    Without `durable`, PostgreSQL need not have a transaction on disk before it goes on. Raises ConfigError
    where what PostgreSQL needs is not installed.
    """
    if place.shared:
        return _connect_server(place, kept=kept, durable=durable)
    return _connect_file(place, kept=kept)


def _connect_file(place: Place, *, kept: bool) -> Engine:
    Path(place.address).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(f"sqlite:///{place.address}", poolclass=None if kept else NullPool)
    event.listen(engine, "connect", _set_pragmas)
    return engine


def _set_pragmas(connection: sqlite3.Connection, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={settings.STORE_WAIT_SECONDS * 1_000}")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")  # safe from corruption; the index can be rebuilt
    cursor.close()


def _connect_server(place: Place, *, kept: bool, durable: bool) -> Engine:
    url = make_url(place.address).set(drivername="postgresql+psycopg").difference_update_query(["schema"])
    options = (  # no schema but the site's own is looked into: `public` may be another program's
        f"-c search_path={place.identifier} -c lock_timeout={settings.STORE_WAIT_SECONDS}s"
        f" -c idle_in_transaction_session_timeout={settings.STORE_IDLE_SECONDS}s"
        f" -c synchronous_commit={'on' if durable else 'off'}"
    )
    arguments: dict[str, Any] = {
        "options": options,
        "application_name": "newsloom",
        "connect_timeout": settings.STORE_WAIT_SECONDS,
        "keepalives_idle": settings.STORE_WAIT_SECONDS,
        "keepalives_interval": settings.STORE_WAIT_SECONDS,
        "keepalives_count": 2,
    }
    pool = {} if kept else {"poolclass": NullPool}
    try:
        # A connection that was cut while it rested is made again without a word.
        engine = create_engine(url, connect_args=arguments, pool_pre_ping=kept, **pool)
    except ModuleNotFoundError as error:
        raise ConfigError("newsloom.yaml", "`store`: PostgreSQL needs psycopg", _EXTRA) from error
    event.listen(engine, "do_connect", _connect_answering)
    return engine


def _connect_answering(
    _dialect: object, _record: object, words: tuple[str, ...], options: dict[str, Any]
) -> AnsweringConnection:
    from newsloom.store.answering import AnsweringConnection  # noqa: PLC0415 - it needs psycopg

    return AnsweringConnection.connect(*words, **options)


def insert_into(connection: Connection, table: Table) -> Insert:
    """An insert as the database at hand has it, which can say what becomes of rows that are there already."""
    dialect = import_module(f"sqlalchemy.dialects.{connection.dialect.name}")  # the other one is not loaded
    insert: Insert = dialect.insert(table)
    return insert
