"""Weights learned from an editor's decisions: what each term of quality should count for at this site.

Ridge regression (A. Hoerl and R. Kennard, 1970) on the terms of the articles an editor published or
held, drawn towards what stands: few decisions change little. It proposes; the owner accepts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from msgspec import Struct

from newsloom.curate.gate import Gate, find_bar
from newsloom.curate.quality import sum_terms
from newsloom.records import Record, Term

LEAST_EXAMPLES: Final = 8  # decisions below which nothing is proposed: they could be chance
MOST_SCALE: Final = 3.0  # no term may count for more than three times what it ships with
_MARGIN: Final = 8  # points by which a decision should clear the bar
_PULL: Final = 2.0  # how strongly scales are drawn to 1, in decisions
_POINTS: Final = 15.0  # points of a usual term: makes scales comparable with the base
_ROUNDS: Final = 25  # of moving targets: a decision that is met already pulls no further


class Example(Struct, frozen=True):
    """A decision: the terms of an article as judged without scales, the bar, and whether it was published."""

    name: str
    title: str
    terms: tuple[Term, ...]
    bar: int
    published: bool


class Proposal(Struct, frozen=True, kw_only=True):
    """Scales by term, and what they do to the decisions they were fitted on."""

    scales: dict[str, float]
    before: int
    after: int
    examples: int
    changed: tuple[tuple[str, int, int, bool], ...]


def list_examples(records: Sequence[Record], gate: Gate, scales: Mapping[str, float]) -> list[Example]:
    """Give the decisions that documents hold; `scales` are those the records were judged with."""
    return [
        Example(
            name=record.name,
            title=record.article.title,
            terms=unscale(record.state.terms, scales),
            bar=find_bar(record.article, gate)[0],
            published=record.article.editorial == "publish",
        )
        for record in records
        if record.state is not None and record.article.editorial in {"publish", "hold"}
    ]


def unscale(terms: Sequence[Term], scales: Mapping[str, float]) -> tuple[Term, ...]:
    """Give terms as they would be without a site's scales, but for the floor, which follows from them."""
    return tuple(
        Term(name=term.name, value=round(term.value / (scales.get(term.name) or 1.0)), evidence=term.evidence)
        for term in terms
        if term.name != "floor"
    )


def scale_terms(terms: Sequence[Term], scales: Mapping[str, float]) -> tuple[Term, ...]:
    """Give terms with a site's scales applied; those that come to 0 are left out."""
    if not scales:
        return tuple(terms)
    scaled = (
        Term(name=term.name, value=round(term.value * scales.get(term.name, 1.0)), evidence=term.evidence)
        for term in terms
    )
    return tuple(term for term in scaled if term.value)


def fit_scales(examples: Sequence[Example]) -> Proposal:
    """Give the scales that agree best with the examples and are near 1. O(examples × terms²)."""
    names = sorted({term.name for example in examples for term in example.terms})
    values = np.array([[_value(example, name) for name in names] for example in examples], np.float64)
    bars = np.array([example.bar for example in examples], np.float64)
    wanted = np.array([example.published for example in examples])
    scales = np.ones(len(names))
    pull = _PULL * _POINTS**2 * np.eye(len(names))
    for _ in range(_ROUNDS):
        quality = values @ scales
        targets = np.where(wanted, np.maximum(quality, bars + _MARGIN), np.minimum(quality, bars - _MARGIN))
        step = np.linalg.solve(values.T @ values + pull, values.T @ (targets - values.sum(axis=1)))
        scales = np.clip(1 + step, 1 / MOST_SCALE, MOST_SCALE)
    rounded = {
        name: round(float(scale), 2)
        for name, scale in zip(names, scales, strict=True)
        if abs(scale - 1) >= 0.01
    }
    return _compare(examples, rounded)


def _value(example: Example, name: str) -> float:
    return float(sum(term.value for term in example.terms if term.name == name))


def _compare(examples: Sequence[Example], scales: dict[str, float]) -> Proposal:
    before = after = 0
    changed = []
    for example in examples:
        old, new = sum_terms(example.terms), sum_terms(scale_terms(example.terms, scales))
        before += (old >= example.bar) == example.published
        after += (new >= example.bar) == example.published
        if (old >= example.bar) != (new >= example.bar):
            changed.append((example.title, old, new, example.published))
    return Proposal(scales=scales, before=before, after=after, examples=len(examples), changed=tuple(changed))
