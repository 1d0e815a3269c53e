"""Leanings learned from an editor's decisions: what terms, providers and topics should count for here.

Logistic regression with Gaussian priors (D. Cox, 1958; A. Hoerl and R. Kennard, 1970) drawn towards what
ships: few decisions change little. At last the base moves so that the bar lies in the widest gap between what
was published and what was held. It proposes; the owner accepts.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from newsloom.curate.examples import Example, Preference
from newsloom.curate.leanings import MOST_POINTS, MOST_SCALE, Leanings, apply_leanings
from newsloom.curate.quality import sum_terms

LEAST_EXAMPLES: Final = 8  # decisions below which nothing is proposed: they could be chance
_BLUR: Final = 4.0  # points by which an editor's decisions waver
_SCALE_SPREAD: Final = 0.2  # how far a factor is expected to be from 1
_BASE_SPREAD: Final = 2.0  # the base is as good as free: it stands for how strict the editor is
_PROVIDER_SPREAD: Final = 8.0  # points by which providers are expected to differ beyond their terms
_TOPIC_SPREAD: Final = 4.0  # the same for topics
_LEAST_MET: Final = 2  # decisions on a provider or topic from which it has points of its own
_ROUNDS: Final = 60  # of Newton's steps, half of each: enough to settle to a hundredth

_Numbers = NDArray[np.float64]


class Proposal(Struct, frozen=True, kw_only=True):
    """Leanings, and what they do to the decisions they were fitted on.

    `before` and `after` are decisions that agree, `led_before` and `led_after` choices of a lead.
    """

    leanings: Leanings
    before: int
    after: int
    examples: int
    changed: tuple[tuple[str, int, int, bool], ...]
    preferences: int = 0
    led_before: int = 0
    led_after: int = 0


class _Columns(Struct, frozen=True, kw_only=True):
    """What each number that is fitted stands for: factors of terms, then points of providers and topics."""

    terms: tuple[str, ...]
    providers: tuple[str, ...]
    topics: tuple[str, ...]

    def start(self) -> _Numbers:
        """What ships: factors of 1 and no points."""
        return np.concatenate([np.ones(len(self.terms)), np.zeros(len(self.providers) + len(self.topics))])

    def pull(self) -> _Numbers:
        """How strongly each is drawn to what ships: one over its variance."""
        spreads = [_BASE_SPREAD if name == "base" else _SCALE_SPREAD for name in self.terms]
        spreads += [_PROVIDER_SPREAD] * len(self.providers) + [_TOPIC_SPREAD] * len(self.topics)
        return np.array(spreads, np.float64) ** -2

    def bounds(self) -> tuple[_Numbers, _Numbers]:
        """Least and most of each."""
        points = np.full(len(self.providers) + len(self.topics), MOST_POINTS)
        scales = np.full(len(self.terms), MOST_SCALE)
        return np.concatenate([1 / scales, -points]), np.concatenate([scales, points])

    def row(self, example: Example) -> list[float]:
        """An example's numbers: what each column is multiplied with."""
        values = Counter[str]()
        for term in example.terms:
            values[term.name] += term.value
        return [
            *(float(values[name]) for name in self.terms),
            *(float(example.domain == domain) for domain in self.providers),
            *(float(topic in example.topics) for topic in self.topics),
        ]


def fit_leanings(examples: Sequence[Example], preferences: Sequence[Preference] = ()) -> Proposal:
    """Give the leanings that agree best with decisions and choices of leads, and are near what ships.

    Deterministic. O(decisions × columns²).
    """
    columns = _choose_columns(examples)
    rows = np.array([columns.row(example) for example in examples], np.float64)
    bars = np.array([example.bar for example in examples], np.float64)
    wanted = np.array([float(example.published) for example in examples])
    chosen = [np.subtract(columns.row(pair.better), columns.row(pair.worse)) for pair in preferences]
    fitted = _solve(
        np.vstack([rows, *chosen]),
        np.concatenate([bars, np.zeros(len(chosen))]),
        np.concatenate([wanted, np.ones(len(chosen))]),
        columns,
    )
    fitted = _set_base(fitted, rows, bars, wanted, columns)
    return _compare(examples, preferences, _name(fitted, columns))


