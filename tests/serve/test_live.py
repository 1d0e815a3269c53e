"""News at `/live`: told once to everyone who waits, to nobody who does not take it, and by whatever changed."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import resource
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from litestar.types import HTTPReceiveMessage, HTTPScope, Message

from newsloom.serve import live
from newsloom.serve.live import Bulletin, Newsroom
from tests.builders import sample_site
from tests.serve.serving import start_server, stop_server, write_site


def write_feed(root: Path, *names: str, hour: int = 8) -> None:
    """A feed of these stories, the newest first, put in place as a pass does."""
    items = [
        {"id": name, "title": f"Told of {name}", "date_published": f"2026-11-24T{hour:02}:{at:02}:00Z"}
        for at, name in reversed(list(enumerate(reversed(names))))
    ]
    path = root / "public/feed.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps({"items": items}))
    fresh.replace(path)


def read_event(text: bytes) -> dict[str, Any]:
    (line,) = [line for line in text.decode().splitlines() if line.startswith("data: ")]
    event: dict[str, Any] = json.loads(line.removeprefix("data: "))
    return event


class Listener:
    """One browser that waits: what it was sent, until it goes. A `stuck` one takes nothing after the head."""

    def __init__(self, room: Newsroom, *, since: bytes = b"", stuck: bool = False) -> None:
        self.sent: list[Any] = []
        self._gone = asyncio.Event()
        self._stuck = stuck
        headers = [(b"last-event-id", since)] if since else []
        scope: Any = {"type": "http", "method": "GET", "headers": headers}
        self.task = asyncio.create_task(room.serve(HTTPScope(scope), self._receive, self._send))

    async def _receive(self) -> HTTPReceiveMessage:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if self._stuck and message["type"] == "http.response.body":
            await asyncio.Event().wait()
        self.sent.append(message)

    @property
    def text(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.sent)

    async def leave(self) -> None:
        self._gone.set()
        await self.task

    async def wait_for(self, text: bytes) -> None:
        async with asyncio.timeout(5):
            while text not in self.text:
                await asyncio.sleep(0.005)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "LIVE_LOOK_SECONDS", 0.01)


def test_only_what_is_new_is_news(tmp_path: Path) -> None:
    bulletin = Bulletin(tmp_path / "public/feed.json")
    assert not bulletin.look() and bulletin.tell(0) == b""  # no feed yet
    write_feed(tmp_path, "b", "a")
    assert not bulletin.look()  # what was there at the start is on the reader's page
    first = bulletin.version
    write_feed(tmp_path, "d", "c", "b", "a")
    assert bulletin.look() and not bulletin.look()
    event = read_event(bulletin.tell(bulletin.recall(first)))
    assert event == {"count": 2, "titles": ["Told of d", "Told of c"], "version": bulletin.version}
    write_feed(tmp_path, "d", "b", "a")
    assert not bulletin.look()  # a story was held; nothing is new
    write_feed(tmp_path, "d", "b", "a", "older", hour=7)
    assert not bulletin.look()  # an older one took its place at the end
    assert read_event(bulletin.tell(bulletin.recall(first)))["count"] == 2


def test_a_feed_that_cannot_be_read_is_waited_for(tmp_path: Path) -> None:
    bulletin = Bulletin(tmp_path / "public/feed.json")
    write_feed(tmp_path, "a")
    bulletin.look()
    (tmp_path / "public/feed.json").write_text('{"items": [{')
    assert not bulletin.look()
    write_feed(tmp_path, "b", "a")
    assert bulletin.look() and read_event(bulletin.tell(1))["titles"] == ["Told of b"]


def test_headlines_cannot_break_out_of_their_line(tmp_path: Path) -> None:
    bulletin = Bulletin(tmp_path / "public/feed.json")
    write_feed(tmp_path, "a")
    bulletin.look()
    write_feed(tmp_path, "x\n\nevent: evil\ndata: </script>\r", "a")
    assert bulletin.look()
    event = bulletin.tell(1)
    assert event.count(b"\n\n") == 1 and event.endswith(b"\n\n") and b"\r" not in event
    assert read_event(event)["titles"] == ["Told of x\n\nevent: evil\ndata: </script>\r"]


def test_everyone_who_waits_is_told_once(tmp_path: Path) -> None:
    async def play() -> None:
        write_feed(tmp_path, "a")
        room = Newsroom(tmp_path)
        listeners = [Listener(room) for _ in range(5)]
        for listener in listeners:
            await listener.wait_for(b"retry: 10000\nid: ")
        await listeners[0].leave()
        write_feed(tmp_path, "b", "a")
        for listener in listeners[1:]:
            await listener.wait_for(b"event: stories")
        write_feed(tmp_path, "c", "b", "a")
        for listener in listeners[1:]:
            await listener.wait_for(b"Told of c")
            assert listener.text.count(b"Told of b") == 1
            await listener.leave()
        assert b"Told of" not in listeners[0].text

    asyncio.run(play())


def test_who_comes_back_hears_what_was_missed(tmp_path: Path) -> None:
    async def play() -> None:
        write_feed(tmp_path, "a")
        room = Newsroom(tmp_path)
        first = Listener(room)
        await first.wait_for(b"id: ")
        version = first.text.split(b"id: ")[1].split()[0]
        await first.leave()
        write_feed(tmp_path, "b", "a")  # nobody waits, nobody looks
        again, stranger = Listener(room, since=version), Listener(room, since=b"never heard of")
        await again.wait_for(b"Told of b")
        await stranger.wait_for(b"id: ")
        assert b"event" not in stranger.text
        await again.leave()
        await stranger.leave()

    asyncio.run(play())


def test_silence_is_broken_by_signs_of_life(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "LIVE_BEAT_SECONDS", 0.01)

    async def play() -> None:
        listener = Listener(Newsroom(tmp_path))
        await listener.wait_for(b"\n: still here\n\n: still here\n\n")
        await listener.leave()

    asyncio.run(play())


def test_who_takes_nothing_is_let_go_and_holds_no_one_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "LIVE_SEND_SECONDS", 0.05)

    async def play() -> None:
        write_feed(tmp_path, "a")
        room = Newsroom(tmp_path)
        stuck, quick = Listener(room, stuck=True), Listener(room)
        await quick.wait_for(b"id: ")
        write_feed(tmp_path, "b", "a")
        await quick.wait_for(b"Told of b")
        await asyncio.wait_for(stuck.task, 5)
        await quick.leave()

    asyncio.run(play())


def test_there_is_room_for_so_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "LIVE_LISTENERS", 2)

    async def play() -> None:
        room = Newsroom(tmp_path)
        some = [Listener(room) for _ in range(3)]
        await some[2].task
        assert some[2].sent[0]["status"] == 503
        assert (b"retry-after", b"10") in some[2].sent[0]["headers"]
        await some[0].leave()
        fresh = Listener(room)
        await fresh.wait_for(b"retry")
        room.close()
        await asyncio.gather(fresh.task, some[1].task)
        assert fresh.sent[-1] == {"type": "http.response.body", "body": b"", "more_body": False}

    asyncio.run(play())


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_site(tmp_path_factory.mktemp("site"), sample_site(url="https://x.example/desk/"))


@pytest.fixture
def port(site: Path) -> Iterator[int]:
    process, port = start_server(site, "/desk/")
    yield port
    assert stop_server(process) == 0


def ask(port: int, path: str, method: str = "GET") -> http.client.HTTPResponse:
    """The head of an answer; the body is read by whoever wants it."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, headers={"Connection": "close"})
    return connection.getresponse()


