"""Which articles tell the same event: decided in batches, online, each article once.

A batch (the articles of one hour of a stream, or those new in one pass) is compared with itself and
with the open stories through an inverted index, and joined likest pair first, so that the order
within a batch does not matter. The method follows streaming news clustering (Miranda et al., EMNLP
2018; Staykovski et al., 2019; Linger and Hajaiej, 2020): weighted terms, named things counting more,
time, and corpus statistics that start from a shipped table and follow the stream. Precision first: an
article without enough evidence opens a story of its own.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Final

from msgspec import Struct

from newsloom.curate.linking import Edges, Group, link_groups, measure_likeness
from newsloom.curate.terms import find_names, list_stems, pick_keywords, share_of
from newsloom.curate.weights import WEIGHTS, StoryWeights
from newsloom.settings import STORY_MEMBERS

_POSTINGS: Final = 600  # articles or stories looked up by one term; commoner terms tell little and cost most
_CENTROID_TERMS: Final = 120  # strongest terms kept of a story: about 10 KB while it is open
_SHARED_TERMS: Final = 3  # terms that articles with texts must share: one name makes a subject, not an event
_STREAM_KEYWORDS: Final = 60  # terms taken of a text in a stream, where nothing has to be sealed
_BATCH: Final = 4_000  # articles joined at once; larger passes are cut in order of time
_LAG_BATCHES: Final = 5  # batches whose earliest moment decides which stories are closed
_SECONDS_A_DAY: Final = 86_400.0
_SECONDS_AN_HOUR: Final = 3_600.0

Vector = Mapping[str, float]


class StoryInput(Struct, frozen=True, kw_only=True):
    """An article of a stream. `date` may be a moment, an ISO 8601 text, or unknown."""

    id: str
    title: str
    text: str = ""
    date: datetime | str | None = None
    source: str = ""
    url: str = ""


class Assignment(Struct, frozen=True, kw_only=True):
    """The story of an article, named after the article that opened it."""

    id: str
    cluster: str


class Profile(Struct, frozen=True, kw_only=True):
    """What an article is matched by.

    `terms` have weights not yet multiplied by rarity; `day` is when it was published, in days since
    1970; `texted` says whether more than a headline is known.
    """

    terms: Mapping[str, float]
    day: float
    texted: bool


class _Story(Struct):
    """An open story: the sum of its articles' unit vectors with its squared length."""

    centroid: dict[str, float]
    square: float = 0.0
    size: int = 0
    texts: int = 0
    latest: float = -math.inf


def profile_article(
    title: str,
    keywords: Iterable[tuple[str, float]],
    language: str | None,
    moment: datetime,
    weights: StoryWeights = WEIGHTS.stories,
) -> Profile:
    """Give the profile of an article from its title and its text's keywords, weighted 0 to 1."""
    names = {stem for name in find_names(title) for stem in list_stems(name, language)}
    terms = {stem: weights.name if stem in names else 1.0 for stem in list_stems(title, language)}
    texted = False
    for stem, weight in keywords:
        texted = texted or stem not in terms
        terms[stem] = max(terms.get(stem, 0.0), weights.text * weight)
    return Profile(terms=terms, day=moment.timestamp() / _SECONDS_A_DAY, texted=texted)


