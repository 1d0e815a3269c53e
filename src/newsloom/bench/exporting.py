"""How long an export takes: of a whole site, again, after a pass that brought fifty records, and without one.

Each is the command an owner types, in a process of its own, so that starting Python counts; the program is
compiled by then, as an installed one is. What a pass left is copied; without a pass files are made from the
documents.
"""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from msgspec import Struct

from newsloom.bench.madeup import EVERY, NEWEST, add_records, make_site
from newsloom.errors import NewsloomError
from newsloom.pipeline import run_pass

PASS: Final = 50  # records a busy pass brings
_UNCOMPILED: Final = "PYTHONDONTWRITEBYTECODE"  # with which each start would compile the whole program
_CHANGED: Final = re.compile(r"(\d+) files changed")


class Export(Struct, frozen=True, kw_only=True):
    """One export: seconds on the clock, seconds of the processor, files written or removed."""

    name: str
    wall: float
    processor: float
    changed: int


def measure_exports(records: int, tell: Callable[[str], None]) -> list[Export]:
    """Export a made-up site of that many records five times."""
    with tempfile.TemporaryDirectory(prefix="newsloom-bench-", ignore_cleanup_errors=True) as temporary:
        site, folder = Path(temporary, "site"), Path(temporary, "out")
        tell(f"Making {records} records")
        make_site(site, records)
        exports = [_export("the whole site, before any pass", site, folder, tell)]
        tell("A pass over them, and one with new records")
        run_pass(site)
        add_records(site, records, PASS, NEWEST)
        run_pass(site)
        exports += [_export(f"after a pass of {PASS} new records", site, folder, tell)]
        exports += [_export("again", site, folder, tell)]
        exports += [_export("what the pass left, into a new folder", site, folder.with_name("new"), tell)]
        add_records(site, records + PASS, PASS, NEWEST + EVERY * PASS)
        return [*exports, _export(f"{PASS} more records, without a pass", site, folder, tell)]


def _export(name: str, site: Path, folder: Path, tell: Callable[[str], None]) -> Export:
    tell(f"Exporting {name}")
    command = [sys.executable, "-m", "newsloom", "export", str(folder), "--site", str(site)]
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    settings = {name: value for name, value in os.environ.items() if name != _UNCOMPILED}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=settings)  # noqa: S603 - our own program
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    found = _CHANGED.search(done.stdout)
    if done.returncode != 0 or found is None:
        raise NewsloomError("newsloom export", f"failed: {done.stderr.strip() or done.stdout.strip()}")
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Export(name=name, wall=round(wall, 2), processor=round(spent, 2), changed=int(found[1]))


def format_exports(records: int, exports: list[Export]) -> str:
    """The figures as a table."""
    lines = [
        f"Export of {records} records",
        "",
        "| export | seconds | of the processor | files written |",
        "| --- | --- | --- | --- |",
        *(f"| {one.name} | {one.wall:.1f} | {one.processor:.1f} | {one.changed} |" for one in exports),
    ]
    return "\n".join(lines)
