"""Stories and articles as a few arrays: what is sent to a shard costs no object each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from newsloom.curate.rings import Terms
from newsloom.curate.shelf import OpenStory, Vector, Weights

Numbers = npt.NDArray[np.int64]
_Number = TypeVar("_Number", np.uint32, np.float32)


class Rows(Struct, frozen=True):
    """Stories, one after the other: `ends` says where the terms of each end."""

    numbers: Numbers
    ends: Numbers
    terms: Terms
    weights: Weights
    counts: Numbers
    measures: npt.NDArray[np.float64]

    @property
    def size(self) -> int:
        """Bytes of the arrays."""
        arrays = (self.numbers, self.ends, self.terms, self.weights, self.counts, self.measures)
        return sum(array.nbytes for array in arrays)


class Articles(Struct, frozen=True):
    """Articles, one after the other, and whether more than a headline is known of each."""

    ends: Numbers
    terms: Terms
    weights: Weights
    texted: npt.NDArray[np.bool_]


def pack_rows(stories: Iterable[tuple[int, OpenStory]]) -> Rows:
    """Give stories as arrays; their names stay behind."""
    pairs = list(stories)
    return Rows(
        np.array([number for number, _ in pairs], np.int64),
        np.cumsum([len(story.terms) for _, story in pairs], dtype=np.int64),
        _join([story.terms for _, story in pairs], np.uint32),
        _join([story.weights for _, story in pairs], np.float32),
        np.array([(story.size, story.texts) for _, story in pairs], np.int64).reshape(-1, 2),
        np.array([(story.square, story.latest) for _, story in pairs], np.float64).reshape(-1, 2),
    )


def unpack_rows(rows: Rows) -> Iterator[tuple[int, OpenStory]]:
    """Give the stories that were packed."""
    start = 0
    numbers, ends = rows.numbers.tolist(), rows.ends.tolist()
    measured = zip(rows.counts.tolist(), rows.measures.tolist(), strict=True)
    for number, end, ((size, texts), (square, latest)) in zip(numbers, ends, measured, strict=True):
        # Copies: a view would keep all that was sent alive for one story of it.
        terms, weights = rows.terms[start:end].copy(), rows.weights[start:end].copy()
        yield number, OpenStory("", terms, weights, square, size, texts, latest)
        start = end


def pack_articles(articles: Sequence[tuple[Vector, bool]]) -> Articles:
    """Give articles as arrays."""
    return Articles(
        np.cumsum([len(vector.terms) for vector, _ in articles], dtype=np.int64),
        _join([vector.terms for vector, _ in articles], np.uint32),
        _join([vector.weights for vector, _ in articles], np.float32),
        np.array([texted for _, texted in articles], np.bool_),
    )


def unpack_articles(articles: Articles) -> list[tuple[Vector, bool]]:
    """Give the articles that were packed."""
    ends = articles.ends.tolist()
    starts = [0, *ends][: len(ends)]
    return [
        (Vector(articles.terms[start:end], articles.weights[start:end], 1.0), texted)
        for start, end, texted in zip(starts, ends, articles.texted.tolist(), strict=True)
    ]


def _join(arrays: Sequence[npt.NDArray[_Number]], kind: type[_Number]) -> npt.NDArray[_Number]:
    return np.concatenate(arrays) if arrays else np.empty(0, kind)
