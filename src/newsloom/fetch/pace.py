"""How often one host is asked: a queue for each, spaced starts, and pauses that hosts ask for.

Time comes from the caller's clock and chance from the caller's die, so that a test need not wait. What
outlives the process, and what others who ask the same hosts have to know, is in a ledger that is asked
before each request. Nothing here knows HTTP beyond the Retry-After header.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from newsloom import settings
from newsloom.fetch.causes import fault
from newsloom.fetch.ledger import Ledger, consult
from newsloom.fetch.limits import Limits


class _Lane:
    """One host's queue, its `guests` those who want something of it now.

    `next_start` and `closed_until` are on the clock of the Pace.
    """

    def __init__(self, slots: int, spacing: float) -> None:
        self.slots = asyncio.Semaphore(slots)
        self.door = asyncio.Lock()
        self.spacing = spacing
        self.next_start = 0.0
        self.closed_until = 0.0
        self.refusals = 0
        self.guests = 0

    @property
    def opens(self) -> float:
        """The moment from which the next request may start."""
        return max(self.next_start, self.closed_until)


class Pace:
    """Gives each host its turns, over all requests of one fetcher and of all others with the same ledger.

    `roll` gives chances from 0 to 1.
    """

    def __init__(
        self,
        limits: Limits,
        clock: Callable[[], float],
        *,
        ledger: Ledger | None = None,
        roll: Callable[[], float] = random.random,
    ) -> None:
        self._limits = limits
        self._clock = clock
        self._ledger = ledger
        self._roll = roll
        self._lanes: dict[str, _Lane] = {}
        self._all = asyncio.Semaphore(limits.concurrency)

    @asynccontextmanager
    async def turn(self, place: str) -> AsyncIterator[None]:
        """Wait for this host's turn, then for a free connection, and hold both.

        Waiting hosts take no connection away from others. Raises LimitError "retry-later" when
        the host asked for a longer pause than a pass waits.
        """
        lane = self._lane(place)
        async with lane.slots:
            async with lane.door:
                await self._start(place, lane)
            try:
                yield
            finally:
                self._all.release()

    @contextmanager
    def visit(self, place: str) -> Iterator[None]:
        """Be one of a host's guests, from before its robots.txt is read until it has answered."""
        lane = self._lane(place)
        lane.guests += 1
        try:
            yield
        finally:
            lane.guests -= 1

    async def _start(self, place: str, lane: _Lane) -> None:
        """Take a connection at a moment when the host may be asked; only one of a host's requests is here.

        Both are looked at again after each wait: a pause may have been asked for meanwhile.
        """
        while True:
            while (wait := self._wait(place, lane)) > 0:
                await asyncio.sleep(wait)
            await self._all.acquire()
            taken = False
            try:
                taken = lane.opens <= self._clock() and await self._take(place, lane)
            finally:
                if not taken:
                    self._all.release()
            if taken:
                return

    async def _take(self, place: str, lane: _Lane) -> bool:
        """Note that the host is asked now; False, with a new moment, where the ledger knows of others."""
        ledger = self._ledger
        if ledger is None or await consult(ledger, ledger.take, place, lane.spacing):
            lane.next_start = self._clock() + lane.spacing
            return True
        rest, pause = await consult(ledger, ledger.tell_wait, place, lane.spacing)
        lane.next_start = self._clock() + rest
        self.defer(place, pause)
        return False

    def _wait(self, place: str, lane: _Lane) -> float:
        now = self._clock()
        if lane.closed_until - now > self._limits.patience_seconds:
            raise fault("retry-later", place, f"{round(lane.closed_until - now)} s")
        return lane.opens - now

    def defer(self, place: str, seconds: float) -> None:
        """Start nothing at this host for so long; a shorter pause than the one kept changes nothing."""
        lane = self._lane(place)
        seconds = min(seconds, self._limits.longest_pause_seconds)
        lane.closed_until = max(lane.closed_until, self._clock() + seconds)

    def refuse(self, place: str, asked: float | None) -> None:
        """Heed a host that said "too many" or "not now", and asked for that many seconds if it did.

        Never earlier than asked; without a word, twice as long each time. A little chance on top
        keeps the hosts of one bad minute, and other readers, from coming back all at once.
        """
        lane = self._lane(place)
        seconds = self._limits.retry_seconds * 2.0 ** min(lane.refusals, 16) if asked is None else asked
        lane.refusals += 1
        self.defer(place, seconds * (1 + settings.RETRY_JITTER * self._roll()))

    def welcome(self, place: str) -> None:
        """Forget a host's refusals, since it answered."""
        lane = self._lanes.get(place)
        if lane is not None:
            lane.refusals = 0

    def is_awaited(self, place: str) -> bool:
        """Whether this host has more guests than the one who asks."""
        return self._lane(place).guests > 1

    def space(self, place: str, seconds: float) -> None:
        """Keep at least so long between two starts at this host, as its robots.txt asks."""
        lane = self._lane(place)
        spacing = max(self._limits.host_seconds, min(seconds, self._limits.crawl_delay_seconds))
        if lane.next_start:
            lane.next_start += max(0.0, spacing - lane.spacing)  # the request before counts as well
        lane.spacing = spacing

    def pause(self, place: str) -> float:
        """Seconds this host still wants to be left alone, 0 when it does not."""
        lane = self._lanes.get(place)
        return max(0.0, lane.closed_until - self._clock()) if lane else 0.0

    def _lane(self, place: str) -> _Lane:
        lane = self._lanes.get(place)
        if lane is None:
            lane = _Lane(self._limits.host_concurrency, self._limits.host_seconds)
            self._lanes[place] = lane
        return lane


def read_retry_after(value: str, now: datetime) -> float | None:
    """Seconds a Retry-After header asks for, given as seconds or as a date; None when unreadable."""
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    date = date if date.tzinfo else date.replace(tzinfo=UTC)
    return max(0.0, (date - now).total_seconds())
