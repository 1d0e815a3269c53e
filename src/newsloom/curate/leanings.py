"""What a site has learned from its editor's decisions: factors of terms, points of providers and topics.

They are data (`_data/judgement.yaml`). What they give or take stands among an article's terms under
names of its own, so that the terms still add up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from msgspec import Struct, field

from newsloom.records import Term

MOST_SCALE: Final = 3.0  # no term may count for more than three times what it ships with
MOST_POINTS: Final = 20.0  # points that a provider, or the topics of an article, may gain or lose
_LEARNED: Final = frozenset({"favour", "interest", "floor"})  # terms that follow from leanings


class Leanings(Struct, frozen=True, kw_only=True):
    """Factors of quality's terms by name; points by provider's domain, and by topic."""

    scales: Mapping[str, float] = field(default_factory=dict)
    providers: Mapping[str, float] = field(default_factory=dict)
    topics: Mapping[str, float] = field(default_factory=dict)


def apply_leanings(
    terms: Sequence[Term], domain: str, topics: Iterable[str], leanings: Leanings
) -> tuple[Term, ...]:
    """Give terms with a site's factors, and what it has learned of provider and topics; none of value 0."""
    scales = leanings.scales
    if not (scales or leanings.providers or leanings.topics):
        return tuple(terms)
    scaled = [
        Term(name=term.name, value=round(term.value * scales.get(term.name, 1.0)), evidence=term.evidence)
        if term.name in scales
        else term
        for term in terms
    ]
    scaled.append(_favour(domain, leanings.providers))
    scaled.append(_interest(topics, leanings.topics))
    return tuple(term for term in scaled if term.value)


def _favour(domain: str, providers: Mapping[str, float]) -> Term:
    points = round(providers.get(domain, 0.0))
    return Term(name="favour", value=points, evidence=f"what editors did with {domain}")


def _interest(topics: Iterable[str], points: Mapping[str, float]) -> Term:
    known = [topic for topic in topics if topic in points]
    total = sum(points[topic] for topic in known)
    value = round(min(MOST_POINTS, max(-MOST_POINTS, total)))
    return Term(name="interest", value=value, evidence=f"what editors did with {', '.join(known)}")


def undo_leanings(terms: Sequence[Term], leanings: Leanings) -> tuple[Term, ...]:
    """Give terms as they would be without what a site has learned."""
    return tuple(
        Term(
            name=term.name,
            value=round(term.value / (leanings.scales.get(term.name) or 1.0)),
            evidence=term.evidence,
        )
        for term in terms
        if term.name not in _LEARNED
    )
