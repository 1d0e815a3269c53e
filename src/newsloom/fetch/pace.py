"""How often one host is asked: a queue for each, spaced starts, and pauses that hosts ask for.

Time comes from the caller's clock, so that a test need not wait. Nothing here knows HTTP beyond the
Retry-After header.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from newsloom.fetch.causes import fault
from newsloom.fetch.limits import Limits


class _Lane:
    """One host's queue. `next_start` and `closed_until` are on the clock of the Pace."""

    def __init__(self, slots: int, spacing: float) -> None:
        self.slots = asyncio.Semaphore(slots)
        self.spacing = spacing
        self.next_start = 0.0
        self.closed_until = 0.0


class Pace:
    """Gives each host its turns, over all requests of one fetcher."""

    def __init__(self, limits: Limits, clock: Callable[[], float]) -> None:
        self._limits = limits
        self._clock = clock
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
            start = self._book(place, lane)
            await asyncio.sleep(max(0.0, start - self._clock()))
            async with self._all:
                yield

    def _book(self, place: str, lane: _Lane) -> float:
        now = self._clock()
        if lane.closed_until - now > self._limits.patience_seconds:
            raise fault("retry-later", place, f"{round(lane.closed_until - now)} s")
        start = max(now, lane.next_start, lane.closed_until)
        lane.next_start = start + lane.spacing
        return start

    def defer(self, place: str, seconds: float) -> None:
        """Start nothing at this host for so long; a shorter pause than the one kept changes nothing."""
        lane = self._lane(place)
        lane.closed_until = max(lane.closed_until, self._clock() + seconds)

    def space(self, place: str, seconds: float) -> None:
        """Keep at least so long between two starts at this host, as its robots.txt asks."""
        lane = self._lane(place)
        lane.spacing = max(self._limits.host_seconds, min(seconds, self._limits.crawl_delay_seconds))

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
