"""The one place where a name becomes a network address, and where that address is judged.

aiohttp asks this resolver and connects to nothing but what it gives, so the checked address is the
one connected to: a name that answers differently the second time (DNS rebinding) gains nothing.
A name with one public and one private address is refused whole. The socket factory looks at each
address once more right before connecting, which also covers hosts written as numbers, that aiohttp
does not ask a resolver about.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from aiohttp.abc import AbstractResolver, ResolveResult

from newsloom import settings
from newsloom.fetch.causes import fault
from newsloom.fetch.guard import Allowance, IPAddress, Target, name_range, read_ip, refuse_ip

Lookup = Callable[[str, int], Awaitable[list[str]]]

# The system's resolver blocks: threads of its own, since the loop's few would be held by dead names.
_THREADS: Final = ThreadPoolExecutor(settings.RESOLVERS, thread_name_prefix="names")
_GRANTS: Final = 4_096  # (address, port) pairs remembered; an allow-list names a handful of hosts


async def look_up(host: str, port: int) -> list[str]:
    """The network addresses of a name, as the system's resolver gives them. Raises OSError."""
    loop = asyncio.get_running_loop()
    found = await loop.run_in_executor(_THREADS, _ask_system, host, port)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _ask_system(host: str, port: int) -> list[tuple[Any, ...]]:
    return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG))


class GuardedResolver(AbstractResolver):
    """Resolves names for one connector and refuses what the guard refuses."""

    def __init__(self, allowance: Allowance, lookup: Lookup = look_up) -> None:
        self._allowance = allowance
        self._lookup = lookup
        self._granted: dict[tuple[IPAddress, int], None] = {}

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The judged addresses of a name. Raises RefusedError, or OSError when it has none."""
        target = Target(f"//{host}:{port}", "", host, port)
        results: list[ResolveResult] = []
        for text in await self._lookup(host, port):
            ip = read_ip(text)
            if ip is None:
                raise OSError(f"{host} has an unreadable address")
            if (refusal := refuse_ip(target, ip, self._allowance)) is not None:
                raise refusal
            if target.place in self._allowance.places:
                self._grant(ip, port)
            version = socket.AF_INET6 if ip.version == 6 else socket.AF_INET
            if family in {socket.AF_UNSPEC, version}:
                results.append(_result(host, text, port, version))
        if not results:
            raise OSError(f"{host} has no address")
        return results

    def _grant(self, ip: IPAddress, port: int) -> None:
        if len(self._granted) >= _GRANTS:
            del self._granted[next(iter(self._granted))]
        self._granted[ip, port] = None

    def open_socket(self, info: tuple[Any, ...]) -> socket.socket:
        """A socket for an address about to be connected to. Raises RefusedError for one not judged well."""
        family, kind, protocol, _, peer = info
        ip, port = read_ip(str(peer[0])), int(peer[1])
        if ip is None or not self._permits(ip, port):
            raise fault("refused-address", f"{peer[0]}:{port}")
        opened = socket.socket(family, kind, protocol)
        opened.setblocking(False)
        return opened

    def _permits(self, ip: IPAddress, port: int) -> bool:
        place = Target("", "", str(ip), port).place
        return (
            not name_range(ip)
            or self._allowance.covers(ip)
            or place in self._allowance.places
            or (ip, port) in self._granted
        )

    async def close(self) -> None:
        """Nothing is held open."""


def _result(host: str, text: str, port: int, family: socket.AddressFamily) -> ResolveResult:
    return ResolveResult(
        hostname=host, host=text, port=port, family=family, proto=0, flags=socket.AI_NUMERICHOST
    )
