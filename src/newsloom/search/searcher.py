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

from msgspec import Struct

from newsloom.errors import LimitError, StoreError
from newsloom.search.expression import Plan, Planner
from newsloom.search.index import SLOTS, unpack_listing
from newsloom.search.marking import mark_hit
from newsloom.search.query import Query
from newsloom.search.ranking import WEIGHTS, score_match
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


class _Row(Struct, frozen=True):
    """A match: its number, the score, and what facets count."""

    number: int
    score: Score
    provider: int
    topics: str


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
            if order == TIME or not query.clauses:
                total, rows, ranked = self._list_by_time(plan, query, clock, page, size)
            else:
                total, rows, ranked = self._rank(plan, query, clock)
                rows_here = rows[(page - 1) * size : page * size]
                return self._answer(query, plan, rows_here, (total, ranked, page, size), counted=rows)
            return self._answer(query, plan, rows, (total, ranked, page, size))

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

    def _rank(self, plan: Plan, query: Query, clock: datetime) -> tuple[int, list[_Row], int]:
        """All matches that are ranked, best first; how many there are, and how many are ranked."""
        total, rows = 0, []
        for table in self._tables(query):
            found = list(self._select(table, plan, clock, SEARCH_CANDIDATES))
            full = len(found) == SEARCH_CANDIDATES
            total += self._count(table, plan) if full else len(found)
            rows += found
        rows.sort(key=lambda row: (-row.score.value, -row.number))
        return total, rows, len(rows)

    def _select(self, table: str, plan: Plan, clock: datetime, most: int, skip: int = 0) -> Iterator[_Row]:
        """Matches of a table, newest first, with their scores."""
        now = clock.timestamp()
        rows = self._connection.execute(
            f"SELECT t.rowid, t.n, quality, provider, topics FROM"  # noqa: S608 - our own names
            f" (SELECT rowid, -bm25({table}, {', '.join(map(str, WEIGHTS))}, 0) AS n FROM {table}"
            f" WHERE {table} MATCH ? AND rowid BETWEEN ? AND ? ORDER BY rowid DESC LIMIT ? OFFSET ?) AS t"
            f" CROSS JOIN items ON items.id = t.rowid",
            (plan.match, plan.first, plan.last, most, skip),
        )
        for number, match, quality, provider, topics in rows:
            yield _Row(number, score_match(match, now - number // SLOTS, quality), provider, topics)

    def _count(self, table: str, plan: Plan) -> int:
        (count,) = self._connection.execute(
            f"SELECT count(*) FROM {table} WHERE {table} MATCH ? AND rowid BETWEEN ? AND ?",  # noqa: S608 - our own names
            (plan.match, plan.first, plan.last),
        ).fetchone()
        return int(count)

    def _list_by_time(
        self, plan: Plan, query: Query, clock: datetime, page: int, size: int
    ) -> tuple[int, list[_Row], int]:
        """One page of matches, newest first; how many there are in all."""
        tables = self._tables(query)
        if not tables:
            return 0, [], 0
        total = 0
        numbers: list[int] = []
        for table in tables:
            source, values = self._source(table, plan)
            (count,) = self._connection.execute(f"SELECT count(*) FROM {source}", values).fetchone()  # noqa: S608 - our own names
            total += count
            rows = self._connection.execute(
                f"SELECT id FROM (SELECT {'id' if source.startswith('items') else 'rowid AS id'} FROM {source})"  # noqa: S608 - our own names
                " ORDER BY id DESC LIMIT ?",
                (*values, page * size),
            )
            numbers += [row[0] for row in rows]
        chosen = sorted(numbers, reverse=True)[(page - 1) * size : page * size]
        return total, [self._row(number, clock) for number in chosen], total

    def _source(self, table: str, plan: Plan) -> tuple[str, tuple[object, ...]]:
        """Where matches come from without ranking: the full text, or all items where no word is asked for."""
        if plan.match:
            return f"{table} WHERE {table} MATCH ? AND rowid BETWEEN ? AND ?", (
                plan.match,
                plan.first,
                plan.last,
            )
        shown = table == SHOWN
        source, values = "items WHERE shown = ? AND id BETWEEN ? AND ?", (shown, plan.first, plan.last)
        if plan.unwanted:
            return (
                f"{source} AND id NOT IN (SELECT rowid FROM {table} WHERE {table} MATCH ?)",  # noqa: S608 - our own names
                (*values, plan.unwanted),
            )
        return source, values

    def _row(self, number: int, clock: datetime) -> _Row:
        quality, provider, topics = self._connection.execute(
            "SELECT quality, provider, topics FROM items WHERE id = ?", (number,)
        ).fetchone()
        return _Row(number, score_match(0.0, clock.timestamp() - number // SLOTS, quality), provider, topics)

    def _answer(
        self,
        query: Query,
        plan: Plan,
        rows: Iterable[_Row],
        place: tuple[int, int, int, int],
        counted: Iterable[_Row] | None = None,
    ) -> Results:
        total, ranked, page, size = place
        kept = list(rows)
        counts = list(counted) if counted is not None else kept
        return Results(
            text=query.text,
            total=total,
            page=page,
            size=size,
            hits=tuple(self._show(row, plan) for row in kept),
            topics=self._tell("topic", (int(item) for row in counts for item in row.topics.split())),
            providers=self._tell("provider", (row.provider for row in counts)),
            suggestion=self._suggest(query, plan),
            notes=(*query.notes, *plan.notes),
            ranked=ranked,
        )

    def _show(self, row: _Row, plan: Plan) -> Hit:
        (body,) = self._connection.execute("SELECT body FROM listings WHERE id = ?", (row.number,)).fetchone()
        return mark_hit(unpack_listing(body), row.score if row.score.match else None, plan.stems)

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
        )

    def _suggest(self, query: Query, plan: Plan) -> str:
        """The query with the words no text has put right, where there is a word that is near."""
        text = query.text
        for word in plan.missing:
            better = self._words().put_right(word)
            if better is not None:
                text = _exchange(text, word, better)
        return text if text != query.text else ""

    def _words(self) -> Vocabulary:
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
    searcher = Searcher(path, held=held, language=language)
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
