"""The files of an export made from the documents and settings as they are now, in two processes.

What was made before, by an export or by a pass, is not made again where nothing it depends on has changed.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import groupby

from msgspec import structs

from newsloom.archive import Archive
from newsloom.beside import work_beside
from newsloom.exporting import Export
from newsloom.holding import hold_index
from newsloom.publish.view import Edition, compile_edition
from newsloom.publishing import plan_machines, plan_readers
from newsloom.viewing import view_site


def remake_files(export: Export) -> tuple[int, int]:
    """Make the site's files and write what differs; how many articles it shows, how many files changed."""
    with _without_collector(), hold_index(export.site) as index:
        Archive(export.site).recover()
        edition = compile_edition(view_site(export.site, index))
    with _without_collector(), work_beside(partial(_write_machines, export, edition)) as join:
        changed = export.write_readers(plan_readers(edition))
        changed += join()
    return len(edition.shown), changed


def _write_machines(export: Export, edition: Edition) -> int:
    """Write what programs get; how many files changed."""
    changed = 0
    planned = plan_machines(export.site, edition)
    for folder, outputs in groupby(planned, key=lambda output: output.path.split("/", 1)[0]):
        below = (structs.replace(output, path=output.path.split("/", 1)[1]) for output in outputs)
        changed += export.write_machines(folder, below)
    return changed


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
