"""robots.txt as RFC 9309 has it: read once a host, kept for a day, asked for anew with its validators.

Matching is protego's. What is ours is what an unread file means: 4xx, and redirects that never end,
allow everything; 5xx, 429 and no answer at all forbid everything, unless an older copy is at hand. What
was read is in the ledger for the next fetcher and for others, so that a pass does not ask every host again.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Final

import msgspec
from msgspec import Struct, structs
from protego import Protego

from newsloom import settings
from newsloom.errors import FetchError
from newsloom.fetch.exchange import Answer, Request
from newsloom.fetch.guard import Target
from newsloom.fetch.ledger import Ledger, consult

PRODUCT: Final = "Newsloom"  # the token robots.txt files know this program by

# Groups for other programs are renamed to one: protego takes agents × rules steps to read a file.
_OTHER_AGENT: Final = re.compile(
    rf"^[ \t]*user[ \t-]?agent[ \t]*:(?![ \t]*(?:\*|[^\n]*{PRODUCT}))[^\n]*$", re.IGNORECASE | re.MULTILINE
)
_ENDLESS: Final = frozenset({"too-many-redirects", "redirect-loop"})  # "unavailable": RFC 9309, 2.3.1.2


class RobotsFile(Struct, frozen=True, kw_only=True):
    """What one origin answered when asked for its robots.txt.

    `read` is when it was as it is here, `tried` when it was last asked for (epoch seconds). `code` is
    the cause where it could not be read, which forbids everything else.
    """

    body: bytes = b""
    etag: str = ""
    last_modified: str = ""
    read: float = 0.0
    tried: float = 0.0
    code: str = ""


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(RobotsFile)


class Rules(Struct, frozen=True):
    """What one host's robots.txt says. `parsed` is None where it says nothing of use."""

    file: RobotsFile
    parsed: Protego | None = None
    delay: float = 0.0

    @property
    def reachable(self) -> bool:
        """Whether the file could be read, or is known not to be there."""
        return not self.file.code

    def allows(self, address: str) -> bool:
        """Whether Newsloom may read the address."""
        return self.reachable and (self.parsed is None or self.parsed.can_fetch(address, PRODUCT))


class Robots:
    """The rules of each place, fetched when first asked for. `now` gives epoch seconds."""

    def __init__(
        self,
        fetch: Callable[[Request], Awaitable[Answer]],
        now: Callable[[], float],
        ledger: Ledger | None = None,
    ) -> None:
        self._fetch = fetch
        self._now = now
        self._ledger = ledger
        self._rules: dict[str, Rules] = {}
        self._reading: dict[str, asyncio.Task[Rules]] = {}

    async def rules(self, target: Target) -> Rules:
        """The rules of a target's host; everybody who asks meanwhile waits for the one fetch."""
        key = f"{target.scheme}://{target.place}"
        known = self._rules.get(key)
        if known is not None and self._is_fresh(known.file):
            return known
        reading = self._reading.get(key)
        if reading is None:
            reading = self._reading[key] = asyncio.ensure_future(self._look(key))
        return await asyncio.shield(reading)

    async def _look(self, key: str) -> Rules:
        """The rules as the ledger has them, or asked anew."""
        try:
            await self._recall(key)
            known = self._rules.get(key)
            if known is not None and self._is_fresh(known.file):
                return known
            return await self._renew(key, known)
        finally:
            self._reading.pop(key, None)

    async def _recall(self, key: str) -> None:
        ledger, known = self._ledger, self._rules.get(key)
        payload = await consult(ledger, ledger.find_robots, key) if ledger is not None else None
        file = _decoder.decode(payload) if payload is not None else None
        if file is not None and (known is None or file.tried > known.file.tried):
            self._rules[key] = read_rules(file)

    def _is_fresh(self, file: RobotsFile) -> bool:
        failed = file.code or file.tried > file.read
        kept = settings.ROBOTS_RETRY_SECONDS if failed else settings.ROBOTS_SECONDS
        return 0 <= self._now() - file.tried < kept

    async def _renew(self, key: str, known: Rules | None) -> Rules:
        before = known.file if known is not None and known.reachable else None
        file = await self._read(f"{key}/robots.txt", before or RobotsFile())
        if known is not None and before is not None and file.body == before.body and not file.code:
            rules = structs.replace(known, file=file)  # parsed already
        else:
            rules = read_rules(file)
        self._rules[key] = rules
        if (ledger := self._ledger) is not None:
            await consult(ledger, ledger.put_robots, key, _encoder.encode(file))
        return rules

    async def _read(self, address: str, before: RobotsFile) -> RobotsFile:
        request = Request(
            address=address, kind="robots", etag=before.etag, last_modified=before.last_modified
        )
        try:
            answer = await self._fetch(request)
        except FetchError as error:
            # A refusal of the guard is told by the request itself.
            refused = error.code.startswith("refused-") and error.code != "refused-connection"
            return self._unread(before, "" if refused or error.code in _ENDLESS else error.code)
        read = self._now()
        if answer.unchanged:
            return structs.replace(before, read=read, tried=read)
        if answer.status >= 500 or answer.status == 429:
            return self._unread(before, "robots-unreachable")
        if answer.status not in {200, 203}:
            return RobotsFile(read=read, tried=read)
        return RobotsFile(
            body=answer.body, etag=answer.etag, last_modified=answer.last_modified, read=read, tried=read
        )

    def _unread(self, before: RobotsFile, code: str) -> RobotsFile:
        """The older copy while it may still stand in (RFC 9309, 2.4), else nothing but the cause."""
        now = self._now()
        if code and before.read and now - before.read < settings.ROBOTS_STALE_SECONDS:
            return structs.replace(before, tried=now)
        # A pause ends when the host said so, not when a failed try would be made again.
        return RobotsFile(read=now, tried=0.0 if code == "retry-later" else now, code=code)

    async def close(self) -> None:
        """Stop what is still being fetched."""
        reading = list(self._reading.values())
        for task in reading:
            task.cancel()
        await asyncio.gather(*reading, return_exceptions=True)


def read_rules(file: RobotsFile) -> Rules:
    """The rules a robots.txt holds for this program."""
    if not file.body:
        return Rules(file)
    parsed = parse_robots(file.body)
    return Rules(file, parsed, float(parsed.crawl_delay(PRODUCT) or 0.0))


def parse_robots(body: bytes) -> Protego:
    """Read a robots.txt, UTF-8 by RFC 9309; undecodable bytes spoil only their own line."""
    text = body.decode("utf-8-sig", "replace")
    return Protego.parse(_OTHER_AGENT.sub("User-agent: -", text))
