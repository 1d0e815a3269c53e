"""Which articles tell the same event: decided in batches, online, each article once.

A batch (the articles of one hour of a stream, or those new in one pass) is compared with itself and
with the open stories through an inverted index, and joined likest pair first, so that the order
within a batch does not matter. The method follows streaming news clustering (Miranda et al., EMNLP
2018; Staykovski et al., 2019; Linger and Hajaiej, 2020): weighted terms, named things counting more,
time, and corpus statistics that start from a shipped table and follow the stream. Precision first: an
article without enough evidence opens a story of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import groupby
from typing import Final

from msgspec import Struct

from newsloom.curate.story_index import Profile, StoryIndex
from newsloom.curate.terms import find_names, list_stems, pick_keywords
from newsloom.curate.weights import WEIGHTS, StoryWeights

_STREAM_KEYWORDS: Final = 60  # terms taken of a text in a stream, where nothing has to be sealed
_SECONDS_A_DAY: Final = 86_400.0
_SECONDS_AN_HOUR: Final = 3_600.0


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


def assign_stories(articles: Iterable[StoryInput], window_days: float = 7.0) -> Iterator[Assignment]:
    """Give the story of each article of a stream, in the order they come, each decided once.

    The articles of one hour are decided together. One without a date, or with one that cannot be
    read, is taken as of the moment of the one before it. A story is named after the id of its first.
    """
    index = StoryIndex(window_days)
    for _, hour in groupby(
        date_stream(articles), key=lambda pair: int(pair[1].timestamp() // _SECONDS_AN_HOUR)
    ):
        batch = [(article.id, profile_input(article, moment)) for article, moment in hour]
        placed = index.assign(batch).stories
        for name, _ in batch:
            yield Assignment(id=name, cluster=placed[name])


def date_stream(articles: Iterable[StoryInput]) -> Iterator[tuple[StoryInput, datetime]]:
    """Give each article with its moment; one that has none is taken as of the moment of the one before it."""
    moment = datetime(1970, 1, 1, tzinfo=UTC)
    for article in articles:
        moment = read_moment(article.date) or moment
        yield article, moment


def profile_input(article: StoryInput, moment: datetime) -> Profile:
    """Give the profile of an article of a stream, published at `moment`."""
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
