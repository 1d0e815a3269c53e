"""The only way out to the web: one guarded, paced, bounded HTTP client.

Redirects are followed by hand so that every hop is judged anew; bodies arrive as they were sent and
are unpacked in bounded steps. No cookies, no credentials, no certificate left unchecked, no proxy but the
owner's.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from time import monotonic
from types import TracebackType
from typing import Final, Self

import aiohttp
from msgspec import structs

from newsloom import __version__
from newsloom.errors import RefusedError
from newsloom.fetch.causes import fault
from newsloom.fetch.decoding import ACCEPTED_CODINGS
from newsloom.fetch.exchange import KEPT_HEADERS, REDIRECTS, Answer, Hop, Request, join_location
from newsloom.fetch.guard import Allowance, Target, check_address, read_allowance
from newsloom.fetch.ledger import Ledger, consult
from newsloom.fetch.limits import Limits
from newsloom.fetch.outlet import Outlet
from newsloom.fetch.pace import Pace, read_retry_after
from newsloom.fetch.reading import read_body, read_notice
from newsloom.fetch.resolver import Lookup, look_up
from newsloom.fetch.robots import PRODUCT, Robots
from newsloom.fetch.transport import transport_fault

_PAUSES: Final = frozenset({429, 503})
_HOST_CODES: Final = frozenset({"dns", "refused-connection", "tls", "unreachable", "retry-later"})
_ACCEPT: Final[Mapping[str, str]] = {
    "page": "text/html, application/xhtml+xml;q=0.9, */*;q=0.1",
    "feed": "application/atom+xml, application/rss+xml, application/feed+json, */*;q=0.5",
    "site": "text/html, application/xhtml+xml, application/atom+xml, application/rss+xml, */*;q=0.5",
    "robots": "text/plain, */*;q=0.1",
    "image": "image/webp, image/jpeg, image/png, image/gif;q=0.8, */*;q=0.1",
}


def user_agent(site: str) -> str:
    """How this program names itself: product, version, and where to find who runs it."""
    return f"{PRODUCT}/{__version__}" + (f" (+{site})" if site.startswith(("http://", "https://")) else "")


def read_clock() -> datetime:
    """The present moment in UTC, to the second: as exact as an HTTP date."""
    return datetime.now(UTC).replace(microsecond=0)


class LiveFetcher:
    """Fetches from the web; an async context manager.

    `site` is the address of the site it works for, told in the User-Agent. `allow` is the owner's
    list of private servers: it counts for addresses asked for directly and for redirects that stay
    on the same host and port, and is never lent to a redirect from elsewhere. `tls` replaces the
    system's certificates, `lookup` its name resolution, `now` its clock; `proxy` is the owner's.
    `ledger` remembers pace, pauses and robots.txt of hosts beyond this fetcher.
    """

    def __init__(
        self,
        *,
        site: str = "",
        allow: Iterable[str] = (),
        limits: Limits | None = None,
        tls: ssl.SSLContext | None = None,
        lookup: Lookup = look_up,
        now: Callable[[], datetime] = read_clock,
        proxy: str = "",
        ledger: Ledger | None = None,
    ) -> None:
        self._agent = user_agent(site)
        self._allowance = read_allowance(allow)
        self._limits = limits or Limits()
        self._tls = tls
        self._lookup = lookup
        self._now = now
        self._proxy = proxy
        self._ledger = ledger

    async def __aenter__(self) -> Self:
        """Open connections' pools; nothing is sent yet."""
        self.pace = Pace(self._limits, monotonic, ledger=self._ledger)
        self._robots = Robots(self.fetch, lambda: self._now().timestamp(), self._ledger)
        # Two pools, so that a redirect can never ride on a connection only the owner's list allows.
        self._strict = self._open_outlet(Allowance())
        self._lenient = self._open_outlet(self._allowance)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close every connection."""
        await self._robots.close()
        await self._strict.close()
        await self._lenient.close()

    def _open_outlet(self, allowance: Allowance) -> Outlet:
        return Outlet(allowance, self._lookup, self._limits, tls=self._tls, proxy=self._proxy)

    async def fetch(self, request: Request) -> Answer:
        """Answer a request, redirects followed. Raises FetchError naming cause and way out.

        Its time is counted over all hops, but not while it waits for a host's turn.
        """
        target = check_address(request.address, self._allowance)
        trusted, hops = True, list[Hop]()
        seconds = self._limits.fetch_seconds
        while True:
            with self.pace.visit(target.place):
                await self._ask_robots(request, target)
                async with self.pace.turn(target.place):
                    started = monotonic()
                    answer = await self._exchange(request, target, trusted=trusted, seconds=seconds)
                    seconds -= monotonic() - started
            await self._heed_pause(target, answer)
            location = answer.header("location")
            if answer.status not in REDIRECTS or not location or request.form:
                return structs.replace(answer, hops=tuple(hops))
            hops.append(Hop(address=target.address, status=answer.status, location=location))
            following = self._follow(request, target, hops, trusted=trusted)
            trusted = trusted and following.place == target.place
            target = following

    async def _ask_robots(self, request: Request, target: Target) -> None:
        if request.kind in {"robots", "hub"}:  # a hub is there to be asked by programs; it is not crawled
            return
        rules = await self._robots.rules(target)
        if not rules.reachable:
            code = rules.file.code
            raise fault(code if code in _HOST_CODES else "robots-unreachable", request.address)
        if not rules.allows(target.address):
            raise fault("blocked-by-robots", request.address)
        if rules.delay:
            self.pace.space(target.place, rules.delay)

    async def _exchange(self, request: Request, target: Target, *, trusted: bool, seconds: float) -> Answer:
        """One request and its answer, redirects not followed."""
        outlet = self._lenient if trusted else self._strict
        try:
            async with (
                asyncio.timeout(seconds),
                await outlet.send(target, self._headers(request, target.place), request.form) as response,
            ):
                body = await read_body(request, response, self._limits)
                notice = await read_notice(response, self._limits)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise transport_fault(request.address, error) from error
        return Answer(
            address=request.address,
            final=target.address,
            status=response.status,
            observed=self._now(),
            headers=_kept_headers(response),
            body=body,
            notice=notice,
        )

    def _headers(self, request: Request, place: str) -> dict[str, str]:
        headers = {
            "User-Agent": self._agent,
            "Accept": _ACCEPT.get(request.kind, "*/*"),
            "Accept-Encoding": ACCEPTED_CODINGS,
        }
        if request.etag.isprintable() and request.etag:
            headers["If-None-Match"] = request.etag
        if request.last_modified.isprintable() and request.last_modified:
            headers["If-Modified-Since"] = request.last_modified
        if request.kind != "robots" and not self.pace.is_awaited(place):
            headers["Connection"] = "close"  # no open file kept for a host that nobody asks again soon
        return headers

    async def _heed_pause(self, target: Target, answer: Answer) -> None:
        if answer.status in _PAUSES:
            asked = read_retry_after(answer.header("retry-after"), self._now())
            self.pace.refuse(target.place, asked)
            if (ledger := self._ledger) is not None:
                await consult(ledger, ledger.close, target.place, self.pace.pause(target.place))
        elif answer.status < 400:
            self.pace.welcome(target.place)

    def _follow(self, request: Request, target: Target, hops: list[Hop], *, trusted: bool) -> Target:
        """The next hop's target, judged. Raises RefusedError or LimitError where it must not be followed."""
        if len(hops) > self._limits.redirects:
            raise fault("too-many-redirects", request.address)
        address = join_location(target.address, hops[-1].location)
        following = self._check_hop(address, target, trusted=trusted)
        if target.scheme == "https" and following.scheme == "http":
            raise fault("refused-downgrade", request.address)
        if any(following.address == hop.address for hop in hops):
            raise fault("redirect-loop", request.address)
        return following

    def _check_hop(self, address: str, target: Target, *, trusted: bool) -> Target:
        allowed = _judge(address, self._allowance)
        if trusted and allowed is not None and allowed.place == target.place:
            return allowed
        try:
            following = check_address(address)
        except RefusedError:
            if allowed is None:
                raise
            raise fault("refused-redirect", address) from None
        if following.place in self._allowance.places:
            raise fault("refused-redirect", address)
        return following


def _judge(address: str, allowance: Allowance) -> Target | None:
    try:
        return check_address(address, allowance)
    except RefusedError:
        return None


def _kept_headers(response: aiohttp.ClientResponse) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name.lower(), value.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
        for name, value in response.headers.items()
        if name.lower() in KEPT_HEADERS
    )
