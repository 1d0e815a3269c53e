"""Records like another one: by the weighted terms each keeps of its text.

The terms are the desk's own (`curate/terms.py`: frequency times rarity), a sparse vector of two dozen
numbers. Those that say most of the record are looked up in an index by term; whoever shares some is compared
by the cosine of the whole vectors.
"""

from __future__ import annotations

import math
import sqlite3
from collections import Counter
from collections.abc import Iterable
from typing import Final

from newsloom.search.index import unpack_listing
from newsloom.search.records import Listing
from newsloom.settings import SEARCH_SIMILAR_HOLDERS, SEARCH_SIMILAR_TERMS

_COMPARED: Final = 150  # records compared as a whole: five pages of results and what falls short
_LEAST: Final = 0.08  # likeness below which two records share a word, not a subject


def find_similar(
    connection: sqlite3.Connection, listing: Listing, *, held: bool
) -> list[tuple[int, Listing, float]]:
    """Records like a listing, the likest first: number, listing, likeness from 0 to 1."""
    scores: Counter[int] = Counter()
    for term, weight in listing.keywords[:SEARCH_SIMILAR_TERMS]:
        for shown in (True, False) if held else (True,):
            rows = connection.execute(
                "SELECT id, weight FROM vectors WHERE term = (SELECT id FROM terms WHERE term = ?)"
                " AND shown = ? ORDER BY weight DESC LIMIT ?",
                (term, shown, SEARCH_SIMILAR_HOLDERS),
            )
            for number, other in rows:
                scores[number] += weight * other
    found = []
    for number, _ in scores.most_common(_COMPARED):
        (body,) = connection.execute("SELECT body FROM listings WHERE id = ?", (number,)).fetchone()
        other_listing = unpack_listing(body)
        likeness = compare_vectors(listing.keywords, other_listing.keywords)
        if other_listing.name != listing.name and likeness >= _LEAST:
            found.append((number, other_listing, likeness))
    return sorted(found, key=lambda row: (-row[2], -row[0]))


def compare_vectors(first: Iterable[tuple[str, float]], second: Iterable[tuple[str, float]]) -> float:
    """The cosine of two sparse vectors."""
    ours, theirs = dict(first), dict(second)
    dot = sum(weight * theirs.get(term, 0.0) for term, weight in ours.items())
    length = math.hypot(*ours.values()) * math.hypot(*theirs.values())
    return dot / length if length else 0.0
