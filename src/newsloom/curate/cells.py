"""Which cell a story lives in, and which cells hold what an article may belong to.

A cell is a part of the open stories that one shard holds. Its centroid is sparse, as those of stories
are: the terms its stories are strong in. An article votes with its strongest terms for the cells that
have them, a term counting less the more cells have it; the cell with most votes is its home, and the
next few, where they have enough, are its neighbours. So cells follow the stream: nothing is learned
beforehand and kept, and what is here can be made again from the stories.

Fixed centroids (k-means, hashed terms) part every fourth event; see docs/decisions/0010.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from newsloom.curate.rings import Terms
from newsloom.curate.shelf import ASKED, FILED, OpenStory, Vector
from newsloom.settings import STORY_NEIGHBOURS

_SLOTS: Final = 1 << 18  # slots in which terms are counted, 1 MB a cell: two terms in one look commoner
_ENOUGH: Final = 0.5  # of the home's votes, what a neighbour must have to be asked
_ENOUGH_TITLES: Final = 0.2  # the same where only a headline is known: its few terms vote less surely
_MOST: Final = 2.0  # times the mean number of stories, above which a cell takes no new ones,
_SLACK: Final = 8  # and this many above that, so that a few stories may be of one kind
_ROUNDS: Final = 2  # times a batch is routed: the second knows where the articles of an event went

Slots = npt.NDArray[np.int64]
Votes = npt.NDArray[np.float64]


class Route(Struct, frozen=True):
    """The cell an article belongs to by its terms, and the others that are to be asked."""

    home: int
    neighbours: tuple[int, ...] = ()

    @property
    def cells(self) -> tuple[int, ...]:
        """All cells that are asked."""
        return (self.home, *self.neighbours)


class Cells:
    """The cells of the open stories, by number."""

    def __init__(self, count: int) -> None:
        self._homes: dict[int, int] = {}
        self._filed: dict[int, Slots] = {}
        self._held = np.zeros((_SLOTS, count), np.int32)
        self._load = np.zeros(count, np.int64)
        self._telling = np.log((count + 1) / np.arange(1, count + 2))  # by how many cells have a term

    @property
    def loads(self) -> list[int]:
        """How many stories each cell holds."""
        loads: list[int] = self._load.tolist()
        return loads

    def enter(self, number: int, story: OpenStory) -> int:
        """Enter a story, or one that has grown, and give its cell. Where it lives, it stays."""
        home = self._homes.get(number)
        if home is None:
            votes = self._vote(_find_slots(story.terms[:ASKED]), story.weights)
            home = self._homes[number] = self._choose(votes, self._measure_most(0), _ENOUGH).home
            self._load[home] += 1
        else:
            self._count(self._filed[number], home, -1)
        self._filed[number] = _find_slots(story.terms[:FILED])
        self._count(self._filed[number], home, 1)
        return home

    def leave(self, number: int) -> int | None:
        """Forget a story, and give the cell it lived in; None of one that was never entered."""
        home = self._homes.pop(number, None)
        if home is not None:
            self._count(self._filed.pop(number), home, -1)
            self._load[home] -= 1
        return home

    def probe(self, story: OpenStory) -> Route:
        """Give the cells in which a story like this one may live."""
        enough = _ENOUGH if story.texts else _ENOUGH_TITLES
        votes = self._vote(_find_slots(story.terms[:ASKED]), story.weights)
        return self._choose(votes, math.inf, enough)

    def route(self, articles: Sequence[tuple[Vector, bool]]) -> list[Route]:
        """Give the cells of each article of a batch, in order; articles of one event meet in one.

        Beside each stands whether more than a headline is known of it. The outcome hangs on the order of
        `articles`. Cost is linear in them, and in the cells.
        """
        routes: list[Route | None] = [None] * len(articles)
        slots = [_find_slots(vector.terms[:ASKED]) for vector, _ in articles]
        most = self._measure_most(len(articles))
        for _ in range(_ROUNDS):
            for place, (vector, texted) in enumerate(articles):
                if (before := routes[place]) is not None:
                    self._stand(slots[place], before.home, -1)
                votes = self._vote(slots[place], vector.weights)
                enough = _ENOUGH if texted else _ENOUGH_TITLES
                route = routes[place] = self._choose(votes, most, enough)
                self._stand(slots[place], route.home, 1)
        routed = [route for route in routes if route is not None]
        for place, route in enumerate(routed):  # stories are entered when they are made
            self._stand(slots[place], route.home, -1)
        return routed

    def _stand(self, slots: Slots, home: int, count: int) -> None:
        """Let an article of a batch stand in a cell as a story would, or no more."""
        self._count(slots, home, count)
        self._load[home] += count

    def _count(self, slots: Slots, home: int, count: int) -> None:
        self._held[slots, home] += count  # a slot that is there twice counts once, both ways

    def _measure_most(self, coming: int) -> float:
        return _MOST * (int(self._load.sum()) + coming) / len(self._load) + _SLACK

    def _vote(self, slots: Slots, weights: npt.NDArray[np.float32]) -> Votes:
        """Give the votes of each cell: of the terms it has, by weight and by how few cells have them."""
        held = self._held[slots] > 0
        votes: Votes = (weights[:ASKED] * self._telling[held.sum(axis=1)]) @ held
        return votes

    def _choose(self, votes: Votes, most: float, enough: float) -> Route:
        """Give the cells with most votes; the home is the first that has no more than `most` stories."""
        order: list[int] = np.lexsort((self._load, -votes)).tolist()
        home = next((cell for cell in order if self._load[cell] <= most), order[0])
        least = enough * votes[order[0]]
        near = [cell for cell in order[: STORY_NEIGHBOURS + 1] if votes[cell] > least and cell != home]
        return Route(home, tuple(near[:STORY_NEIGHBOURS]))


def _find_slots(terms: Terms) -> Slots:
    return (terms % _SLOTS).astype(np.int64)
