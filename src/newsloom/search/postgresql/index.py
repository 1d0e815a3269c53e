"""Writing the search index in PostgreSQL: listings in, listings out, only what differs.

It is written under the lease of the pass, a thousand listings a transaction. Each leaves texts, words and
stories in step with one another, so that a pass that was killed goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final, Self

from sqlalchemy import Connection

from newsloom import settings
from newsloom.errors import NewsloomError, StoreError
from newsloom.place import Place
from newsloom.search.keeping import CLOCK
from newsloom.search.postgresql.asking import Ask, ask_through, put_values, read_value
from newsloom.search.postgresql.catalogue import VERSION, WRITTEN
from newsloom.search.postgresql.entries import Entries
from newsloom.search.postgresql.stories import update_stories
from newsloom.search.postgresql.tallies import Tally
from newsloom.search.records import Label, Listing, Updated
from newsloom.store.base import Transactions
from newsloom.store.connecting import connect
from newsloom.store.fulltext import CENTROIDS, find_vectors, make_centroids, metadata
from newsloom.store.leases import Lease
from newsloom.store.migrating import migrate
from newsloom.store.schema import keep_plain

_KNOWN: Final = "SELECT name, stamp FROM search_items"
_NOW: Final = "SELECT extract(epoch FROM clock_timestamp())::text"


class SchemaIndex:
    """A search index in a schema of PostgreSQL, open for writing (`SearchIndex`)."""

    def __init__(self, store: Transactions) -> None:
        self._store = store

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._store.__exit__()

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
        """Bring the index in step with the records, in transactions of a thousand."""
        with self._store.transaction() as connection:
            known = _list_known(ask_through(connection), None if gone is None else [*stamps, *gone])
        names = [name for name in known if name not in stamps]
        names += sorted(name for name, stamp in stamps.items() if known.get(name) != stamp)
        updated = Updated(0, 0)
        for start in range(0, len(names), settings.SEARCH_BATCH):
            with self._store.writing() as connection:
                part = _write_part(connection, names[start : start + settings.SEARCH_BATCH], stamps, read)
            updated = Updated(updated.written + part.written, updated.removed + part.removed)
        with self._store.writing() as connection:
            ask = ask_through(connection)
            _put_labels(ask, labels)
            ((now,),) = ask(_NOW, ())
            kept = {WRITTEN: now.encode(), **(values or {})}
            if gone is None or read_value(ask, CLOCK) is not None:
                kept[CLOCK] = clock.astimezone(UTC).isoformat().encode()
            put_values(ask, kept)
        if updated.written > len(known):
            self._settle()
        return updated

    def _settle(self) -> None:
        """After a great change: figures for the planner, which would come by themselves a minute later."""
        with suppress(StoreError), self._store.transaction() as connection:
            for table in metadata.tables:
                connection.exec_driver_sql(f"ANALYZE {table}")


def _list_known(ask: Ask, names: Sequence[str] | None) -> dict[str, bytes]:
    """The stamps of what is held: of everything, or of these names."""
    if names is None:
        return {name: bytes(stamp) for name, stamp in ask(_KNOWN, ())}
    rows = ask(f"{_KNOWN} WHERE name = ANY(%s::text[])", (list(names),))
    return {name: bytes(stamp) for name, stamp in rows}


def _write_part(
    connection: Connection, names: Sequence[str], stamps: Mapping[str, bytes], read: Callable[[str], Listing]
) -> Updated:
    """Write or remove the listings of these names, with all that follows from it."""
    ask = ask_through(connection)
    entries, tally = Entries(ask, names), Tally(ask)
    written = removed = 0
    for name in names:
        if name in stamps:
            written += 1
            entries.put(read(name), stamps[name], tally)
        elif name in entries.before:
            removed += 1
            entries.remove(name, tally)
    entries.write()
    tally.write()
    update_stories(ask, entries.stories, find_vectors(connection))
    return Updated(written, removed)


def _put_labels(ask: Ask, labels: Iterable[Label]) -> None:
    """Topics are found by their names in records, and by id and short name in queries."""
    for label in labels:
        ask(
            "INSERT INTO search_labels (kind, key, name, short) VALUES ('topic', %s, %s, %s)"
            " ON CONFLICT (kind, key) DO UPDATE SET name = excluded.name, short = excluded.short",
            tuple(map(keep_plain, (label.name.lower(), label.short or label.name, label.key))),
        )


def open_schema(place: Place, lease: Lease | None = None) -> SchemaIndex:
    """Open a schema's search index for writing, empty where it is of another version."""
    store = Transactions(connect(place), place, lease)
    try:
        migrate(store)
        with store.writing() as connection:
            ask = ask_through(connection)
            if read_value(ask, "version") != VERSION.encode():
                _empty(ask)
                put_values(ask, {"version": VERSION.encode()})
            if make_centroids(connection):
                _fill_centroids(connection)
    except NewsloomError:
        store.__exit__()
        raise
    return SchemaIndex(store)


def _fill_centroids(connection: Connection) -> None:
    """Make the mean vectors of all stories: of those that were there before the extension was."""
    ask, space = ask_through(connection), find_vectors(connection)
    stories = ask("SELECT DISTINCT story, shown FROM search_items", ())
    for start in range(0, len(stories), settings.SEARCH_BATCH):
        update_stories(ask, stories[start : start + settings.SEARCH_BATCH], space)


def empty_schema(place: Place, lease: Lease | None = None) -> None:
    """Forget all that is in the index; the next pass makes it again."""
    with Transactions(connect(place), place, lease) as store:
        migrate(store)
        with store.writing() as connection:
            _empty(ask_through(connection))


def _empty(ask: Ask) -> None:
    ((there,),) = ask(f"SELECT to_regclass('{CENTROIDS}')", ())
    tables = [*metadata.tables, *([CENTROIDS] if there else [])]
    ask(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY", ())
