"""One writer a site: a lock that the system lets go of when its holder dies."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TextIO

from newsloom.errors import BusyError

_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")
_LOOK: Final = 0.05  # seconds between two looks at a lock that somebody else has


@contextmanager
def hold(path: Path, *, who: str = "another pass", seconds: float = 0.0) -> Iterator[None]:
    """Hold the site's lock while the block runs; wait so many seconds for it.

    `flock` belongs to the open file, so a killed process leaves no stale lock behind. Raises
    BusyError naming the holder's process when somebody else has it; `who` says what that one is.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        if not _lock(file, time.monotonic() + seconds):
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise BusyError(
                str(path.parent.parent), f"{who} is running (process {holder})", "wait for it to end"
            )
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def identify(path: Path) -> str:
    """What tells a lock's file from any other's, on any machine; "" where that is not known."""
    try:
        started = _BOOT.read_text().strip()
    except OSError:
        return ""  # not Linux
    found = path.stat()
    return f"{started}:{found.st_dev}:{found.st_ino}"


def _lock(file: TextIO, until: float) -> bool:
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                return False
            time.sleep(_LOOK)
        else:
            return True
