"""The door for hubs under pressure: slow, many and broken bodies; the rest is tested over the wire in tests/websub."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import cast

import pytest
from litestar.types import HTTPReceiveMessage, HTTPScope, Receive

from newsloom import settings
from newsloom.serve.hub import HubDoor
from newsloom.store import open_index
from newsloom.store.subscriptions import Subscriptions
from newsloom.websub import Subscription
from newsloom.websub.inbox import has_pushes

TOKEN = "t" * 43
SCOPE = cast(
    "HTTPScope", {"method": "POST", "headers": [(b"x-hub-signature", b"sha256=00")], "query_string": b""}
)


@pytest.fixture
def door(tmp_path: Path) -> HubDoor:
    with open_index(tmp_path / ".newsloom/index.sqlite"):
        pass
    one = Subscription(
        token=TOKEN, secret="s", source="a", hub="h", topic="a", callback="c", state="active", asked=1
    )
    Subscriptions(tmp_path / ".newsloom/index.sqlite").put([one])
    return HubDoor(tmp_path, "/desk/")


def hang() -> Receive:
    async def receive() -> HTTPReceiveMessage:
        await asyncio.sleep(60)
        raise AssertionError

    return cast("Receive", receive)


def say(*messages: dict[str, object]) -> Receive:
    left = list(messages)

    async def receive() -> HTTPReceiveMessage:
        return cast("HTTPReceiveMessage", left.pop(0))

    return cast("Receive", receive)


def test_only_the_form_of_a_callback_comes_in(door: HubDoor) -> None:
    assert door.find_token(f"/desk/websub/{TOKEN}") == TOKEN
    for path in (
        f"/websub/{TOKEN}",
        f"/desk/websub/{TOKEN}/",
        "/desk/websub/",
        f"/desk/websub/{'é' * 43}",
        "",
    ):
        assert door.find_token(path) == ""


def test_the_server_starts_without_the_readers_of_feeds() -> None:
    code = "import sys, newsloom.serve; sys.exit(any(name in sys.modules for name in ('aiohttp', 'lxml', 'feedparser')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_slow_body_ends_after_its_time(door: HubDoor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "WEBSUB_BODY_SECONDS", 0.05)
    assert asyncio.run(door.answer(SCOPE, hang(), TOKEN)).status == 408


def test_many_slow_bodies_leave_room_for_nobody_else_for_a_while_only(door: HubDoor) -> None:
    async def run() -> list[int]:
        begun, over = asyncio.Semaphore(0), asyncio.Event()

        async def dawdle() -> HTTPReceiveMessage:
            begun.release()
            await over.wait()
            return cast("HTTPReceiveMessage", {"type": "http.disconnect"})

        slow = [
            asyncio.create_task(door.answer(SCOPE, cast("Receive", dawdle), TOKEN))
            for _ in range(settings.WEBSUB_BODIES)
        ]
        for _ in slow:
            await begun.acquire()
        more = await door.answer(SCOPE, hang(), TOKEN)
        over.set()
        await asyncio.gather(*slow)
        whole = say({"type": "http.request", "body": b"x", "more_body": False})
        return [more.status, (await door.answer(SCOPE, whole, TOKEN)).status]

    assert asyncio.run(run()) == [503, 202]


def test_a_body_that_is_broken_off_is_not_kept(door: HubDoor, tmp_path: Path) -> None:
    broken = say({"type": "http.request", "body": b"<rss", "more_body": True}, {"type": "http.disconnect"})
    assert asyncio.run(door.answer(SCOPE, broken, TOKEN)).status >= 400
    assert not has_pushes(tmp_path / ".newsloom")


def test_a_query_of_very_many_fields_confirms_nothing(door: HubDoor) -> None:
    scope = cast(
        "HTTPScope", {"method": "GET", "headers": [], "query_string": b"hub.mode=subscribe&" * 10_000}
    )
    assert asyncio.run(door.answer(scope, hang(), TOKEN)).status == 404
