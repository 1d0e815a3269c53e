"""The open stories of a stream or a site: articles in, the story of each out, in batches.

A batch is compared with itself and with the open stories on a shelf (`shelf.py`), which may be one or
many shards (`sharding.py`). Pairs are joined likest first (`linking.py`), so that the order within a
batch does not matter. Cost per article and memory per story are bounded whatever the window.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Container, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final
from zlib import crc32

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from newsloom.curate.linking import Edges, Group, link_groups, measure_likeness
from newsloom.curate.rings import Terms
from newsloom.curate.shelf import (
    COMPARED,
    GROWN,
    OpenStory,
    Shelf,
    Vector,
    add_vectors,
    group_story,
    open_story,
)
from newsloom.curate.terms import share_of
from newsloom.curate.weights import WEIGHTS, StoryWeights
from newsloom.settings import STORY_MEMBERS

_BATCH: Final = 4_000  # articles joined at once; larger passes are cut in order of time
_LAG_BATCHES: Final = 5  # batches whose earliest moment decides which stories are closed
_COUNTERS: Final = 1 << 20  # counters of terms seen, 4 MB: two terms in one counter look a little commoner
_TERM_CACHE: Final = 200_000  # numbers of terms kept in memory


class Profile(Struct, frozen=True, kw_only=True):
    """What an article is matched by.

    `terms` have weights not yet multiplied by rarity; `day` is when it was published, in days since
    1970; `texted` says whether more than a headline is known.
    """

    terms: Mapping[str, float]
    day: float
    texted: bool


class Placement(Struct, frozen=True):
    """What a batch came to: the story of each article by name, and stories that were one after all.

    `merged` gives for each story that is no more the older one that has its articles now.
    """

    stories: dict[str, str]
    merged: dict[str, str]


class Known(Struct, frozen=True):
    """An article's terms by number, in its profile's order, and the shipped share of articles of each."""

    terms: Terms
    shares: npt.NDArray[np.float64]


@lru_cache(maxsize=_TERM_CACHE)
def _look_up(term: str) -> tuple[int, float]:
    """Give a term's number, never 0, which marks an empty slot, and its shipped share of articles."""
    return crc32(term.encode()) | 1, share_of(term)


def _look_up_all(profile: Profile) -> Known:
    found = [_look_up(term) for term in profile.terms]
    shares = np.array([share for _, share in found], np.float64)
    return Known(np.array([number for number, _ in found], np.uint32), shares)


