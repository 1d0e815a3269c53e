"""An HTTP server on loopback that answers with exactly the bytes it is told to, and remembers all it saw."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping
from time import monotonic
from types import TracebackType
from typing import Final, Self

from msgspec import Struct

_HEAD_BYTES: Final = 64 * 1024  # of a request's head; ours are far smaller
_GRACE: Final = 5.0  # seconds a connection may stay open; the slowest case needs less


class Seen(Struct, frozen=True, kw_only=True):
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    at: float


Behaviour = Callable[[asyncio.StreamWriter, Seen], Awaitable[None]]
Routes = Mapping[str, bytes | Behaviour]


def reply(body: bytes | str = b"", status: str = "200 OK", **headers: str) -> bytes:
    """A whole answer; `Content_Length` and the like may be given to lie."""
    data = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status}", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
    if not any(name.lower() == "content_length" for name in headers):
        lines.append(f"Content-Length: {len(data)}")
    return ("\r\n".join([*lines, "Connection: close"]) + "\r\n\r\n").encode() + data


def redirect(location: str, status: str = "302 Found") -> bytes:
    """An answer that leads elsewhere."""
    return reply(status=status, Location=location)


def drip(data: bytes, pause: float = 0.02, *, head: bytes = b"") -> Behaviour:
    """Write the head at once and then one byte at a time."""

    async def behave(writer: asyncio.StreamWriter, _: Seen) -> None:
        writer.write(head)
        for byte in data:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(pause)

    return behave


def pour(head: bytes, chunk: bytes) -> Behaviour:
    """Write the head and then the same chunk for ever."""

    async def behave(writer: asyncio.StreamWriter, _: Seen) -> None:
        writer.write(head)
        while True:
            writer.write(chunk)
            await writer.drain()

    return behave


def in_turn(*answers: bytes) -> Behaviour:
    """The first answer first, the last one for ever."""
    left = list(answers)

    async def behave(writer: asyncio.StreamWriter, _: Seen) -> None:
        writer.write(left.pop(0) if len(left) > 1 else left[0])

    return behave


def after(seconds: float, answer: bytes) -> Behaviour:
    """The answer, late."""

    async def behave(writer: asyncio.StreamWriter, _: Seen) -> None:
        await asyncio.sleep(seconds)
        writer.write(answer)

    return behave


class Gauge:
    """How many requests were being answered at once, at most."""

    def __init__(self) -> None:
        self.most = 0
        self._now = 0

    def after(self, seconds: float, answer: bytes) -> Behaviour:
        """The answer, late. A request counts until right before it is answered, so never twice."""

        async def behave(writer: asyncio.StreamWriter, _: Seen) -> None:
            self._now += 1
            self.most = max(self.most, self._now)
            await asyncio.sleep(seconds)
            self._now -= 1
            writer.write(answer)

        return behave


class Host:
    """Routes by path, "*" for all others; a path without a route is answered 404.

    `name` is what it is called in addresses; `connections` counts all that was ever accepted. As a
    proxy it is asked for whole addresses, which are routes like any other, and for `tunnels`: each
    `host:port` leads to a port of loopback.
    """

    def __init__(
        self, routes: Routes, *, ip: str = "127.0.0.1", name: str = "", tls: ssl.SSLContext | None = None
    ) -> None:
        self.routes = dict(routes)
        self.tunnels: dict[str, int] = {}
        self.seen: list[Seen] = []
        self.connections = 0
        self._name = name or ip
        self._ip = ip
        self._tls = tls
        self._tasks: set[asyncio.Task[object]] = set()

    async def __aenter__(self) -> Self:
        """Listen on a free port."""
        self._server = await asyncio.start_server(self._serve, self._ip, 0, ssl=self._tls, limit=_HEAD_BYTES)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Listen no more, and hang up on everybody."""
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def place(self) -> str:
        """`host:port`, as an owner writes it under `allow`."""
        return f"{self._name}:{self.port}"

    def url(self, path: str = "/") -> str:
        """The address of a path."""
        return f"http{'s' if self._tls else ''}://{self.place}{path}"

    def asked(self, path: str = "") -> list[Seen]:
        """The requests for a path, or all but those for robots.txt."""
        return [seen for seen in self.seen if (seen.path == path if path else seen.path != "/robots.txt")]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
        try:
            async with asyncio.timeout(_GRACE):
                await self._answer(reader, writer)
        except (OSError, EOFError, asyncio.LimitOverrunError, ValueError, asyncio.CancelledError):
            pass  # the other side hung up, which is what many cases are about, or the case is over
        finally:
            writer.close()
            if task is not None:
                self._tasks.discard(task)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen = await self._read(reader)
        self.seen.append(seen)
        if seen.method == "CONNECT" and seen.path in self.tunnels:
            await _tunnel(reader, writer, self.tunnels[seen.path])
            return
        behaviour = self.routes.get(seen.path, self.routes.get("*", reply(status="404 Not Found")))
        if isinstance(behaviour, bytes):
            writer.write(behaviour)
        else:
            await behaviour(writer, seen)
        await writer.drain()

    async def _read(self, reader: asyncio.StreamReader) -> Seen:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.strip().split("\r\n")
        method, path, _ = first.split(" ", 2)
        fields = (line.partition(":") for line in lines)
        headers = {name.lower(): value.strip() for name, _, value in fields}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        return Seen(
            method=method,
            path=path,
            headers=headers,
            body=body,
            at=monotonic(),
        )


async def _tunnel(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int) -> None:
    inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
    try:
        await asyncio.gather(_pump(reader, inner_writer), _pump(inner_reader, writer))
    finally:
        inner_writer.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(_HEAD_BYTES):
        writer.write(data)
        await writer.drain()
    if writer.can_write_eof():
        writer.write_eof()
