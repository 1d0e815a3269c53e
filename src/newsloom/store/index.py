"""The index of a site's records, beside the documents and never instead of them.

It answers "which record has this address" and "give all records" without reading every document.
Before a pass it is brought in step with the files; `newsloom reindex` builds it anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, func, select

from newsloom.errors import DocumentError, NewsloomError
from newsloom.extract.address import identity_key
from newsloom.records import Record
from newsloom.store import schema
from newsloom.store.base import chunks, upsert
from newsloom.store.memory import Memory
from newsloom.store.outbox import Outbox, append
from newsloom.store.states import Stamp, Synchronised

_ENTRY_BYTES = 16  # of a digest: names of sources can be longer than an index takes
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Record)


class Index(Memory, Outbox):
    """One site's index. Use as a context manager; every method is one transaction."""

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
            lost=sum(record.state is None for record, _ in fresh),
        )

    def _stamps(self) -> dict[str, Stamp]:
        table = schema.records
        with self.transaction() as connection:
            rows = connection.execute(select(table.c.name, table.c.modified_ns, table.c.size))
            return {row.name: Stamp(row.modified_ns, row.size) for row in rows}

    def _stories(self, names: Iterable[str]) -> frozenset[str]:
        table, found = schema.records, set[str]()
        with self.transaction() as connection:
            for chunk in chunks(sorted(names)):
                found.update(
                    connection.execute(select(table.c.story).where(table.c.name.in_(chunk))).scalars()
                )
        return frozenset(found)

    def put(self, records: Iterable[tuple[Record, Stamp]]) -> None:
        """Add or replace records, each with the stamp of its document's file."""
        pairs = sorted(
            records, key=lambda pair: pair[0].name
        )  # always in one order: two can never block each other
        if not pairs:
            return
        with self.writing() as connection:
            _delete_addresses(connection, [record.name for record, _ in pairs])
            made = [make_row(record, stamp) for record, stamp in pairs]
            upsert(connection, schema.records, "name", made)
            rows = {key: record.name for record, _ in pairs for key in address_keys(record)}
            upsert(
                connection, schema.addresses, "key", [{"key": key, "name": rows[key]} for key in sorted(rows)]
            )
            append(connection, "put", [record.name for record, _ in pairs])

    def remove(self, names: Sequence[str]) -> None:
        """Forget records whose documents are gone."""
        if not names:
            return
        with self.writing() as connection:
            _delete_addresses(connection, names)
            for chunk in chunks(names):
                connection.execute(delete(schema.records).where(schema.records.c.name.in_(chunk)))
            append(connection, "removed", names)

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
                for chunk in chunks(sorted(keys))
                for row in connection.execute(query.where(keyed.c.key.in_(chunk)))
            }

    def count(self) -> int:
        """How many records the index holds."""
        with self.transaction() as connection:
            return connection.execute(select(func.count()).select_from(schema.records)).scalar_one()

    def clear(self) -> None:
        """Forget all records, so that every document is read again."""
        with self.writing() as connection:
            for table in schema.DERIVED:
                connection.execute(delete(table))


def decode_record(payload: bytes) -> Record:
    """A record as the index keeps it."""
    return _decoder.decode(payload)


def address_keys(record: Record) -> set[str]:
    """The identity keys under which a record is found: its own addresses and its copies'."""
    article = record.article
    found = {article.original_url, article.web_url, article.amp_url}
    state = record.state
    if state is None:
        return {_key(address) for address in found if address}
    found.update(copy.url for copy in state.copies)
    return {_key(address) for address in found if address}.union(state.aliases, state.reprints)


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
    for chunk in chunks(names):
        connection.execute(delete(schema.addresses).where(schema.addresses.c.name.in_(chunk)))


def make_row(record: Record, stamp: Stamp) -> dict[str, Any]:
    """A record as a row of its table."""
    article, state = record.article, record.state
    return {
        "name": record.name,
        "modified_ns": stamp.modified_ns,
        "size": stamp.size,
        "published": int(article.published.timestamp()),
        "shown": article.shown,
        "story": (state.story if state else record.story) or record.name,
        "seen": int(state.seen.timestamp()) if state else 0,
        "entry": name_entry(state.source, state.guid) if state else "",
        "origin": state.origin if state else "",
        "unopened": bool(article.secured) and state is None,
        "quality": article.quality,
        "heat": article.heat,
        "provider": article.provider.domain,
        "payload": _encoder.encode(record),
    }
