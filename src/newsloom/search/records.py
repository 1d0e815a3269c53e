"""What search takes in and gives back."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from newsloom.settings import SEARCH_PAGES


class Listing(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A record as search knows it: what is searched, what is filtered by, and what a result shows.

    `story` is the name of the story whose page shows it, "" for a record that no page shows. `item` is the
    record as the JSON API gives it, encoded. `keywords` are its strongest terms with weights.
    """

    name: str
    title: str
    published: datetime
    excerpt: str = ""
    provider: str = ""
    domain: str = ""
    topics: tuple[str, ...] = ()
    kind: str = "article"
    language: str = ""
    quality: int = 0
    shown: bool = False
    story: str = ""
    out: str = ""
    keywords: tuple[tuple[str, float], ...] = ()
    item: bytes = b""


class Label(Struct, frozen=True):
    """A topic or provider by its key (a topic's id, a domain) and its name; `short` is another name."""

    key: str
    name: str
    short: str = ""


class Score(Struct, frozen=True):
    """Why a result stands where it does: `match` times `factor`, which is 1 and what age and quality add."""

    match: float
    recency: float
    quality: float

    @property
    def factor(self) -> float:
        """By how much recency and quality raise the match."""
        return 1 + self.recency + self.quality

    @property
    def value(self) -> float:
        """What results are ordered by."""
        return self.match * self.factor


class Hit(Struct, frozen=True, kw_only=True):
    """A result. `title_marks` and `excerpt_marks` are the places of the words found: start and end."""

    listing: Listing
    score: Score | None = None
    title_marks: tuple[tuple[int, int], ...] = ()
    excerpt_marks: tuple[tuple[int, int], ...] = ()


class Facet(Struct, frozen=True):
    """How many of the matches a filter would leave. `count` is of those that were ranked."""

    key: str
    name: str
    count: int


class Results(Struct, frozen=True, kw_only=True):
    """A page of results. `suggestion` is the query with its misspelt words put right, "" where none is.

    `total` counts all matches, `ranked` those that were put in order; `stems` are what was looked for.
    """

    text: str
    total: int
    page: int
    size: int
    hits: tuple[Hit, ...]
    topics: tuple[Facet, ...] = ()
    providers: tuple[Facet, ...] = ()
    suggestion: str = ""
    notes: tuple[str, ...] = ()
    ranked: int = 0
    stems: frozenset[str] = frozenset()

    @property
    def pages(self) -> int:
        """How many pages can be turned."""
        return min(max(1, -(-min(self.total, self.ranked or self.total) // self.size)), SEARCH_PAGES)


class Updated(Struct, frozen=True):
    """How the search index was brought in step."""

    written: int
    removed: int
