"""Reading the search index: from a query to a page of results.

The newest matches are ranked by relevance, up to a limit that only words in thousands of texts reach; those
older than that are reached by narrowing the dates, or by order of time.
"""

from __future__ import annotations

import sqlite3
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from newsloom.errors import LimitError, StoreError
from newsloom.search.expression import Plan, Planner
from newsloom.search.index import SLOTS, unpack_listing
from newsloom.search.marking import mark_hit
from newsloom.search.matching import Match, count_matches, select_matches
from newsloom.search.query import Query
from newsloom.search.ranking import value_quality, value_recency
from newsloom.search.records import Facet, Hit, Listing, Results, Score
from newsloom.search.schema import HELD, SEARCH_VERSION, SHOWN
from newsloom.search.similar import find_similar
from newsloom.search.spelling import Vocabulary, load_vocabulary
from newsloom.search.words import read_tokens
from newsloom.settings import SEARCH_CANDIDATES, SEARCH_PAGES, SEARCH_SECONDS

RELEVANCE: Final = "relevance"
TIME: Final = "time"
FACETS: Final = 8  # values of a facet that are told
_STEPS: Final = 2_000  # steps of SQLite's machine between two looks at the time: well under a millisecond


class Searcher:
    """A site's search index, open for reading; of one thread. `held` lets it see what is not shown."""

    def __init__(self, path: Path, *, held: bool = False, language: str = "en") -> None:
        self._path = path
        self._connection = _connect(path)
        self._held = held
        self._planner = Planner(self._connection, held=held, language=language)
        self._vocabulary: tuple[int, Vocabulary] | None = None
        self._deadline = 0.0
        self._connection.set_progress_handler(self._look_at_time, _STEPS)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def value(self, key: str) -> bytes | None:
        """What the last pass left under a key."""
        with self._limited():
            row = self._connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    def clock(self) -> datetime:
        """The desk's clock when the index was last brought in step."""
        return datetime.fromisoformat((self.value("clock") or b"1970-01-01T00:00:00+00:00").decode())

    def search(self, query: Query, *, order: str = RELEVANCE, page: int = 1, size: int = 20) -> Results:
        """A page of results. Raises LimitError when it takes too long, StoreError when it cannot be read."""
        page = min(max(1, page), SEARCH_PAGES)
        clock = self.clock()
        with self._limited():
            if query.like:
                return self._search_similar(query, page, size)
            plan = self._planner.plan(query)
            scored = order != TIME and bool(query.clauses)
            total, matches = self._match(plan, query, clock, max(SEARCH_CANDIDATES, page * size), scored)
            return Results(
                text=query.text,
                total=total,
                page=page,
                size=size,
                hits=tuple(self._show(row, plan, clock) for row in matches[(page - 1) * size : page * size]),
                topics=self._tell("topic", (int(item) for row in matches for item in row.topics.split())),
                providers=self._tell("provider", (row.provider for row in matches)),
                suggestion=self._suggest(query, plan),
                notes=(*query.notes, *plan.notes),
                ranked=len(matches) if scored else total,
                stems=plan.stems,
            )

    def find(self, name: str) -> Listing | None:
        """The listing of a record that may be seen."""
        with self._limited():
            return self._find(name)

    def _find(self, name: str) -> Listing | None:
        row = self._connection.execute(
            "SELECT body FROM listings JOIN items USING (id) WHERE name = ? AND (shown OR ?)",
            (name, self._held),
        ).fetchone()
        return unpack_listing(row[0]) if row else None

    def _tables(self, query: Query) -> tuple[str, ...]:
        tables = [SHOWN] if query.shown is not False else []
        return tuple([*tables, HELD] if self._held and query.shown is not True else tables)

    def _match(
        self, plan: Plan, query: Query, clock: datetime, most: int, scored: bool
    ) -> tuple[int, list[Match]]:
        """How many matches there are, and the newest of them in their order."""
        total, matches = 0, []
        for table in self._tables(query):
            found = select_matches(self._connection, table, plan, int(clock.timestamp()), most, scored=scored)
            total += len(found) if len(found) < most else count_matches(self._connection, table, plan)
            matches += found
        return total, sorted(matches)

    def _show(self, row: Match, plan: Plan, clock: datetime) -> Hit:
        (body,) = self._connection.execute("SELECT body FROM listings WHERE id = ?", (row.number,)).fetchone()
        age = clock.timestamp() - row.number // SLOTS
        score = Score(row.match, value_recency(age), value_quality(row.quality)) if row.match else None
        return mark_hit(unpack_listing(body), score, plan.stems)

    def _tell(self, kind: str, numbers: Iterable[int]) -> tuple[Facet, ...]:
        facets = []
        for number, count in Counter(numbers).most_common(FACETS):
            key, name, short = self._connection.execute(
                "SELECT key, name, short FROM labels WHERE id = ?", (number,)
            ).fetchone()
            facets.append(Facet(short if kind == "topic" and short else key, name, count))
        return tuple(facets)

    def _search_similar(self, query: Query, page: int, size: int) -> Results:
        listing = self._find(query.like)
        if listing is None:
            note = f"There is no article “{query.like}”."
            return Results(text=query.text, total=0, page=1, size=size, hits=(), notes=(*query.notes, note))
        found = find_similar(self._connection, listing, held=self._held)
        stems = frozenset(term for term, _ in listing.keywords)
        hits = tuple(
            mark_hit(other, Score(round(likeness, 3), 0.0, 0.0), stems)
            for _, other, likeness in found[(page - 1) * size : page * size]
        )
        note = f"Like “{listing.title}”, by the words both texts are about."
        return Results(
            text=query.text,
            total=len(found),
            page=page,
            size=size,
            hits=hits,
            notes=(*query.notes, note),
            stems=stems,
        )

    def _suggest(self, query: Query, plan: Plan) -> str:
        """The query with the words no text has put right, where there is a word that is near."""
        text = query.text
        for word in plan.missing:
            better = self.vocabulary().put_right(word)
            if better is not None:
                text = _exchange(text, word, better)
        return text if text != query.text else ""

    def vocabulary(self) -> Vocabulary:
        """The words that misspelt ones are compared with; read again when a pass has written."""
        (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        if self._vocabulary is None or self._vocabulary[0] != version:
            self._vocabulary = (version, load_vocabulary(self._connection, held=self._held))
        return self._vocabulary[1]

    def _look_at_time(self) -> int:
        return int(time.monotonic() > self._deadline)

    @contextmanager
    def _limited(self) -> Iterator[None]:
        self._deadline = time.monotonic() + SEARCH_SECONDS
        try:
            yield
        except sqlite3.OperationalError as error:
            if "interrupt" in str(error):
                raise LimitError(
                    "search", f"took longer than {SEARCH_SECONDS:g} s and was given up", "ask for rarer words"
                ) from error
            raise StoreError(str(self._path), f"the search index failed: {error}", _REMEDY) from error
        except sqlite3.Error as error:
            raise StoreError(str(self._path), f"the search index failed: {error}", _REMEDY) from error


_REMEDY: Final = "`newsloom search --rebuild` makes it again"


def open_searcher(path: Path, *, held: bool = False, language: str = "en") -> Searcher:
    """Open a site's search index for reading.

    Raises StoreError when there is none that can be read: no pass has made it, or an older version did.
    """
    if not path.is_file():
        raise StoreError(str(path), "there is no search index yet", "`newsloom run` makes it")
    try:
        searcher = Searcher(path, held=held, language=language)
    except sqlite3.Error as error:
        raise StoreError(str(path), f"the search index failed: {error}", _REMEDY) from error
    try:
        version = searcher.value("version")
    except StoreError:
        searcher.close()
        raise
    if version != SEARCH_VERSION.encode():
        searcher.close()
        raise StoreError(str(path), "the search index is of another version", _REMEDY)
    return searcher


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA query_only=ON")
    connection.execute("PRAGMA busy_timeout=1000")
    connection.execute("PRAGMA cache_size=-32768")
    connection.execute("PRAGMA mmap_size=1073741824")
    return connection


def _exchange(text: str, word: str, better: str) -> str:
    """The text with a word put right, wherever it stands as it is written plainly."""
    pieces, at = [], 0
    for token in read_tokens(text):
        if token.word == word:
            pieces += [text[at : token.start], better]
            at = token.end
    return "".join([*pieces, text[at:]])


def is_search_index(path: Path) -> bool:
    """Whether there is a search index that can be read."""
    try:
        open_searcher(path).close()
    except StoreError:
        return False
    return True
