"""Holding a lease for as long as a block runs, renewed in the background."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from newsloom import settings
from newsloom.errors import BusyError, LeaseLostError, StoreError
from newsloom.place import Place
from newsloom.store.base import Transactions
from newsloom.store.connecting import connect
from newsloom.store.leases import Lease, claim, fence, release
from newsloom.store.migrating import migrate

_LOOK: Final = 0.2  # seconds between two looks at a lease that somebody else has


@contextmanager
def hold_lease(
    place: Place, name: str, *, site: str, lock: str = "", seconds: float = 0.0
) -> Iterator[Lease]:
    """Hold a lease while the block runs; wait so many seconds for it. `lock` tells of a file held locked.

    Should this process die, the lease runs out by itself. Raises BusyError telling who holds it.
    """
    with Transactions(connect(place), place) as store:
        migrate(store)
        lease = _claim(store, name, site, lock, time.monotonic() + seconds)
        ended = threading.Event()
        renewer = threading.Thread(target=_renew, args=(store, lease, ended), daemon=True)
        renewer.start()
        try:
            yield lease
        finally:
            ended.set()
            renewer.join()
            with suppress(StoreError), store.transaction() as connection:  # it runs out all the same
                release(connection, lease)


def _claim(store: Transactions, name: str, site: str, lock: str, until: float) -> Lease:
    while True:
        try:
            with store.transaction() as connection:
                return claim(connection, name, settings.LEASE_SECONDS, site=site, lock=lock)
        except BusyError:
            if time.monotonic() >= until:
                raise
            time.sleep(_LOOK)


def _renew(store: Transactions, lease: Lease, ended: threading.Event) -> None:
    """Renew a lease until the end; one that is lost is left to the next write, which fails by it."""
    while not ended.wait(lease.seconds / settings.LEASE_RENEWALS):
        try:
            with store.transaction() as connection:
                fence(connection, lease)
        except StoreError:
            continue  # the database is away: it is tried again, or the lease runs out
        except LeaseLostError:
            return