class StoryIndex:
    """The open stories of a stream or a site, and the statistics of what has been seen."""

    def __init__(
        self,
        window_days: float = 7.0,
        weights: StoryWeights = WEIGHTS.stories,
        subject: Container[str] = (),
        fixed: Container[str] = (),
        shelf: Shelf | None = None,
    ) -> None:
        """Open an index.

        `subject` holds the stems of what the whole site is about, `fixed` the names of stories that are
        never merged with another: an editor's word, or another desk's, stands above the evidence.
        `shelf` is where open stories stand: an empty one, or shards.
        """
        self._window = window_days
        self._fixed = fixed
        self._subject = subject
        self._weights = weights
        self._shelf = Shelf() if shelf is None else shelf
        self._stories = self._shelf.stories
        self._numbers: dict[str, int] = {}
        self._last = 0
        self._seen = np.zeros(_COUNTERS, np.float32)
        self._articles = 0
        self._lag: deque[float] = deque(maxlen=_LAG_BATCHES)

    @property
    def size(self) -> int:
        """How many stories are open."""
        return len(self._stories)

    def is_fixed(self, story: str) -> bool:
        """Say whether a story stays as it is, whatever the evidence."""
        return story in self._fixed

    def restore(self, story: str, profile: Profile) -> None:
        """Enter an article whose story is already decided, as read back from its document."""
        known = _look_up_all(profile)
        self._count([known])
        self._enter(story, self._weigh(profile, known), profile)

    def assign(self, articles: Sequence[tuple[str, Profile]]) -> Placement:
        """Give the story of each new article by name; a new story is named after its earliest.

        Stories that have grown together are merged. The outcome does not depend on the order of `articles`.
        """
        ordered = sorted(articles, key=lambda pair: (pair[1].day, pair[0]))
        placed = Placement({}, {})
        for start in range(0, len(ordered), _BATCH):
            stories = self._assign_batch(ordered[start : start + _BATCH])
            placed.stories.update(stories)
            grown = {number for name in stories.values() if (number := self._numbers.get(name))}
            placed.merged.update(self._merge_grown(sorted(grown)))
        for name, story in placed.stories.items():
            placed.stories[name] = follow(story, placed.merged)
        return placed

    def tell_same(self, one: Profile, other: Profile) -> float:
        """Give the probability that two articles tell the same event, 0 to 1, from their likeness alone."""
        left, right = self._weigh(one), self._weigh(other)
        weights = dict(zip(right.terms.tolist(), right.weights.tolist(), strict=True))
        terms = zip(left.terms.tolist(), left.weights.tolist(), strict=True)
        likeness = sum(weight * weights.get(term, 0.0) for term, weight in terms)
        texted = one.texted and other.texted
        base, slope = self._weights.sure_texts if texted else self._weights.sure_titles
        return 1 / (1 + math.exp(-base - slope * likeness))

    def part(self, story: str, groups: Mapping[str, Sequence[Profile]]) -> None:
        """Enter a story anew as those it was split into: articles by the name of each."""
        self._shelf.drop(self._numbers.get(story, 0))
        for name, profiles in groups.items():
            self._numbers.pop(name, None)
            for profile in profiles:
                self._enter(name, self._weigh(profile), profile)

    def find_parts(self, members: Sequence[Profile]) -> list[list[int]]:
        """Give the parts (places in `members`) of a story that has drifted; one where it holds together.

        The story is made again from nothing, and is split where two parts of two articles or more
        are further apart than joining ever allows. Lone strays stay with the largest part.
        """
        vectors = [self._weigh(profile) for profile in members]
        alone = [_stand_alone(profile, vector) for profile, vector in zip(members, vectors, strict=True)]
        edges = _compare_all(vectors)
        roots = link_groups(alone, edges, lambda a, b, dot: self._exceed(a, b, dot, 0) + self._weights.split)
        parts: dict[int, list[int]] = {}
        for place, root in enumerate(roots):
            parts.setdefault(root, []).append(place)
        found = sorted(parts.values(), key=lambda part: (-len(part), part))
        whole = [part for part in found if len(part) > 1] or [[]]
        whole[0] = sorted(whole[0] + [place for part in found if len(part) == 1 for place in part])
        return whole

    def _merge_grown(self, numbers: Iterable[int]) -> dict[str, str]:
        """Merge stories that have just grown with open ones that tell the same event, likest first."""
        merged: dict[str, str] = {}
        pending = deque(numbers)
        self._shelf.prepare(pending)
        while pending:
            number = pending.popleft()
            other = self._find_twin(number) if number in self._stories else None
            if other is None:
                continue
            kept, gone = sorted((number, other))
            merged[self._stories[gone].name] = self._stories[kept].name
            self._absorb(kept, gone)
            pending.append(kept)
        return {gone: follow(kept, merged) for gone, kept in merged.items()}

    def _find_twin(self, number: int) -> int | None:
        """Give the open story likest to one, where it is like enough for both to be one."""
        story = self._stories[number]
        if story.name in self._fixed:
            return None
        others = self._shelf.find_near(number)
        group, best = group_story(story), (0.0, 0)
        stories = [self._stories[other] for other in others]
        for at, dot in self._shelf.measure(story, stories, bool(story.texts)):
            if stories[at].name not in self._fixed and min(story.size, stories[at].size) >= GROWN:
                margin = self._margin(group, group_story(stories[at]), dot) - self._weights.merge
                best = max(best, (margin, -others[at]))
        return -best[1] or None

    def _absorb(self, kept: int, gone: int) -> None:
        """Let one story have another's articles."""
        into, other = self._stories[kept], self._stories[gone]
        self._shelf.drop(gone)
        into.terms, into.weights = add_vectors(into, other)
        into.square = float(into.weights @ into.weights)
        into.size += other.size
        into.texts += other.texts
        into.latest = max(into.latest, other.latest)
        self._numbers[other.name] = kept
        self._shelf.absorb(kept, gone)

    def _assign_batch(self, batch: Sequence[tuple[str, Profile]]) -> dict[str, str]:
        looked_up = [_look_up_all(profile) for _, profile in batch]
        self._count(looked_up)
        vectors = [self._weigh(profile, known) for (_, profile), known in zip(batch, looked_up, strict=True)]
        groups = [_stand_alone(profile, vector) for (_, profile), vector in zip(batch, vectors, strict=True)]
        edges, stories = self._connect(vectors, groups)
        roots = link_groups(groups, edges, self._margin)
        placed: dict[str, str] = {}
        names: dict[int, str] = {len(batch) + place: story.name for place, story in enumerate(stories)}
        for place, (name, profile) in enumerate(batch):
            story = names.setdefault(roots[place], name)
            placed[name] = story
            self._enter(story, vectors[place], profile)
        self._close_old(batch[0][1].day if batch else -math.inf)
        return placed

    def _count(self, articles: Sequence[Known]) -> None:
        self._articles += len(articles)
        for known in articles:
            np.add.at(self._seen, known.terms % _COUNTERS, 1)

    def _weigh(self, profile: Profile, known: Known | None = None) -> Vector:
        """Give an article's unit vector, and its length before: how much there is to tell it by.

        A term's rarity is −ln of its share of articles, the shipped share moved by what was seen. What
        is rare in the news at large is common on a site about it, and makes a subject, not an event. A
        headline that thousands share ends with next to no length, and is matched with nothing.
        """
        prior, total = self._weights.prior, self._weights.prior + self._articles
        known = known or _look_up_all(profile)
        terms, least = known.terms, self._weights.subject
        common = np.array([term in self._subject for term in profile.terms], np.bool_)
        shares = np.where(common, np.maximum(known.shares, least), known.shares)
        weights = np.array([*profile.terms.values()], np.float64)
        weights *= np.log(total / (shares * prior + self._seen[terms % _COUNTERS]))
        told = weights > 0
        terms, weights = terms[told], weights[told]
        length = math.sqrt(float(weights @ weights))
        order = np.lexsort((terms, -weights))
        return Vector(terms[order], (weights[order] / (length or 1)).astype(np.float32), length)

    def _connect(self, vectors: Sequence[Vector], groups: list[Group]) -> tuple[Edges, list[OpenStory]]:
        """Find the dot products of a batch with itself and with open stories, which join `groups`."""
        edges: Edges = [{} for _ in vectors]
        places: dict[int, int] = {}
        stories: list[OpenStory] = []
        telling = [vector if vector.evidence >= self._weights.evidence else None for vector in vectors]
        for place, found in enumerate(self._shelf.compare(telling, [bool(group.texts) for group in groups])):
            for number, dot in found.stories:
                other = places.setdefault(number, len(vectors) + len(places))
                if other - len(vectors) == len(stories):
                    stories.append(self._stories[number])
                edges[place][other] = dot
            edges[place].update(found.peers)
        groups.extend(group_story(story) for story in stories)
        edges.extend({} for _ in stories)
        for place in range(len(vectors)):
            for other, dot in edges[place].items():
                edges[other][place] = dot
        return edges, stories

    def _margin(self, one: Group, other: Group, dot: float) -> float:
        """Give by how much two groups' likeness is above what joining needs; −1 when it is ruled out."""
        gap = abs(one.latest - other.latest)
        if gap > self._window or one.size + other.size > STORY_MEMBERS:
            return -1.0
        return self._exceed(one, other, dot, gap)

    def _exceed(self, one: Group, other: Group, dot: float, gap: float) -> float:
        """Give by how much a likeness is above what is needed of articles `gap` days apart."""
        texted = (one.texts + other.texts) / (one.size + other.size)
        needed = self._weights.join_title + texted * (self._weights.join_text - self._weights.join_title)
        return measure_likeness(one, other, dot) - needed - self._weights.day * gap

    def _enter(self, name: str, vector: Vector, profile: Profile) -> None:
        number = self._numbers.get(name)
        if number is None or number not in self._stories:
            self._last = number = self._last + 1
            self._numbers[name] = number
            story = self._stories[number] = open_story(name, vector)
        else:
            story = self._stories[number]
            story.terms, story.weights = add_vectors(story, vector)
        story.square = float(story.weights @ story.weights)
        story.size += 1
        story.texts += profile.texted
        story.latest = max(story.latest, profile.day)
        self._shelf.file(number)
        self._shelf.make_room()

    def _close_old(self, day: float) -> None:
        """Forget stories out of the window. One article with a wrong date does not close the others."""
        self._lag.append(day)
        opened = min(self._lag) - self._window
        if len(self._lag) < _LAG_BATCHES:
            return
        for number in [number for number, story in self._stories.items() if story.latest < opened]:
            self._shelf.drop(number)
        if len(self._numbers) > 2 * len(self._stories) + COMPARED:  # now and then: names of merged ones too
            self._numbers = {name: known for name, known in self._numbers.items() if known in self._stories}


def _stand_alone(profile: Profile, vector: Vector) -> Group:
    return Group(size=1, square=float(len(vector.terms) > 0), texts=profile.texted, latest=profile.day)


def follow(story: str, merged: Mapping[str, str]) -> str:
    """Give the story that has a story's articles now."""
    while story in merged:
        story = merged[story]
    return story


def _compare_all(vectors: Sequence[Vector]) -> Edges:
    """Give the dot products of the articles of one story. Cost is quadratic in them."""
    columns = {term: at for at, term in enumerate(sorted({int(t) for v in vectors for t in v.terms}))}
    table = np.zeros((len(vectors), len(columns)), np.float32)
    for row, vector in enumerate(vectors):
        table[row, [columns[int(term)] for term in vector.terms]] = vector.weights
    dots = (table @ table.T).tolist()
    return [
        {other: dot for other, dot in enumerate(row) if other != place and dot > 0}
        for place, row in enumerate(dots)
    ]
