"""Opening a site's index: made when it is missing, brought up to date, set aside when it is damaged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy.exc import DatabaseError, OperationalError

from newsloom.errors import StoreError
from newsloom.place import Place, as_place
from newsloom.store.connecting import connect
from newsloom.store.hosts import HostLedger
from newsloom.store.index import Index
from newsloom.store.leases import Lease
from newsloom.store.migrating import migrate

_FILES: Final = ("", "-wal", "-shm")


def open_index(place: Place | Path, lease: Lease | None = None) -> Index:
    """Open a site's index, at its place or in the SQLite file of that path.

    It is made when it is missing and brought up to date when it is older. A damaged file is kept beside the
    new one as `….damaged`. With a lease it writes only while that is held. Raises StoreError when it can
    neither be opened nor made.
    """
    place = as_place(place)
    index = Index(connect(place), place, lease)
    try:
        _prepare(index)
    except StoreError as error:
        index.__exit__()
        if place.shared or not _is_damage(error):
            raise
        _set_aside(Path(place.address))
        index = Index(connect(place), place, lease)
        _prepare(index)
    return index


def rebuild_index(place: Place | Path, lease: Lease | None = None) -> Index:
    """Open a site's index without its records, so that all documents are read again.

    What cannot be read from documents stays, unless the file is damaged.
    """
    place = as_place(place)
    index = open_index(place, lease)
    try:
        index.clear()
    except StoreError as error:
        index.__exit__()
        if place.shared or not _is_damage(error):
            raise
        _set_aside(Path(place.address))
        index = open_index(place, lease)
    return index


@contextmanager
def open_ledger(
    place: Place, own: Place, realm: str, tell: Callable[[StoreError], None] | None = None
) -> Iterator[HostLedger]:
    """The ledger of hosts at a place that several sites have; where it cannot be had, `tell`, and the own."""
    with ExitStack() as stack:
        try:
            ledger = stack.enter_context(HostLedger(place, realm))
        except (OSError, StoreError) as error:
            if isinstance(error, StoreError) and not place.shared and _is_damage(error):
                _set_aside(Path(place.address))
                own = place
            elif tell is not None:
                tell(_describe_loss(place, error))
            ledger = stack.enter_context(HostLedger(own, realm))
        yield ledger


def _describe_loss(place: Place, error: OSError | StoreError) -> StoreError:
    """Why a ledger that sites share cannot be had, and what would let this one have it."""
    cause = error.cause if isinstance(error, StoreError) else str(error)
    return StoreError(
        str(place),
        f"the ledger of hosts that sites share cannot be opened, this site keeps a pace of its own: {cause}",
        f"let the user of `store` make and use the schema {place.schema}"
        if place.shared
        else "let who runs this site write the file, or set another folder as `shared`",
    )


def _prepare(index: Index) -> None:
    migrate(index)


def _is_damage(error: StoreError) -> bool:
    """Whether the file itself is broken; a full disk or a lock is no reason to throw it away."""
    cause = error.__cause__
    return isinstance(cause, DatabaseError) and not isinstance(cause, OperationalError)


def _set_aside(path: Path) -> None:
    path.replace(path.with_name(f"{path.name}.damaged"))
    for suffix in _FILES[1:]:
        path.with_name(path.name + suffix).unlink(missing_ok=True)
