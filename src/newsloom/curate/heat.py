"""How hot a story is now: its lead's quality, what others add, and what time takes away.

In the units of quality: a fresh story told by one provider is as hot as its lead is good. Heat
fades in steps, so that a document changes a handful of times in its life and not with every pass.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from newsloom.curate.weights import WEIGHTS, HeatWeights
from newsloom.records import Record, Term

COLD: Final = -1  # the heat of a record that is not in the running
_NEUTRAL: Final = 0.5


def latest_publication(members: Iterable[Record]) -> datetime:
    """Give when the newest of a story's records was published."""
    return max(member.article.published for member in members)


def is_active(members: Iterable[Record], clock: datetime, window_days: int) -> bool:
    """Tell whether a story is still open: its newest record is within the window before the clock."""
    return latest_publication(members) >= clock - timedelta(days=window_days)


def judge_heat(
    lead: Record,
    members: Iterable[Record],
    clock: datetime,
    standings: Mapping[str, float],
    weights: HeatWeights = WEIGHTS.heat,
) -> tuple[Term, ...]:
    """Give the terms of an open story's heat; their sum is the heat, 0 upwards.

    Each provider counts once, by its standing: ten articles of one house are one voice. Texts that
    were absorbed as copies are not members and add nothing.
    """
    group = list(members)
    own = lead.article.provider.domain
    others = sorted({member.article.provider.domain for member in group} - {own})
    points = weights.provider * 2 * sum(standings.get(domain, _NEUTRAL) for domain in others)
    coverage = min(weights.coverage, round(points))
    warm = lead.article.quality + coverage
    hours = max(0.0, (clock - latest_publication(group)).total_seconds() / 3600)
    share = fade(hours, weights)
    terms = [Term(name="quality", value=lead.article.quality, evidence=f"of the lead, {lead.name}")]
    if coverage:
        evidence = f"{len(others)} other providers: {', '.join(others[:5])}"
        terms.append(Term(name="coverage", value=coverage, evidence=evidence))
    if share < 1:
        evidence = f"{share:.0%} left of {warm}"
        terms.append(Term(name="age", value=round(warm * share) - warm, evidence=evidence))
    return tuple(terms)


def fade(hours: float, weights: HeatWeights = WEIGHTS.heat) -> float:
    """Give the share of heat left, 0 to 1, that many hours after the newest record."""
    share = 1.0
    for start, left in weights.fading:
        if hours >= start:
            share = left
    return share
