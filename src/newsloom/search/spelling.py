"""Help with misspelt words: the nearest word of the index's own vocabulary.

Nearness is the number of letters to insert, leave out, exchange or swap (optimal string alignment): one for
short words, two for long ones. Among the nearest the commonest wins, where it is common enough to be meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

LEAST_LETTERS: Final = 4  # of a word that is put right: three letters are near to everything
LONG_LETTERS: Final = 8  # of a word that may have two mistakes
_NEAREST: Final = 200  # words looked at


class Vocabulary:
    """The words of an index with the number of records each is in, the commonest first."""

    def __init__(self, words: Sequence[tuple[str, int]]) -> None:
        self._counts = dict(words)
        self._words = list(self._counts)

    def __len__(self) -> int:
        return len(self._words)

    def put_right(self, word: str) -> str | None:
        """The word that is meant by one nobody wrote; None where nothing is near."""
        if len(word) < LEAST_LETTERS or word in self._counts:
            return None
        most = 2 if len(word) >= LONG_LETTERS else 1
        near = extract(word, self._words, scorer=OSA.distance, score_cutoff=most, limit=_NEAREST)
        ranked = sorted((distance, -self._counts[other], other) for other, distance, _ in near)
        return ranked[0][2] if ranked else None
