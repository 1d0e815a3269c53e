"""How much a headline tells, against how much it teases or shouts.

A logistic model over words and a few shapes, small enough to read: its weights are in
`data/headline.yaml`, fitted by `scripts/fit_headline.py`. It judges the form of a headline, not
whether it is true.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from typing import Final

import msgspec
from msgspec import Struct

_WORD: Final = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+")
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_MARKS: Final = re.compile(r"[!?]{2,}|!")
_ACRONYM: Final = 5  # letters of the longest acronym
_QUOTES: Final = str.maketrans({"’": "'", "‘": "'"})


class HeadlineModel(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The fitted weights: log-odds of clickbait for the whole and for each cue."""

    formula: str
    bias: float
    cues: dict[str, float]


MODEL: Final = msgspec.yaml.decode(
    (files(__package__) / "data" / "headline.yaml").read_bytes(), type=HeadlineModel
)


def list_cues(title: str) -> Iterator[str]:
    """Give the cues of a headline: its words and shapes such as `starts-with:number`.

    Cues do not look at capitals, as many sites set all their headlines in title case.
    """
    words = _WORD.findall(title.translate(_QUOTES).lower())
    shapes = ["number" if word.isdigit() else word for word in words]
    yield from dict.fromkeys(shapes)
    if shapes:
        yield f"starts-with:{shapes[0]}"
    yield f"words:{min(len(words), 24) // 4 * 4}"
    longest = max((len(word) for word in words), default=0)
    yield f"longest:{min(longest, 12) // 3 * 3}"
    if any(len(word) == 4 and word.isdigit() for word in words):
        yield "year"


@lru_cache(maxsize=4096)
def clickbait_probability(title: str) -> float:
    """Give the probability, 0 to 1, that a headline is clickbait by its form."""
    log_odds: float = MODEL.bias + sum(MODEL.cues.get(cue, 0.0) for cue in list_cues(title))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, log_odds))))


def strongest_cues(title: str, limit: int = 3) -> list[str]:
    """Give the cues that speak most for clickbait, strongest first: the evidence of the term."""
    weighed = [(MODEL.cues.get(cue, 0.0), cue) for cue in list_cues(title)]
    return [cue for weight, cue in sorted(weighed, key=lambda pair: (-pair[0], pair[1])) if weight > 0.3][
        :limit
    ]


def measure_shouting(title: str) -> float:
    """Give how loud a headline is, 0 to 1: the share of words in capitals, and runs of "!" and "?".

    Acronyms of up to five letters do not count as shouting.
    """
    words = [word for word in _LETTERS.findall(title) if len(word) > 1]
    if not words:
        return 0.0
    capitals = [word for word in words if word.isupper()]
    loud = sum(len(word) > _ACRONYM for word in capitals) / len(words)
    if len(capitals) == len(words) > 2:
        loud = 1.0
    marks = len(_MARKS.findall(title)) if "!" in title or "?" in title else 0
    return min(1.0, loud + 0.25 * marks)
