"""Redirects: how many, where to, and what goes along."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator

from newsloom.bench.courtesy.host import Routes, redirect, reply
from newsloom.bench.courtesy.range import Case, Range, ask, expect, outcome
from newsloom.fetch import Answer

_END = reply("<p>the page that was meant, with enough to read</p>")


def _leads(routes: Routes, code: str, *, tls: bool = False) -> Callable[[Range], Awaitable[str]]:
    """A host of these routes, asked for "/0", must end so."""

    async def drive(field: Range) -> str:
        host = await field.host(routes, tls=tls)
        async with field.fetcher() as fetcher:
            return expect(outcome(await ask(fetcher, host.url("/0"))), code, "outcome")

    return drive


def _chain(hops: int) -> Routes:
    return {f"/{number}": redirect(f"/{number + 1}") for number in range(hops)} | {f"/{hops}": _END}


async def _remembers_hops(field: Range) -> str:
    host = await field.host(
        {"/0": redirect("/1", "301 Moved"), "/1": redirect("2?a=b#c", "308 Moved"), "/2?a=b": _END}
    )
    async with field.fetcher() as fetcher:
        answer = await ask(fetcher, host.url("/0"))
    if not isinstance(answer, Answer):
        return outcome(answer)
    found = ([hop.status for hop in answer.hops], answer.final)
    return expect(found, ([301, 308], host.url("/2?a=b")), "hops and end")


async def _downgrade(field: Range) -> str:
    plain = await field.host({"*": _END}, name="plain.example")
    safe = await field.host({"/0": redirect(f"http://{plain.place}/")}, name="safe.example", tls=True)
    async with field.fetcher() as fetcher:
        code = outcome(await ask(fetcher, safe.url("/0")))
    return expect(code in {"refused-downgrade", "refused-redirect"}, True, "refused") or expect(
        plain.connections, 0, "connections to the plain host"
    )


async def _downgrade_at_home(field: Range) -> str:
    safe = await field.host({}, name="safe.example", tls=True)
    safe.routes["/0"] = redirect(f"http://{safe.place}/1")
    async with field.fetcher() as fetcher:
        return expect(outcome(await ask(fetcher, safe.url("/0"))), "refused-downgrade", "outcome")


async def _credentials(field: Range) -> str:
    """A redirect with a password inside: refused, and its password is in no message."""
    host = await field.host({"/0": redirect("http://user:secret@news.example/")})
    async with field.fetcher() as fetcher:
        result = await ask(fetcher, host.url("/0"))
    return expect(outcome(result), "refused-userinfo", "outcome") or expect(
        "secret" in str(result), False, "the password is told"
    )


async def _form_stays(field: Range) -> str:
    """A form is never sent on to where a redirect leads."""
    host = await field.host({"/hub": redirect("/elsewhere", "307 Moved"), "/elsewhere": _END})
    async with field.fetcher() as fetcher:
        code = outcome(await ask(fetcher, host.url("/hub"), kind="hub", form=(("hub.mode", "subscribe"),)))
    return expect(code, "http-307", "outcome") or expect(len(host.asked("/elsewhere")), 0, "forms sent on")


async def _bears_nothing(field: Range) -> str:
    """Neither cookies nor a referrer nor credentials go along, to the same host or another."""
    host = await field.host({"/1": _END})
    head = reply(status="302 Found", Location="/1", Set_Cookie="id=1; Path=/")
    host.routes["/0"] = head
    async with field.fetcher() as fetcher:
        for _ in range(2):
            await ask(fetcher, host.url("/0"))
    sent = {name for seen in host.seen for name in seen.headers}
    return expect(sent & {"cookie", "authorization", "referer", "origin", "from"}, set(), "headers sent")


def list_cases() -> Iterator[Case]:
    """Chains, loops, downgrades, odd targets, and what goes along."""
    routes: dict[str, Callable[[Range], Awaitable[str]]] = {
        "five are followed": _leads(_chain(5), "ok"),
        "six are not": _leads(_chain(6), "too-many-redirects"),
        "an endless chain ends": _leads(_chain(50), "too-many-redirects"),
        "a loop of one": _leads({"/0": redirect("/0")}, "redirect-loop"),
        "a loop of two": _leads({"/0": redirect("/1"), "/1": redirect("/0")}, "redirect-loop"),
        "a loop by fragment": _leads({"/0": redirect("/0#again")}, "redirect-loop"),
        "a target that is no address": _leads({"/0": redirect("http://[broken")}, "bad-address"),
        "a target that is too long": _leads({"/0": redirect("/" + "a" * 5_000)}, "bad-address"),
        "no target": _leads({"/0": reply(status="302 Found")}, "http-302"),
        "an empty target": _leads({"/0": redirect("")}, "http-302"),
        "300 is not followed": _leads({"/0": redirect("/1", "300 Choose")}, "http-300"),
        "Refresh is not followed": _leads(
            {"/0": reply("<p>the page that stays where it is</p>", Refresh="0; url=http://127.0.0.1:1/")},
            "ok",
        ),
        "a target that breaks the header": _leads(
            {"/0": redirect("/1\tX: y"), "/1X:%20y": _END, "/1X: y": _END}, "ok"
        ),
        "over TLS": _leads(_chain(2), "ok", tls=True),
        "hops are remembered": _remembers_hops,
        "https to http, elsewhere": _downgrade,
        "https to http, same place": _downgrade_at_home,
        "credentials inside": _credentials,
        "a form stays": _form_stays,
        "nothing goes along": _bears_nothing,
    }
    for name, drive in routes.items():
        yield Case(group="redirects", name=name, drive=drive)
