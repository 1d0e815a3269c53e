"""What readers get (pages, API files), made and written only where what it is made from has changed.

An `Output` names a file, a key of everything its bytes depend on, and how to make it. A ledger beside the
site remembers the key each file was last made from, so a pass with 50 new stories makes some hundred pages
and not ten thousand. The ledger only spares work: without it, or where a file is not as it was left, the file
is made and compared.

These files are derived: whatever a crash leaves half done, the next pass makes whole. So they need no
journal, and a file that already has the right bytes is left alone (its time stamp is its ETag).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from concurrent.futures import Future
from pathlib import Path

import msgspec
from msgspec import Struct

from newsloom.documents import write_file
from newsloom.publish.writing import open_writers

_encoder = msgspec.msgpack.Encoder(enc_hook=str)  # Markup and addresses are texts


class Output(Struct, frozen=True):
    """A file to be: `path` below its folder, `key` of what it is made from, and `make` to make its bytes."""

    path: str
    key: bytes
    make: Callable[[], bytes]


class Made(Struct, frozen=True, array_like=True):
    """A file as it was last left: the key it was made from, its size in bytes, its time stamp."""

    key: bytes
    size: int
    modified_ns: int


class Part(Struct, frozen=True, kw_only=True):
    """What to do where only a part of a folder's files is planned, since the others stay as they are.

    `is_final` tells of files that nothing will change any more: they are not remembered in the ledger.
    `is_kept` tells which of those that were planned last time and are not now stay all the same; `gone` are
    files that go where they are not planned.
    """

    is_final: Callable[[str], bool]
    is_kept: Callable[[str], bool]
    gone: Sequence[str] = ()


Ledger = dict[str, Made]
_decoder = msgspec.msgpack.Decoder(Ledger)


def make_key(*inputs: object) -> bytes:
    """A digest of what an output is made from. Cost is linear in the inputs' size, about 1 GB/s."""
    try:
        encoded = _encoder.encode(inputs)
    except UnicodeEncodeError:  # half a surrogate pair, which no encoding has
        encoded = ascii(inputs).encode()
    return hashlib.blake2b(encoded, digest_size=16).digest()


def hold_bytes(path: str, body: bytes) -> Output:
    """An output that has been made already."""
    return Output(path, hashlib.blake2b(body, digest_size=16).digest(), lambda: body)


def keep_quiet(_: str) -> None:
    """Nobody wants to know."""


def write_outputs(
    folder: Path,
    outputs: Iterable[Output],
    ledger: Path,
    *,
    spared: Set[str] = frozenset(),
    note: Callable[[str], None] = keep_quiet,
    is_final: Callable[[str], bool] | None = None,
) -> int:
    """Make `folder` hold exactly these outputs; the number of files that changed.

    Everything else in the folder is removed, but for what is named in `spared`. `ledger` is the file in
    which it is remembered what each was made from, unless nothing will change it any more (`is_final`).
    `note` is told each path before it changes.
    """
    before, found = read_ledger(ledger), walk_files(folder, spared)
    changed, after = _make_all(folder, outputs, before, found.get, note)
    changed += _remove_others(folder, found.keys() - after.keys(), note)
    _write_ledger(ledger, before, after, is_final)
    return changed


def write_part(
    folder: Path,
    outputs: Iterable[Output],
    ledger: Path,
    part: Part,
    *,
    note: Callable[[str], None] = keep_quiet,
) -> int:
    """Make these outputs, and leave alone what was made before and is final; how many files changed.

    `note` is told each path before it changes. Cost is linear in the outputs and in those of last time,
    however many files the folder has.
    """
    before = read_ledger(ledger)
    changed, after = _make_all(folder, outputs, before, lambda path: _look(folder / path), note)
    others = (before.keys() | {*part.gone}) - after.keys()
    there = {path for path in others if not part.is_kept(path) and _look(folder / path) is not None}
    changed += _remove_others(folder, there, note)
    _write_ledger(ledger, before, after, part.is_final)
    return changed


def read_ledger(path: Path) -> Ledger:
    """What a ledger remembers; nothing where it is missing or damaged: all is made and compared once then."""
    try:
        return _decoder.decode(path.read_bytes())
    except (OSError, msgspec.MsgspecError):
        return {}


def walk_files(folder: Path, spared: Set[str] = frozenset()) -> dict[str, os.stat_result]:
    """What is in a folder, by its path below it: every file, and symbolic links as such."""
    found: dict[str, os.stat_result] = {}
    open_ = [(str(folder), "", spared)]
    while open_:
        place, below, left_alone = open_.pop()
        try:
            entries = os.scandir(place)
        except (FileNotFoundError, NotADirectoryError):
            continue
        with entries:
            for entry in entries:
                if entry.name in left_alone:
                    continue
                if entry.is_dir(follow_symlinks=False):
                    open_.append((entry.path, f"{below}{entry.name}/", frozenset()))
                else:
                    found[below + entry.name] = entry.stat(follow_symlinks=False)
    return found


def _make_all(
    folder: Path,
    outputs: Iterable[Output],
    before: Mapping[str, Made],
    look: Callable[[str], os.stat_result | None],
    note: Callable[[str], None],
) -> tuple[int, Ledger]:
    after, written = Ledger(), list[tuple[Output, Future[os.stat_result]]]()
    with open_writers() as write:
        for output in outputs:
            made, left = before.get(output.path), look(output.path)
            if made is None or made != left_as(output.key, left):
                body = output.make()
                path = folder / output.path
                if left is None or left.st_size != len(body) or path.read_bytes() != body:
                    note(output.path)
                    written.append((output, write(path, body)))
                    continue
                made = left_as(output.key, left)
            if made is not None:
                after[output.path] = made
    after |= {output.path: _leave(output.key, writing.result()) for output, writing in written}
    return len(written), after


def _write_ledger(
    ledger: Path, before: Ledger, after: Ledger, is_final: Callable[[str], bool] | None
) -> None:
    if is_final is not None:
        after = {path: made for path, made in after.items() if not is_final(path)}
    if after != before:
        write_file(ledger, msgspec.msgpack.encode(after), durable=False)


def _look(path: Path) -> os.stat_result | None:
    try:
        return os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None


def left_as(key: bytes, state: os.stat_result | None) -> Made | None:
    """A file of that key as it is now on disk; None where there is none."""
    return _leave(key, state) if state is not None else None


def _leave(key: bytes, state: os.stat_result) -> Made:
    return Made(key, state.st_size, state.st_mtime_ns)


def _is_empty(folder: Path) -> bool:
    with os.scandir(folder) as entries:  # not `iterdir`, which lists a folder of a million whole
        return next(entries, None) is None


def _remove_others(folder: Path, others: Set[str], note: Callable[[str], None]) -> int:
    """Remove files, and folders that hold nothing any more."""
    for other in others:
        note(other)
        path = folder / other
        path.unlink()
        for parent in path.parents:
            if parent == folder or not _is_empty(parent):
                break
            parent.rmdir()
    return len(others)
