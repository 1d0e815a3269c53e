"""Bringing the tables of a place up to date, all or nothing; a place that is up to date costs one look."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import Struct
from sqlalchemy import Column, Connection, Engine, MetaData, String, Table, insert, inspect, select, text

from newsloom.errors import StoreError
from newsloom.place import Place
from newsloom.store import fulltext, schema
from newsloom.store.base import Transactions

_STEPS: Final = "newsloom:store/migrations"
_ALEMBIC: Final = "alembic_version"
_noted: Final = Table(_ALEMBIC, MetaData(), Column("version_num", String(32), primary_key=True))  # Alembic's


class Migrated(Struct, frozen=True):
    """The version a store had ("" for none at all), and the one it has now."""

    before: str
    after: str


def migrate(store: Transactions) -> Migrated:
    """Bring a store up to date. Raises StoreError when it is of a newer program, or fails."""
    with store.transaction() as connection:
        before = read_version(connection)
    if before == schema.VERSION:
        return Migrated(before, before)
    with store.transaction() as connection:
        _take_turn(connection, store.place)
        before = read_version(connection)  # another may have been faster
        if before.isdigit() and int(before) > int(schema.VERSION):
            raise StoreError(
                str(store.place),
                f"the index is of version {before}, this program knows {schema.VERSION}",
                "update newsloom",
            )
        if before:
            run_steps(connection)
        else:
            _make(connection)
    return Migrated(before, schema.VERSION)


def make_tables(engine: Engine, place: Place, tables: Sequence[Table]) -> None:
    """Make some tables of a place that keeps nothing else, where they are missing."""
    with engine.connect() as connection:
        inspector = inspect(connection)
        if all(inspector.has_table(table.name) for table in tables):
            return
    with engine.begin() as connection:
        _take_turn(connection, place)
        schema.metadata.create_all(connection, tables=tables)


def read_version(connection: Connection) -> str:
    """The version of the tables: Alembic's, or the one of files from before it."""
    inspector = inspect(connection)
    if inspector.has_table(_ALEMBIC):
        return str(connection.execute(select(_noted.c.version_num)).scalar() or "")
    if not inspector.has_table("meta"):
        return ""
    return str(connection.execute(text("SELECT value FROM meta WHERE key = 'schema'")).scalar() or "")


def _take_turn(connection: Connection, place: Place) -> None:
    """Keep everybody else from migrating the same place until the transaction ends."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        return
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:place))"), {"place": place.schema})
    there = text("SELECT 1 FROM pg_namespace WHERE nspname = :place")
    if connection.execute(there, {"place": place.schema}).scalar() is None:  # who may make none may have one
        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {place.identifier}"))


def _make(connection: Connection) -> None:
    """Make all tables at once, as the steps would."""
    schema.metadata.create_all(connection)
    if connection.dialect.name == "postgresql":
        fulltext.metadata.create_all(connection)
    _noted.create(connection)
    connection.execute(insert(_noted).values(version_num=schema.VERSION))


def run_steps(connection: Connection) -> None:
    """Take a store all steps from where it is."""
    from alembic import command  # noqa: PLC0415 - a tenth of a second, for what is rarely needed
    from alembic.config import Config  # noqa: PLC0415 - as above

    config = Config()
    config.set_main_option("script_location", _STEPS)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
