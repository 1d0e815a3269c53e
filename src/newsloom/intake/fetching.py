"""The fetcher a pass works with, and what must outlive it: pauses, last requests, robots.txt files."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Final

import msgspec

from newsloom import settings
from newsloom.errors import FetchError
from newsloom.fetch import Fetcher, Limits, LiveFetcher, RecordingFetcher, ReplayFetcher
from newsloom.fetch.guard import read_target
from newsloom.fetch.robots import RobotsFile, read_rules
from newsloom.intake.sharing import SharingFetcher
from newsloom.site import Site
from newsloom.store import HostLedger, HostState, Index
from newsloom.store.shared import SharedStore

_CRAWL_DELAY: Final = b"crawl-delay"
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(RobotsFile)


class Web:
    """A fetcher, and the ledger of its hosts' pauses where it asks real ones."""

    def __init__(
        self, fetcher: Fetcher, live: LiveFetcher | None = None, ledger: HostLedger | None = None
    ) -> None:
        self.fetcher = fetcher
        self._live = live
        self._ledger = ledger

    def note_pause(self, address: str) -> float:
        """Write down the pause an address's host wants; until when, 0 where it wants none."""
        if self._live is None or self._ledger is None:
            return 0.0
        place = find_place(address)
        seconds = self._live.pace.pause(place)
        if not seconds:
            return 0.0
        until = time.time() + seconds
        self._ledger.note_pause(place, until)
        return until


@asynccontextmanager
async def open_web(
    site: Site, index: Index, replay: Sequence[Path], record: Path | None
) -> AsyncIterator[Web]:
    """The web as a pass sees it: recordings when there are any, else the real one."""
    if replay:
        yield Web(ReplayFetcher(replay))
        return
    before = {origin: _decoder.decode(payload) for origin, payload in index.robots().items()}
    with HostLedger(site.store) as ledger:
        live = LiveFetcher(
            site=site.config.contact or site.config.url,
            allow=site.config.allow,
            proxy=site.config.proxy,
            limits=Limits(host_seconds=settings.HOST_SECONDS),  # now: the pace of a pass, not of the import
            pauses=list_pauses(ledger.hosts(), before, time.time()),
            robots=before,
            on_request=lambda place: ledger.note_request(place, time.time()),
        )
        with ExitStack() as stack:
            async with live:
                fetcher: Fetcher = live
                if site.shared is not None:
                    store = stack.enter_context(SharedStore(site.shared))
                    fetcher = SharingFetcher(live, store, allow=site.config.allow, proxy=site.config.proxy)
                if record is not None:
                    fetcher = stack.enter_context(RecordingFetcher(fetcher, record))
                yield Web(fetcher, live, ledger)
            _keep_robots(index, before, live.robots())
        ledger.forget(time.time() - settings.HOST_MEMORY_SECONDS)


@asynccontextmanager
async def open_fetcher(
    site: Site, index: Index, replay: Sequence[Path], record: Path | None
) -> AsyncIterator[Fetcher]:
    """The fetcher alone, for what is no source: pictures."""
    async with open_web(site, index, replay, record) as web:
        yield web.fetcher


def list_pauses(
    hosts: Mapping[str, HostState], robots: Mapping[str, RobotsFile], now: float
) -> dict[str, float]:
    """Seconds each host still has to be left alone: it asked for it, or was asked a moment ago.

    A clock that was set back does not make a wait longer than it ever was.
    """
    spacings = {origin.partition("://")[2]: _read_spacing(file) for origin, file in robots.items()}
    pauses: dict[str, float] = {}
    for place, host in hosts.items():
        spacing = max(spacings.get(place, 0.0), settings.HOST_SECONDS)
        rest = min(host.started + spacing - now, spacing)
        asked = min(host.closed_until - now, settings.LONGEST_PAUSE_SECONDS * (1 + settings.RETRY_JITTER))
        if (seconds := max(rest, asked)) > 0:
            pauses[place] = seconds
    return pauses


def find_place(address: str) -> str:
    """The `host:port` that pace and pauses go by, "" for what is no address."""
    try:
        return read_target(address).place
    except FetchError:
        return ""


def _read_spacing(file: RobotsFile) -> float:
    if _CRAWL_DELAY not in file.body.lower():
        return 0.0
    return min(read_rules(file).delay, settings.CRAWL_DELAY_SECONDS)


def _keep_robots(index: Index, before: Mapping[str, RobotsFile], after: Mapping[str, RobotsFile]) -> None:
    fresh = {origin: file for origin, file in after.items() if before.get(origin) != file}
    index.put_robots({origin: _encoder.encode(file) for origin, file in fresh.items()})