class StoryIndex:
    """The open stories of a stream or a site, and the statistics of what has been seen."""

    def __init__(
        self,
        window_days: float = 7.0,
        weights: StoryWeights = WEIGHTS.stories,
        subject: Container[str] = (),
    ) -> None:
        """Open an index. `subject` holds the stems of what the whole site is about."""
        self._window = window_days
        self._subject = subject
        self._weights = weights
        self._stories: dict[str, _Story] = {}
        self._postings: dict[str, dict[str, None]] = {}
        self._seen: dict[str, int] = {}
        self._articles = 0
        self._lag: deque[float] = deque(maxlen=_LAG_BATCHES)

    @property
    def size(self) -> int:
        """How many stories are open."""
        return len(self._stories)

    def restore(self, story: str, profile: Profile) -> None:
        """Enter an article whose story is already decided, as read back from its document."""
        self._count([profile])
        self._enter(story, self._weigh(profile)[0], profile)

    def assign(self, articles: Sequence[tuple[str, Profile]]) -> dict[str, str]:
        """Give the story of each new article by name; a new story is named after its earliest.

        The outcome does not depend on the order of `articles`. Cost per article is bounded by its
        terms times the postings looked up, whatever the number of stories.
        """
        ordered = sorted(articles, key=lambda pair: (pair[1].day, pair[0]))
        placed: dict[str, str] = {}
        for start in range(0, len(ordered), _BATCH):
            placed.update(self._assign_batch(ordered[start : start + _BATCH]))
        return placed

    def _assign_batch(self, batch: Sequence[tuple[str, Profile]]) -> dict[str, str]:
        self._count([profile for _, profile in batch])
        weighed = [self._weigh(profile) for _, profile in batch]
        vectors = [vector for vector, _ in weighed]
        groups = [
            Group(size=1, square=1.0 if vector else 0.0, texts=profile.texted, latest=profile.day)
            for (_, profile), vector in zip(batch, vectors, strict=True)
        ]
        telling = [evidence >= self._weights.evidence for _, evidence in weighed]
        edges, stories = self._connect(vectors, telling, groups)
        roots = link_groups(groups, edges, self._margin)
        placed: dict[str, str] = {}
        names: dict[int, str] = {len(batch) + place: name for place, name in enumerate(stories)}
        for place, (name, profile) in enumerate(batch):
            story = names.setdefault(roots[place], name)
            placed[name] = story
            self._enter(story, vectors[place], profile)
        self._close_old(batch[0][1].day if batch else -math.inf)
        return placed

    def _count(self, profiles: Sequence[Profile]) -> None:
        self._articles += len(profiles)
        for profile in profiles:
            for term in profile.terms:
                self._seen[term] = self._seen.get(term, 0) + 1

    def _weigh(self, profile: Profile) -> tuple[dict[str, float], float]:
        """Give an article's unit vector, and its length before: how much there is to tell it by.

        A term's rarity is −ln of its share of articles, the shipped share moved by what was seen. What
        is rare in the news at large is common on a site about it, and makes a subject, not an event. A
        headline that thousands share ends with next to no length, and is matched with nothing.
        """
        prior, total = self._weights.prior, self._weights.prior + self._articles
        weighed = {
            term: weight * math.log(total / (self._share(term) * prior + self._seen.get(term, 0)))
            for term, weight in profile.terms.items()
        }
        length = math.sqrt(sum(weight * weight for weight in weighed.values() if weight > 0))
        return {term: weight / length for term, weight in weighed.items() if weight > 0}, length

    def _share(self, term: str) -> float:
        share = share_of(term)
        return max(share, self._weights.subject) if term in self._subject else share

    def _connect(
        self, vectors: Sequence[Vector], telling: Sequence[bool], groups: list[Group]
    ) -> tuple[Edges, list[str]]:
        """Find the dot products of a batch with itself and with open stories, which join `groups`."""
        edges: Edges = [{} for _ in vectors]
        places: dict[str, int] = {}
        batch_postings: dict[str, list[tuple[int, float]]] = {}
        for place, vector in enumerate(vectors):
            if not telling[place]:
                continue
            found = edges[place]
            shared: dict[int, int] = {}
            for term, weight in vector.items():
                earlier = batch_postings.setdefault(term, [])
                if len(earlier) < _POSTINGS:
                    for other, other_weight in earlier:
                        found[other] = found.get(other, 0.0) + weight * other_weight
                        shared[other] = shared.get(other, 0) + 1
                    earlier.append((place, weight))
                for name in self._look_up(term):
                    other = places.setdefault(name, len(vectors) + len(places))
                    found[other] = found.get(other, 0.0) + weight * self._stories[name].centroid[term]
                    shared[other] = shared.get(other, 0) + 1
            if groups[place].texts:
                edges[place] = {o: dot for o, dot in found.items() if shared[o] >= _SHARED_TERMS}
        groups.extend(self._group(name) for name in places)
        edges.extend({} for _ in places)
        for place in range(len(vectors)):
            for other, dot in edges[place].items():
                edges[other][place] = dot
        return edges, list(places)

    def _look_up(self, term: str) -> Iterable[str]:
        posting = self._postings.get(term, {})
        return posting if len(posting) <= _POSTINGS else ()

    def _group(self, name: str) -> Group:
        story = self._stories[name]
        return Group(size=story.size, square=story.square, texts=story.texts, latest=story.latest, story=True)

    def _margin(self, one: Group, other: Group, dot: float) -> float:
        """Give by how much two groups' likeness is above what joining needs; −1 when it is ruled out."""
        gap = abs(one.latest - other.latest)
        size = one.size + other.size
        if gap > self._window or size > STORY_MEMBERS:
            return -1.0
        texted = (one.texts + other.texts) / size
        needed = self._weights.join_title + texted * (self._weights.join_text - self._weights.join_title)
        return measure_likeness(one, other, dot) - needed - self._weights.day * gap

    def _enter(self, name: str, vector: Vector, profile: Profile) -> None:
        story = self._stories.get(name)
        if story is None:
            story = self._stories[name] = _Story(centroid={})
        centroid = story.centroid
        for term, weight in vector.items():
            centroid[term] = centroid.get(term, 0.0) + weight
            self._postings.setdefault(term, {})[name] = None
        if len(centroid) > 2 * _CENTROID_TERMS:
            story.centroid = centroid = self._trim(name, centroid)
        story.square = sum(weight * weight for weight in centroid.values())
        story.size += 1
        story.texts += profile.texted
        story.latest = max(story.latest, profile.day)

    def _trim(self, name: str, centroid: dict[str, float]) -> dict[str, float]:
        ordered = sorted(centroid.items(), key=lambda item: (-item[1], item[0]))
        for term, _ in ordered[_CENTROID_TERMS:]:
            del self._postings[term][name]
        return dict(ordered[:_CENTROID_TERMS])

    def _close_old(self, day: float) -> None:
        """Forget stories out of the window. One article with a wrong date does not close the others."""
        self._lag.append(day)
        opened = min(self._lag) - self._window
        if len(self._lag) < _LAG_BATCHES:
            return
        for name in [name for name, story in self._stories.items() if story.latest < opened]:
            for term in self._stories.pop(name).centroid:
                posting = self._postings[term]
                del posting[name]
                if not posting:
                    del self._postings[term]


