"""From a query to a page of results, whichever database keeps the index.

The newest matches are ranked by relevance, up to a limit that only words in thousands of texts reach; those
older than that are reached by narrowing the dates, or by order of time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Final

from newsloom.search.catalogue import Catalogue, Match
from newsloom.search.keeping import SLOTS
from newsloom.search.marking import mark_hit
from newsloom.search.planning import Plan, Planner
from newsloom.search.query import Query
from newsloom.search.ranking import value_quality, value_recency
from newsloom.search.records import Facet, Hit, Listing, Results, Score
from newsloom.search.similar import rank_similar
from newsloom.search.spelling import Vocabulary
from newsloom.search.words import read_tokens
from newsloom.settings import SEARCH_CANDIDATES, SEARCH_PAGES, SEARCH_VOCABULARY

RELEVANCE: Final = "relevance"
TIME: Final = "time"
FACETS: Final = 8  # values of a facet that are told
_NEVER: Final = b"1970-01-01T00:00:00+00:00"


class Searcher:
    """A site's search index, open for reading; of one thread. `held` lets it see what is not shown."""

    def __init__(self, catalogue: Catalogue, *, held: bool = False, language: str = "en") -> None:
        self._catalogue = catalogue
        self._held = held
        self._planner = Planner(catalogue, held=held, language=language)
        self._vocabulary: tuple[object, Vocabulary] | None = None

    def close(self) -> None:
        """Let go of the index."""
        self._catalogue.close()

    def asking(self) -> AbstractContextManager[None]:
        """Make one question of all that is asked meanwhile: in PostgreSQL one transaction, in one time."""
        return self._catalogue.limited()

    def is_current(self) -> bool:
        """Whether this is still the index that is at its place."""
        with self._catalogue.limited():
            return self._catalogue.is_current()

    def tell_written(self) -> float:
        """When the index was last written, in seconds since 1970."""
        with self._catalogue.limited():
            return self._catalogue.tell_written()

    def version(self) -> object:
        """What is another thing whenever a pass has written."""
        with self._catalogue.limited():
            return self._catalogue.version()

    def value(self, key: str) -> bytes | None:
        """What the last pass left under a key."""
        with self._catalogue.limited():
            return self._catalogue.value(key)

    def clock(self) -> datetime:
        """The desk's clock when the index was last brought in step."""
        with self._catalogue.limited():
            return self._read_clock()

    def _read_clock(self) -> datetime:
        return datetime.fromisoformat((self._catalogue.value("clock") or _NEVER).decode())

    def search(self, query: Query, *, order: str = RELEVANCE, page: int = 1, size: int = 20) -> Results:
        """A page of results. Raises LimitError when it takes too long, StoreError when it cannot be read."""
        page = min(max(1, page), SEARCH_PAGES)
        with self._catalogue.limited():
            if query.like:
                return self._search_similar(query, page, size)
            return self._search_words(query, order, page, size)

    def _search_words(self, query: Query, order: str, page: int, size: int) -> Results:
        clock = self._read_clock()
        plan = self._planner.plan(query)
        scored = order != TIME and bool(query.clauses)
        total, matches = self._match(plan, query, clock, max(SEARCH_CANDIDATES, page * size), scored)
        return Results(
            text=query.text,
            total=total,
            page=page,
            size=size,
            hits=self._show(matches[(page - 1) * size : page * size], plan, clock),
            topics=self._tell("topic", (int(item) for row in matches for item in row.topics.split())),
            providers=self._tell("provider", (row.provider for row in matches)),
            suggestion=self._suggest(query, plan),
            notes=(*query.notes, *plan.notes),
            ranked=len(matches) if scored else total,
            stems=plan.stems,
        )

    def find(self, name: str) -> Listing | None:
        """The listing of a record that may be seen."""
        with self._catalogue.limited():
            return self._catalogue.find(name, held=self._held)

    def _match(
        self, plan: Plan, query: Query, clock: datetime, most: int, scored: bool
    ) -> tuple[int, list[Match]]:
        """How many matches there are, and the newest of them in their order."""
        total, matches, now = 0, list[Match](), int(clock.timestamp())
        for shown in (True, False):
            if query.shown is not (not shown) and (shown or self._held):
                count, found = self._catalogue.match(plan, now, most, shown=shown, scored=scored)
                total += count
                matches += found
        return total, sorted(matches)

    def _show(self, rows: Sequence[Match], plan: Plan, clock: datetime) -> tuple[Hit, ...]:
        listings = self._catalogue.read_listings([row.number for row in rows])
        return tuple(
            mark_hit(listing, _score(row, clock), plan.stems)
            for row, listing in zip(rows, listings, strict=True)
        )

    def _tell(self, kind: str, numbers: Iterable[int]) -> tuple[Facet, ...]:
        counts = Counter(numbers).most_common(FACETS)
        labels = self._catalogue.read_labels([number for number, _ in counts])
        return tuple(
            Facet(label.short if kind == "topic" and label.short else label.key, label.name, count)
            for label, count in ((labels[number], count) for number, count in counts)
        )

    def _search_similar(self, query: Query, page: int, size: int) -> Results:
        listing = self._catalogue.find(query.like, held=self._held)
        if listing is None:
            note = f"There is no article “{query.like}”."
            return Results(text=query.text, total=0, page=1, size=size, hits=(), notes=(*query.notes, note))
        found = rank_similar(listing, self._catalogue.find_similar(listing, held=self._held))
        stems = frozenset(term for term, _ in listing.keywords)
        hits = tuple(
            mark_hit(other, Score(round(likeness, 3), 0.0, 0.0), stems)
            for other, likeness in found[(page - 1) * size : page * size]
        )
        notes = [*query.notes, f"Like “{listing.title}”, by the words both texts are about."]
        if self._held and (lack := self._catalogue.tell_lack()):
            notes.append(lack)
        return Results(
            text=query.text,
            total=len(found),
            page=page,
            size=size,
            hits=hits,
            notes=tuple(notes),
            stems=stems,
        )

    def _suggest(self, query: Query, plan: Plan) -> str:
        """The query with the words no text has put right, where there is a word that is near."""
        text = query.text
        for word in plan.missing:
            better = self._read_vocabulary().put_right(word)
            if better is not None:
                text = _exchange(text, word, better)
        return text if text != query.text else ""

    def count_words(self) -> int:
        """How many words there are that a misspelt one is compared with."""
        with self._catalogue.limited():
            return len(self._read_vocabulary())

    def _read_vocabulary(self) -> Vocabulary:
        """The words that misspelt ones are compared with; read again when a pass has written."""
        version = self._catalogue.version()
        if self._vocabulary is None or self._vocabulary[0] != version:
            words = self._catalogue.list_words(SEARCH_VOCABULARY, held=self._held)
            self._vocabulary = (version, Vocabulary(words))
        return self._vocabulary[1]


def _score(row: Match, clock: datetime) -> Score | None:
    if not row.match:
        return None
    age = clock.timestamp() - row.number // SLOTS
    return Score(row.match, value_recency(age), value_quality(row.quality))


def _exchange(text: str, word: str, better: str) -> str:
    """The text with a word put right, wherever it stands as it is written plainly."""
    pieces, at = [], 0
    for token in read_tokens(text):
        if token.word == word:
            pieces += [text[at : token.start], better]
            at = token.end
    return "".join([*pieces, text[at:]])
