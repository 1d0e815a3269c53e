"""News of a pass for readers who have the page open: Server-Sent Events at `/live`.

One task looks once a second whether the site's own feed has changed, whatever changed it; what is in it that
was not there before is the news. Each listener keeps only the number of the news it was told last. So a slow
one costs nothing: it is told at once what it missed, and let go when it does not even take that.
"""

from __future__ import annotations

import asyncio
import hashlib
import signal
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import msgspec
from litestar.types import HTTPScope, Receive, Send
from msgspec import Struct

from newsloom.serve.answers import SECURITY_HEADERS, answer_text
from newsloom.settings import (
    LIVE_BEAT_SECONDS,
    LIVE_LISTENERS,
    LIVE_LOOK_SECONDS,
    LIVE_NEWS,
    LIVE_RETRY_SECONDS,
    LIVE_SEND_SECONDS,
    LIVE_TITLES,
)

LIVE: Final = "/live"
_FEED: Final = "public/feed.json"
_BEAT: Final = b": still here\n\n"
_HEADERS: Final = (
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # nginx in front passes events on as they come
    *SECURITY_HEADERS,
)


class Item(Struct, frozen=True):
    """A story as the site's JSON Feed tells it."""

    id: str
    title: str = ""
    date_published: datetime | None = None


class _Feed(Struct, frozen=True):
    items: tuple[Item, ...] = ()


class News(Struct, frozen=True):
    """What one change of the feed brought, newest first. `number` counts changes since the server began."""

    number: int
    version: str
    items: tuple[Item, ...]


class Bulletin:
    """What the feed holds, and what has been new in it. Knows files, not connections."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._state: tuple[int, int, int] | None = None
        self._items: tuple[Item, ...] | None = None
        self._news: list[News] = []
        self.number = 0
        self.version = ""

    def look(self) -> bool:
        """Read the feed again if it is another file now; whether it holds anything new."""
        try:
            state = self._path.stat()
            now = (state.st_mtime_ns, state.st_size, state.st_ino)
            if now == self._state:
                return False
            body = self._path.read_bytes()
            items = msgspec.json.decode(body, type=_Feed).items
        except (OSError, msgspec.MsgspecError):
            return False  # no feed, or one that is being written: the next look finds it
        before, self._state, self._items = self._items, now, items
        self.version = hashlib.blake2b(body, digest_size=6).hexdigest()
        fresh = find_fresh(before, items) if before is not None else ()
        self.number += 1
        self._news = [*self._news, News(self.number, self.version, tuple(fresh))][-LIVE_NEWS:]
        return bool(fresh)

    def recall(self, version: str) -> int:
        """The number of the news a listener was told last; the present one where that is not known."""
        return next((news.number for news in self._news if news.version == version), self.number)

    def tell(self, since: int) -> bytes:
        """The event of all that came after the news of that number, b"" when nothing did."""
        fresh = {item.id: item for news in reversed(self._news) if news.number > since for item in news.items}
        if not fresh:
            return b""
        titles = [item.title for item in fresh.values()][:LIVE_TITLES]
        data = {"count": len(fresh), "titles": titles, "version": self.version}
        return b"event: stories\nid: %s\ndata: %s\n\n" % (self.version.encode(), msgspec.json.encode(data))


def find_fresh(before: Sequence[Item], items: Sequence[Item]) -> list[Item]:
    """What is new in a feed. An older story that comes back because another left is not."""
    known = {item.id for item in before}
    oldest = min((item.date_published for item in before if item.date_published), default=None)
    return [
        item
        for item in items
        if item.id not in known and not (oldest and item.date_published and item.date_published < oldest)
    ]


class Newsroom:
    """Tells the listeners of one site. Made once for each event loop."""

    def __init__(self, root: Path) -> None:
        self._bulletin = Bulletin(root.resolve() / _FEED)
        self._listeners = 0
        self._bell: asyncio.Future[None] | None = None
        self._watch: asyncio.Task[None] | None = None
        self._closed = False

    async def serve(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        """Answer one listener for as long as it stays."""
        method = scope["method"]
        if method == "HEAD" or self._closed or self._listeners >= LIVE_LISTENERS:
            status, text = (200, "") if method == "HEAD" else (503, "Too many readers wait for news.")
            reply = answer_text(status, text, method, retry_after=str(LIVE_RETRY_SECONDS))
            await send({"type": "http.response.start", "status": reply.status, "headers": reply.headers})
            await send({"type": "http.response.body", "body": reply.body, "more_body": False})
            return
        self._listeners += 1
        gone = asyncio.ensure_future(_wait_for_end(receive))
        try:
            self._look()  # what is published by now is on the page that was just opened
            if self._watch is None or self._watch.done():
                self._watch = asyncio.create_task(self._look_out())
            told = self._bulletin.recall(_read_version(scope))
            await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
            await self._talk(told, gone, send)
        except TimeoutError:
            pass  # it does not take what it is sent: its connection is closed
        finally:
            gone.cancel()
            self._listeners -= 1

    async def prepare(self) -> None:
        """Let every listener go when the server is told to end, which waits until they have gone.

        The server has its own handlers in the event loop; what Python itself calls beside them is free.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(self.close))

    def close(self) -> None:
        """Let every listener go, and let no one in."""
        self._closed = True
        self._ring()
        if self._watch is not None:
            self._watch.cancel()

    async def _look_out(self) -> None:
        """Look for news for as long as anyone waits for it."""
        while self._listeners:
            await asyncio.sleep(LIVE_LOOK_SECONDS)
            self._look()

    def _look(self) -> None:
        if self._bulletin.look():
            self._ring()

    def _ring(self) -> None:
        bell, self._bell = self._bell, None
        if bell is not None:
            bell.set_result(None)

    async def _talk(self, told: int, gone: asyncio.Future[None], send: Send) -> None:
        """Greet a listener, then tell it what is new, or that all is well, until it is gone."""
        greeting = f"retry: {1000 * LIVE_RETRY_SECONDS}\nid: {self._bulletin.version}\n\n".encode()
        event = self._bulletin.tell(told) or greeting
        while not gone.done() and not self._closed:
            told = self._bulletin.number
            message: Any = {"type": "http.response.body", "body": event, "more_body": True}
            await asyncio.wait_for(send(message), LIVE_SEND_SECONDS)
            if self._bulletin.number == told and not self._closed:
                await self._wait(gone)
            event = self._bulletin.tell(told) or _BEAT
        if not gone.done():
            end: Any = {"type": "http.response.body", "body": b"", "more_body": False}
            await asyncio.wait_for(send(end), LIVE_SEND_SECONDS)

    async def _wait(self, gone: asyncio.Future[None]) -> None:
        """Wait for the bell, for the listener to go, or for the time of a sign of life."""
        if self._bell is None:
            self._bell = asyncio.get_running_loop().create_future()
        await asyncio.wait((self._bell, gone), timeout=LIVE_BEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED)


async def _wait_for_end(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _read_version(scope: HTTPScope) -> str:
    """The id of the last event a browser saw, as it says when it comes back."""
    found = (value for name, value in scope["headers"] if name == b"last-event-id")
    return next(found, b"").decode("latin-1")
