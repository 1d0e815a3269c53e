"""The order of results: how well a text matches, a little more for what is recent and what is good.

The match is BM25 (Robertson and Zaragoza, 2009) as SQLite computes it: a word counts the more, the rarer it
is and the shorter the text, by the column it stands in. The exported page's script computes the same from
the same numbers, so both give one order.
"""

from __future__ import annotations

from typing import Final

from newsloom.search.keeping import SLOTS

TITLE_WEIGHT: Final = 6  # a headline says what an article is about
EXCERPT_WEIGHT: Final = 2
PROVIDER_WEIGHT: Final = 3  # who asks for a paper's name wants that paper
TOPICS_WEIGHT: Final = 2  # given by rule, and already in most texts of the topic
WEIGHTS: Final = (TITLE_WEIGHT, EXCERPT_WEIGHT, PROVIDER_WEIGHT, TOPICS_WEIGHT)

RECENCY_SHARE: Final = 0.3  # what the newest gain; enough to part equals, not to lift a weak match
RECENCY_DAYS: Final = 30  # days after which the gain is half
QUALITY_SHARE: Final = 0.2  # what a record of quality 100 gains
_DAY: Final = 86_400


def _gain_by_age(days: int) -> float:
    return round(RECENCY_SHARE * float(0.5 ** (days / RECENCY_DAYS)), 2)


# What a record gains by its age in days and by its quality, in hundredths, as the exported index keeps them.
RECENCY_GAINS: Final = tuple(map(_gain_by_age, range(8 * RECENCY_DAYS)))
QUALITY_GAINS: Final = tuple(round(QUALITY_SHARE * quality / 100, 2) for quality in range(101))


def value_recency(age_seconds: float) -> float:
    """What a record of some age gains: 0.3 at the desk's clock, half of it every thirty days."""
    return RECENCY_GAINS[min(max(0, int(age_seconds) // _DAY), len(RECENCY_GAINS) - 1)]


def value_quality(quality: int) -> float:
    """What a record of some quality gains: 0.2 at 100."""
    return QUALITY_GAINS[min(max(quality, 0), 100)]


def rank_match(match: float, number: int, quality: int, now: int) -> float:
    """What a match of that number is ordered by, the smallest first."""
    return -match * (1 + value_recency(now - number // SLOTS) + value_quality(quality))
