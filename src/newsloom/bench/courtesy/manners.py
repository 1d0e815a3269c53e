"""What a good guest does: robots.txt kept, pace kept, pauses kept, an honest name, nothing carried."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Final

from msgspec import structs

from newsloom.bench.courtesy.host import Behaviour, Gauge, after, drip, in_turn, redirect, reply
from newsloom.bench.courtesy.range import HASTY, QUICK, Case, Range, ask, expect, outcome
from newsloom.fetch import Limits, Request, fetch_all

_PAGE: Final = reply("<p>a page with enough to read on it</p>")
_TOLERANCE: Final = 0.002  # seconds between the moment a start is booked and the one it is told

Drive = Callable[[Range], Awaitable[str]]


def _robots(answer: bytes | Behaviour, path: str, code: str, limits: Limits = QUICK) -> Drive:
    """With this robots.txt the path must be read ("ok") or not, and then not be asked for at all."""

    async def drive(field: Range) -> str:
        host = await field.host({"/robots.txt": answer, "*": _PAGE})
        async with field.fetcher(limits) as fetcher:
            found = outcome(await ask(fetcher, host.url(path)))
        asked = len(host.asked(path))
        return expect(found, code, "outcome") or expect(asked, int(code == "ok"), "requests for the page")

    return drive


def _rules(text: str, path: str, code: str = "blocked-by-robots") -> Drive:
    return _robots(reply(text), path, code)


async def _robots_elsewhere(field: Range) -> str:
    """A robots.txt may lead to another host; its rules count for the host that was asked."""
    field.names["www.example"] = ["127.0.0.1"]
    host = await field.host({"*": _PAGE})
    host.routes["/robots.txt"] = redirect(f"http://{host.place}/rules")
    host.routes["/rules"] = reply("User-agent: *\nDisallow: /no\n")
    async with field.fetcher() as fetcher:
        found = [outcome(await ask(fetcher, host.url(path))) for path in ("/no", "/yes")]
    return expect(found, ["blocked-by-robots", "ok"], "outcomes")


async def _robots_once(field: Range) -> str:
    host = await field.host({"/robots.txt": after(0.05, reply("User-agent: *\nAllow: /\n")), "*": _PAGE})
    async with field.fetcher() as fetcher:
        await asyncio.gather(*(ask(fetcher, host.url(f"/{number}")) for number in range(20)))
    return expect(len(host.asked("/robots.txt")), 1, "requests for robots.txt")


async def _robots_on_each_hop(field: Range) -> str:
    host = await field.host({"/robots.txt": reply("User-agent: *\nDisallow: /no\n"), "/0": redirect("/no")})
    async with field.fetcher() as fetcher:
        code = outcome(await ask(fetcher, host.url("/0")))
    return expect(code, "blocked-by-robots", "outcome") or expect(len(host.asked("/no")), 0, "requests")


async def _robots_kept_over_passes(field: Range) -> str:
    host = await field.host({"/robots.txt": reply("User-agent: *\nDisallow: /no\n"), "*": _PAGE})
    async with field.fetcher(ledger=field.ledger) as fetcher:
        await ask(fetcher, host.url("/a"))
    async with field.fetcher(ledger=field.ledger) as fetcher:
        code = outcome(await ask(fetcher, host.url("/no")))
    return expect(code, "blocked-by-robots", "outcome") or expect(
        len(host.asked("/robots.txt")), 1, "requests"
    )


def _paced(limits: Limits, gap: float, robots: bytes = reply(status="404 No")) -> Drive:
    """Six pages at once: no two requests to the host may start closer together than this."""

    async def drive(field: Range) -> str:
        host = await field.host({"/robots.txt": robots, "*": _PAGE})
        async with field.fetcher(limits, ledger=field.ledger) as fetcher:
            requests = [Request(address=host.url(f"/{number}")) for number in range(6)]
            results = [result async for _, result in fetch_all(fetcher, requests)]
        codes = {outcome(result) for result in results}
        # What robots.txt asks for is known after it has been read, so the gap after it counts as well.
        short = [found for found in field.ledger.gaps if found < gap - _TOLERANCE]
        return (
            expect(codes, {"ok"}, "outcomes")
            or expect(len(field.ledger.turns), len(host.seen), "requests told")
            or ("" if not short else f"two starts only {min(short):.3f} s apart")
        )

    return drive


async def _side_by_side(field: Range) -> str:
    gauge = Gauge()
    host = await field.host({"/robots.txt": reply(status="404 No"), "*": gauge.after(0.05, _PAGE)})
    async with field.fetcher() as fetcher:
        await asyncio.gather(*(ask(fetcher, host.url(f"/{number}")) for number in range(8)))
    return expect(gauge.most, 2, "requests at a time")


async def _all_at_once(field: Range) -> str:
    """The bound over all hosts holds."""
    gauge = Gauge()
    late = gauge.after(0.05, _PAGE)
    hosts = [await field.host({"/robots.txt": reply(status="404 No"), "*": late}) for _ in range(8)]
    async with field.fetcher(structs.replace(QUICK, concurrency=3)) as fetcher:
        results = await asyncio.gather(*(ask(fetcher, host.url("/x")) for host in hosts))
    codes = {outcome(result) for result in results}
    return expect(codes, {"ok"}, "outcomes") or expect(gauge.most, 3, "requests at a time")


async def _slow_host_alone(field: Range) -> str:
    slow = await field.host({"/robots.txt": reply(status="404 No"), "*": after(2.0, _PAGE)})
    quick = await field.host({"/robots.txt": reply(status="404 No"), "*": _PAGE})
    order: list[str] = []
    async with field.fetcher() as fetcher:
        requests = [Request(address=slow.url("/a")), *(Request(address=quick.url(f"/{n}")) for n in range(5))]
        async for request, _ in fetch_all(fetcher, requests):
            order.append(request.address)
    return expect(order[-1], slow.url("/a"), "the last answer")


def _pauses(answer: bytes, seconds: float, *, patience: float = 5.0) -> Drive:
    """After this answer the next request must come no earlier."""

    async def drive(field: Range) -> str:
        host = await field.host({"/robots.txt": reply(status="404 No"), "/a": answer, "*": _PAGE})
        limits = structs.replace(QUICK, patience_seconds=patience)
        async with field.fetcher(limits, ledger=field.ledger) as fetcher:
            await ask(fetcher, host.url("/a"))
            code = outcome(await ask(fetcher, host.url("/b")))
        waited = field.ledger.gaps[-1]
        return expect(code, "ok", "outcome") or (
            "" if waited >= seconds - _TOLERANCE else f"asked again after {waited:.2f} s"
        )

    return drive


def _gives_up(answer: bytes) -> Drive:
    """After this answer the host is left alone for the rest of the pass, and for the next one."""

    async def drive(field: Range) -> str:
        host = await field.host({"/robots.txt": reply(status="404 No"), "/a": answer, "*": _PAGE})
        async with field.fetcher(ledger=field.ledger) as fetcher:
            await ask(fetcher, host.url("/a"))
            first = outcome(await ask(fetcher, host.url("/b")))
        async with field.fetcher(ledger=field.ledger) as fetcher:
            second = outcome(await ask(fetcher, host.url("/b")))
        return expect((first, second), ("retry-later", "retry-later"), "outcomes") or expect(
            len(host.asked("/b")), 0, "requests"
        )

    return drive


async def _backs_off(field: Range) -> str:
    """Refused again and again without a word, it waits longer each time."""
    no = reply(status="503 No")
    host = await field.host({"/robots.txt": reply(status="404 No"), "*": in_turn(no, no, no, _PAGE)})
    limits = structs.replace(QUICK, patience_seconds=5.0)
    async with field.fetcher(limits, ledger=field.ledger) as fetcher:
        for _ in range(4):
            await ask(fetcher, host.url("/a"))
    gaps = field.ledger.gaps[1:]
    wanted = (0.05, 0.10, 0.20)
    short = [gap for gap, least in zip(gaps, wanted, strict=True) if gap < least - _TOLERANCE]
    return f"gaps of {[round(gap, 3) for gap in gaps]} s" if short else ""


async def _tells_requests(field: Range) -> str:
    """Each request is told before it is sent, so that pace outlives a process that is killed."""
    host = await field.host({"/robots.txt": reply(status="404 No"), "/0": redirect("/1"), "/1": _PAGE})
    async with field.fetcher(ledger=field.ledger) as fetcher:
        await ask(fetcher, host.url("/0"))
    told = field.ledger.turns
    early = all(moment <= seen.at for (_, moment), seen in zip(told, host.seen, strict=True))
    return expect([place for place, _ in told], [host.place] * 3, "told") or expect(
        early, True, "told before"
    )


async def _honest_name(field: Range) -> str:
    host = await field.host({"*": _PAGE})
    async with field.fetcher() as fetcher:
        await ask(fetcher, host.url("/x"))
        await ask(fetcher, host.url("/hub"), kind="hub", form=(("hub.mode", "subscribe"),))
    agents = {seen.headers.get("user-agent", "") for seen in host.seen}
    honest = all(agent.startswith("Newsloom/") and "+https://desk.example/" in agent for agent in agents)
    return expect(honest, True, f"names itself in {agents}") or expect(len(agents), 1, "names")


async def _no_cookies(field: Range) -> str:
    cookie = reply("<p>a page with enough to read on it</p>", Set_Cookie="session=1; Path=/")
    host = await field.host({"/robots.txt": reply("", Set_Cookie="robot=1"), "*": cookie})
    async with field.fetcher() as fetcher:
        for kind in ("page", "feed", "image"):
            await ask(fetcher, host.url("/x"), kind=kind)
    return expect(any("cookie" in seen.headers for seen in host.seen), False, "a cookie came back")


def list_cases() -> Iterator[Case]:
    """robots.txt, pace, pauses, and what is told and carried."""
    for name, drive in _ROBOTS.items():
        yield Case(group="robots.txt", name=name, drive=drive)
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=3_600), usegmt=True)
    spaced = structs.replace(QUICK, host_seconds=0.1, patience_seconds=9.0)
    for name, drive in {
        "starts are spaced": _paced(spaced, 0.1),
        "starts are spaced when connections are short": _paced(structs.replace(spaced, concurrency=1), 0.1),
        "crawl-delay is kept": _paced(QUICK, 0.15, reply("User-agent: *\nCrawl-delay: 0.15\n")),
        "crawl-delay of our own group": _paced(
            QUICK, 0.12, reply("User-agent: newsloom\nCrawl-delay: 0.12\n\nUser-agent: *\nCrawl-delay: 9\n")
        ),
        "a crawl-delay of a day is bounded": _paced(
            structs.replace(QUICK, crawl_delay_seconds=0.1, patience_seconds=9.0),
            0.1,
            reply("User-agent: *\nCrawl-delay: 86400\n"),
        ),
        "two at a time for one host": _side_by_side,
        "the bound over all hosts": _all_at_once,
        "a slow host holds up nobody": _slow_host_alone,
        "429 with seconds": _pauses(reply(status="429 Slow", Retry_After="1"), 1.0),
        "503 with seconds": _pauses(reply(status="503 Later", Retry_After="1"), 1.0),
        "429 without a word": _pauses(reply(status="429 Slow"), 0.05),
        "503 without a word": _pauses(reply(status="503 Later"), 0.05),
        "429 with nonsense": _pauses(reply(status="429 Slow", Retry_After="soon"), 0.05),
        "429 with a date gone by": _pauses(
            reply(status="429 Slow", Retry_After="Wed, 21 Oct 2015 07:28:00 GMT"), 0.0
        ),
        "429 with an hour": _gives_up(reply(status="429 Slow", Retry_After="3600")),
        "429 with a date": _gives_up(reply(status="429 Slow", Retry_After=date)),
        "503 with a date": _gives_up(reply(status="503 Later", Retry_After=date)),
        "429 with a century": _gives_up(reply(status="429 Slow", Retry_After="3155760000")),
        "longer each time": _backs_off,
        "each request is told": _tells_requests,
    }.items():
        yield Case(group="pace", name=name, drive=drive, timed=True)
    yield Case(group="privacy", name="an honest User-Agent", drive=_honest_name)
    yield Case(group="privacy", name="no cookie comes back", drive=_no_cookies)


_ROBOTS: Final[dict[str, Drive]] = {
    "disallow": _rules("User-agent: *\nDisallow: /no\n", "/no/page"),
    "disallow all": _rules("User-agent: *\nDisallow: /\n", "/x"),
    "disallow nothing": _rules("User-agent: *\nDisallow:\n", "/x", "ok"),
    "the longer allow wins": _rules("User-agent: *\nDisallow: /a\nAllow: /a/b\n", "/a/b/c", "ok"),
    "the longer disallow wins": _rules("User-agent: *\nAllow: /a\nDisallow: /a/b\n", "/a/b/c"),
    "a tie allows": _rules("User-agent: *\nDisallow: /a\nAllow: /a\n", "/a", "ok"),
    "wildcard": _rules("User-agent: *\nDisallow: /*.php\n", "/x/y.php?z"),
    "end": _rules("User-agent: *\nDisallow: /*.php$\n", "/x.php?z", "ok"),
    "our own group": _rules("User-agent: newsloom\nDisallow: /\n\nUser-agent: *\nAllow: /\n", "/x"),
    "our own group, in capitals": _rules("USER-AGENT: NEWSLOOM\nDISALLOW: /\n", "/x"),
    "our own group alone": _rules(
        "User-agent: Newsloom\nAllow: /\n\nUser-agent: *\nDisallow: /\n", "/x", "ok"
    ),
    "others' groups": _rules("User-agent: otherbot\nDisallow: /\n", "/x", "ok"),
    "two names in one group": _rules("User-agent: otherbot\nUser-agent: newsloom\nDisallow: /\n", "/x"),
    "comments and blanks": _rules("# hello\n\nUser-agent : *  # all\n Disallow : /x # no\n", "/x"),
    "old line ends": _rules("User-agent: *\r\nDisallow: /x\r\n", "/x"),
    "byte order mark": _rules("\ufeffUser-agent: *\nDisallow: /x\n", "/x"),
    "letters that are coded": _rules("User-agent: *\nDisallow: /gr%C3%BC%C3%9Fe\n", "/gr%C3%BC%C3%9Fe"),
    "an HTML page": _robots(reply("<html><body>Welcome</body></html>"), "/x", "ok"),
    "bytes that are no text": _robots(reply(bytes(range(256)) * 9), "/x", "ok"),
    "404": _robots(reply(status="404 No"), "/x", "ok"),
    "403": _robots(reply(status="403 No"), "/x", "ok"),
    "401": _robots(reply(status="401 No"), "/x", "ok"),
    "410": _robots(reply(status="410 No"), "/x", "ok"),
    "500": _robots(reply(status="500 No"), "/x", "robots-unreachable"),
    "503": _robots(reply(status="503 No"), "/x", "robots-unreachable"),
    "429": _robots(reply(status="429 No"), "/x", "robots-unreachable"),
    "no answer": _robots(after(4.0, _PAGE), "/x", "robots-unreachable", HASTY),
    "slow": _robots(drip(b"x" * 500, head=b"HTTP/1.1 200 OK\r\n\r\n"), "/x", "robots-unreachable", HASTY),
    "cut short": _robots(reply("User-agent: *", Content_Length="99"), "/x", "robots-unreachable"),
    "no HTTP": _robots(b"nonsense\r\n\r\n", "/x", "robots-unreachable"),
    "huge: the beginning counts": _robots(
        reply("User-agent: *\nDisallow: /x\n" + "# fill\n" * 100_000), "/x", "blocked-by-robots"
    ),
    "huge: the rest does not": _robots(
        reply("User-agent: *\nAllow: /\n" + "# fill\n" * 100_000 + "Disallow: /x\n"), "/x", "ok"
    ),
    "a loop": _robots(redirect("/robots.txt"), "/x", "ok"),
    "leads to another path": _robots_elsewhere,
    "asked for once": _robots_once,
    "counts for each hop": _robots_on_each_hop,
    "kept over passes": _robots_kept_over_passes,
}
