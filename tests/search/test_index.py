"""The index follows the records: only what differs is written, and it is as if it were made anew."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

import msgspec

from newsloom.place import Place
from newsloom.search import Listing, open_search_index, open_searcher, parse_query
from newsloom.search.sqlite.schema import HELD, SHOWN
from tests.search.listings import CLOCK, listing, numbered, open_index_of, write_index


def dump(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Everything an index holds but for numbers that depend on the order of writing."""
    connection = sqlite3.connect(path)
    for table in (SHOWN, HELD):
        connection.execute(f"INSERT INTO {table} ({table}) VALUES ('integrity-check')")
        connection.execute(f"CREATE VIRTUAL TABLE temp.{table}_words USING fts5vocab(main, {table}, 'row')")
    statements = {
        "items": "SELECT name, shown, quality, id FROM items ORDER BY name",
        "words": "SELECT * FROM words ORDER BY word, stem",
        "vectors": "SELECT t.term, shown, weight, v.id FROM vectors v JOIN terms t ON t.id = v.term ORDER BY 1, 2, 3, 4",
        SHOWN: f"SELECT * FROM temp.{SHOWN}_words ORDER BY term",
        HELD: f"SELECT * FROM temp.{HELD}_words ORDER BY term",
    }
    found = {name: connection.execute(statement).fetchall() for name, statement in statements.items()}
    connection.close()
    return found


def changed(items: list[Listing]) -> list[Listing]:
    """The same listings a day later: some gone, some new, edited, held, moved in time, scored anew."""
    replace = msgspec.structs.replace
    return [
        replace(items[1], title="An edited headline"),
        replace(items[2], shown=False),
        replace(items[3], published=CLOCK - timedelta(days=9)),
        replace(items[4], quality=12),
        replace(items[5], keywords=(("chip", 0.5),)),
        replace(items[6], topics=("AI Ethics",), domain="other.example"),
        *items[7:],
        listing("A newcomer with chips", published=CLOCK),
    ]


def test_an_index_brought_in_step_is_as_one_made_anew(tmp_path: Path) -> None:
    items = numbered(12, keywords=(("chip", 1.0), ("number", 0.2)), topics=("AI Hardware",))
    write_index(tmp_path / "followed.sqlite", items)
    write_index(tmp_path / "followed.sqlite", changed(items))
    write_index(tmp_path / "anew.sqlite", changed(items))
    assert dump(tmp_path / "followed.sqlite") == dump(tmp_path / "anew.sqlite")


def test_only_what_differs_is_read_and_written(place: Place) -> None:
    items = {item.name: item for item in numbered(5)}
    stamps = {name: name.encode() for name in items}
    with open_search_index(place) as index:
        assert index.synchronise(stamps, items.__getitem__, clock=CLOCK).written == 5
        again = index.synchronise(stamps, {}.__getitem__, clock=CLOCK)
        assert (again.written, again.removed) == (0, 0)
        gone = index.synchronise({}, {}.__getitem__, clock=CLOCK)
        assert (gone.written, gone.removed) == (0, 5)


def test_records_of_one_second_all_have_their_place(place: Place) -> None:
    items = [listing(f"Same moment {number}", published=CLOCK) for number in range(200)]
    searcher = open_index_of(place, items)
    assert searcher.search(parse_query("moment", CLOCK)).total == 200


def test_a_damaged_file_or_one_of_another_version_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "search.sqlite"
    path.write_bytes(b"not a database" * 400)
    write_index(path, numbered(3))
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE meta SET value = '0' WHERE key = 'version'")
    connection.close()
    write_index(path, numbered(2))
    assert open_searcher(path).search(parse_query("chip", CLOCK)).total == 2


def test_a_pass_beside_it_is_seen(place: Place) -> None:
    searcher = open_index_of(place, numbered(3))
    assert searcher.search(parse_query("newcomre", CLOCK)).suggestion == ""
    write_index(place, [*numbered(3), listing("A newcomer")])
    assert searcher.search(parse_query("newcomre", CLOCK)).suggestion == "newcomer"
    assert searcher.search(parse_query("newcomer", CLOCK)).total == 1
