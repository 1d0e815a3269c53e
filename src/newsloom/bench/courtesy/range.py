"""What one case plays on: hosts with names of their own, one of them forbidden, and a fetcher to try them."""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from types import TracebackType
from typing import Any, Final, Self

from msgspec import Struct, structs

from newsloom.bench.courtesy.certificate import client_context, server_context
from newsloom.bench.courtesy.host import Host, Routes, reply
from newsloom.errors import FetchError
from newsloom.fetch import Answer, Limits, LiveFetcher, Request, answer_or_fault
from newsloom.store import HostLedger

# Small bounds, so that what would take minutes is over in moments.
QUICK: Final = Limits(
    host_seconds=0.0,
    fetch_seconds=10.0,
    connect_seconds=3.0,
    retry_seconds=0.05,
    patience_seconds=0.5,
    wire_bytes=200_000,
    page_bytes=100_000,
    feed_bytes=150_000,
    notice_seconds=0.3,
)
HASTY: Final = structs.replace(QUICK, fetch_seconds=2.0)  # for answers that take longer than anybody waits
SECRET: Final = b"<html><body><p>an inner page that nobody outside may see</p></body></html>"


class Turns(HostLedger):
    """A ledger that tells each turn it gave, and when: a busy machine may delay the arrival of one alone."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.turns: list[tuple[str, float]] = []

    def take(self, place: str, spacing: float) -> bool:
        """As the ledger does it; what it gives is written down."""
        taken = super().take(place, spacing)
        if taken:
            self.turns.append((place, monotonic()))
        return taken

    @property
    def gaps(self) -> list[float]:
        """Seconds between one turn and the next."""
        return [later - earlier for (_, earlier), (_, later) in pairwise(self.turns)]


class Range:
    """Hosts on loopback for one case; an async context manager.

    Names end in `.example` and are resolved here alone. `canary` stands for a machine behind the owner's
    firewall: it is on no list, and nothing may ever connect to it.
    """

    def __init__(self) -> None:
        self.names: dict[str, list[str]] = {}
        self.asked: list[str] = []
        self._allow: list[str] = []

    async def __aenter__(self) -> Self:
        """Start the canary."""
        self._stack = AsyncExitStack()
        self.canary = await self._stack.enter_async_context(Host({"*": reply(SECRET)}, ip="0.0.0.0"))  # noqa: S104 - all of loopback's addresses
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop all hosts."""
        await self._stack.aclose()

    async def host(self, routes: Routes, *, name: str = "", ip: str = "127.0.0.1", tls: bool = False) -> Host:
        """Start a host the owner allows."""
        context = server_context() if tls else None
        host = await self._stack.enter_async_context(Host(routes, ip=ip, name=name, tls=context))
        if name:
            self.names[name] = [ip]
        self._allow.append(host.place)
        return host

    async def lookup(self, name: str, port: int) -> list[str]:
        """The network addresses of a name of this range."""
        self.asked.append(name)
        if name not in self.names:
            raise OSError("no such name")
        return self.names[name]

    def fetcher(self, limits: Limits = QUICK, **options: Any) -> LiveFetcher:  # noqa: ANN401 - LiveFetcher's own
        """A fetcher that may reach this range's hosts, certificates of its own authority included."""
        given: dict[str, Any] = {"allow": self._allow, "lookup": self.lookup, "tls": self.trust()} | options
        return LiveFetcher(site="https://desk.example/", limits=limits, **given)

    @cached_property
    def ledger(self) -> Turns:
        """A ledger for all fetchers of this case."""
        folder = self._stack.enter_context(TemporaryDirectory(prefix="newsloom-bench-"))
        return self._stack.enter_context(Turns(Path(folder) / "hosts.sqlite"))

    @staticmethod
    def trust() -> ssl.SSLContext:
        """A context that believes the range's authority."""
        return client_context()


class Case(Struct, frozen=True, kw_only=True):
    """One thing a fetcher must do, or must not. `drive` gives "" when it did, else what went wrong.

    Cases that are `timed` measure moments, so they are played when nothing loud is under way.
    """

    group: str
    name: str
    drive: Callable[[Range], Awaitable[str]]
    timed: bool = False


async def ask(fetcher: LiveFetcher, address: str, **request: Any) -> Answer | FetchError:  # noqa: ANN401 - Request's own
    """The answer, or the reason there is none: as a pass asks."""
    return await answer_or_fault(fetcher, Request(address=address, **request))


def outcome(result: Answer | FetchError) -> str:
    """The code of a failure, "ok" for an answer."""
    return result.code if isinstance(result, FetchError) else "ok"


def expect(found: object, wanted: object, what: str) -> str:
    """What is wrong, "" when nothing is."""
    return "" if found == wanted else f"{what}: {found!r} instead of {wanted!r}"