def assign_stories(articles: Iterable[StoryInput], window_days: float = 7.0) -> Iterator[Assignment]:
    """Give the story of each article of a stream, in the order they come, each decided once.

    The articles of one hour are decided together. One without a date, or with one that cannot be
    read, is taken as of the moment of the one before it. A story is named after the id of its first.
    """
    index = StoryIndex(window_days)
    for _, hour in groupby(
        _date_stream(articles), key=lambda pair: int(pair[1].timestamp() // _SECONDS_AN_HOUR)
    ):
        batch = [(article.id, _profile_input(article, moment)) for article, moment in hour]
        placed = index.assign(batch)
        for name, _ in batch:
            yield Assignment(id=name, cluster=placed[name])


def _date_stream(articles: Iterable[StoryInput]) -> Iterator[tuple[StoryInput, datetime]]:
    moment = datetime(1970, 1, 1, tzinfo=UTC)
    for article in articles:
        moment = read_moment(article.date) or moment
        yield article, moment


def _profile_input(article: StoryInput, moment: datetime) -> Profile:
    text = article.text
    keywords = pick_keywords(article.title, "", text, None, _STREAM_KEYWORDS) if text else ()
    return profile_article(article.title, keywords, None, moment)


def read_moment(date: datetime | str | None) -> datetime | None:
    """Give a date as an aware moment, UTC where no zone is told; None when it cannot be read."""
    if isinstance(date, str):
        try:
            date = datetime.fromisoformat(date.strip())
        except ValueError:
            return None
    if date is None:
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
