"""Which stories share a term with an article: the latest few for each term, in memory that is fixed.

An inverted index whose lists are rings: a term's newest entries overwrite its oldest, so looking up and
memory are bounded however long the stream and however common the term, and nothing has to be deleted.
Two terms may share a ring; that only proposes a story too many, for what is proposed is then measured
exactly. Rings grow in number, not in length, with what they hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

_LENGTH: Final = 64  # entries of a ring: the stories of a term that are looked at, newest first
_FIRST: Final = 1 << 10  # rings of an empty index: 256 KB
_FULL: Final = 16  # entries a ring on average from which rings are doubled

Terms = npt.NDArray[np.uint32]


class Rings:
    """Numbers from 1 upwards, found by the terms they were filed under."""

    def __init__(self) -> None:
        self._make(_FIRST)

    def _make(self, rings: int) -> None:
        self._entries = np.zeros((rings, _LENGTH), np.uint32)
        self._next = np.zeros(rings, np.uint8)
        self._filed = 0

    @property
    def is_full(self) -> bool:
        """Say whether terms begin to crowd each other out, and `rebuild` is due."""
        return self._filed > _FULL * len(self._next)

    def rebuild(self, everything: Iterable[tuple[int, Terms]]) -> None:
        """Double the rings and file everything again, the oldest first. Cost is linear in it."""
        self._make(2 * len(self._next))
        for number, terms in everything:
            self.file(number, terms)

    def fill(self, everything: Sequence[tuple[int, Terms]]) -> None:
        """Hold this and nothing else: what `file` gives in the order of numbers, all at once."""
        entries = sum(len(terms) for _, terms in everything)
        self._make(max(_FIRST, 1 << (entries // _FULL).bit_length()))
        if not entries:
            return
        rings = np.concatenate([terms for _, terms in everything]) & np.uint32(len(self._next) - 1)
        numbers = np.repeat([number for number, _ in everything], [len(terms) for _, terms in everything])
        filed = np.unique(rings.astype(np.uint64) << np.uint64(32) | numbers.astype(np.uint64))
        rings, numbers = filed >> np.uint64(32), filed & np.uint64(0xFFFFFFFF)
        starts = np.searchsorted(rings, rings)
        ranks = np.arange(len(rings)) - starts
        latest = np.searchsorted(rings, rings, side="right") - starts - ranks <= _LENGTH
        self._entries[rings[latest], ranks[latest] % _LENGTH] = numbers[latest]
        self._next[:] = np.bincount(rings.astype(np.int64), minlength=len(self._next)) % _LENGTH
        self._filed = int(latest.sum())

    def file(self, number: int, terms: Terms) -> None:
        """Enter a number under terms, as the newest of each; where it stands already it stays."""
        for ring in (terms & np.uint32(len(self._next) - 1)).tolist():
            entries = self._entries[ring]
            if number in entries:
                continue
            at = int(self._next[ring])
            self._filed += entries[at] == 0
            entries[at] = number
            self._next[ring] = (at + 1) % _LENGTH

    def find(self, terms: Terms, limit: int, least: int = 1) -> list[int]:
        """Give at most `limit` numbers that share most of these terms, and `least` of them."""
        rings = self._entries[terms & np.uint32(len(self._next) - 1)].ravel()
        numbers, counts = np.unique(rings[rings > 0], return_counts=True)
        if least > 1:
            told = counts >= least
            numbers, counts = numbers[told], counts[told]
        if len(numbers) > limit:
            # Of equally many terms the newest first: a stable order, whatever the sort.
            chosen = np.lexsort((-numbers.astype(np.int64), -counts))[:limit]
            numbers = numbers[chosen]
        found: list[int] = numbers.tolist()
        return found
