"""Several sites of one installation: named one by one, or by the folder that holds them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from newsloom.site import CONFIG_FILE


def list_sites(paths: Iterable[Path]) -> list[Path]:
    """The sites at these paths, each once, in their order; those of a folder by name.

    A path that is no site and holds none is given back as it is: reading it tells what is missing.
    """
    found: dict[Path, None] = {}
    for path in paths:
        within = [] if (path / CONFIG_FILE).is_file() else sorted(path.glob(f"*/{CONFIG_FILE}"))
        found.update(dict.fromkeys([file.parent for file in within] or [path]))
    return list(found)
