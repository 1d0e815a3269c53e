"""The whole site written into a folder, for any web server or a host of static pages.

Pages are made from the documents as they are, with the settings as they are now; no source is read and no
document changed. The folder then holds what `newsloom serve` would answer, at the same addresses.
"""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Final

from msgspec import Struct

from newsloom.archive import Archive
from newsloom.errors import ConfigError
from newsloom.lock import hold
from newsloom.pipeline import view_site
from newsloom.publish.outputs import Output, hold_bytes, make_key, write_outputs
from newsloom.publishing import plan_site
from newsloom.site import Site, read_site
from newsloom.store import open_index

_SPARED: Final = frozenset({".git", "CNAME"})  # a host of pages keeps its own matters beside the pages
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
    with hold(site.private / "lock"), open_index(site.private / "index.sqlite") as index:
        Archive(site).recover()
        view = view_site(site, index)
    outputs = chain(plan_site(view), _plan_pictures(site), _plan_marks())
    with _without_collector():
        changed = write_outputs(target, outputs, ledger, spared=_SPARED)
    return Exported(stories=sum(record.article.shown for record in view.records), changed=changed)


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
