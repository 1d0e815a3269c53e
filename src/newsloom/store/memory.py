"""What the index remembers that no document tells: visits, sources, pictures, passes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec
from sqlalchemy import delete, insert, select

from newsloom import settings
from newsloom.store import schema
from newsloom.store.base import Transactions, chunks, upsert
from newsloom.store.partitions import drop_partitions, make_partitions
from newsloom.store.states import ImageFailure, SourceState, Visit

_DAY: Final = 86_400
_FORGOTTEN: Final = "forgotten"  # the day on which what is too old was last let go of
_state_decoder: Final = msgspec.json.Decoder(SourceState)


class Memory(Transactions):
    """The part of an index that cannot be built again from documents."""

    def visits(self, keys: Iterable[str] | None = None) -> dict[str, Visit]:
        """Addresses that were looked at and led to no record: all, or those of these keys."""
        table = schema.visits
        query = select(table)
        asked = [query] if keys is None else [query.where(table.c.key.in_(c)) for c in chunks(sorted(keys))]
        with self.transaction() as connection:
            return {
                row.key: Visit(outcome=row.outcome, reason=row.reason, title=row.title, visited=row.visited)
                for one in asked
                for row in connection.execute(one)
            }

    def put_visits(self, visits: Mapping[str, Visit]) -> None:
        """Remember what became of addresses that led to no record."""
        if not visits:
            return
        with self.writing() as connection:
            make_partitions(connection, {visit.visited for visit in visits.values()})
            for chunk in chunks(
                sorted(visits)
            ):  # deleted and added: a table parted by time knows no other key
                connection.execute(delete(schema.visits).where(schema.visits.c.key.in_(chunk)))
                rows = [{"key": key, **msgspec.to_builtins(visits[key])} for key in chunk]
                connection.execute(insert(schema.visits), rows)

    def forget_old(self, now: int) -> None:
        """Let go of visits and passes that are too old at `now` (seconds since 1970), once a day."""
        day = str(now // _DAY)
        if self.marked(_FORGOTTEN) == day:
            return
        before = now - settings.VISIT_DAYS * _DAY
        with self.writing() as connection:
            drop_partitions(connection, before)
            connection.execute(delete(schema.visits).where(schema.visits.c.visited < before))
            passes = schema.passes.c.finished < now - settings.PASS_DAYS * _DAY
            connection.execute(delete(schema.passes).where(passes))
            upsert(connection, schema.meta, "key", [{"key": _FORGOTTEN, "value": day}])

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
        with self.writing() as connection:
            for chunk in chunks(sorted(addresses)):
                connection.execute(delete(table).where(table.c.address.in_(chunk)))

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
        with self.writing() as connection:
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
