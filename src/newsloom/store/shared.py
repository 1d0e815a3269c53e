"""What several sites of one installation share: answers of the web, and what was read off pages.

A file that can be thrown away at any time: what cannot be read or written counts as not there, and a
damaged file begins anew. Several processes may have it open.
"""

from __future__ import annotations

import sqlite3
import time
import zlib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from newsloom import settings

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS shared
(kind TEXT, key TEXT, stored REAL NOT NULL, size INTEGER NOT NULL, payload BLOB NOT NULL,
PRIMARY KEY (kind, key));
CREATE INDEX IF NOT EXISTS shared_stored ON shared (stored, size);
CREATE TABLE IF NOT EXISTS claims (key TEXT PRIMARY KEY, until REAL NOT NULL);
"""
_CLAIM: Final = """
INSERT INTO claims (key, until) VALUES (?, ?)
ON CONFLICT (key) DO UPDATE SET until = excluded.until WHERE until < ? OR until > ?
"""
_PUT: Final = "INSERT OR REPLACE INTO shared (kind, key, stored, size, payload) VALUES (?, ?, ?, ?, ?)"
_FIND: Final = "SELECT key, payload FROM shared WHERE kind = ? AND key IN ({})"
# The newest that fit stay; the sum runs over an index and reads no payload.
_BOUND: Final = """
DELETE FROM shared WHERE stored < (SELECT coalesce(max(stored), 0) FROM
(SELECT stored, sum(size) OVER (ORDER BY stored DESC) AS weight FROM shared) WHERE weight > ?) + 1e-6
"""
_LEVEL: Final = 1  # of packing: a page of 200 KiB takes 2 ms and a fifth of its size


class SharedStore:
    """The shared file of an installation; a context manager. Nothing here ever fails a pass."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "shared.sqlite"
        self._connection: sqlite3.Connection | None = None

    def __enter__(self) -> Self:
        """Open the file, or do without."""
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)  # of private servers as well
            try:
                self._open()
            except sqlite3.OperationalError:
                self._connection = None
            except sqlite3.DatabaseError:
                for suffix in ("", "-wal", "-shm"):
                    self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
                with suppress(sqlite3.Error):
                    self._open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of what is too old, or too much."""
        if self._connection is not None:
            with suppress(sqlite3.Error):
                oldest = time.time() - settings.SHARED_SECONDS
                self._connection.execute("DELETE FROM shared WHERE stored < ?", (oldest,))
                self._connection.execute(_BOUND, (settings.SHARED_BYTES,))
            self._connection.close()

    def find(self, kind: str, keys: Sequence[str]) -> dict[str, bytes]:
        """What is kept under some keys."""
        if self._connection is None or not keys:
            return {}
        try:
            rows = self._connection.execute(_FIND.format(",".join("?" * len(keys))), (kind, *keys))
            return {key: zlib.decompress(payload) for key, payload in rows}
        except (sqlite3.Error, zlib.error):
            return {}

    def put(self, kind: str, items: Iterable[tuple[str, bytes]]) -> None:
        """Keep something under keys, instead of what was there."""
        if self._connection is None:
            return
        rows = []
        for key, payload in items:
            packed = zlib.compress(payload, _LEVEL)
            rows.append((kind, key, time.time(), len(packed), packed))
        with suppress(sqlite3.Error):
            self._connection.executemany(_PUT, rows)

    def claim(self, key: str) -> bool:
        """Say that this process fetches something; False while another one does.

        The claim of a process that died runs out; so does one of a clock that was set back.
        """
        if self._connection is None:
            return True
        now, most = time.time(), settings.SHARED_CLAIM_SECONDS
        try:
            return self._connection.execute(_CLAIM, (key, now + most, now, now + most)).rowcount > 0
        except sqlite3.Error:
            return True

    def release(self, key: str) -> None:
        """Give a claim back."""
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.execute("DELETE FROM claims WHERE key = ?", (key,))

    def _open(self) -> None:
        # Opened in one thread and used in another, by one at a time: the network's loop runs beside.
        connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False, timeout=10)
        self._connection = connection
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=OFF")  # what a power cut damages is made anew
        connection.executescript(_SCHEMA)
