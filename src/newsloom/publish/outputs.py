"""Writing what readers get: API files, pages and pictures, only where their bytes changed.

These files are derived: whatever a crash leaves half done, the next pass makes whole. So they need no
journal, and a file that already has the right bytes is left alone (its time stamp is its ETag).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from newsloom.documents import write_file


def write_outputs(folder: Path, files: Iterable[tuple[str, bytes]]) -> int:
    """Make `folder` hold exactly these files, by path relative to it; the number that changed.

    Everything else in the folder is removed: it belongs to Newsloom alone.
    """
    wanted: set[Path] = set()
    changed = 0
    for name, content in files:
        path = folder / name
        wanted.add(path)
        if not _holds(path, content):
            path.parent.mkdir(parents=True, exist_ok=True)
            write_file(path, content, durable=False)
            changed += 1
    return changed + _remove_others(folder, wanted)


def _holds(path: Path, content: bytes) -> bool:
    try:
        return path.stat().st_size == len(content) and path.read_bytes() == content
    except FileNotFoundError:
        return False


def _remove_others(folder: Path, wanted: set[Path]) -> int:
    removed = 0
    for path in sorted(folder.rglob("*"), reverse=True):  # a folder's content comes before the folder
        if path.is_dir() and not path.is_symlink():
            if not any(path.iterdir()):
                path.rmdir()
        elif path not in wanted:
            path.unlink()
            removed += 1
    return removed
