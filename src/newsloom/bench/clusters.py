"""How well one partition of articles agrees with another.

B-cubed: A. Bagga and B. Baldwin, 1998. Adjusted Rand index: L. Hubert and P. Arabie, 1985. Normalised
mutual information is divided by the mean of both entropies. All cost O(n).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping

from msgspec import Struct


class Agreement(Struct, frozen=True, kw_only=True):
    """Measures of a partition against what is right; all 1 when they are the same."""

    articles: int
    stories: int
    gold: int
    precision: float
    recall: float
    f1: float
    pair_precision: float
    pair_recall: float
    pair_f1: float
    nmi: float
    ari: float


def _harmonic(one: float, other: float) -> float:
    return 2 * one * other / (one + other) if one + other else 0.0


def _pairs(counts: Counter[object]) -> int:
    return sum(count * (count - 1) // 2 for count in counts.values())


def _entropy(counts: Counter[object], total: int) -> float:
    return -sum(count / total * math.log(count / total) for count in counts.values())


def agree(gold: Mapping[str, str], found: Mapping[str, str]) -> Agreement:
    """Compare the story of each article with the right one; an article without one stands alone."""
    stories = {name: found.get(name, f"alone {name}") for name in gold}
    right: Counter[object] = Counter(gold.values())
    mine: Counter[object] = Counter(stories.values())
    both: Counter[object] = Counter((gold[name], stories[name]) for name in gold)
    total = len(gold)
    overlaps = [(pair, count) for pair, count in both.items() if isinstance(pair, tuple)]
    precision = sum(count * count / mine[pair[1]] for pair, count in overlaps) / total
    recall = sum(count * count / right[pair[0]] for pair, count in overlaps) / total
    shared, of_right, of_mine = _pairs(both), _pairs(right), _pairs(mine)
    pair_precision, pair_recall = shared / max(of_mine, 1), shared / max(of_right, 1)
    entropies = _entropy(right, total) + _entropy(mine, total)
    mutual = entropies - _entropy(both, total)
    chance = of_right * of_mine / max(total * (total - 1) / 2, 1)
    best = (of_right + of_mine) / 2
    return Agreement(
        articles=total,
        stories=len(mine),
        gold=len(right),
        precision=precision,
        recall=recall,
        f1=_harmonic(precision, recall),
        pair_precision=pair_precision,
        pair_recall=pair_recall,
        pair_f1=_harmonic(pair_precision, pair_recall),
        nmi=2 * mutual / entropies if entropies else 1.0,
        ari=(shared - chance) / (best - chance) if best != chance else 1.0,
    )
