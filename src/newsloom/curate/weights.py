"""What the desk weighs, as data: `data/weights.yaml` read once into typed, frozen tables.

The numbers stand in a file so that an owner can read them and a change can be reviewed like any
other text. No logic here.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Final

import msgspec
from msgspec import Struct


class QualityWeights(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Points each quality term may give or take; each is described in `weights.yaml`."""

    base: int
    standing: int
    known: int
    first_hand: int
    topic_in_title: int
    child_topic: int
    topic_elsewhere: int
    topic_missing: int
    clickbait: int
    shouting: int
    headline_long: int
    headline_short: int
    excerpt: int
    excerpt_missing: int
    image: int
    image_small: int
    image_missing: int
    byline: int
    dated: int
    dated_missing: int
    text: int
    text_missing: int
    video: int
    reprint: int
    press_release: int
    sponsored: int
    paywalled: int
    opinion: int
    thin_list: int


class ZoneWeights(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much a topic's keyword says in each zone, and the strength a topic must reach."""

    title: float
    excerpt: float
    text: float
    source: float
    description: float
    near: float
    nearer: float
    bar: float


class HeatWeights(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Points for coverage and pace, and the steps (age in hours, share left) by which heat fades."""

    provider: int
    coverage: int
    pace: float
    pace_most: int
    fading: tuple[tuple[float, float], ...]


class RelatedWeights(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How other coverage of a story is ordered."""

    novelty: int
    alike: float


class StoryWeights(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What tells that two articles report one event, and how much of it is needed."""

    name: float
    text: float
    subject: float
    prior: float
    join_title: float
    join_text: float
    day: float
    evidence: float
    merge: float
    split: float
    sure_titles: tuple[float, float]
    sure_texts: tuple[float, float]


class Weights(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All weights of the desk, and the name of the formula they make."""

    formula: str
    quality: QualityWeights
    topics: ZoneWeights
    heat: HeatWeights
    stories: StoryWeights
    related: RelatedWeights
    takeover: int


WEIGHTS: Final = msgspec.yaml.decode(
    (files(__package__) / "data" / "weights.yaml").read_bytes(), type=Weights
)
FORMULA: Final = WEIGHTS.formula
