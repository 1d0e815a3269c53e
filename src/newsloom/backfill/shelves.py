"""Where archives stand: a folder, one file, or a bucket of an S3-compatible store.

The bucket is asked through obstore and not through the guarded client: it is the owner's own store, named on
the command line and by the `AWS_…` variables, and neither pages nor feeds can lead there. Nothing but that
endpoint is asked: without keys requests go unsigned, instead of asking the machine's cloud for some.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, Protocol
from urllib.parse import urlsplit

from msgspec import Struct

from newsloom import settings
from newsloom.errors import NewsloomError, SourceError
from newsloom.sources.folder import RECORDINGS

if TYPE_CHECKING:
    from obstore.store import S3Store

_SCHEME: Final = "s3://"
_ENDPOINTS: Final = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")
# Any of these says that the owner means requests to be signed; obstore reads them itself.
_KEYS: Final = (
    "AWS_ACCESS_KEY_ID",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
)


class Volume(Struct, frozen=True, kw_only=True):
    """One file of a shelf: its whole name, its size, and a stamp that changes with its content."""

    name: str
    size: int
    stamp: str


class Shelf(Protocol):
    """A place that holds volumes."""

    def volumes(self) -> Iterator[Volume]:
        """All WARC files, by name. Raises SourceError when they cannot be listed."""
        ...

    def open(self, volume: Volume) -> BinaryIO:
        """Open a volume to read and seek; what then goes wrong is an OSError."""
        ...


def open_shelf(place: str) -> Shelf:
    """The shelf at a path or an `s3://bucket/prefix`. Raises SourceError when there is none."""
    if place.startswith(_SCHEME):
        return Bucket(place)
    path = Path(place).resolve()
    if not path.exists():
        raise SourceError(
            place, "no such folder or file", "give a folder of WARC files, or s3://bucket/prefix"
        )
    return Folder(path)


class Folder:
    """The WARC files below a folder, or a single one."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def volumes(self) -> Iterator[Volume]:
        """All WARC files (see `Shelf.volumes`)."""
        paths = [self._path] if self._path.is_file() else sorted(self._path.rglob("*"))
        for path in paths:
            if path.name.lower().endswith(RECORDINGS) and path.is_file():
                seen = path.stat()
                yield Volume(name=str(path), size=seen.st_size, stamp=f"{seen.st_size} {seen.st_mtime_ns}")

    def open(self, volume: Volume) -> BinaryIO:
        """Open a volume (see `Shelf.open`)."""
        return Path(volume.name).open("rb")


class Bucket:
    """The WARC files of a bucket whose keys begin with a prefix."""

    def __init__(self, place: str) -> None:
        parts = urlsplit(place)
        if not parts.netloc:
            raise SourceError(place, "names no bucket", "write s3://bucket/prefix")
        self._place = place
        self._base = f"{_SCHEME}{parts.netloc}/"
        self._prefix = parts.path.lstrip("/")
        self._store = _open_store(parts.netloc, os.environ)

    def volumes(self) -> Iterator[Volume]:
        """All WARC files (see `Shelf.volumes`)."""
        from obstore.exceptions import BaseError  # noqa: PLC0415 - only who reads a bucket needs obstore

        found: list[Volume] = []
        try:
            # The store takes a prefix for a folder; a part of a name is told apart here.
            for page in self._store.list(self._prefix.rpartition("/")[0] or None):
                for item in page:
                    key = item["path"]
                    if key.startswith(self._prefix) and key.lower().endswith(RECORDINGS):
                        stamp = f"{item['size']} {item['e_tag'] or item['last_modified'].isoformat()}"
                        found.append(Volume(name=self._base + key, size=item["size"], stamp=stamp))
        except BaseError as error:
            raise SourceError(
                self._place,
                f"cannot be listed: {_first_line(error)}",
                "check the bucket and the AWS_ variables",
            ) from None
        yield from sorted(found, key=lambda volume: volume.name)

    def open(self, volume: Volume) -> BinaryIO:
        """Open a volume (see `Shelf.open`)."""
        raw = _Object(self._store, volume.name.removeprefix(self._base), volume.size)
        return io.BufferedReader(raw, settings.BACKFILL_CHUNK)


def _open_store(bucket: str, environment: Mapping[str, str]) -> S3Store:
    try:
        from obstore.store import S3Store  # noqa: PLC0415 - as above
    except ImportError:
        raise NewsloomError(
            f"{_SCHEME}{bucket}", "needs obstore", 'install it with `pip install "newsloom[s3]"`'
        ) from None
    endpoint = next((environment[name] for name in _ENDPOINTS if environment.get(name)), "")
    seconds = timedelta(seconds=settings.BACKFILL_SECONDS)
    return S3Store(
        bucket,
        skip_signature=not any(environment.get(name) for name in _KEYS),
        client_options={"allow_http": endpoint.startswith("http://"), "timeout": seconds},
        retry_config={"max_retries": settings.WORKER_RETRIES, "retry_timeout": seconds},
    )


class _Object(io.RawIOBase):
    """One object of a bucket, read by ranges."""

    def __init__(self, store: S3Store, key: str, size: int) -> None:
        super().__init__()
        self._store = store
        self._key = key
        self._size = size
        self._position = 0

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def seekable(self) -> bool:
        """Say that it can be read from anywhere."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to a place."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override] # of what is asked for, all we fill
        """Fill a buffer with one request for a range."""
        from obstore.exceptions import BaseError  # noqa: PLC0415 - as above

        length = min(len(buffer), self._size - self._position)
        if length <= 0:
            return 0
        try:
            data = bytes(self._store.get_range(self._key, start=self._position, length=length))
        except BaseError as error:
            raise UnreachableError(_first_line(error)) from None
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)


class UnreachableError(OSError):
    """A store that does not answer: its file is not damaged, and is read again."""


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:300]
