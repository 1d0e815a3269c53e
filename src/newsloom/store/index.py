"""The index of a site's records in SQLite, beside the documents and never instead of them.

It answers "which record has this address" and "give all records" without reading every document.
Before a pass it is brought in step with the files; `newsloom reindex` builds it anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Engine, Table, delete, func, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.exc import SQLAlchemyError

from newsloom.errors import DocumentError, NewsloomError, StoreError
from newsloom.extract.address import identity_key
from newsloom.records import Record
from newsloom.store import schema
from newsloom.store.states import SourceState

_ENTRY_BYTES = 16  # of a digest: names of sources can be longer than an index takes
_LOOKUP = 500  # names or keys in one IN (…): SQLite took at most 999 variables for long
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Record)
_state_decoder = msgspec.json.Decoder(SourceState)


class Stamp(Struct, frozen=True):
    """What a file looked like when it was read: a change of either means it must be read again."""

    modified_ns: int
    size: int


class Visit(Struct, frozen=True, kw_only=True):
    """What became of an address that led to no record, so that it need not be fetched again."""

    outcome: str
    reason: str
    title: str
    visited: int


class ImageFailure(Struct, frozen=True, kw_only=True):
    """Why a picture could not be had: it did not come, or is `refused`: gone, or unfit to keep."""

    address: str
    tried: int
    failures: int
    code: str
    refused: bool
    problem: str


class Synchronised(Struct, frozen=True, kw_only=True):
    """How the index was brought in step: counts, and the documents that could not be read.

    `stories` are those that the documents read or removed were in before.
    """

    read: int
    removed: int
    problems: tuple[NewsloomError, ...]
    names: frozenset[str] = frozenset()
    stories: frozenset[str] = frozenset()


class Index:
    """One site's index. Use as a context manager; every method is one transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def __enter__(self) -> Index:
        return self

    def __exit__(self, *_: object) -> None:
        self._engine.dispose()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A transaction on the database. Raises StoreError when it fails."""
        try:
            with self._engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise StoreError(
                str(self._engine.url.database),
                f"the index failed: {type(error).__name__}: {str(error).splitlines()[0]}",
                "free disk space if it is full, then run `newsloom reindex`",
            ) from error

    def synchronise(
        self,
        files: Mapping[str, Stamp],
        read: Callable[[str], Record],
        known: Mapping[str, Stamp] | None = None,
    ) -> Synchronised:
        """Bring the index in step with the document files.

        `files` maps each document's name to its stamp, `read` gives the record of a name. Only
        files with another stamp than last time are read; rows without a file go. With `known`, what the
        index knows of some documents, only those are looked at.
        """
        known = self._stamps() if known is None else known
        gone = [name for name in known if name not in files]
        fresh: list[tuple[Record, Stamp]] = []
        problems: list[NewsloomError] = []
        for name, stamp in files.items():
            if known.get(name) == stamp:
                continue
            try:
                fresh.append((read(name), stamp))
            except DocumentError as error:
                problems.append(error)
                gone.append(name)
        names = frozenset(gone).union(record.name for record, _ in fresh)
        stories = self._stories(known.keys() & names)
        self.remove(gone)
        self.put(fresh)
        return Synchronised(
            read=len(fresh),
            removed=len(gone),
            problems=tuple(problems),
            names=names,
            stories=stories,
        )

    def _stamps(self) -> dict[str, Stamp]:
        table = schema.records
        with self.transaction() as connection:
            rows = connection.execute(select(table.c.name, table.c.modified_ns, table.c.size))
            return {row.name: Stamp(row.modified_ns, row.size) for row in rows}

    def _stories(self, names: Iterable[str]) -> frozenset[str]:
        table, found = schema.records, set[str]()
        with self.transaction() as connection:
            for part in chunk(sorted(names)):
                found.update(
                    connection.execute(select(table.c.story).where(table.c.name.in_(part))).scalars()
                )
        return frozenset(found)

    def put(self, records: Iterable[tuple[Record, Stamp]]) -> None:
        """Add or replace records, each with the stamp of its document's file."""
        pairs = list(records)
        if not pairs:
            return
        with self.transaction() as connection:
            _delete_addresses(connection, [record.name for record, _ in pairs])
            statement = upsert(schema.records)
            changes = {c.name: c for c in statement.excluded if c.name != "name"}
            connection.execute(
                statement.on_conflict_do_update(index_elements=["name"], set_=changes),
                [make_row(record, stamp) for record, stamp in pairs],
            )
            rows = {key: record.name for record, _ in pairs for key in address_keys(record)}
            statement = upsert(schema.addresses)
            connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["key"], set_={"name": statement.excluded.name}
                ),
                [{"key": key, "name": name} for key, name in rows.items()],
            )

    def remove(self, names: Sequence[str]) -> None:
        """Forget records whose documents are gone."""
        if not names:
            return
        with self.transaction() as connection:
            _delete_addresses(connection, names)
            for part in chunk(names):
                connection.execute(delete(schema.records).where(schema.records.c.name.in_(part)))

    def records(self) -> list[Record]:
        """All records, by name."""
        with self.transaction() as connection:
            rows = connection.execute(select(schema.records.c.payload).order_by(schema.records.c.name))
            return [_decoder.decode(row.payload) for row in rows]

    def find(self, address_or_name: str) -> Record | None:
        """The record of an address (any of its addresses or copies), a file name or a path."""
        name = address_or_name.rsplit("/", 1)[-1].removesuffix(".md")
        with self.transaction() as connection:
            found = connection.execute(
                select(schema.addresses.c.name).where(schema.addresses.c.key == _key(address_or_name))
            ).scalar()
            payload = connection.execute(
                select(schema.records.c.payload).where(schema.records.c.name == (found or name))
            ).scalar()
        return _decoder.decode(payload) if payload is not None else None

    def origins(self) -> dict[str, str]:
        """Each known address key with its record's name: what has been taken in already."""
        with self.transaction() as connection:
            rows = connection.execute(select(schema.addresses.c.key, schema.addresses.c.name))
            return {row.key: row.name for row in rows}

    def owners(self, keys: Iterable[str]) -> dict[str, str]:
        """What the record was read from that each of these address keys leads to, where there is one."""
        keyed, table = schema.addresses, schema.records
        query = select(keyed.c.key, table.c.origin).join_from(keyed, table, keyed.c.name == table.c.name)
        with self.transaction() as connection:
            return {
                row.key: row.origin
                for part in chunk(sorted(keys))
                for row in connection.execute(query.where(keyed.c.key.in_(part)))
            }

    def count(self) -> int:
        """How many records the index holds."""
        with self.transaction() as connection:
            return connection.execute(select(func.count()).select_from(schema.records)).scalar_one()

    def visits(self, keys: Iterable[str] | None = None) -> dict[str, Visit]:
        """Addresses that were looked at and led to no record: all, or those of these keys."""
        table = schema.visits
        query = select(table)
        asked = [query] if keys is None else [query.where(table.c.key.in_(c)) for c in chunk(sorted(keys))]
        with self.transaction() as connection:
            return {
                row.key: Visit(outcome=row.outcome, reason=row.reason, title=row.title, visited=row.visited)
                for one in asked
                for row in connection.execute(one)
            }

    def put_visits(self, visits: Mapping[str, Visit]) -> None:
        """Remember what became of addresses that led to no record."""
        self._upsert(schema.visits, "key", [{"key": k, **msgspec.to_builtins(v)} for k, v in visits.items()])

    def source_states(self) -> dict[str, SourceState]:
        """What is known of each source, by its address."""
        with self.transaction() as connection:
            rows = connection.execute(select(schema.sources.c.address, schema.sources.c.payload))
            return {row.address: _state_decoder.decode(row.payload) for row in rows}

    def put_source_states(self, states: Iterable[SourceState]) -> None:
        """Remember how polls of sources went."""
        rows = [
            {"address": state.address, "payload": msgspec.json.encode(state).decode()} for state in states
        ]
        self._upsert(schema.sources, "address", rows)

    def forget_sources(self, addresses: Iterable[str]) -> None:
        """Forget all that is known of sources: their next poll is like the first."""
        table = schema.sources
        with self.transaction() as connection:
            for part in chunk(sorted(addresses)):
                connection.execute(delete(table).where(table.c.address.in_(part)))

    def robots(self) -> dict[str, bytes]:
        """Each origin's robots.txt, in the form it was given."""
        with self.transaction() as connection:
            rows = connection.execute(select(schema.robots.c.origin, schema.robots.c.payload))
            return {row.origin: row.payload for row in rows}

    def put_robots(self, files: Mapping[str, bytes]) -> None:
        """Keep robots.txt files, by origin."""
        rows = [{"origin": origin, "payload": payload} for origin, payload in files.items()]
        self._upsert(schema.robots, "origin", rows)

    def clear(self) -> None:
        """Forget all records, so that every document is read again."""
        with self.transaction() as connection:
            for table in schema.DERIVED:
                connection.execute(delete(table))

    def mark(self, name: str, value: str) -> None:
        """Keep a word under a name."""
        self._upsert(schema.meta, "key", [{"key": name, "value": value}])

    def marked(self, name: str) -> str:
        """The word kept under a name, "" when there is none."""
        with self.transaction() as connection:
            value = connection.execute(select(schema.meta.c.value).where(schema.meta.c.key == name)).scalar()
        return str(value or "")

    def image_failures(self) -> dict[str, ImageFailure]:
        """The pictures that could not be had, by address."""
        with self.transaction() as connection:
            rows = connection.execute(select(schema.image_failures)).mappings()
            return {row["address"]: ImageFailure(**row) for row in rows}

    def put_image_failures(self, failures: Iterable[ImageFailure]) -> None:
        """Make these all that is remembered of pictures that could not be had."""
        self._replace(schema.image_failures, [msgspec.to_builtins(failure) for failure in failures])

    def idle_images(self) -> dict[str, int]:
        """The kept pictures no document names, each with the second since when."""
        with self.transaction() as connection:
            rows = connection.execute(select(schema.idle_images))
            return {row.address: row.since for row in rows}

    def put_idle_images(self, idle: Mapping[str, int]) -> None:
        """Make these all the pictures that no document names."""
        rows = [{"address": address, "since": since} for address, since in idle.items()]
        self._replace(schema.idle_images, rows)

    def add_pass(self, finished: int, summary: str) -> None:
        """Note a finished pass (seconds since 1970, JSON of its summary)."""
        with self.transaction() as connection:
            connection.execute(insert(schema.passes).values(finished=finished, summary=summary))

    def last_pass(self) -> str | None:
        """The summary of the last finished pass, as JSON."""
        with self.transaction() as connection:
            return connection.execute(
                select(schema.passes.c.summary).order_by(schema.passes.c.id.desc()).limit(1)
            ).scalar()

    def passes(self, since: int, most: int) -> list[tuple[int, str]]:
        """The passes since a moment, the newest first: when each ended (seconds since 1970), its summary."""
        table = schema.passes
        query = select(table.c.finished, table.c.summary).where(table.c.finished >= since)
        with self.transaction() as connection:
            rows = connection.execute(query.order_by(table.c.id.desc()).limit(most))
            return [(row.finished, row.summary) for row in rows]

    def _replace(self, table: Table, rows: list[dict[str, Any]]) -> None:
        with self.transaction() as connection:
            connection.execute(delete(table))
            if rows:
                connection.execute(insert(table), rows)

    def _upsert(self, table: Table, key: str, rows: list[dict[str, Any]]) -> None:
        if not rows:
            return
        statement = upsert(table)
        changes = {c.name: c for c in statement.excluded if c.name != key}
        with self.transaction() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=[key], set_=changes), rows)


