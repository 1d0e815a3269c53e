"""All or nothing: a pass's changes to files are written down whole before the first is made.

The journal is one file holding every new content and every removal, with a digest. Once it is in
place (fsync, rename) the changes will happen, whatever kills the process: the next run carries them
out again, which changes nothing where they were made already. Before it is in place nothing has
happened. This is redo logging as databases do it (Gray and Reuter, Transaction Processing, 1993).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from newsloom.documents import write_file
from newsloom.errors import PublishError

_DIGEST_BYTES = 32  # of SHA-256, at the head of the journal


class Changes(Struct, frozen=True, kw_only=True):
    """Files to write and files to remove, by path relative to the site's root."""

    files: Mapping[str, bytes]
    removed: Sequence[str] = ()


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Changes)


def commit_changes(root: Path, journal: Path, changes: Changes) -> None:
    """Make all changes below `root`, or none if the process dies before the journal is in place.

    Raises PublishError when a file cannot be written; what the journal holds is then made at the
    next run.
    """
    if not changes.files and not changes.removed:
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
    recover(root, journal)


def recover(root: Path, journal: Path) -> bool:
    """Carry out what a journal holds, if there is one; True when there was.

    A journal that is not whole (its digest does not fit) is of a write that never counted: dropped.
    """
    if not journal.exists():
        return False
    data = journal.read_bytes()
    body = data[_DIGEST_BYTES:]
    if hashlib.sha256(body).digest() == data[:_DIGEST_BYTES]:
        _apply(root, _decoder.decode(body))
    journal.unlink()
    return True


def _apply(root: Path, changes: Changes) -> None:
    try:
        for path, content in changes.files.items():
            write_file(root / path, content)
        for path in changes.removed:
            (root / path).unlink(missing_ok=True)
    except OSError as error:
        raise PublishError(
            str(error.filename),
            f"cannot be written: {error.strerror}",
            "free disk space or mend the rights, then run again: nothing is lost",
        ) from error
