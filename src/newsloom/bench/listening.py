"""What listeners at `/live` cost a server: memory with so many, and how soon all of them hear of a story."""

from __future__ import annotations

import os
import resource
import socket
import time
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct

from newsloom.errors import NewsloomError

_SPARE: Final = 100  # files a process has open besides
_MIB: Final = 1024 * 1024
_REQUEST: Final = b"GET /live HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n"


class Listening(Struct, frozen=True, kw_only=True):
    """MiB of all the server's processes before and with so many listeners; seconds until all were told."""

    listeners: int
    without: int
    with_listeners: int
    told_seconds: float


def measure_listeners(server: int, port: int, feed: Path, count: int) -> Listening:
    """Let `count` listeners in, then publish one story. `server` is the process that was started."""
    _allow_files(count + _SPARE)
    before = weigh(server)
    readers = [socket.create_connection(("127.0.0.1", port), timeout=30) for _ in range(count)]
    try:
        for reader in readers:
            reader.sendall(_REQUEST)
        for reader in readers:
            _read_until(reader, b"retry: ")
        held = weigh(server)
        _publish_one(feed)
        start = time.perf_counter()
        for reader in readers:
            _read_until(reader, b"event: stories")
        seconds = time.perf_counter() - start
    finally:
        for reader in readers:
            reader.close()
    return Listening(
        listeners=count, without=before // _MIB, with_listeners=held // _MIB, told_seconds=seconds
    )


def weigh(pid: int) -> int:
    """Bytes that a process and those below it hold in memory; what they share counts for each."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    own = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return own + sum(weigh(int(child)) for child in children)


def find_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for_port(port: int, seconds: float = 20.0) -> None:
    """Wait until a server answers. Raises NewsloomError when none does."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise NewsloomError(f"127.0.0.1:{port}", f"nothing listens there after {seconds:.0f} s")


def _allow_files(count: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < count:
        if hard != resource.RLIM_INFINITY and hard < count:
            raise NewsloomError("bench serve", f"needs {count} open files, the system allows {hard}")
        resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))


def _read_until(reader: socket.socket, text: bytes) -> None:
    read = b""
    while text not in read:
        if not (more := reader.recv(65_536)):
            raise NewsloomError("/live", f"ended: {read[:200]!r}")
        read += more


def _publish_one(feed: Path) -> None:
    """Put one more story into a site's feed, as a pass does."""
    value: dict[str, Any] = msgspec.json.decode(feed.read_bytes())
    value["items"].insert(0, {**value["items"][0], "id": "made up", "title": "A story that was made up"})
    fresh = feed.with_suffix(".new")
    fresh.write_bytes(msgspec.json.encode(value))
    fresh.replace(feed)
