"""A site's index brought up to date, or moved from one place to another."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Final

from newsloom import settings
from newsloom.errors import ConfigError
from newsloom.holding import hold_site
from newsloom.place import Place, find_fault, find_place
from newsloom.site import Site, read_site
from newsloom.store import PASS, hold_lease, open_index
from newsloom.store.base import Transactions
from newsloom.store.connecting import connect
from newsloom.store.copying import copy_store, count_rows
from newsloom.store.migrating import Migrated, migrate

_OPTION: Final = "newsloom store copy --to"


def migrate_site(root: Path) -> tuple[Place, Migrated]:
    """Bring a site's index up to date; where it is, and its version before and after.

    Raises StoreError when the index is of a newer program, or fails.
    """
    place = read_site(root.resolve()).store
    with Transactions(connect(place), place) as store:
        return place, migrate(store)


def copy_site(root: Path, to: str, *, replace: bool = False) -> tuple[Place, dict[str, int]]:
    """Copy a site's index to where `to` (a value of `store`) says; that place, and how many rows by table.

    What is there is only overwritten with `replace`. Raises ConfigError where `to` is wrong or has rows,
    BusyError while somebody works on the site.
    """
    site = read_site(root.resolve())
    if fault := find_fault(to):
        raise ConfigError(_OPTION, fault)
    target = find_place(to, site.root)
    if target == site.store:
        raise ConfigError(_OPTION, "is where the index is already")
    with hold_site(site, seconds=settings.LOCK_SECONDS):
        return target, _copy(site, target, replace)


def _copy(site: Site, target: Place, replace: bool) -> dict[str, int]:
    with ExitStack() as stack:
        lease = None
        if target.shared:
            wait = settings.LOCK_SECONDS
            lease = stack.enter_context(hold_lease(target, PASS, site=str(target), seconds=wait))
        source = stack.enter_context(open_index(site.store))
        index = stack.enter_context(open_index(target, lease))
        if not replace and any(count_rows(index).values()):
            raise ConfigError(str(target), "holds an index already", "--replace overwrites it")
        return copy_store(source, index)
