"""The whole site written into a folder, for any web server or a host of static pages.

Pages are made from the documents as they are, with the settings as they are now; no source is read and no
document changed. The folder then holds what `newsloom serve` would answer, at the same addresses.
"""

from __future__ import annotations

import gc
import hashlib
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import chain, groupby
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from msgspec import Struct, structs

from newsloom.archive import Archive
from newsloom.errors import ConfigError
from newsloom.holding import hold_index
from newsloom.publish.outputs import Output, hold_bytes, make_key, write_outputs
from newsloom.publish.view import Edition, compile_edition
from newsloom.publishing import plan_machines, plan_readers
from newsloom.site import Site, read_site
from newsloom.viewing import view_site

_SPARED: Final = frozenset({".git", "CNAME"})  # a host of pages keeps its own matters beside the pages
_MACHINES: Final = frozenset({"api", "search"})  # folders of what programs get
_PICTURES: Final = "assets/images"
_PLAIN_HOST: Final = ".nojekyll"  # tells GitHub's host to serve the files as they are


class Exported(Struct, frozen=True):
    """What an export came to: the stories shown, and how many files were written or removed."""

    stories: int
    changed: int


def export_site(root: Path, folder: Path) -> Exported:
    """Make `folder` hold the whole site, writing only what differs.

    Raises ConfigError where the folder holds something that no export put there, BusyError while a pass runs.
    """
    site = read_site(root.resolve())
    target = folder.resolve()
    ledger = site.private / "outputs" / f"export-{hashlib.sha256(str(target).encode()).hexdigest()[:12]}"
    _check_folder(site, target, ledger)
    with _without_collector(), hold_index(site) as index:
        Archive(site).recover()
        edition = compile_edition(view_site(site, index))
    readers = chain(plan_readers(edition), _plan_pictures(site), _plan_marks())
    with _without_collector(), _beside(partial(_write_machines, site, edition, target, ledger)) as join:
        changed = write_outputs(target, readers, ledger, spared=_SPARED | _MACHINES)
        changed += join()
    return Exported(stories=len(edition.shown), changed=changed)


def _write_machines(site: Site, edition: Edition, target: Path, ledger: Path) -> int:
    """Write what programs get: folders of their own, with a ledger of their own; how many files changed."""
    changed = 0
    planned = plan_machines(site, edition)
    for folder, outputs in groupby(planned, key=lambda output: output.path.split("/", 1)[0]):
        below = (structs.replace(output, path=output.path.split("/", 1)[1]) for output in outputs)
        changed += write_outputs(target / folder, below, ledger.with_name(f"{ledger.name}-{folder}"))
    return changed


@contextmanager
def _beside(work: Callable[[], int]) -> Iterator[Callable[[], int]]:
    """Do work in a process of its own where there is a second core; what is given waits for its end."""
    if len(os.sched_getaffinity(0)) < 2:
        yield work
        return
    context = get_context("fork")  # the view is there already: nothing is copied before it is changed
    with ProcessPoolExecutor(1, mp_context=context, initializer=_take, initargs=(work,)) as pool:
        yield pool.submit(_do).result


_taken: list[Callable[[], int]] = []  # of the process that works beside


def _take(work: Callable[[], int]) -> None:
    _taken.append(work)


def _do() -> int:
    return _taken[-1]()


@contextmanager
def _without_collector() -> Iterator[None]:
    """Spare the search for cycles: what is made here has none, and among 10,000 records it takes long."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _check_folder(site: Site, target: Path, ledger: Path) -> None:
    if site.root.is_relative_to(target):
        raise ConfigError(str(target), "holds the site itself", "export into a folder of its own")
    if ledger.is_file() or not target.exists():
        return
    if not target.is_dir():
        raise ConfigError(str(target), "is not a folder", "name a new or an empty folder")
    if any(path.name not in _SPARED for path in target.iterdir()):
        raise ConfigError(
            str(target), "holds files that no export put there", "name a new or an empty folder"
        )


def _plan_pictures(site: Site) -> Iterator[Output]:
    """The kept pictures and logos, copied as they are."""
    for path in sorted((site.root / _PICTURES).rglob("*")):
        if path.is_file() and not path.is_symlink():
            state = path.stat()
            key = make_key(state.st_size, state.st_mtime_ns)
            yield Output(str(path.relative_to(site.root)), key, partial(path.read_bytes))


def _plan_marks() -> Iterator[Output]:
    yield hold_bytes(_PLAIN_HOST, b"")
