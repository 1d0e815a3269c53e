"""Sources over time: validators, feeds that churn, sources that move and go, hubs that die."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from typing import Final

from newsloom.bench.courtesy.host import after, drip, in_turn, redirect, reply
from newsloom.bench.courtesy.range import HASTY, QUICK, Case, Range, ask, expect, outcome
from newsloom.fetch import Answer, Request
from newsloom.sources import read_source

Drive = Callable[[Range], Awaitable[str]]

_MOMENT: Final = datetime(2026, 11, 24, 12, tzinfo=UTC)
_FORM: Final = (
    ("hub.mode", "subscribe"),
    ("hub.topic", "https://feed.example/rss?a=1&b=2"),
    ("hub.callback", "https://desk.example/hook/ü"),
)
_SENT: Final = (
    b"hub.mode=subscribe&hub.topic=https%3A%2F%2Ffeed.example%2Frss%3Fa%3D1%26b%3D2"
    b"&hub.callback=https%3A%2F%2Fdesk.example%2Fhook%2F%C3%BC"
)
ETAGS: Final = {
    "strong": '"a1"',
    "weak": 'W/"a1"',
    "without quotes": "a1",
    "with a blank": '"a 1"',
    "empty": '""',
    "marked by a packer": '"a1-gzip"',
    "weak in small letters": 'w/"a1"',
    "with a quote inside": '"a"1"',
    "with a comma": '"a1","a2"',
    "not ASCII": '"Grüße"',
    "long": '"' + "a" * 900 + '"',
    "a date": '"Tue, 24 Nov 2026 12:00:00 GMT"',
}
DATES: Final = {
    "as it should be": "Tue, 24 Nov 2026 12:00:00 GMT",
    "in local time": "Tue, 24 Nov 2026 13:00:00 +0100",
    "nonsense": "yesterday, maybe",
    "a number": "1795521600",
}


def _feed(*entries: tuple[str, str, str]) -> bytes:
    items = "".join(
        f"<item><guid>{guid}</guid><link>https://news.example/{link}</link><title>{title}</title></item>"
        for guid, link, title in entries
    )
    head = '<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>'
    return f"{head}{items}</channel></rss>".encode()


_ONE, _TWO, _THREE = ("1", "one", "First"), ("2", "two", "Second"), ("3", "three", "Third")


def _echoes(header: str, asked: str, value: str) -> Drive:
    """What a feed was sent with is given back byte for byte."""

    async def drive(field: Range) -> str:
        host = await field.host({"/robots.txt": reply(status="404 No")})
        host.routes["/feed"] = reply(_feed(_ONE), **{header: value})
        async with field.fetcher() as fetcher:
            first = await ask(fetcher, host.url("/feed"), kind="feed")
            if not isinstance(first, Answer):
                return f"outcome: {first.code}"
            host.routes["/feed"] = reply(status="304 Not Modified", **{header: value})
            kept = {"etag": first.etag, "last_modified": first.last_modified}
            second = await ask(fetcher, host.url("/feed"), kind="feed", **kept)
        sent = host.seen[-1].headers.get(asked, "").encode("latin-1")
        unchanged = isinstance(second, Answer) and second.unchanged and not second.body
        return expect(sent, value.encode(), "given back") or expect(unchanged, True, "304 is told")

    return drive


async def _asks_plainly(field: Range) -> str:
    host = await field.host({"*": reply(_feed(_ONE))})
    async with field.fetcher() as fetcher:
        await ask(fetcher, host.url("/feed"), kind="feed")
    sent = {name for seen in host.seen for name in seen.headers if name.startswith("if-")}
    return expect(sent, set(), "conditions nobody asked for")


async def _validator_breaks_nothing(field: Range) -> str:
    host = await field.host({"*": reply(_feed(_ONE))})
    async with field.fetcher() as fetcher:
        await ask(fetcher, host.url("/feed"), kind="feed", etag='"a"\r\nX-Evil: 1')
    return expect("x-evil" in host.seen[-1].headers, False, "a header was smuggled in")


def _churns(before: bytes, later: bytes, wanted: set[str]) -> Drive:
    """The same feed twice, its second form with another ETag: these addresses, however it is written."""

    async def drive(field: Range) -> str:
        answers = in_turn(reply(before, ETag='"1"'), reply(later, ETag='"2"'))
        host = await field.host({"/robots.txt": reply(status="404 No"), "/feed": answers})
        found: list[set[str]] = []
        etag = ""
        async with field.fetcher() as fetcher:
            for _ in range(2):
                answer = await ask(fetcher, host.url("/feed"), kind="feed", etag=etag)
                if not isinstance(answer, Answer):
                    return f"outcome: {answer.code}"
                feed = read_source("feed", answer.body, answer.final, _MOMENT, source=host.url("/feed"))
                found.append({entry.address for entry in feed.entries})
                etag = answer.etag
        last = host.seen[-1].headers.get("if-none-match")
        return expect(found[0] | found[1], wanted, "addresses") or expect(last, '"1"', "validator")

    return drive


def _moves(status: str, permanent: bool) -> Drive:
    """A move is told with its status, so that only permanent ones are ever taken over."""

    async def drive(field: Range) -> str:
        host = await field.host({"/old": redirect("/new", status), "/new": reply(_feed(_ONE))})
        async with field.fetcher() as fetcher:
            answer = await ask(fetcher, host.url("/old"), kind="feed")
        if not isinstance(answer, Answer):
            return f"outcome: {answer.code}"
        told = [hop.status in {301, 308} for hop in answer.hops]
        return expect((told, answer.final), ([permanent], host.url("/new")), "permanent, and where to")

    return drive


def _ends(status: str, code: str) -> Drive:
    async def drive(field: Range) -> str:
        host = await field.host({"/robots.txt": reply(status="404 No"), "*": reply("No.", status)})
        async with field.fetcher() as fetcher:
            result = await ask(fetcher, host.url("/feed"), kind="feed")
        return expect(outcome(result), code, "outcome") or expect(" (" in str(result), True, "has a remedy")

    return drive


def _hub(answer: bytes | None, code: str, *, slow: bool = False) -> Drive:
    """A hub is asked by form; None is one whose server is gone."""

    async def drive(field: Range) -> str:
        host = await field.host({"/robots.txt": reply(status="404 No"), "/hub": answer or b""})
        if slow:
            host.routes["/hub"] = after(4.0, reply(status="202 Accepted"))
        if answer is None:
            await host.__aexit__(None, None, None)
        async with field.fetcher(HASTY if slow else QUICK) as fetcher:
            result = await ask(fetcher, host.url("/hub"), kind="hub", form=_FORM)
        return expect(outcome(result), code, "outcome")

    return drive


async def _hub_form(field: Range) -> str:
    host = await field.host({"/robots.txt": reply(status="404 No"), "/hub": reply(status="202 Accepted")})
    async with field.fetcher() as fetcher:
        answer = await fetcher.fetch(Request(address=host.url("/hub"), kind="hub", form=_FORM))
    seen = host.seen[-1]
    kind = seen.headers.get("content-type", "")
    return (
        expect((seen.method, seen.body), ("POST", _SENT), "sent")
        or expect(kind, "application/x-www-form-urlencoded", "type")
        or expect(answer.status, 202, "status")
    )


async def _dead_hub_holds_up_nothing(field: Range) -> str:
    hub = await field.host({"*": drip(b"x" * 99, 0.1)})
    feed = await field.host({"/robots.txt": reply(status="404 No"), "/feed": reply(_feed(_ONE))})
    async with field.fetcher(HASTY) as fetcher:
        await ask(fetcher, hub.url("/hub"), kind="hub", form=_FORM)
        code = outcome(await ask(fetcher, feed.url("/feed"), kind="feed"))
    return expect(code, "ok", "outcome of the feed")


def list_cases() -> Iterator[Case]:
    """Validators, churn, moves, ends and hubs."""
    for name, value in ETAGS.items():
        drive = _echoes("ETag", "if-none-match", value)
        yield Case(group="validators", name=f"ETag {name}", drive=drive)
    for name, value in DATES.items():
        drive = _echoes("Last_Modified", "if-modified-since", value)
        yield Case(group="validators", name=f"Last-Modified {name}", drive=drive)
    yield Case(group="validators", name="none where none was given", drive=_asks_plainly)
    yield Case(group="validators", name="none that breaks the request", drive=_validator_breaks_nothing)
    for group, cases in _groups().items():
        for name, drive in cases.items():
            yield Case(group=group, name=name, drive=drive)


def _groups() -> dict[str, dict[str, Drive]]:
    one, two, three = (f"https://news.example/{name}" for name in ("one", "two", "three"))
    renamed = ("other", "two", "Second, edited")
    return {
        "churned feeds": {
            "reordered": _churns(_feed(_ONE, _TWO, _THREE), _feed(_THREE, _ONE, _TWO), {one, two, three}),
            "shrunk": _churns(_feed(_ONE, _TWO, _THREE), _feed(_TWO), {one, two, three}),
            "grown": _churns(_feed(_ONE), _feed(_THREE, _TWO, _ONE), {one, two, three}),
            "new GUID and title": _churns(_feed(_ONE, _TWO), _feed(_ONE, renamed), {one, two}),
            "the same under another ETag": _churns(_feed(_ONE, _TWO), _feed(_ONE, _TWO), {one, two}),
            "emptied": _churns(_feed(_ONE, _TWO), _feed(), {one, two}),
            "repeated entries": _churns(_feed(_ONE), _feed(_ONE, _ONE, _ONE, _TWO), {one, two}),
        },
        "moved and gone": {
            "301": _moves("301 Moved Permanently", permanent=True),
            "308": _moves("308 Permanent Redirect", permanent=True),
            "302": _moves("302 Found", permanent=False),
            "303": _moves("303 See Other", permanent=False),
            "307": _moves("307 Temporary Redirect", permanent=False),
            "410": _ends("410 Gone", "gone"),
            "404": _ends("404 Not Found", "not-found"),
            "401": _ends("401 Unauthorized", "login"),
            "402": _ends("402 Payment Required", "paywall"),
            "403": _ends("403 Forbidden", "forbidden"),
            "451": _ends("451 Unavailable For Legal Reasons", "legal"),
            "500": _ends("500 Internal Server Error", "server-error"),
            "503": _ends("503 Service Unavailable", "unavailable"),
            "521": _ends("521 Web Server Is Down", "server-error"),
            "418": _ends("418 I'm a Teapot", "http-418"),
        },
        "hubs": {
            "the form as it is": _hub_form,
            "gone": _hub(None, "refused-connection"),
            "410": _hub(reply(status="410 Gone"), "gone"),
            "500": _hub(reply(status="500 Oh"), "server-error"),
            "slow": _hub(reply(), "timeout", slow=True),
            "no HTTP": _hub(b"nonsense\r\n\r\n", "bad-answer"),
            "hangs up": _hub(b"", "cut-short"),
            "a dead one holds up nothing": _dead_hub_holds_up_nothing,
        },
    }
