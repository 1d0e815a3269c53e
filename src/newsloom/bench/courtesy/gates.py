"""Walls in place of pages, certificates nobody vouches for, and the owner's proxy."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import Any, Final

from newsloom.bench.courtesy.host import Host, redirect, reply
from newsloom.bench.courtesy.range import Case, Range, ask, expect, outcome
from newsloom.fetch import Answer

Drive = Callable[[Range], Awaitable[str]]

_PUBLIC: Final = (
    "93.184.216.34"  # an address of the public web; only the proxy of a case is ever asked for it
)
_PAGE: Final = "<p>a page with enough to read on it</p>"


def _page(title: str, body: str) -> str:
    return f"<!doctype html><html><head><title>{title}</title></head><body>{body}</body></html>"


# What walls show, cut down to the marks that tell them.
WALLS: Final = {
    "Cloudflare": ("bot-wall", _page("Just a moment...", "<script>window._cf_chl_opt={}</script>")),
    "Cloudflare, blocked": (
        "bot-wall",
        _page("Attention Required! | Cloudflare", "<h1>Sorry, you have been blocked</h1>"),
    ),
    "DataDome": (
        "bot-wall",
        _page("x", "<script>var dd={'host':'geo.captcha-delivery.com'}</script>"),
    ),
    "HUMAN": ("bot-wall", _page("Access to this page has been denied", '<div id="px-captcha"></div>')),
    "Akamai": (
        "bot-wall",
        "<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD><BODY><H1>Access Denied</H1>"
        "You don't have permission to access this.<P>Reference&#32;&#35;18&#46;5e</BODY></HTML>",
    ),
    "Imperva": ("bot-wall", _page("", "Request unsuccessful. Incapsula incident ID: 7-19")),
    "Sucuri": ("bot-wall", _page("Sucuri WebSite Firewall", "<p>Access Denied - Sucuri</p>")),
    "AWS WAF": ("bot-wall", _page("Human Verification", "<script>window.gokuProps={}</script>")),
    "hCaptcha": (
        "bot-wall",
        _page("Security check", 'Complete the security check to go on<div class="h-captcha"></div>'),
    ),
    "words alone": ("bot-wall", _page("News - Are you a robot?", "<p>Please click the box.</p>")),
    "Google's consent": ("consent", _page("Before you continue to Google Search", "<p>We use cookies</p>")),
    "Yahoo's consent": (
        "consent",
        _page("Yahoo", "<p>Yahoo is part of the Yahoo family of brands</p><form action=/v2/collectConsent>"),
    ),
    "a dialogue alone": ("consent", _page("Zustimmung", "<script>window._sp_queue=[]</script>")),
    "read or pay, in German": (
        "consent",
        _page("Zeitung", "<p>Weiterlesen mit Werbung</p><button>Zustimmen und weiter</button>"),
    ),
    "a log-in": ("login", _page("Log in", '<form><input type="password"></form>')),
    "an offer": ("paywall", _page("Subscribe", "<p>Subscribe to continue reading</p>")),
    "a parked name": ("parked", _page("news.example", "<p>This domain is for sale</p>")),
    "not found, they say": ("soft-404", _page("Page not found", "<p>Try the search.</p>")),
    "a shell": (
        "javascript-only",
        _page("App", "<noscript>You need to enable JavaScript to run this app.</noscript>"),
    ),
    "nothing": ("empty-page", _page("", "")),
}


def _tells(body: str, code: str, status: str = "200 OK", **headers: str) -> Drive:
    async def drive(field: Range) -> str:
        answer = reply(body, status, Content_Type="text/html", **headers)
        host = await field.host({"/robots.txt": reply(status="404 No"), "*": answer})
        async with field.fetcher() as fetcher:
            return expect(outcome(await ask(fetcher, host.url("/2026/x"))), code, "outcome")

    return drive


def _tls(name: str, code: str, *, trusted: bool = True) -> Drive:
    async def drive(field: Range) -> str:
        host = await field.host({"*": reply(_PAGE)}, name=name, tls=True)
        options: dict[str, Any] = {} if trusted else {"tls": None}
        async with field.fetcher(**options) as fetcher:
            found = outcome(await ask(fetcher, host.url("/x"), kind="page"))
        return expect(found, code, "outcome") or expect(bool(host.seen), code == "ok", "asked for anything")

    return drive


async def _plain_on_https(field: Range) -> str:
    host = await field.host({"*": reply(_PAGE)})
    async with field.fetcher() as fetcher:
        code = outcome(await ask(fetcher, f"https://{host.place}/", kind="robots"))
    return expect(code in {"tls", "timeout", "cut-short"}, True, f"outcome {code}")


async def _proxied(field: Range) -> tuple[Host, Host]:
    """A proxy, and the site that public names lead to through it."""
    field.names["proxied.example"] = [_PUBLIC]
    site = await field.host({"/robots.txt": reply(status="404 No"), "*": reply(_PAGE)}, tls=True)
    proxy = await field.host({f"http://{_PUBLIC}/x": reply(_PAGE)})
    proxy.tunnels[f"{_PUBLIC}:443"] = site.port
    return proxy, site


def _by(proxy: Host, credentials: str = "") -> dict[str, Any]:
    return {"proxy": f"http://{credentials}{proxy.place}", "allow": []}


async def _proxy_plain(field: Range) -> str:
    proxy, _ = await _proxied(field)
    async with field.fetcher(**_by(proxy)) as fetcher:
        code = outcome(await ask(fetcher, "http://proxied.example/x"))
    lines = [(seen.path, seen.headers["host"]) for seen in proxy.seen]
    wanted = [(f"http://{_PUBLIC}/{path}", "proxied.example") for path in ("robots.txt", "x")]
    return expect(code, "ok", "outcome") or expect(lines, wanted, "asked of the proxy")


async def _proxy_tls(field: Range) -> str:
    proxy, site = await _proxied(field)
    async with field.fetcher(**_by(proxy, "user:secret@")) as fetcher:
        code = outcome(await ask(fetcher, "https://proxied.example/x"))
    asked = {(seen.method, seen.path) for seen in proxy.seen}
    inside = {seen.headers["host"] for seen in site.seen}
    told = any("proxy-authorization" in seen.headers for seen in site.seen)
    known = all("proxy-authorization" in seen.headers for seen in proxy.seen)
    return (
        expect(code, "ok", "outcome")
        or expect(asked, {("CONNECT", f"{_PUBLIC}:443")}, "asked of the proxy")
        or expect(inside, {"proxied.example"}, "Host inside the tunnel")
        or expect((known, told), (True, False), "credentials for the proxy, and for the site")
    )


async def _proxy_redirect(field: Range) -> str:
    proxy, _ = await _proxied(field)
    proxy.routes[f"http://{_PUBLIC}/x"] = redirect(f"http://127.0.0.1:{field.canary.port}/")
    async with field.fetcher(**_by(proxy)) as fetcher:
        code = outcome(await ask(fetcher, "http://proxied.example/x"))
    inner = [seen.path for seen in proxy.seen if "127.0.0.1" in seen.path]
    return expect(code, "refused-address", "outcome") or expect(inner, [], "inner addresses asked for")


async def _proxy_itself(field: Range) -> str:
    proxy, _ = await _proxied(field)
    async with field.fetcher(**_by(proxy)) as fetcher:
        code = outcome(await ask(fetcher, proxy.url("/")))
    return expect(code, "refused-address", "outcome") or expect(proxy.connections, 0, "connections")


async def _proxy_unnamed(field: Range) -> str:
    proxy, _ = await _proxied(field)
    async with field.fetcher(**_by(proxy)) as fetcher:
        code = outcome(await ask(fetcher, "http://nobody.example/x"))
    return expect(code, "dns", "outcome") or expect(proxy.connections, 0, "connections")


async def _proxy_refuses(field: Range) -> str:
    proxy, _ = await _proxied(field)
    proxy.tunnels.clear()
    proxy.routes["*"] = reply(status="403 Forbidden")
    async with field.fetcher(**_by(proxy)) as fetcher:
        code = outcome(await ask(fetcher, "https://proxied.example/x", kind="robots"))
    return expect(code, "proxy", "outcome")


async def _proxy_gone(field: Range) -> str:
    proxy, _ = await _proxied(field)
    await proxy.__aexit__(None, None, None)
    async with field.fetcher(**_by(proxy)) as fetcher:
        code = outcome(await ask(fetcher, "http://proxied.example/x", kind="robots"))
    return expect(code, "proxy", "outcome")


async def _wall_keeps_no_page(field: Range) -> str:
    """What a refusal says is looked at and never becomes a page."""
    host = await field.host({"/robots.txt": reply(status="404 No"), "*": reply("inner words", "403 No")})
    async with field.fetcher() as fetcher:
        result = await ask(fetcher, host.url("/x"))
    return expect(isinstance(result, Answer), False, "it became an answer") or expect(
        "inner words" in str(result), False, "its words are told"
    )


def list_cases() -> Iterator[Case]:
    """Walls by status, certificates, proxies."""
    for name, (code, body) in WALLS.items():
        yield Case(group="walls", name=f"{name}, 200", drive=_tells(body, code))
        if code == "bot-wall":
            for status in ("403 Forbidden", "429 Too Many", "503 Later"):
                label = f"{name}, {status[:3]}"
                yield Case(group="walls", name=label, drive=_tells(body, code, status))
    article = '<article><h1>"Just a moment..."</h1><p>window._cf_chl_opt explained.</p></article>'
    more: dict[str, dict[str, Drive]] = {
        "walls": {
            "by header": _tells("", "bot-wall", "403 Forbidden", cf_mitigated="challenge"),
            "AWS WAF, 202": _tells("", "bot-wall", "202 Accepted", x_amzn_waf_action="challenge"),
            "a plain 403 stays one": _tells(_page("Forbidden", "No."), "forbidden", "403 Forbidden"),
            "a plain 429 stays one": _tells("Slow down.", "too-many-requests", "429 Too Many"),
            "a plain 503 stays one": _tells("Back soon.", "unavailable", "503 Later"),
            "an article on walls is one": _tells(_page("How walls work", article), "ok"),
            "a refusal is no page": _wall_keeps_no_page,
        },
        "TLS": {
            "a certificate that is good": _tls("safe.example", "ok"),
            "nobody vouches for it": _tls("safe.example", "tls", trusted=False),
            "for another name": _tls("wrong.example", "tls"),
            "plain HTTP where TLS is due": _plain_on_https,
        },
        "proxy": {
            "asked for the judged address": _proxy_plain,
            "tunnels to it, with the name in TLS": _proxy_tls,
            "is never asked for an inner address": _proxy_redirect,
            "is itself no target": _proxy_itself,
            "is not asked for names nobody knows": _proxy_unnamed,
            "refuses": _proxy_refuses,
            "is gone": _proxy_gone,
        },
    }
    for group, cases in more.items():
        for name, drive in cases.items():
            yield Case(group=group, name=name, drive=drive)
