"""The site in one hand: its lock on this machine, and where the store is shared its lease among machines."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from newsloom.lock import hold, identify
from newsloom.site import Site

if TYPE_CHECKING:
    from newsloom.store import Index, Lease


@contextmanager
def hold_site(site: Site, *, seconds: float = 0.0) -> Iterator[Lease | None]:
    """Hold a site while the block runs; wait so many seconds for it. A file of its own needs no lease.

    Raises BusyError telling who holds it.
    """
    with ExitStack() as stack:
        path = site.private / "lock"
        stack.enter_context(hold(path, seconds=seconds))
        if not site.store.shared:
            yield None
            return
        from newsloom.store import PASS, hold_lease  # noqa: PLC0415 - a site of files alone needs no database

        lease = hold_lease(site.store, PASS, site=str(site.root), lock=identify(path), seconds=seconds)
        yield stack.enter_context(lease)


@contextmanager
def hold_index(site: Site, *, seconds: float = 0.0) -> Iterator[Index]:
    """Hold a site and open its index, which writes only while the site is held."""
    from newsloom.store import open_index  # noqa: PLC0415 - as above

    with hold_site(site, seconds=seconds) as lease, open_index(site.store, lease) as index:
        yield index
