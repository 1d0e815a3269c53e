"""Which files are not committed yet: noted before they are written, forgotten once git has them.

With it a commit need not look at every file of a large repository, and a pass that is killed leaves the next
one the word of what it wrote. Without it, and once a day, git looks at all of them: what an owner changed
where no pass looks is found then.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from newsloom import settings
from newsloom.documents import write_file

_END: Final = "\0"  # parts paths: none can hold it


class Uncommitted:
    """A site's list, a file in its private folder: when git last looked at all files, then the paths."""

    def __init__(self, private: Path) -> None:
        self._path = private / "uncommitted"

    def note(self, paths: Iterable[str], *, durable: bool = True) -> None:
        """Add paths, before the files are changed; nothing where no list is kept."""
        chosen = list(paths)
        if not chosen or not self._path.exists():
            return
        with self._path.open("ab") as file:
            file.write(os.fsencode("".join(f"{_END}{path}" for path in chosen)))
            if durable:
                file.flush()
                os.fsync(file.fileno())

    def read(self) -> set[str] | None:
        """The paths; None where it is not known which, or it is time to look at all files again."""
        looked, paths = self._read()
        return paths if time.time() - looked < settings.GIT_LOOK_SECONDS else None

    def settle(self, *, looked: bool) -> None:
        """All is committed; `looked` says whether git looked at all files for it."""
        since = int(time.time()) if looked else int(self._read()[0])
        write_file(self._path, str(since).encode(), durable=False)

    def forget(self) -> None:
        """It is not known any more what is committed: git will look."""
        self._path.unlink(missing_ok=True)

    def _read(self) -> tuple[float, set[str]]:
        try:
            since, *paths = os.fsdecode(self._path.read_bytes()).split(_END)
            return float(since), set(paths)
        except (FileNotFoundError, ValueError):
            return 0.0, set()
