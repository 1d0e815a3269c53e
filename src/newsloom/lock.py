"""One writer a site: a lock that the system lets go of when its holder dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from newsloom.errors import BusyError


@contextmanager
def hold(path: Path) -> Iterator[None]:
    """Hold the site's lock while the block runs.

    `flock` belongs to the open file, so a killed process leaves no stale lock behind. Raises
    BusyError naming the holder's process when somebody else has it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise BusyError(
                str(path.parent.parent), f"another pass is running (process {holder})", "wait for it to end"
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
