"""A value that one place of a page gives for one field, and the choice among several.

`source` names the place as `explain` prints it ("json-ld headline", "og:title", "h1"); `confidence`
runs from 0 to 1 and is the share of pages on which this place alone was found to be right.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, TypeVar

from msgspec import Struct

T = TypeVar("T")


class Reading(Struct, Generic[T], frozen=True):
    """One candidate for a field."""

    value: T
    source: str
    confidence: float


def choose(readings: Iterable[Reading[T]]) -> Reading[T] | None:
    """Give the reading of highest confidence, the first among equals; None of none."""
    best: Reading[T] | None = None
    for reading in readings:
        if best is None or reading.confidence > best.confidence:
            best = reading
    return best
