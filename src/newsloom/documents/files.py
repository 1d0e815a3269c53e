"""Documents on disk: written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from newsloom import settings
from newsloom.documents.document import Document
from newsloom.documents.reading import parse
from newsloom.errors import DocumentError

_READABLE = 0o644
_PART = ".part"  # ends the names of files that are being written


def write_file(path: Path, data: bytes, *, mode: int = _READABLE, durable: bool = True) -> None:
    """Write a file atomically: a temporary one beside it, fsync, rename. Folders are made.

    Without `durable` there is no fsync: for files that can be made again. Raises OSError.
    """
    handle, name = _open_part(path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            os.fchmod(file.fileno(), mode)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        os.replace(name, path)  # noqa: PTH105 - thousands of files are written: a path object costs as much
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    if durable:
        sync_folder(path.parent)


def _open_part(folder: Path) -> tuple[int, str]:
    """A new file in a folder, which is made where it is missing: its handle and its path."""
    try:
        return tempfile.mkstemp(prefix=".", suffix=_PART, dir=folder)
    except FileNotFoundError:
        folder.mkdir(parents=True, exist_ok=True)
        return tempfile.mkstemp(prefix=".", suffix=_PART, dir=folder)


def sweep_folder(folder: Path) -> None:
    """Remove what a killed writer left behind in a folder; only for who holds the site's lock."""
    if not folder.is_dir():
        return
    with os.scandir(folder) as entries:
        left = [entry.path for entry in entries if entry.name.startswith(".") and entry.name.endswith(_PART)]
    for path in left:
        Path(path).unlink(missing_ok=True)


def read_document(path: Path) -> Document:
    """Read a document. Raises DocumentError when it cannot be read."""
    try:
        with path.open("rb") as file:
            return parse(file.read(settings.DOCUMENT_BYTES + 1), str(path))
    except OSError as error:
        raise DocumentError(str(path), f"cannot be read: {error.strerror}") from error


def sync_folder(folder: Path) -> None:
    """Have what was renamed in a folder outlive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
