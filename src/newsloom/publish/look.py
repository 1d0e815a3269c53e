"""What pages look like, in a word: a change of it is a change of what is published."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from typing import Final

_PACKAGE: Final = "newsloom.publish"
_MADE_BY: Final = ("", "templates", "locale")
_LOADED: Final = ("assets",)


@cache
def digest_look() -> str:
    """A digest of everything pages are made by: templates, words and the code of this package."""
    return _digest(_MADE_BY, (".py", ".html", ".po"))


@cache
def digest_assets() -> str:
    """A digest of everything pages load: stylesheet, scripts, fonts."""
    return _digest(_LOADED, ("",))


def _digest(folders: tuple[str, ...], endings: tuple[str, ...]) -> str:
    look = hashlib.sha256()
    for folder in folders:
        for source in sorted((files(_PACKAGE) / folder).iterdir(), key=lambda item: item.name):
            if source.is_file() and source.name.endswith(endings):
                look.update(source.read_bytes())
    return look.hexdigest()
