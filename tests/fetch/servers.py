"""A small HTTP server on loopback that answers with exactly the bytes it is told to."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterable, Iterator
from time import monotonic
from types import TracebackType
from typing import NamedTuple, Self

from newsloom.bench.courtesy.host import Host
from newsloom.fetch import Limits

QUICK = Limits(host_seconds=0.0, fetch_seconds=2.0, connect_seconds=1.0, retry_seconds=0.05)


class Seen(NamedTuple):
    path: str
    headers: dict[str, str]
    at: float


Behaviour = Callable[[asyncio.StreamWriter, Seen], Awaitable[None]]


def reply(body: bytes = b"", status: str = "200 OK", **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
    if not any(name.lower() == "content_length" for name in headers):
        lines.append(f"Content-Length: {len(body)}")
    return ("\r\n".join([*lines, "Connection: close"]) + "\r\n\r\n").encode() + body


def redirect(location: str, status: str = "302 Found") -> bytes:
    return reply(status=status, Location=location)


class Server:
    """Routes by path, "*" for all others; a path without a route is answered 404."""

    def __init__(self, routes: dict[str, bytes | Behaviour], tls: ssl.SSLContext | None = None) -> None:
        self.routes = routes
        self.seen: list[Seen] = []
        self._tls = tls

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, path: str = "/") -> str:
        return f"http{'s' if self._tls else ''}://{self.place}{path}"

    def paths(self) -> list[str]:
        return [seen.path for seen in self.seen if seen.path != "/robots.txt"]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            first, *lines = head.strip().split("\r\n")
            headers = dict(line.lower().split(": ", 1)[:1] + line.split(": ", 1)[1:] for line in lines)  # type: ignore[misc]  # pairs
            seen = Seen(first.split(" ")[1], headers, monotonic())
            self.seen.append(seen)
            behaviour = self.routes.get(seen.path, self.routes.get("*", reply(status="404 Not Found")))
            if isinstance(behaviour, bytes):
                writer.write(behaviour)
                await writer.drain()
            else:
                await behaviour(writer, seen)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


def keeps_pace(moments: Iterable[float], spacing: float, held_up: float = 0.2) -> bool:
    """Whether no two and no more of these moments are closer than the pace lets them be.

    A busy machine may hold one up, between its turn and when it is seen, for so long; but not all of them.
    """
    found = sorted(moments)
    return all(
        later - earlier >= number * spacing - held_up
        for place, earlier in enumerate(found)
        for number, later in enumerate(found[place:])
    )


@contextlib.contextmanager
def serving(*hosts: Host) -> Iterator[None]:
    """Hosts on a loop of their own, since a pass runs one itself."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        for host in hosts:
            asyncio.run_coroutine_threadsafe(host.__aenter__(), loop).result(5)
        yield
    finally:
        for host in hosts:
            asyncio.run_coroutine_threadsafe(host.__aexit__(None, None, None), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
