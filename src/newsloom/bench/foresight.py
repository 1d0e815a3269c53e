"""What a story's first hour tells of its final size: heat beside plain counting (Spearman, 1904)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

import numpy as np

from newsloom.curate.heat import Usual, Voice, count_coverage, count_pace, measure_usual, weigh_independence
from newsloom.curate.stories import StoryInput, date_stream, profile_input

_FIRST: Final = timedelta(hours=1)

_Dated = tuple[StoryInput, datetime]


def foresee_sizes(articles: Sequence[StoryInput], events: Mapping[str, str]) -> dict[str, float]:
    """Give how each way to count the first hour goes with the final number of reports, over events.

    Quality is taken to be equal, for nothing of it is known here; standings are neutral.
    """
    groups: dict[str, list[_Dated]] = defaultdict(list)
    for article, moment in date_stream(articles):
        groups[events[article.id]].append((article, moment))
    usual = measure_usual((events[article.id], moment) for article, moment in date_stream(articles))
    counts: dict[str, list[float]] = defaultdict(list)
    for group in groups.values():
        group.sort(key=lambda pair: pair[1])
        first = [pair for pair in group if pair[1] <= group[0][1] + _FIRST]
        counts["heat"].append(_heat(first, usual))
        counts["reports counted"].append(len(first))
        counts["providers counted"].append(len({_domain(article) for article, _ in first}))
    sizes = [len(group) for group in groups.values()]
    return {name: correlate(values, sizes) for name, values in counts.items()}


def _domain(article: StoryInput) -> str:
    return urlsplit(article.url).hostname or article.source


def _heat(first: Sequence[_Dated], usual: Usual) -> float:
    voices = [Voice(_domain(article), moment) for article, moment in first]
    profiles = [profile_input(article, moment).terms for article, moment in first]
    weighed = weigh_independence(voices, profiles)
    return count_coverage(weighed, voices[0].domain) + count_pace(weighed, usual)[0]


def _rank(values: Iterable[float]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Give ranks from 0, equal values sharing the mean of theirs."""
    array = np.asarray(list(values), np.float64)
    _, places, counts = np.unique(array, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    means = ends - (counts + 1) / 2
    ranks: np.ndarray[tuple[int], np.dtype[np.float64]] = means[places]
    return ranks


def correlate(one: Iterable[float], other: Iterable[float]) -> float:
    """Give Spearman's rank correlation; 0 where one of the two does not vary."""
    left, right = _rank(one), _rank(other)
    if len(left) < 2 or not left.std() or not right.std():
        return 0.0
    return float(np.corrcoef(left, right)[0, 1])
