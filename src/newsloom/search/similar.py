"""Records like another one: by the weighted terms each keeps of its text.

The terms are the desk's own (`curate/terms.py`: frequency times rarity), a sparse vector of two dozen
numbers. An index finds who may be like a record; those are compared by the cosine of the whole vectors.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final

from newsloom.search.records import Listing

COMPARED: Final = 150  # records compared as a whole: five pages of results and what falls short
_LEAST: Final = 0.08  # likeness below which two records share a word, not a subject


def rank_similar(listing: Listing, others: Iterable[Listing]) -> list[tuple[Listing, float]]:
    """Those that are like a listing, the likest first, with their likeness from 0 to 1."""
    compared = ((other, compare_vectors(listing.keywords, other.keywords)) for other in others)
    found = [(other, like) for other, like in compared if other.name != listing.name and like >= _LEAST]
    return sorted(found, key=lambda row: (row[1], row[0].published), reverse=True)


def compare_vectors(first: Iterable[tuple[str, float]], second: Iterable[tuple[str, float]]) -> float:
    """The cosine of two sparse vectors."""
    ours, theirs = dict(first), dict(second)
    dot = sum(weight * theirs.get(term, 0.0) for term, weight in ours.items())
    length = math.hypot(*ours.values()) * math.hypot(*theirs.values())
    return dot / length if length else 0.0
