"""The whole site written into a folder, for any web server or a host of static pages.

The folder then holds what `newsloom serve` would answer, at the same addresses; no source is read and no
document changed. Where the site is as the last pass left it, its files are copied. Else, and where history
is kept apart (a pass leaves a smaller index of search then), they are made from the documents and settings
as they are now. Either way a file is known by the key of what it was made from, and written only where it
differs.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Final

from msgspec import Struct

from newsloom.beside import work_beside
from newsloom.errors import ConfigError
from newsloom.holding import hold_site
from newsloom.publish.outputs import Output, hold_bytes, make_key, read_ledger, write_outputs
from newsloom.settling import is_settled, read_settled
from newsloom.site import Site, read_site

MACHINES: Final = ("api", "search")  # folders of what programs get
_SPARED: Final = frozenset({".git", "CNAME"})  # a host of pages keeps its own matters beside the pages
_PICTURES: Final = "assets/images"
_PLAIN_HOST: Final = ".nojekyll"  # tells GitHub's host to serve the files as they are


class Exported(Struct, frozen=True):
    """What an export came to: the articles shown, and how many files were written or removed."""

    shown: int
    changed: int


class Export(Struct, frozen=True):
    """A site and the folder it is written into; `ledger` remembers what each file there was made from."""

    site: Site
    target: Path
    ledger: Path

    def write_readers(self, outputs: Iterable[Output]) -> int:
        """Write what readers get, with the pictures and logos that are kept; how many files changed."""
        planned = chain(outputs, _plan_pictures(self.site), _plan_marks())
        return write_outputs(self.target, planned, self.ledger, spared=_SPARED.union(MACHINES))

    def write_machines(self, folder: str, outputs: Iterable[Output]) -> int:
        """Write a folder of what programs get, with a ledger of its own; how many files changed."""
        ledger = self.ledger.with_name(f"{self.ledger.name}-{folder}")
        return write_outputs(self.target / folder, outputs, ledger)


def export_site(root: Path, folder: Path) -> Exported:
    """Make `folder` hold the whole site, writing only what differs.

    Raises ConfigError where the folder holds something that no export put there, BusyError while a pass runs.
    """
    site = read_site(root.resolve())
    target = folder.resolve()
    name = f"export-{hashlib.sha256(str(target).encode()).hexdigest()[:12]}"
    export = Export(site, target, site.private / "outputs" / name)
    _check_folder(export)
    with hold_site(site):
        settled = read_settled(site) if not site.config.history_days else None
        if settled is not None and is_settled(site, settled):
            return Exported(settled.shown, _copy_files(export))
    from newsloom.remaking import remake_files  # noqa: PLC0415 - copying needs neither judgement nor templates

    return Exported(*remake_files(export))


def _copy_files(export: Export) -> int:
    """Copy what the last pass left; how many files changed."""
    site, groups = export.site, defaultdict[str, list[Output]](list)
    for path, made in read_ledger(site.private / "outputs" / "public").items():
        folder, _, below = path.partition("/")
        of_machines = folder in MACHINES
        output = Output(below if of_machines else path, made.key, (site.root / "public" / path).read_bytes)
        groups[folder if of_machines else ""].append(output)
    for path, made in read_ledger(site.private / "outputs" / "api").items():
        groups["api"].append(Output(path, made.key, (site.root / "api" / path).read_bytes))
    with work_beside(partial(_copy_machines, export, groups)) as join:
        changed = export.write_readers(groups[""])
        return changed + join()


def _copy_machines(export: Export, groups: Mapping[str, list[Output]]) -> int:
    return sum(export.write_machines(folder, groups[folder]) for folder in MACHINES)


def _check_folder(export: Export) -> None:
    target = export.target
    if export.site.root.is_relative_to(target):
        raise ConfigError(str(target), "holds the site itself", "export into a folder of its own")
    if export.ledger.is_file() or not target.exists():
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
