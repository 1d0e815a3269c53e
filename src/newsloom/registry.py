"""Well-known providers that ship with the program: `data/providers.yaml`, below what a site says itself."""

from __future__ import annotations

from importlib.resources import files
from typing import Final

import msgspec
from msgspec import Struct


class Known(Struct, frozen=True, array_like=True):
    """A provider's name, what kind of house it is, and its country (ISO 3166-1)."""

    name: str
    kind: str
    country: str


KINDS: Final = frozenset(
    {
        "agency", "aggregator", "broadcaster", "company", "government", "journal", "magazine", "publisher",
        "trade",
    }
)  # fmt: skip
WELL_KNOWN: Final[dict[str, Known]] = msgspec.yaml.decode(
    (files("newsloom") / "data" / "providers.yaml").read_bytes(), type=dict[str, Known]
)