def test_the_server_tells_what_a_pass_brings_and_ends_though_someone_waits(site: Path) -> None:
    process, port = start_server(site, "/desk/")
    reply = ask(port, "/desk/live")
    assert reply.status == 200 and reply.getheader("content-type") == "text/event-stream"
    assert reply.getheader("cache-control") == "no-store"
    assert reply.getheader("x-content-type-options") == "nosniff"
    assert reply.readline() == b"retry: 10000\n"
    path = site / "public/feed.json"
    feed = json.loads(path.read_bytes())
    feed["items"].insert(0, {**feed["items"][0], "id": "fresh", "title": "A quetzal is seen"})
    (site / "fresh").write_text(json.dumps(feed))
    (site / "fresh").replace(path)
    told = b"".join(reply.readline() for _ in range(6))
    assert read_event(told)["titles"] == ["A quetzal is seen"]
    began = time.monotonic()
    assert stop_server(process) == 0 and time.monotonic() - began < 10
    assert reply.read() == b""


def test_pages_say_that_there_is_news_and_only_below_the_base(port: int) -> None:
    page, feed = ask(port, "/desk/"), ask(port, "/desk/feed.rss")
    assert page.getheader("server-timing") == "live" and feed.getheader("server-timing") is None
    for path, method, status in (
        ("/live", "GET", 404),
        ("/desk/live/", "GET", 404),
        ("/desk/live", "POST", 405),
        ("/desk/live", "HEAD", 200),
    ):
        reply = ask(port, path, method)
        assert reply.status == status, path
        reply.read()
    page.read()
    feed.read()


def test_many_can_wait_in_little_memory(site: Path) -> None:
    if resource.getrlimit(resource.RLIMIT_NOFILE)[1] < 2_000:
        pytest.skip("the system lets one process open too few connections")
    process, port = start_server(site, "/desk/")
    worker = int(Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()[-1])
    before = _resident(worker)
    readers = [socket.create_connection(("127.0.0.1", port), timeout=20) for _ in range(300)]
    for reader in readers:
        reader.sendall(b"GET /desk/live HTTP/1.1\r\nHost: x\r\n\r\n")
    for reader in readers:
        assert reader.recv(4_096).startswith(b"HTTP/1.1 200")
    assert _resident(worker) - before < 300 * 50 * 1024
    for reader in readers:
        reader.close()
    assert stop_server(process) == 0


def _resident(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