def _choose_columns(examples: Sequence[Example]) -> _Columns:
    domains = Counter(example.domain for example in examples if example.domain)
    topics = Counter(topic for example in examples for topic in example.topics)
    return _Columns(
        terms=tuple(sorted({term.name for example in examples for term in example.terms})),
        providers=tuple(sorted(name for name, count in domains.items() if count >= _LEAST_MET)),
        topics=tuple(sorted(name for name, count in topics.items() if count >= _LEAST_MET)),
    )


def _solve(rows: _Numbers, bars: _Numbers, wanted: _Numbers, columns: _Columns) -> _Numbers:
    start, pull, (least, most) = columns.start(), columns.pull(), columns.bounds()
    fitted = start.copy()
    for _ in range(_ROUNDS):
        likely = 1 / (1 + np.exp(-np.clip((rows @ fitted - bars) / _BLUR, -30, 30)))
        slope = rows.T @ (likely - wanted) / _BLUR + pull * (fitted - start)
        weights = likely * (1 - likely) + 1e-3  # never 0: keeps a step bounded where all is met already
        curve = (rows.T * weights) @ rows / _BLUR**2 + np.diag(pull)
        fitted = np.clip(fitted - 0.5 * np.linalg.solve(curve, slope), least, most)
    return fitted


def _set_base(
    fitted: _Numbers, rows: _Numbers, bars: _Numbers, wanted: _Numbers, columns: _Columns
) -> _Numbers:
    """Move the base so that most decisions are met; of moves that are equally good the middle one."""
    at = columns.terms.index("base") if "base" in columns.terms else -1
    if at < 0:
        return fitted
    over = np.round(rows @ fitted - bars)
    moves = np.arange(-over.max() - 1, -over.min() + 2)
    met = np.array([np.sum((over + move >= 0) == wanted) for move in moves])
    best = moves[met == met.max()]
    base = float(rows[:, at].max()) or 1.0
    fitted[at] = np.clip(fitted[at] + best[len(best) // 2] / base, 1 / MOST_SCALE, MOST_SCALE)
    return fitted


def _name(fitted: _Numbers, columns: _Columns) -> Leanings:
    terms, providers = len(columns.terms), len(columns.providers)
    scales, points = fitted[:terms], fitted[terms:]
    return Leanings(
        scales={
            name: round(float(scale), 2)
            for name, scale in zip(columns.terms, scales, strict=True)
            if abs(scale - 1) >= 0.01
        },
        providers=_name_points(columns.providers, points[:providers]),
        topics=_name_points(columns.topics, points[providers:]),
    )


def _name_points(names: Sequence[str], points: _Numbers) -> dict[str, float]:
    return {
        name: round(float(value), 1)
        for name, value in zip(names, points, strict=True)
        if abs(value) >= 0.5  # less than a point is nothing
    }


def judge_example(example: Example, leanings: Leanings) -> int:
    """Give the quality of an example under leanings."""
    return sum_terms(apply_leanings(example.terms, example.domain, example.topics, leanings))


def foresee(quality: int, bar: int) -> float:
    """Give the odds, 0 to 1, that an editor whose leanings were learned publishes what has a quality."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, (quality - bar) / _BLUR))))


def _compare(examples: Sequence[Example], preferences: Sequence[Preference], leanings: Leanings) -> Proposal:
    before = after = 0
    changed = []
    for example in examples:
        old, new = sum_terms(example.terms), judge_example(example, leanings)
        before += (old >= example.bar) == example.published
        after += (new >= example.bar) == example.published
        if (old >= example.bar) != (new >= example.bar):
            changed.append((example.title, old, new, example.published))
    return Proposal(
        leanings=leanings,
        before=before,
        after=after,
        examples=len(examples),
        changed=tuple(changed),
        preferences=len(preferences),
        led_before=sum(sum_terms(pair.better.terms) >= sum_terms(pair.worse.terms) for pair in preferences),
        led_after=sum(
            judge_example(pair.better, leanings) >= judge_example(pair.worse, leanings)
            for pair in preferences
        ),
    )
