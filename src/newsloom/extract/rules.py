"""The rules that stand as data beside the code: read once, when the package is imported."""

from __future__ import annotations

import pkgutil
from typing import Final, TypeVar

import msgspec

T = TypeVar("T")


def load(name: str, kind: type[T]) -> T:
    """Give one of the package's own data files as the type it is declared to be.

    Raises:
        msgspec.ValidationError: the file does not have that form.
    """
    return msgspec.json.decode(pkgutil.get_data(__package__, f"data/{name}") or b"", type=kind)


class _Metas(msgspec.Struct, frozen=True):
    authors: tuple[tuple[str, float], ...]
    published: tuple[tuple[str, float], ...]
    modified: tuple[tuple[str, float], ...]


class _Notices(msgspec.Struct, frozen=True):
    starts: tuple[str, ...]
    whole: frozenset[str]


class _Zones(msgspec.Struct, frozen=True):
    zones: dict[str, str]


METAS: Final = load("metas.json", _Metas)
NOTICES: Final = load("notices.json", _Notices)
ZONES: Final = load("zones.json", _Zones).zones
