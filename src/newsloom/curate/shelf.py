"""Open stories on a shelf: found by the terms they are strong in, then measured exactly.

A story is held as the sum of its articles' unit vectors, its strongest terms only: about 1 KB. Which
stories are worth measuring is told by `Rings`, so the cost of an article is bounded whatever the window.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from newsloom.curate.linking import Group
from newsloom.curate.rings import Rings, Terms

ASKED: Final = 24  # strongest terms of an article by which stories are looked for
FILED: Final = 16  # strongest terms of a story by which it is found
COMPARED: Final = 48  # stories that are measured exactly for one article, and as many articles of its batch
_COMPARED_TITLES: Final = 96  # the same where only a headline is known: it has fewer terms to tell by
_LEAST_FOUND: Final = 2  # of the terms asked for, what articles with texts in one batch must share
GROWN: Final = 2  # articles of a story from which it may be merged: of single ones nothing new is known
_CENTROID_TERMS: Final = 96  # strongest terms kept of a story
_SHARED_TERMS: Final = 3  # terms that articles with texts must share: one name makes a subject, not an event
_SLOTS: Final = 1 << 17  # slots in which one article's terms are looked up

Weights = npt.NDArray[np.float32]
Dots = list[tuple[int, float]]


class Vector(Struct, frozen=True):
    """Terms by number, the strongest first, with weights of length 1, and their length before."""

    terms: Terms
    weights: Weights
    evidence: float


class OpenStory(Struct):
    """An open story: the sum of its articles' unit vectors with its squared length."""

    name: str
    terms: Terms
    weights: Weights
    square: float = 0.0
    size: int = 0
    texts: int = 0
    latest: float = -math.inf


class Found(Struct, frozen=True):
    """What an article shares enough terms with: open stories by number, articles of its batch by place."""

    stories: Dots
    peers: Dots


def open_story(name: str, vector: Vector) -> OpenStory:
    """Give a story of one article, not yet counted."""
    kept = slice(_CENTROID_TERMS)
    return OpenStory(name=name, terms=vector.terms[kept].copy(), weights=vector.weights[kept].copy())


def add_vectors(story: OpenStory, vector: Vector | OpenStory) -> tuple[Terms, Weights]:
    """Give the sum of a story's vector and an article's: its strongest terms, the strongest first."""
    terms, places = np.unique(np.concatenate([story.terms, vector.terms]), return_inverse=True)
    weights = np.bincount(places, np.concatenate([story.weights, vector.weights])).astype(np.float32)
    order = np.lexsort((terms, -weights))[:_CENTROID_TERMS]
    return terms[order], weights[order]


def group_story(story: OpenStory) -> Group:
    """Give a story as a group that articles may be joined to."""
    return Group(size=story.size, square=story.square, texts=story.texts, latest=story.latest, story=True)


class Shelf:
    """The open stories of one index, or of one shard, by number."""

    def __init__(self) -> None:
        self.stories: dict[int, OpenStory] = {}
        self._rings = Rings()
        self._slot_terms = np.zeros(_SLOTS, np.uint32)
        self._slot_weights = np.zeros(_SLOTS, np.float32)

    def load(self, stories: dict[int, OpenStory]) -> None:
        """Take these stories for all there are, filed in the order of their numbers. Cost is O(n log n)."""
        self.stories = stories
        self._rings.fill([(number, stories[number].terms[:FILED]) for number in sorted(stories)])

    def file(self, number: int) -> None:
        """Make a story that is new or has grown known by the terms it is strong in."""
        self._rings.file(number, self.stories[number].terms[:FILED])

    def make_room(self) -> None:
        """File everything anew in more rings once they are full."""
        if self._rings.is_full:
            self._rings.rebuild((known, item.terms[:FILED]) for known, item in self.stories.items())

    def drop(self, number: int) -> OpenStory | None:
        """Forget a story."""
        return self.stories.pop(number, None)

    def absorb(self, kept: int, gone: int) -> None:
        """Take note that a story has another's articles, which has been dropped."""
        self.file(kept)

    def prepare(self, numbers: Sequence[int]) -> None:
        """Take note which stories `find_near` will be asked for; there is nothing to prepare here."""

    def find_near(self, number: int) -> list[int]:
        """Give the other stories that share most of the terms that one is strong in."""
        return self.list_near(number, self.stories[number])

    def list_near(self, number: int, story: OpenStory) -> list[int]:
        """Give the stories here that share most of the terms that one is strong in, wherever it stands."""
        near = self._rings.find(story.terms[:FILED], COMPARED, _LEAST_FOUND)
        return [found for found in near if found != number and found in self.stories]

    def compare(self, vectors: Sequence[Vector | None], texted: Sequence[bool]) -> list[Found]:
        """Give what each article of a batch is like: open stories, and those before it in the batch.

        None stands for an article that cannot be told by its terms, and is like nothing.
        """
        batch = Rings()
        found: list[Found] = []
        for place, vector in enumerate(vectors):
            if vector is None:
                found.append(Found([], []))
                continue
            found.append(self._compare(vector, texted[place], batch, vectors))
            batch.file(place + 1, vector.terms[:ASKED])
            if batch.is_full:
                known = enumerate(vectors[: place + 1], start=1)
                batch.rebuild((number, item.terms[:ASKED]) for number, item in known if item is not None)
        return found

    def _compare(self, vector: Vector, texted: bool, batch: Rings, vectors: Sequence[Vector | None]) -> Found:
        asked = vector.terms[:ASKED]
        most, least = (COMPARED, _LEAST_FOUND) if texted else (_COMPARED_TITLES, 1)
        near = self._rings.find(asked, most)
        numbers = [number for number in near if number in self.stories]
        peers = [number - 1 for number in batch.find(asked, most, least)]
        compared: list[OpenStory | Vector] = [self.stories[number] for number in numbers]
        compared += [other for peer in peers if (other := vectors[peer]) is not None]
        found = Found([], [])
        for at, dot in self.measure(vector, compared, texted):
            if at < len(numbers):
                found.stories.append((numbers[at], dot))
            else:
                found.peers.append((peers[at - len(numbers)], dot))
        return found

    def measure(
        self, vector: Vector | OpenStory, others: Sequence[OpenStory | Vector], texted: bool
    ) -> Iterable[tuple[int, float]]:
        """Give (place, dot product) of an article with those that share enough terms with it."""
        if not others:
            return ()
        slots = vector.terms % _SLOTS
        self._slot_terms[slots], self._slot_weights[slots] = vector.terms, vector.weights
        terms = np.concatenate([other.terms for other in others])
        weights = np.concatenate([other.weights for other in others])
        lengths = [len(other.terms) for other in others]
        starts = np.cumsum([0, *lengths[:-1]])
        found = terms % _SLOTS
        same = self._slot_terms[found] == terms
        dots = np.add.reduceat(np.where(same, self._slot_weights[found] * weights, 0), starts)
        shared = np.add.reduceat(same.astype(np.int32), starts)
        self._slot_terms[slots] = 0
        least = _SHARED_TERMS if texted else 1
        kept = np.flatnonzero(shared >= least)
        return zip(kept.tolist(), dots[kept].tolist(), strict=True)
