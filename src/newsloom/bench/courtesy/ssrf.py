"""Addresses that lead to a machine behind the firewall, each form through each door."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import Final

from newsloom.bench.courtesy.host import Host, redirect, reply
from newsloom.bench.courtesy.range import Case, Range, ask, expect, outcome

# Ways to write 127.0.0.1 and its neighbours as a host.
FORMS: Final = {
    "dotted": "127.0.0.1",
    "another of loopback": "127.8.9.10",
    "unspecified": "0.0.0.0",  # noqa: S104 - a host that is asked for, not one listened on
    "decimal": "2130706433",
    "octal": "0177.0.0.1",
    "octal, whole": "017700000001",
    "hexadecimal": "0x7f000001",
    "hexadecimal, dotted": "0x7f.0x0.0x0.0x1",
    "short": "127.1",
    "short, mixed": "0x7f.1",
    "zero": "0",
    "full-width digits": "１２７.０.０.１",
    "ideographic dots": "127。0。0。1",
    "circled digits": "①②⑦.⓪.⓪.①",
    "percent-coded": "%31%32%37.0.0.1",
    "trailing dot": "127.0.0.1.",
    "v6 loopback": "[::1]",
    "v6 unspecified": "[::]",
    "v6 mapped": "[::ffff:127.0.0.1]",
    "v6 mapped, hexadecimal": "[::ffff:7f00:1]",
    "v6 compatible": "[::127.0.0.1]",
    "v6 translated": "[::ffff:0:127.0.0.1]",
    "NAT64": "[64:ff9b::7f00:1]",
    "NAT64, local": "[64:ff9b:1::7f00:1]",
    "6to4": "[2002:7f00:1::]",
    "Teredo": "[2001:0:7f00:1::80ff:fffe]",
    "v6 private": "[fd12:3456::1]",
    "v6 link-local": "[fe80::1]",
    "v6 multicast": "[ff02::1]",
    "cloud metadata": "169.254.169.254",
    "private, 10/8": "10.0.0.1",
    "private, 172.16/12": "172.16.0.1",
    "private, 192.168/16": "192.168.0.1",
    "carrier NAT": "100.64.0.1",
    "multicast": "224.0.0.1",
    "reserved": "240.0.0.1",
    "broadcast": "255.255.255.255",
}

# Addresses as a whole, refused under other rules. {port} is the canary's.
ODD_ADDRESSES: Final = {
    "user name before the host": ("http://good.example@127.0.0.1:{port}/", "refused-userinfo"),
    "password": ("http://user:secret@127.0.0.1:{port}/", "refused-userinfo"),
    "fragment before the @": ("http://127.0.0.1:{port}#@good.example/", "refused-address"),
    "backslash": ("http://127.0.0.1:{port}\\@good.example/", "refused-address"),
    "tab and line ends in the host": ("http://12\t7.0\r\n.0.1:{port}/", "refused-address"),
    "zone id": ("http://[fe80::1%25eth0]:{port}/", "bad-address"),
    "file": ("file:///etc/passwd", "refused-scheme"),
    "ftp": ("ftp://127.0.0.1:{port}/", "refused-scheme"),
    "gopher": ("gopher://127.0.0.1:{port}/_x", "refused-scheme"),
    "data": ("data:text/html,x", "refused-scheme"),
    "javascript": ("javascript:alert(1)", "refused-scheme"),
    "websocket": ("ws://127.0.0.1:{port}/", "refused-scheme"),
    "port of ssh": ("http://public.example:22/", "refused-port"),
    "port of mail": ("http://public.example:25/", "refused-port"),
    "port of X11": ("http://public.example:6000/", "refused-port"),
    "port of IRC": ("http://public.example:6667/", "refused-port"),
}

Door = Callable[[Range, str], Awaitable[str]]


async def _ask_directly(field: Range, address: str, kind: str) -> str:
    async with field.fetcher() as fetcher:
        return outcome(await ask(fetcher, address, kind=kind))


async def _as_feed(field: Range, address: str) -> str:
    return await _ask_directly(field, address, "feed")


async def _as_page(field: Range, address: str) -> str:
    return await _ask_directly(field, address, "page")


async def _as_image(field: Range, address: str) -> str:
    return await _ask_directly(field, address, "image")


async def _as_hub(field: Range, address: str) -> str:
    async with field.fetcher() as fetcher:
        return outcome(await ask(fetcher, address, kind="hub", form=(("hub.mode", "subscribe"),)))


async def _as_robots(field: Range, address: str) -> str:
    host = await field.host({"/robots.txt": redirect(address), "*": reply("x")})
    async with field.fetcher() as fetcher:
        # A robots.txt that leads where it may not counts as none; it must never be read from there.
        return outcome(await ask(fetcher, host.url("/robots.txt"), kind="robots"))


async def _as_redirect(field: Range, address: str) -> str:
    host = await field.host({"/feed": redirect(address)})
    async with field.fetcher() as fetcher:
        return outcome(await ask(fetcher, host.url("/feed"), kind="feed"))


async def _as_second_hop(field: Range, address: str) -> str:
    host = await field.host(
        {"/feed": redirect("/next", "301 Moved"), "/next": redirect(address, "307 Moved")}
    )
    async with field.fetcher() as fetcher:
        return outcome(await ask(fetcher, host.url("/feed"), kind="page"))


async def _through_proxy(field: Range, address: str) -> str:
    proxy = await field.host({"*": reply("the proxy did it")})
    async with field.fetcher(allow=[], proxy=f"http://{proxy.place}") as fetcher:
        code = outcome(await ask(fetcher, address, kind="page"))
    return code if not proxy.seen else "the proxy was asked"


DOORS: Final[dict[str, Door]] = {
    "feed": _as_feed,
    "page": _as_page,
    "image": _as_image,
    "hub": _as_hub,
    "robots.txt's redirect": _as_robots,
    "redirect": _as_redirect,
    "second hop": _as_second_hop,
    "proxy": _through_proxy,
}


def _refuses(door: Door, address: str, code: str) -> Callable[[Range], Awaitable[str]]:
    async def drive(field: Range) -> str:
        found = await door(field, address.format(port=field.canary.port))
        return expect(found, code, "outcome") or untouched(field.canary)

    return drive


def untouched(canary: Host) -> str:
    """What is wrong when the forbidden host was connected to."""
    return expect(canary.connections, 0, "connections to the forbidden host")


def _names(found: list[str], door: Door = _as_page) -> Callable[[Range], Awaitable[str]]:
    async def drive(field: Range) -> str:
        field.names["trap.example"] = found
        code = await door(field, f"http://trap.example:{field.canary.port}/")
        return expect(code, "refused-address", "outcome") or untouched(field.canary)

    return drive


async def _rebinds(field: Range) -> str:
    """A name that is public when it is checked and private when it is connected to."""
    asked: list[str] = []

    async def lookup(name: str, port: int) -> list[str]:
        asked.append(name)
        return ["93.184.216.34"] if len(asked) == 1 else ["127.0.0.1"]

    async with field.fetcher(lookup=lookup) as fetcher:
        for _ in range(3):
            result = await ask(fetcher, f"http://rebind.example:{field.canary.port}/", kind="robots")
            if outcome(result) == "ok":
                return "an answer came"
    return untouched(field.canary)


async def _allowance_is_not_lent(field: Range) -> str:
    inner = await field.host({"*": reply("inner")})
    outer = await field.host({"/": redirect(inner.url("/admin"))})
    async with field.fetcher() as fetcher:
        code = outcome(await ask(fetcher, outer.url("/")))
    return expect(code, "refused-redirect", "outcome") or expect(len(inner.asked()), 0, "requests inside")


async def _allowance_counts_for_its_port(field: Range) -> str:
    host = await field.host({"*": reply("mine")})
    async with field.fetcher() as fetcher:
        mine = outcome(await ask(fetcher, host.url("/")))
        other = outcome(await ask(fetcher, f"http://127.0.0.1:{field.canary.port}/"))
    return expect((mine, other), ("ok", "refused-address"), "outcomes") or untouched(field.canary)


async def _network_is_not_lent(field: Range) -> str:
    outer = await field.host({"/": redirect(f"http://127.0.0.1:{field.canary.port}/")}, name="outer.example")
    async with field.fetcher(allow=["127.0.0.0/8"]) as fetcher:
        code = outcome(await ask(fetcher, outer.url("/")))
    return expect(code, "refused-redirect", "outcome") or untouched(field.canary)


async def _tells_no_address(field: Range) -> str:
    field.names["trap.example"] = ["10.11.12.13"]
    async with field.fetcher() as fetcher:
        result = await ask(fetcher, "http://trap.example/")
    return expect("10.11.12.13" in str(result), False, "tells the inner address")


def list_cases() -> Iterator[Case]:
    """Each form through each door, names that lead inside, and what `allow` may not do."""
    for door_name, door in DOORS.items():
        for name, host in FORMS.items():
            code = "refused-address"
            yield Case(
                group=f"SSRF: {door_name}",
                name=name,
                drive=_refuses(door, f"http://{host}:{{port}}/", code),
            )
        for name, (address, code) in ODD_ADDRESSES.items():
            yield Case(group=f"SSRF: {door_name}", name=name, drive=_refuses(door, address, code))
    found = {
        "loopback": ["127.0.0.1"],
        "private": ["10.1.2.3"],
        "v6 loopback": ["::1"],
        "v6 mapped": ["::ffff:127.0.0.1"],
        "zone id": ["fe80::1%eth0"],
        "public and private": ["93.184.216.34", "127.0.0.1"],
        "public v6 and private v4": ["2606:4700::1111", "192.168.1.1"],
    }
    for name, addresses in found.items():
        for door_name in ("page", "redirect", "hub", "proxy"):
            drive = _names(addresses, DOORS[door_name])
            yield Case(group="SSRF: names", name=f"{name}, by {door_name}", drive=drive)
    single = {
        "rebinding": _rebinds,
        "allow is not lent to a redirect": _allowance_is_not_lent,
        "an allowed network is not lent either": _network_is_not_lent,
        "allow counts for its port alone": _allowance_counts_for_its_port,
        "an error tells no inner address": _tells_no_address,
    }
    for name, drive in single.items():
        yield Case(group="SSRF: names", name=name, drive=drive)
