from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from time import monotonic

import pytest
from msgspec import structs

from newsloom.bench.courtesy.range import Turns
from newsloom.errors import LimitError
from newsloom.fetch import LiveFetcher, Request
from newsloom.fetch.limits import Limits
from newsloom.fetch.pace import Pace, read_retry_after
from tests.fetch.servers import QUICK, Server, keeps_pace, reply

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def starts(pace: Pace, *places: str) -> list[tuple[str, float]]:
    """Where and when turns began, when all are asked for at once."""

    async def work() -> list[tuple[str, float]]:
        began: list[tuple[str, float]] = []
        zero = monotonic()

        async def take(place: str) -> None:
            async with pace.turn(place):
                began.append((place, monotonic() - zero))
                await asyncio.sleep(0.01)

        await asyncio.gather(*(take(place) for place in places))
        return began

    return asyncio.run(work())


def test_starts_are_spaced_even_where_connections_are_short() -> None:
    limits = Limits(concurrency=1, host_concurrency=2, host_seconds=0.03)
    began = starts(Pace(limits, monotonic), "a:80", "b:80", "b:80", "b:80", "a:80", "a:80")
    for place in ("a:80", "b:80"):
        moments = [moment for name, moment in began if name == place]
        assert all(later - earlier >= 0.029 for earlier, later in pairwise(moments))


def test_a_pause_asked_for_meanwhile_holds_for_those_who_wait() -> None:
    async def work() -> float:
        pace = Pace(Limits(host_seconds=0.02), monotonic)
        async with pace.turn("a:80"):
            waiting = asyncio.create_task(take(pace))
            await asyncio.sleep(0)
            pace.defer("a:80", 0.1)
            zero = monotonic()
        return await waiting - zero

    async def take(pace: Pace) -> float:
        async with pace.turn("a:80"):
            return monotonic()

    assert asyncio.run(work()) >= 0.09


def test_refusals_without_a_word_double_and_chance_only_adds() -> None:
    clock = [0.0]
    for roll, share in ((0.0, 1.0), (1.0, 1.1)):
        pace = Pace(Limits(retry_seconds=10), lambda: clock[0], roll=lambda roll=roll: roll)
        for seconds in (10, 20, 40):
            pace.refuse("a:80", None)
            assert pace.pause("a:80") == pytest.approx(seconds * share)
        pace.welcome("a:80")
        clock[0] += 1_000
        pace.refuse("a:80", 30.0)
        assert pace.pause("a:80") == pytest.approx(30 * share)


def test_no_pause_is_longer_than_a_day() -> None:
    pace = Pace(Limits(), lambda: 0.0)
    pace.refuse("a:80", 999_999_999.0)
    assert pace.pause("a:80") == 86_400.0


def test_pauses_outlive_a_fetcher_and_each_request_is_told(tmp_path: Path) -> None:
    async def work() -> None:
        limits = structs.replace(QUICK, patience_seconds=0.1)
        async with Server(
            {"/": reply(status="429 Slow down", Retry_After="90"), "/b": reply(b"b")}
        ) as server:
            with Turns(tmp_path / "hosts.sqlite") as ledger:
                async with LiveFetcher(allow=[server.place], limits=limits, ledger=ledger) as fetcher:
                    assert (await fetcher.fetch(Request(address=server.url("/")))).status == 429
            assert [place for place, _ in ledger.turns] == [server.place] * 2  # robots.txt and the page
            with Turns(tmp_path / "hosts.sqlite") as ledger:
                assert 89 < ledger.tell_wait(server.place, 0.0)[1] <= 99
                async with LiveFetcher(allow=[server.place], limits=limits, ledger=ledger) as fetcher:
                    with pytest.raises(LimitError) as caught:
                        await fetcher.fetch(Request(address=server.url("/b"), kind="robots"))
                assert caught.value.code == "retry-later"
            assert server.paths() == ["/"]
            with Turns(tmp_path / "others.sqlite") as ledger:
                zero = monotonic()
                ledger.close(server.place, 0.05)
                async with LiveFetcher(allow=[server.place], limits=limits, ledger=ledger) as fetcher:
                    assert (await fetcher.fetch(Request(address=server.url("/b")))).body == b"b"
                    assert monotonic() - zero >= 0.048  # the ledger's clock counts milliseconds

    asyncio.run(work())


def test_fetchers_with_one_ledger_keep_one_pace_and_one_pause(tmp_path: Path) -> None:
    async def work() -> None:
        limits = structs.replace(QUICK, host_seconds=0.1, patience_seconds=0.5)
        async with Server(
            {"/robots.txt": reply(), "/no": reply(status="503 No"), "*": reply(b"x")}
        ) as server:
            with Turns(tmp_path / "hosts.sqlite") as one, Turns(tmp_path / "hosts.sqlite") as two:
                async with (
                    LiveFetcher(allow=[server.place], limits=limits, ledger=one) as first,
                    LiveFetcher(allow=[server.place], limits=limits, ledger=two) as second,
                ):
                    asking = [
                        fetcher.fetch(Request(address=server.url(f"/{number}")))
                        for number in range(3)
                        for fetcher in (first, second)
                    ]
                    await asyncio.gather(*asking)
                    moments = [moment for _, moment in (*one.turns, *two.turns)]
                    assert len(moments) >= 7
                    assert keeps_pace(moments, 0.1)
                    assert min(len(one.turns), len(two.turns)) >= 3
                    await first.fetch(Request(address=server.url("/no")))
                    refused = two.tell_wait(server.place, 0.0)[1]
                    await second.fetch(Request(address=server.url("/yes")))
                    assert two.turns[-1][1] - one.turns[-1][1] >= refused > 0

    asyncio.run(work())


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0), ("  7 ", 7.0), ("0", 0.0), ("Tue, 24 Nov 2026 12:01:00 GMT", 60.0),
        ("Tuesday, 24-Nov-26 12:00:30 GMT", 30.0), ("Tue, 24 Nov 2026 11:00:00 GMT", 0.0),
        ("soon", None), ("-5", None), ("1.5", None), ("", None), ("٣", None), ("9" * 40, 999_999_999.0),
        ("Tue, 99 Nov 2026 12:01:00 GMT", None), ("Tue, 24 Nov 99999 12:01:00 GMT", None),
    ],
)  # fmt: skip
def test_retry_after_is_read_in_both_forms(value: str, seconds: float | None) -> None:
    assert read_retry_after(value, NOW) == seconds


def test_a_connection_is_kept_only_while_others_wait_for_its_host() -> None:
    async def work() -> None:
        async with (
            Server({"*": reply(b"x")}) as server,
            LiveFetcher(allow=[server.place], limits=QUICK) as fetcher,
        ):
            requests = [Request(address=server.url(f"/{number}")) for number in range(3)]
            await asyncio.gather(*(fetcher.fetch(request) for request in requests))
        kept = [seen.headers.get("connection", "") != "close" for seen in server.seen]
        assert kept[:2] == [True, True]  # robots.txt, whose page follows, and the first of three pages
        assert not kept[-1]

    asyncio.run(work())
