"""The answers in an archive, a few at a time, from where the last run stopped."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

from msgspec import Struct, field
from msgspec.structs import replace

from newsloom import settings
from newsloom.backfill.ledger import Reached
from newsloom.backfill.looking import Look, Refusal, refuse_address, refuse_answer
from newsloom.backfill.shelves import Shelf, UnreachableError, Volume
from newsloom.errors import SourceError
from newsloom.fetch.archive import Archived, stream_archive
from newsloom.records import Page


class Batch(Struct, kw_only=True):
    """Some answers of one file: pages that may be wanted, the others by reason, and where the file stands."""

    file: str
    reached: Reached
    records: int = 0
    size: int = 0
    pages: list[Page] = field(default_factory=list)
    refused: dict[str, int] = field(default_factory=dict)
    problem: str = ""

    @property
    def full(self) -> bool:
        """Whether nothing more is to be added."""
        return self.records >= settings.BACKFILL_BATCH or self.size >= settings.BACKFILL_BATCH_BYTES

    def refuse(self, refusal: Refusal) -> None:
        """Count a page that is turned away."""
        self.refused[str(refusal)] = self.refused.get(str(refusal), 0) + 1


def read_batches(shelf: Shelf, volume: Volume, reached: Reached, look: Look) -> Iterator[Batch]:
    """Read a volume from where it was left. What a batch holds depends on the volume alone.

    The last batch tells that the volume is whole; of one that is damaged it has the problem, and of one that
    cannot be reached it says neither, so that it is read again.
    """
    if reached.stamp != volume.stamp:
        reached = Reached(stamp=volume.stamp)
    batch = Batch(file=volume.name, reached=reached)
    try:
        with shelf.open(volume) as stream:
            for archived, refusal in _Reader(stream, volume.name, look).read_from(reached):
                _add(batch, archived, refusal)
                if batch.full:
                    yield batch
                    batch = Batch(file=volume.name, reached=batch.reached)
        batch.reached = replace(batch.reached, whole=True)
    except SourceError as error:
        unreachable = isinstance(error.__context__, UnreachableError)
        batch.reached = replace(batch.reached, whole=not unreachable)
        batch.problem = str(error)
    except OSError as error:
        batch.problem = str(
            SourceError(volume.name, f"cannot be read: {error.strerror or error}", "run it again")
        )
    yield batch


def _add(batch: Batch, archived: Archived, refusal: Refusal | None) -> None:
    batch.records += 1
    batch.reached = replace(
        batch.reached,
        offset=archived.offset,
        address=archived.address,
        records=batch.reached.records + 1,
    )
    if refusal is not None:
        batch.refuse(refusal)
        return
    batch.size += len(archived.body)
    batch.pages.append(archived.as_page(batch.file.rpartition("/")[2]))


class _Reader:
    """Reads one open volume; looks at addresses and headers before a body is unpacked."""

    def __init__(self, stream: BinaryIO, name: str, look: Look) -> None:
        self._stream = stream
        self._name = name
        self._look = look
        self._refusal: Refusal | None = None

    def read_from(self, reached: Reached) -> Iterator[tuple[Archived, Refusal | None]]:
        """Give the answers behind a place, each with why it is not wanted."""
        if not reached.records:
            yield from self._read(0)
            return
        answers = self._read(reached.offset)
        if not _begins_at(answers, reached.address):
            # Records that are not packed one by one cannot be begun with: count instead.
            answers = islice(self._read(0), reached.records, None)
        yield from answers

    def _read(self, offset: int) -> Iterator[tuple[Archived, Refusal | None]]:
        self._stream.seek(offset)
        for archived in stream_archive(self._stream, self._name, wants=self._wants):
            if archived.kind == "response":
                yield archived, self._refuse(archived)

    def _wants(self, archived: Archived) -> bool:
        refusal = refuse_address(archived.address, self._look)
        if refusal is None:
            refusal = refuse_answer(archived.status, dict(archived.headers).get("content-type", ""))
        self._refusal = refusal
        return refusal is None

    def _refuse(self, archived: Archived) -> Refusal | None:
        if archived.fault is not None:
            return Refusal(stage="answer", reason=archived.fault.code)
        return self._refusal


def _begins_at(answers: Iterator[tuple[Archived, Refusal | None]], address: str) -> bool:
    """Whether the first of these answers is of that address; it is taken."""
    try:
        first = next(answers, None)
    except SourceError:
        return False
    return first is not None and first[0].address == address
