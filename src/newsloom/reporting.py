"""The owner's report on disk: what is known of a site, gathered into one page."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from newsloom import settings
from newsloom.archive import Archive
from newsloom.documents import write_file
from newsloom.errors import NewsloomError
from newsloom.holding import hold_index
from newsloom.publish.pass_figures import PassNote
from newsloom.publish.report import Folder, print_report
from newsloom.site import read_site
from newsloom.store import Index
from newsloom.summary import decode_summary
from newsloom.viewing import view_site

_FOLDERS: Final = ("_news", "_data", "api", "public", "assets", ".newsloom", ".git")
_REPORT: Final = "report.html"
_DAY: Final = 86_400


def write_report(root: Path, out: Path | None = None) -> Path:
    """Write the report of a site; where it is.

    It is made from the documents as they are now; no source is read. Raises ConfigError for a wrong
    configuration, BusyError while a pass runs, NewsloomError where the file cannot be written.
    """
    site = read_site(root.resolve())
    target = out or site.private / _REPORT
    with hold_index(site, seconds=settings.LOCK_SECONDS) as index:
        Archive(site).recover()
        view, passes = view_site(site, index), list(_read_passes(index))
    folders = [folder for name in _FOLDERS if (folder := measure_folder(site.root, name)).files]
    body = print_report(view, passes, folders, settings.REPORT_DAYS)
    try:
        write_file(target, body)
    except OSError as error:
        raise NewsloomError(str(target), f"cannot be written: {error.strerror}", "name another") from error
    return target


def _read_passes(index: Index) -> Iterator[PassNote]:
    """The passes of the last weeks, the newest first; those of an older form are passed over."""
    since = int(time.time()) - settings.REPORT_DAYS * _DAY
    for finished, text in index.passes(since, settings.REPORT_PASSES):
        try:
            summary = decode_summary(text)
        except msgspec.MsgspecError:
            continue
        yield PassNote(
            finished=datetime.fromtimestamp(finished, UTC),
            new=summary.new,
            changed=summary.changed,
            seconds=summary.seconds,
            problems=summary.problems,
        )


def measure_folder(root: Path, name: str) -> Folder:
    """A folder of a site with how many files it holds and their bytes; links are not followed."""
    files = size = 0
    for place, _, names in os.walk(root / name):
        for file in names:
            try:
                size += os.lstat(os.path.join(place, file)).st_size  # noqa: PTH118 - 100,000 files
            except OSError:
                continue  # gone since it was listed
            files += 1
    return Folder(name=name, files=files, size=size)
