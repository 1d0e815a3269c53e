"""robots.txt as RFC 9309 has it: read once a host, kept for the life of the fetcher.

Matching is protego's. What is ours is what an unread file means: 4xx allows everything, 5xx and no
answer at all forbid everything, for a day at most (a fetcher lives for one pass).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Final

from msgspec import Struct
from protego import Protego

from newsloom.errors import FetchError
from newsloom.fetch.exchange import Answer, Request
from newsloom.fetch.guard import Target

PRODUCT: Final = "Newsloom"  # the token robots.txt files know this program by

# Groups for other programs are renamed to one: protego takes agents × rules steps to read a file.
_OTHER_AGENT: Final = re.compile(
    rf"^[ \t]*user[ \t-]?agent[ \t]*:(?![ \t]*(?:\*|[^\n]*{PRODUCT}))[^\n]*$", re.IGNORECASE | re.MULTILINE
)


class Rules(Struct, frozen=True):
    """What one host's robots.txt says. `parsed` is None where it says nothing of use."""

    parsed: Protego | None = None
    reachable: bool = True

    def allows(self, address: str) -> bool:
        """Whether Newsloom may read the address."""
        if not self.reachable:
            return False
        return self.parsed is None or self.parsed.can_fetch(address, PRODUCT)

    @property
    def delay(self) -> float:
        """Seconds between two requests the file asks for, 0 when it does not."""
        return float((self.parsed.crawl_delay(PRODUCT) if self.parsed else None) or 0.0)


class Robots:
    """The rules of each host, fetched when first asked for."""

    def __init__(self, fetch: Callable[[Request], Awaitable[Answer]]) -> None:
        self._fetch = fetch
        self._known: dict[str, asyncio.Future[Rules]] = {}

    async def rules(self, target: Target) -> Rules:
        """The rules of a target's host; everybody who asks meanwhile waits for the one fetch."""
        key = f"{target.scheme}://{target.place}"
        known = self._known.get(key)
        if known is None:
            known = asyncio.ensure_future(self._read(f"{key}/robots.txt"))
            self._known[key] = known
        return await asyncio.shield(known)

    async def _read(self, address: str) -> Rules:
        try:
            answer = await self._fetch(Request(address=address, kind="robots"))
        except FetchError as error:
            # A refusal of the guard is told by the request itself; anything else is "unreachable".
            return Rules(reachable=error.code.startswith("refused-"))
        if answer.status >= 500:
            return Rules(reachable=False)
        return Rules(parsed=parse_robots(answer.body) if answer.status == 200 else None)

    async def close(self) -> None:
        """Stop what is still being fetched."""
        for known in self._known.values():
            known.cancel()
        await asyncio.gather(*self._known.values(), return_exceptions=True)


def parse_robots(body: bytes) -> Protego:
    """Read a robots.txt, UTF-8 by RFC 9309; undecodable bytes spoil only their own line."""
    text = body.decode("utf-8-sig", "replace")
    return Protego.parse(_OTHER_AGENT.sub("User-agent: -", text))
