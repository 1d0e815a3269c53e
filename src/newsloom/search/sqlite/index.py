"""Writing the search index: listings in, listings out, only what differs.

A pass brings it in step with what it published; a site's first pass, or one after an update that changed
the tables, builds it whole. It holds nothing that the documents do not, so losing it costs only time.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Self

from newsloom.errors import StoreError
from newsloom.search.keeping import CLOCK, first_number, pack_listing, unpack_listing
from newsloom.search.reading import Columns, read_columns
from newsloom.search.records import Label, Listing, Updated
from newsloom.search.sqlite.schema import COLUMNS, HELD, SEARCH_VERSION, SHOWN, TABLES

_FACTOR: Final = 1_000  # weights of terms are kept as thousandths


class FileIndex:
    """A search index in a file of its own, open for writing (`SearchIndex`)."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path
        self._words: Counter[tuple[str, str, bool]] = Counter()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def synchronise(
        self,
        stamps: Mapping[str, bytes],
        read: Callable[[str], Listing],
        *,
        clock: datetime,
        labels: Iterable[Label] = (),
        values: Mapping[str, bytes] | None = None,
        gone: Iterable[str] | None = None,
    ) -> Updated:
        """Bring the index in step with the records, in one transaction."""
        with self._transaction():
            partial = gone is not None
            known = self._list_known(None if gone is None else {*stamps, *gone})
            left = [known[name][1] for name in known if name not in stamps]
            for number in left:
                self._remove(number)
            changed = [name for name, stamp in stamps.items() if known.get(name, (b"",))[0] != stamp]
            for name in sorted(changed):  # names begin with the day, so this is nearly the order of time
                old = known.get(name)
                self._put(read(name), stamps[name], old[1] if old else None)
            self._write_words()
            self._put_labels("topic", labels)
            kept = dict(values or {})
            if not partial or self._is_whole():
                kept[CLOCK] = clock.astimezone(UTC).isoformat().encode()
            self._connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", kept.items())
        if len(changed) > len(known) and not partial:
            self._settle()
        return Updated(len(changed), len(left))

    def _is_whole(self) -> bool:
        query = "SELECT 1 FROM meta WHERE key = ?"
        return self._connection.execute(query, (CLOCK,)).fetchone() is not None

    def _list_known(self, names: Iterable[str] | None) -> dict[str, tuple[bytes, int]]:
        """The stamp and the number of what is held: of everything, or of these names."""
        query = "SELECT name, stamp, id FROM items"
        if names is None:
            return {row[0]: (row[1], row[2]) for row in self._all(query)}
        rows = (self._connection.execute(f"{query} WHERE name = ?", (name,)).fetchone() for name in names)
        return {row[0]: (row[1], row[2]) for row in rows if row is not None}

    def _put(self, listing: Listing, stamp: bytes, number: int | None) -> None:
        """Write a listing. Where its words and time are as they were, the full text is left alone."""
        columns = read_columns(listing)
        if number is not None:
            before = self._read(number)
            if (
                before.shown == listing.shown
                and before.published == listing.published
                and before.keywords == listing.keywords
                and read_columns(before) == columns
            ):
                self._write_item(number, listing, stamp)
                return
            self._remove(number)
        number = self._find_number(listing.published)
        self._write_item(number, listing, stamp)
        self._connection.execute(
            f"INSERT INTO {_table(listing.shown)} (rowid, {', '.join(COLUMNS)}) VALUES (?, ?, ?, ?, ?, ?)",  # noqa: S608 - our own names
            (number, *columns.row()),
        )
        self._count(columns, listing.shown, 1)
        self._connection.executemany(
            "INSERT OR REPLACE INTO vectors VALUES (?, ?, ?, ?)", self._list_vectors(listing, number)
        )

    def _write_item(self, number: int, listing: Listing, stamp: bytes) -> None:
        provider = self._label("provider", Label(listing.domain, listing.provider))
        topics = " ".join(str(self._label("topic", Label(name, name))) for name in listing.topics)
        self._connection.execute(
            "INSERT OR REPLACE INTO items VALUES (?, ?, ?, ?, ?, ?, ?)",
            (number, listing.name, listing.shown, listing.quality, provider, topics, stamp),
        )
        self._connection.execute(
            "INSERT OR REPLACE INTO listings VALUES (?, ?)", (number, pack_listing(listing))
        )

    def _remove(self, number: int) -> None:
        listing = self._read(number)
        columns = read_columns(listing)
        table = _table(listing.shown)
        self._connection.execute(
            f"INSERT INTO {table} ({table}, rowid, {', '.join(COLUMNS)}) VALUES ('delete', ?, ?, ?, ?, ?, ?)",  # noqa: S608 - our own names
            (number, *columns.row()),
        )
        self._count(columns, listing.shown, -1)
        self._connection.executemany(
            "DELETE FROM vectors WHERE term = ? AND shown = ? AND weight = ? AND id = ?",
            self._list_vectors(listing, number),
        )
        self._connection.execute("DELETE FROM items WHERE id = ?", (number,))
        self._connection.execute("DELETE FROM listings WHERE id = ?", (number,))

    def _read(self, number: int) -> Listing:
        row = self._connection.execute("SELECT body FROM listings WHERE id = ?", (number,)).fetchone()
        return unpack_listing(row[0])

    def _find_number(self, published: datetime) -> int:
        """The first number from a moment's own that is free."""
        number = first_number(published)
        while self._connection.execute("SELECT 1 FROM items WHERE id = ?", (number,)).fetchone():
            number += 1
        return number

    def _list_vectors(self, listing: Listing, number: int) -> list[tuple[int, bool, int, int]]:
        rows = {}
        for term, weight in listing.keywords:
            self._connection.execute("INSERT OR IGNORE INTO terms (term) VALUES (?)", (term,))
            (term_id,) = self._connection.execute("SELECT id FROM terms WHERE term = ?", (term,)).fetchone()
            rows[term_id] = (term_id, listing.shown, round(weight * _FACTOR), number)
        return list(rows.values())

    def _label(self, kind: str, label: Label) -> int:
        find = "SELECT id FROM labels WHERE kind = ? AND key = ?"
        key = label.key.lower()
        if row := self._connection.execute(find, (kind, key)).fetchone():
            return int(row[0])
        self._connection.execute(
            "INSERT INTO labels (kind, key, name) VALUES (?, ?, ?)", (kind, key, label.name)
        )
        return int(self._connection.execute(find, (kind, key)).fetchone()[0])

    def _put_labels(self, kind: str, labels: Iterable[Label]) -> None:
        """Topics are found by their names in records, and by id and short name in queries."""
        for label in labels:
            number = self._label(kind, Label(label.name, label.name))
            self._connection.execute(
                "UPDATE labels SET name = ?, short = ? WHERE id = ?",
                (label.short or label.name, label.key, number),
            )

    def _count(self, columns: Columns, shown: bool, by: int) -> None:
        for word, stem in columns.words():
            self._words[word, stem, shown] += by

    def _write_words(self) -> None:
        rows = [
            (word, stem, by if shown else 0, 0 if shown else by)
            for (word, stem, shown), by in self._words.items()
            if by
        ]
        self._connection.executemany(
            "INSERT INTO words VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE"
            " SET shown = shown + excluded.shown, held = held + excluded.held",
            rows,
        )
        self._connection.executemany(
            "DELETE FROM words WHERE word = ? AND stem = ? AND shown <= 0 AND held <= 0",
            [row[:2] for row in rows],
        )
        self._words.clear()

    def _settle(self) -> None:
        """After a great change: one tree for each full-text table, and figures for the planner."""
        with self._transaction():
            for table in (SHOWN, HELD):
                self._connection.execute(f"INSERT INTO {table} ({table}) VALUES ('optimize')")  # noqa: S608 - our own names
            self._connection.execute("ANALYZE")
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # it holds the whole index a second time

    def _all(self, statement: str) -> Iterator[tuple[str, bytes, int]]:
        with closing(self._connection.execute(statement)) as rows:
            yield from rows

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            yield
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise StoreError(
                str(self._path),
                f"the search index failed: {error}",
                "free disk space if it is full, then delete the file: the next pass makes it again",
            ) from error


def open_file(path: Path) -> FileIndex:
    """Open a site's search index for writing, making it when it is missing, damaged or of another version."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        index = _open(path)
    except sqlite3.Error:
        index = None  # not a database, or damaged
    if index is None:
        drop_file(path)
        index = _open(path)
    if index is None:
        raise StoreError(str(path), "the search index cannot be made anew", "delete the file")
    return index


def drop_file(path: Path) -> None:
    """Delete the index; the next pass makes it again."""
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _open(path: Path) -> FileIndex | None:
    """The index, None where it is of another version."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=10000", "cache_size=-65536"):
            connection.execute(f"PRAGMA {pragma}")
        for statement in TABLES:
            connection.execute(statement)
        connection.execute("INSERT OR IGNORE INTO meta VALUES ('version', ?)", (SEARCH_VERSION.encode(),))
        (version,) = connection.execute("SELECT value FROM meta WHERE key = 'version'").fetchone()
    except sqlite3.Error:
        connection.close()
        raise
    if version == SEARCH_VERSION.encode():
        return FileIndex(connection, path)
    connection.close()
    return None


def _table(shown: bool) -> str:
    return SHOWN if shown else HELD
