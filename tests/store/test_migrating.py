"""From nothing and from each older form, the steps lead to the tables that `schema.py` describes."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from newsloom.errors import StoreError
from newsloom.place import Place, find_fault, find_place
from newsloom.search import open_searcher, parse_query
from newsloom.store import HostLedger, Stamp, fulltext, open_index, schema
from newsloom.store.base import Transactions
from newsloom.store.connecting import connect
from newsloom.store.migrating import migrate, read_version, run_steps
from newsloom.store.partitions import is_partition
from tests.postgres import make_address, shared_server
from tests.search.listings import CLOCK, numbered, write_index
from tests.store.test_index import make_record


def list_differences(connection: Connection) -> list[object]:
    """What Alembic would change to make the tables as they are described."""

    def matters(_item: object, name: str | None, kind: str, _there: bool, _other: object) -> bool:
        return not (kind == "table" and name is not None and is_partition(name))

    context = MigrationContext.configure(connection, opts={"include_object": matters, "compare_type": True})
    described = (
        [schema.metadata, fulltext.metadata] if connection.dialect.name == "postgresql" else schema.metadata
    )
    return list(compare_metadata(context, described))


def test_a_new_store_is_as_described(place: Place) -> None:
    with Transactions(connect(place), place) as store:
        assert migrate(store).before == ""
        with store.transaction() as connection:
            assert list_differences(connection) == []
            assert read_version(connection) == schema.VERSION
        assert migrate(store).before == schema.VERSION


def test_a_schema_that_was_made_for_its_user_is_used_without_the_right_to_make_one() -> None:
    address = make_address()
    schema_name = address.rpartition("=")[2]
    shared_server().execute(f"CREATE ROLE owner_{schema_name} LOGIN")
    shared_server().execute(f"CREATE SCHEMA {schema_name} AUTHORIZATION owner_{schema_name}")
    place = find_place(address.replace("postgres@", f"owner_{schema_name}@"), Path())
    with Transactions(connect(place), place) as store:
        assert migrate(store).after == schema.VERSION


@pytest.mark.parametrize("word", ["user", "select", "order", "public", "_", "a" * 63])
def test_a_schema_may_bear_any_name_that_is_let_through(word: str) -> None:
    store = shared_server().address(word)
    assert find_fault(store) == ""
    place = find_place(store, Path())
    with open_index(place) as index:
        index.put([(make_record("one"), Stamp(0, 0))])
    assert [row[0] for row in shared_server().execute(f'SELECT name FROM "{word}".records')] == ["one"]
    write_index(place, numbered(3))
    with HostLedger(place) as ledger, closing(open_searcher(place)) as searcher:
        assert ledger.take("a.example:443", 60.0)
        assert searcher.search(parse_query("chip", CLOCK)).total == 3


def test_the_steps_from_nothing_lead_to_the_same(place: Place) -> None:
    with Transactions(connect(place), place) as store:
        with store.transaction() as connection:
            if place.shared:
                connection.execute(text(f"CREATE SCHEMA {place.schema}"))
            run_steps(connection)
        with store.transaction() as connection:
            assert list_differences(connection) == []
            assert read_version(connection) == schema.VERSION


def test_the_last_step_is_the_version_the_program_knows() -> None:
    config = Config()
    config.set_main_option("script_location", "newsloom:store/migrations")
    assert ScriptDirectory.from_config(config).get_heads() == [schema.VERSION]


OLD = """
CREATE TABLE meta (key VARCHAR NOT NULL, value TEXT NOT NULL, PRIMARY KEY (key));
INSERT INTO meta VALUES ('schema', '2'), ('settled', 'x');
CREATE TABLE records (name VARCHAR NOT NULL, modified_ns BIGINT NOT NULL, size BIGINT NOT NULL,
    published BIGINT NOT NULL, shown BOOLEAN NOT NULL, story VARCHAR NOT NULL, quality INTEGER NOT NULL,
    heat INTEGER NOT NULL, provider VARCHAR NOT NULL, payload BLOB NOT NULL, PRIMARY KEY (name));
CREATE INDEX records_published ON records (published);
CREATE INDEX records_story ON records (story);
CREATE TABLE addresses (key VARCHAR NOT NULL, name VARCHAR NOT NULL, PRIMARY KEY (key));
CREATE INDEX addresses_name ON addresses (name);
CREATE TABLE visits (key VARCHAR NOT NULL, outcome VARCHAR NOT NULL, reason TEXT NOT NULL,
    title TEXT NOT NULL, visited BIGINT NOT NULL, PRIMARY KEY (key));
INSERT INTO visits VALUES ('k', 'rejected', 'no topic', 'T', 5);
CREATE TABLE sources (address VARCHAR NOT NULL, payload TEXT NOT NULL, PRIMARY KEY (address));
INSERT INTO sources VALUES ('https://gazette.example/rss',
    '{"address":"https://gazette.example/rss","polled":5}');
CREATE TABLE hosts (place VARCHAR NOT NULL, started FLOAT NOT NULL, closed_until FLOAT NOT NULL,
    PRIMARY KEY (place));
INSERT INTO hosts VALUES ('gazette.example:443', 5.5, 0.0);
CREATE TABLE passes (id INTEGER NOT NULL, finished BIGINT NOT NULL, summary TEXT NOT NULL, PRIMARY KEY (id));
INSERT INTO passes VALUES (1, 7, '{}');
"""


def test_a_file_of_the_second_version_comes_up_to_date_with_all_it_has(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite"
    with sqlite3.connect(path) as old:
        old.executescript(OLD)
    with open_index(path) as index:
        assert index.visits()["k"].reason == "no topic"
        assert index.source_states()["https://gazette.example/rss"].polled == 5
        assert index.passes(0, 9) == [(7, "{}")]
        assert index.marked("settled") == "x"
        with index.transaction() as connection:
            assert list_differences(connection) == []
        index.put([(make_record("a"), Stamp(1, 1))])
        assert [record.name for record in index.records()] == ["a"]


def test_records_of_an_older_version_are_read_again_for_their_newer_columns(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite"
    with sqlite3.connect(path) as old:
        old.executescript(OLD)
        old.execute("INSERT INTO records VALUES ('a', 1, 1, 1, 1, '', 0, 0, '', x'00')")

    with open_index(path) as index:
        assert index.synchronise({"a": Stamp(1, 1)}, make_record).read == 1
        assert [record.name for record in index.records()] == ["a"]


def test_a_step_that_fails_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite"
    with sqlite3.connect(path) as old:
        old.executescript(OLD)
        old.execute("CREATE TABLE visits_before (key VARCHAR)")  # in the way of the step
    with pytest.raises(StoreError):
        open_index(path)
    with sqlite3.connect(path) as old:
        old.execute("DROP TABLE visits_before")
        assert old.execute("SELECT value FROM meta WHERE key = 'schema'").fetchall() == [("2",)]
    with open_index(path) as index:
        assert list(index.visits()) == ["k"]


def test_a_store_of_a_newer_program_is_left_alone(place: Place) -> None:
    with open_index(place) as index, index.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '99'"))
    with pytest.raises(StoreError, match=r"of version 99, this program knows .*update newsloom"):
        open_index(place)
