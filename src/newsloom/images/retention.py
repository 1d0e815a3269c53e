"""Letting go of copies that no document names any more."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from pathlib import Path
from typing import Final

from newsloom import settings
from newsloom.images.album import Kept, remove_loose_files, remove_note

_DAY: Final = 86_400


def let_go(
    root: Path, album: dict[str, Kept], named: AbstractSet[str], idle: Mapping[str, int], clock: datetime
) -> dict[str, int]:
    """Take out of the album, and off the disk, what has been idle for too long; what is idle now.

    `named` are the addresses documents name, `idle` tells since when others were not, by the desk's clock.
    """
    now = int(clock.timestamp())
    left: dict[str, int] = {}
    for url in sorted(album.keys() - named):
        since = min(idle.get(url, now), now)
        if now - since >= settings.IMAGE_IDLE_DAYS * _DAY:
            remove_note(root, url)
            del album[url]
        else:
            left[url] = since
    remove_loose_files(root, album)
    return left
