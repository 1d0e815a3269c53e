"""All or nothing: a pass's changes to files are written down whole before the first is made.

The journal is one file holding every new content and every removal, with a digest. Once it is in
place (fsync, rename) the changes will happen, whatever kills the process: the next run carries them
out again, which changes nothing where they were made already. Before it is in place nothing has
happened. This is redo logging as databases do it (Gray and Reuter, Transaction Processing, 1993).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct

from newsloom.documents import sync_folder, write_file
from newsloom.errors import PublishError

_DIGEST_BYTES = 32  # of SHA-256, at the head of the journal


class Changes(Struct, frozen=True, kw_only=True):
    """Files to write, to remove and to move (from, to), by path relative to the site's root."""

    files: Mapping[str, bytes] = {}
    removed: Sequence[str] = ()
    moved: Mapping[str, str] = {}


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Changes)
Conclude = Callable[[Changes], None]


def _leave(_: Changes) -> None:
    """Nothing is left to do."""


def commit_changes(root: Path, journal: Path, changes: Changes, conclude: Conclude = _leave) -> None:
    """Make all changes below `root`, or none if the process dies before the journal is in place.

    `conclude` is called when they are made, and belongs to them: if it does not come to its end, the next
    run calls it again. Raises PublishError when a file cannot be written; what the journal holds is then
    made at the next run.
    """
    if not changes.files and not changes.removed and not changes.moved:
        return
    body = _encoder.encode(changes)
    try:
        journal.parent.mkdir(parents=True, exist_ok=True)
        write_file(journal, hashlib.sha256(body).digest() + body)
    except OSError as error:
        raise PublishError(
            str(journal),
            f"cannot be written: {error.strerror}",
            "nothing was changed; free disk space and run again",
        ) from error
    recover(root, journal, conclude)


def recover(root: Path, journal: Path, conclude: Conclude = _leave) -> bool:
    """Carry out what a journal holds, if there is one; True when there was.

    A journal that is not whole (its digest does not fit) is of a write that never counted: dropped.
    """
    if not journal.exists():
        return False
    data = journal.read_bytes()
    body = data[_DIGEST_BYTES:]
    if hashlib.sha256(body).digest() == data[:_DIGEST_BYTES]:
        changes = _decoder.decode(body)
        _apply(root, changes)
        conclude(changes)
    journal.unlink()
    return True


def _apply(root: Path, changes: Changes) -> None:
    try:
        for path, content in changes.files.items():
            write_file(root / path, content)
        for path in changes.removed:
            (root / path).unlink(missing_ok=True)
        _move(root, changes.moved)
    except OSError as error:
        raise PublishError(
            str(error.filename),
            f"cannot be written: {error.strerror}",
            "free disk space or mend the rights, then run again: nothing is lost",
        ) from error


def _move(root: Path, moved: Mapping[str, str]) -> None:
    """Move files that are not moved yet; folders that are empty afterwards go."""
    for old, new in moved.items():
        before, after = root / old, root / new
        if before.exists() and not after.exists():
            after.parent.mkdir(parents=True, exist_ok=True)
            before.rename(after)
    for folder in sorted({(root / path).parent for path in moved.values()}):
        sync_folder(folder)
    _remove_empty({(root / path).parent for path in moved}, root)


def _remove_empty(folders: Iterable[Path], root: Path) -> None:
    for folder in folders:
        with suppress(OSError):  # it holds something, or is gone
            for place in (folder, *folder.parents):
                if place.parent == root:
                    break
                place.rmdir()