def decode_record(payload: bytes) -> Record:
    """A record as the index keeps it."""
    return _decoder.decode(payload)


def address_keys(record: Record) -> set[str]:
    """The identity keys under which a record is found: its own addresses and its copies'."""
    article = record.article
    found = {article.original_url, article.web_url, article.amp_url}
    if record.state is not None:
        found.update(copy.url for copy in record.state.copies)
    return {_key(address) for address in found if address}


def _key(address: str) -> str:
    try:
        return identity_key(address)
    except NewsloomError:
        return address  # a name or path, or an address from a foreign document: matched as it stands


def name_entry(source: str, guid: str) -> str:
    """What a source calls a record, as the index looks it up; "" where it calls it nothing."""
    if not source or not guid:
        return ""
    return blake2b(f"{source}\n{guid}".encode("utf-8", "replace"), digest_size=_ENTRY_BYTES).hexdigest()


def _delete_addresses(connection: Connection, names: Sequence[str]) -> None:
    for part in chunk(names):
        connection.execute(delete(schema.addresses).where(schema.addresses.c.name.in_(part)))


def chunk(items: Sequence[str]) -> Iterator[Sequence[str]]:
    """Names or keys in parts that one IN (…) takes."""
    for start in range(0, len(items), _LOOKUP):
        yield items[start : start + _LOOKUP]


def make_row(record: Record, stamp: Stamp) -> dict[str, Any]:
    """A record as a row of its table."""
    article, state = record.article, record.state
    return {
        "name": record.name,
        "modified_ns": stamp.modified_ns,
        "size": stamp.size,
        "published": int(article.published.timestamp()),
        "shown": article.shown,
        "story": (state.story if state else "") or record.name,
        "seen": int(state.seen.timestamp()) if state else 0,
        "entry": name_entry(state.source, state.guid) if state else "",
        "origin": state.origin if state else "",
        "unopened": bool(article.secured) and state is None,
        "quality": article.quality,
        "heat": article.heat,
        "provider": article.provider.domain,
        "payload": _encoder.encode(record),
    }
