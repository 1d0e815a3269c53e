"""How far a back-fill has come, on disk: nothing is lost or done twice wherever it is killed.

`progress.json` says how far each file was read when the last pass ended; `kept.jsonl` has a line for every
few records since then, with the drafts that were kept. A line is whole or does not count. The pass takes
in what the lines hold, then `progress.json` is replaced and the lines begin anew; killed in between, the
same drafts are taken in again, which changes nothing.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO, Final

import msgspec
from msgspec import Struct, field

from newsloom.errors import StoreError
from newsloom.records import Draft

_PROGRESS: Final = "progress.json"
_KEPT: Final = "kept.jsonl"


class Reached(Struct, frozen=True, kw_only=True):
    """How far a file was read: the last record's place and address, and how many were looked at.

    `stamp` is the file's own: another one means another content. `whole` files need no more looks.
    """

    stamp: str = ""
    offset: int = 0
    address: str = ""
    records: int = 0
    whole: bool = False


class Step(Struct, frozen=True, kw_only=True):
    """A few records of one file that were looked at."""

    file: str
    reached: Reached
    records: int
    refused: dict[str, int]
    drafts: list[Draft]


class Progress(Struct, kw_only=True):
    """All that was looked at: counts, and how far each file was read. `turn` counts the passes since."""

    turn: int = 0
    records: int = 0
    kept: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    files: dict[str, Reached] = field(default_factory=dict)


class _Head(Struct, frozen=True):
    turn: int


class Ledger:
    """The progress of a site's back-fill. Only one process at a time has it open.

    `progress` counts all that was looked at, `drafts` and `since` are the drafts kept and the records looked
    at since the last turn.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.progress = self._read_progress()
        self.drafts: list[Draft] = []
        self.since = 0
        self._file = self._reopen()

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def forget(self) -> None:
        """Begin anew, as if nothing was ever read."""
        self.progress = Progress(turn=self.progress.turn)
        self.turn()

    def note(self, step: Step) -> None:
        """Write a step down."""
        try:
            self._file.write(msgspec.json.encode(step) + b"\n")
            self._file.flush()
        except OSError as error:
            raise self._unwritten(_KEPT, error) from error
        self._count(step)

    def turn(self) -> None:
        """Make the steps part of the progress: what they kept is safe in documents."""
        self.progress.turn += 1
        self.drafts, self.since = [], 0
        self._replace(_PROGRESS, msgspec.json.encode(self.progress))
        self._file.close()
        self._file = self._begin()

    def _count(self, step: Step) -> None:
        progress = self.progress
        progress.files[step.file] = step.reached
        progress.records += step.records
        progress.kept += len(step.drafts)
        for reason, number in step.refused.items():
            progress.refused[reason] = progress.refused.get(reason, 0) + number
        self.drafts += step.drafts
        self.since += step.records

    def _read_progress(self) -> Progress:
        path = self._folder / _PROGRESS
        try:
            return msgspec.json.decode(path.read_bytes(), type=Progress)
        except FileNotFoundError:
            return Progress()
        except (OSError, msgspec.MsgspecError) as error:
            raise StoreError(
                str(path), f"cannot be read: {error}", "remove it to begin the back-fill anew"
            ) from error

    def _reopen(self) -> BinaryIO:
        """Count the steps since the last turn, cut off what a killed run left of another, and go on."""
        try:
            head, *lines = (self._folder / _KEPT).read_bytes().splitlines(keepends=True)
            if msgspec.json.decode(head, type=_Head).turn != self.progress.turn:
                return self._begin()  # killed after the turn, before the lines began anew
        except (FileNotFoundError, ValueError, msgspec.MsgspecError):
            return self._begin()
        whole = len(head)
        for line in lines:
            try:
                step = msgspec.json.decode(line, type=Step) if line.endswith(b"\n") else None
            except msgspec.MsgspecError:
                step = None
            if step is None:
                break
            self._count(step)
            whole += len(line)
        os.truncate(self._folder / _KEPT, whole)
        return (self._folder / _KEPT).open("ab")

    def _begin(self) -> BinaryIO:
        self._replace(_KEPT, msgspec.json.encode(_Head(self.progress.turn)) + b"\n")
        return (self._folder / _KEPT).open("ab")

    def _replace(self, name: str, content: bytes) -> None:
        beside = self._folder / f"{name}.new"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with beside.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self._folder / name)
        except OSError as error:
            raise self._unwritten(name, error) from error

    def _unwritten(self, name: str, error: OSError) -> StoreError:
        return StoreError(str(self._folder / name), f"cannot be written: {error.strerror}", "free disk space")
