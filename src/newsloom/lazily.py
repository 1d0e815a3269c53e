"""Packages whose names are loaded when they are first used, so that a command loads only what it needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module


def load_lazily(package: str, homes: Mapping[str, Sequence[str]]) -> Callable[[str], object]:
    """The `__getattr__` of a package: `homes` has the names each module below it gives, as imports have them.

    So "extract as extract_page" is the module's `extract`, and the package's `extract_page`.
    """
    places = {}
    for home, names in homes.items():
        for said in names:
            name, _, alias = said.partition(" as ")
            places[alias or name] = f"{package}.{home}", name

    def find(wanted: str) -> object:
        if wanted not in places:
            raise AttributeError(f"module {package!r} has no attribute {wanted!r}")
        module, name = places[wanted]
        return getattr(import_module(module), name)

    return find
