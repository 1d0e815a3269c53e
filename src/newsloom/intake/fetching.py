"""The fetcher a pass works with, over the ledger of hosts that it shares with all who ask the same ones."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager
from hashlib import blake2b
from pathlib import Path
from typing import Final

from msgspec import Struct

from newsloom import settings
from newsloom.errors import FetchError, StoreError
from newsloom.fetch import Fetcher, Limits, LiveFetcher, RecordingFetcher, ReplayFetcher
from newsloom.fetch.guard import read_target
from newsloom.intake.sharing import SharingFetcher
from newsloom.place import Place
from newsloom.site import Site
from newsloom.store import HostLedger, open_ledger
from newsloom.store.shared import SharedStore

_REALM_BYTES: Final = 8
Tell = Callable[[StoreError], None]


class Terms(Struct, frozen=True, kw_only=True):
    """How a site asks the web: the name it gives, what it may read, and where it keeps its hosts' pace.

    `hosts` is the ledger of all who share it, `own` the site's, where that one cannot be had.
    """

    contact: str
    allow: tuple[str, ...]
    proxy: str
    limits: Limits
    hosts: Place
    own: Place

    @property
    def realm(self) -> str:
        """What tells sites apart that may not read the same; "" for all that read the public web directly."""
        if not self.allow and not self.proxy:
            return ""
        told = "\n".join((*sorted(self.allow), self.proxy))
        return blake2b(told.encode("utf-8", "surrogatepass"), digest_size=_REALM_BYTES).hexdigest()

    def open_ledger(self, tell: Tell | None = None) -> AbstractContextManager[HostLedger]:
        """The ledger of hosts; where it is not the one that is shared, why is told."""
        return open_ledger(self.hosts, self.own, self.realm, tell)

    def make_fetcher(self, ledger: HostLedger) -> LiveFetcher:
        """A fetcher that asks the web, at the pace the ledger keeps."""
        return LiveFetcher(
            site=self.contact, allow=self.allow, proxy=self.proxy, limits=self.limits, ledger=ledger
        )


def make_terms(site: Site) -> Terms:
    """The terms of a site, with the pace that is set now and not when this module was read."""
    return Terms(
        contact=site.config.contact or site.config.url,
        allow=site.config.allow,
        proxy=site.config.proxy,
        limits=Limits(host_seconds=settings.HOST_SECONDS),
        hosts=site.hosts,
        own=site.store,
    )


class Web:
    """A fetcher, and the pauses its hosts want where it asks real ones."""

    def __init__(self, fetcher: Fetcher, live: LiveFetcher | None = None) -> None:
        self.fetcher = fetcher
        self._live = live

    def tell_pause(self, address: str) -> float:
        """Until when an address's host wants to be left alone, 0 where it does not."""
        seconds = self._live.pace.pause(find_place(address)) if self._live is not None else 0.0
        return time.time() + seconds if seconds else 0.0


@asynccontextmanager
async def open_web(site: Site, replay: Sequence[Path], record: Path | None, tell: Tell) -> AsyncIterator[Web]:
    """The web as a pass sees it: recordings when there are any, else the real one; what it lacks is told."""
    if replay:
        yield Web(ReplayFetcher(replay))
        return
    terms = make_terms(site)
    with terms.open_ledger(tell) as ledger:
        async with terms.make_fetcher(ledger) as live:
            with ExitStack() as stack:
                fetcher: Fetcher = live
                if site.shared is not None:
                    store = stack.enter_context(SharedStore(site.shared))
                    fetcher = SharingFetcher(live, store, realm=terms.realm)
                if record is not None:
                    fetcher = stack.enter_context(RecordingFetcher(fetcher, record))
                yield Web(fetcher, live)
        ledger.forget(settings.HOST_MEMORY_SECONDS)


@asynccontextmanager
async def open_fetcher(
    site: Site, replay: Sequence[Path], record: Path | None, tell: Tell
) -> AsyncIterator[Fetcher]:
    """The fetcher alone, for what is no source: pictures."""
    async with open_web(site, replay, record, tell) as web:
        yield web.fetcher


def find_place(address: str) -> str:
    """The `host:port` that pace and pauses go by, "" for what is no address."""
    try:
        return read_target(address).place
    except FetchError:
        return ""
