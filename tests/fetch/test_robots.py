from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newsloom.errors import FetchError
from newsloom.fetch import LiveFetcher, Request
from newsloom.store import HostLedger
from tests.fetch.servers import QUICK, Server, redirect, reply

RULES = reply(b"User-agent: *\nDisallow: /private\n", ETag='"r1"')


async def ask(fetcher: LiveFetcher, server: Server, path: str) -> str:
    """The cause an address is not read for, "" when it is."""
    try:
        await fetcher.fetch(Request(address=server.url(path)))
    except FetchError as error:
        return error.code
    return ""


def test_rules_are_kept_a_day_and_then_asked_for_with_their_validators() -> None:
    async def work() -> None:
        clock = [datetime(2026, 11, 24, tzinfo=UTC)]
        async with (
            Server({"/robots.txt": RULES, "*": reply(b"x")}) as server,
            LiveFetcher(allow=[server.place], limits=QUICK, now=lambda: clock[0]) as fetcher,
        ):
            assert await ask(fetcher, server, "/private") == "blocked-by-robots"
            clock[0] += timedelta(hours=23)
            assert await ask(fetcher, server, "/a") == ""
            server.routes["/robots.txt"] = reply(status="304 Not Modified")
            clock[0] += timedelta(hours=2)
            assert await ask(fetcher, server, "/private") == "blocked-by-robots"
            asked = [seen.headers.get("if-none-match") for seen in server.seen if seen.path == "/robots.txt"]
            assert asked == [None, '"r1"']

    asyncio.run(work())


def test_rules_outlive_a_fetcher_and_stand_in_while_the_server_is_down(tmp_path: Path) -> None:
    async def work(ledger: HostLedger) -> None:
        start = datetime(2026, 11, 24, tzinfo=UTC)

        def open_fetcher(days: int) -> LiveFetcher:
            now = start + timedelta(days=days)
            return LiveFetcher(allow=[server.place], limits=QUICK, ledger=ledger, now=lambda: now)

        async with Server({"/robots.txt": RULES, "*": reply(b"x")}) as server:
            async with open_fetcher(0) as fetcher:
                assert await ask(fetcher, server, "/a") == ""
            server.routes["/robots.txt"] = reply(status="500 Oh")
            for days in (0, 29):
                async with open_fetcher(days) as fetcher:
                    assert await ask(fetcher, server, "/private") == "blocked-by-robots"
                    assert await ask(fetcher, server, "/a") == ""
            assert len([seen for seen in server.seen if seen.path == "/robots.txt"]) == 2
            async with open_fetcher(31) as fetcher:
                assert await ask(fetcher, server, "/a") == "robots-unreachable"

    with HostLedger(tmp_path / "hosts.sqlite") as ledger:
        asyncio.run(work(ledger))


def test_what_another_fetcher_read_meanwhile_is_not_asked_for_again(tmp_path: Path) -> None:
    async def work(ledger: HostLedger) -> None:
        async with Server({"/robots.txt": RULES, "*": reply(b"x")}) as server:
            fetchers = [LiveFetcher(allow=[server.place], limits=QUICK, ledger=ledger) for _ in range(2)]
            async with fetchers[0] as first, fetchers[1] as second:
                assert await ask(first, server, "/a") == ""
                assert await ask(second, server, "/private") == "blocked-by-robots"
        assert [seen.path for seen in server.seen] == ["/robots.txt", "/a"]

    with HostLedger(tmp_path / "hosts.sqlite") as ledger:
        asyncio.run(work(ledger))


def test_a_file_that_could_not_be_read_is_asked_for_again_after_minutes() -> None:
    async def work() -> None:
        clock = [datetime(2026, 11, 24, tzinfo=UTC)]
        async with (
            Server({"/robots.txt": reply(status="500 Oh"), "*": reply(b"x")}) as server,
            LiveFetcher(allow=[server.place], limits=QUICK, now=lambda: clock[0]) as fetcher,
        ):
            assert await ask(fetcher, server, "/a") == "robots-unreachable"
            server.routes["/robots.txt"] = RULES
            clock[0] += timedelta(minutes=1)
            assert await ask(fetcher, server, "/a") == "robots-unreachable"
            clock[0] += timedelta(minutes=10)
            assert await ask(fetcher, server, "/a") == ""

    asyncio.run(work())


@pytest.mark.parametrize(
    ("robots", "code"),
    [
        (reply(status="404 No"), ""),
        (reply(status="403 No"), ""),
        (reply(status="401 No"), ""),
        (reply(status="429 Slow"), "robots-unreachable"),
        (reply(status="503 Later"), "robots-unreachable"),
        (redirect("/robots.txt"), ""),
        (redirect("http://169.254.169.254/robots.txt"), ""),
        (reply(b"User-agent: *\nDisallow: /\n", Content_Encoding="compress"), ""),
        (reply(b"User-agent: *\nAllow: /\n" + b"# x\n" * 200_000 + b"Disallow: /\n"), ""),
        (reply(b"User-agent: *\nDisallow: /\n" + b"# x\n" * 200_000), "blocked-by-robots"),
        (reply(b"\xef\xbb\xbfUser-agent: *\r\nDisallow: /\r\n"), "blocked-by-robots"),
        (reply(b"<html>not a robots file</html>"), ""),
        (reply(b"User-agent: newsloom\nDisallow: /\n\nUser-agent: *\nAllow: /\n"), "blocked-by-robots"),
        (reply(b"User-agent: newsloom\nDisallow:\n\nUser-agent: *\nDisallow: /\n"), ""),
        (b"", "robots-unreachable"),
    ],
)
def test_what_an_answer_means_is_as_the_rfc_says(robots: bytes, code: str) -> None:
    async def work() -> str:
        async with (
            Server({"/robots.txt": robots, "*": reply(b"x")}) as server,
            LiveFetcher(allow=[server.place], limits=QUICK) as fetcher,
        ):
            return await ask(fetcher, server, "/a")

    assert asyncio.run(work()) == code


def test_reservations_of_rights_are_kept_with_the_answer() -> None:
    async def work() -> None:
        page = reply(b"x", X_Robots_Tag="noai", TDM_Reservation="1", TDM_Policy="https://p.example/tdm.json")
        async with (
            Server({"/": page}) as server,
            LiveFetcher(allow=[server.place], limits=QUICK) as fetcher,
        ):
            answer = await fetcher.fetch(Request(address=server.url("/")))
        kept = [answer.header(name) for name in ("x-robots-tag", "tdm-reservation", "tdm-policy")]
        assert kept == ["noai", "1", "https://p.example/tdm.json"]

    asyncio.run(work())
