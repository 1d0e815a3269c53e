"""Reading the search index in PostgreSQL: a question is one transaction, at one moment of the index."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any, Final

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from newsloom import settings
from newsloom.errors import AwayError, NewsloomError, StoreError
from newsloom.place import Place
from newsloom.search.catalogue import ABSENT, MAKE, REBUILD, Match, give_up
from newsloom.search.keeping import CLOCK, LAST, tell_count, unpack_listing
from newsloom.search.planning import Plan
from newsloom.search.postgresql.asking import ask_through, read_value, read_values
from newsloom.search.postgresql.matching import TOTALS, read_totals, select_matches
from newsloom.search.postgresql.stories import find_near
from newsloom.search.records import Label, Listing
from newsloom.search.similar import COMPARED
from newsloom.store.connecting import connect
from newsloom.store.fulltext import find_vectors
from newsloom.store.schema import keep_plain

VERSION: Final = "1"  # of what the tables hold: an index of another version is emptied and filled again
WRITTEN: Final = "written"
_STATE: Final = ("version", CLOCK, WRITTEN, TOTALS)
_NO_VECTORS: Final = (
    "PostgreSQL has no extension “vector”: stories are near by the number of strong terms they share."
    " `CREATE EXTENSION vector` by its administrator, and the next pass, mend that."
)
_CANCELLED: Final = "57014"  # PostgreSQL's codes: a statement that took too long, a table that is not there
_UNDEFINED: Final = "42P01"
# A plan for all values at once would be one for rare words, and compiling it takes longer than running it.
# To read every text is never the way: a row is long, and `@@` costs more than PostgreSQL thinks of either.
# Helpers would take longer to start than most searches take, and the cores are those of other readers; to
# compare thousands of vectors is worth them.
_LIMIT: Final = (
    "SELECT set_config('statement_timeout', %s, true), set_config('jit', 'off', true),"
    " set_config('plan_cache_mode', 'force_custom_plan', true),"
    " set_config('enable_seqscan', 'off', true), set_config('cpu_tuple_cost', '0.2', true),"
    " set_config('max_parallel_workers_per_gather', '0', true)"
)
_HELPED: Final = "SET LOCAL max_parallel_workers_per_gather TO DEFAULT"


class SchemaCatalogue:
    """A search index in a schema of PostgreSQL, open for reading (`Catalogue`); it takes one connection."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._pool = connect(place)
        self._engine: Engine = self._pool.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        self._connection: Connection
        self._within = False  # a question
        self._state: Mapping[str, bytes] | None = None  # of the index, as this question has read it
        self._deadline = 0.0

    @contextmanager
    def limited(self) -> Iterator[None]:
        """Give PostgreSQL so much time for each statement, and begin none after it."""
        try:
            with nullcontext() if self._within else self._begin():
                yield
        except SQLAlchemyError as error:
            raise _fail(self._place, error) from error

    @contextmanager
    def _begin(self) -> Iterator[None]:
        self._deadline = time.monotonic() + settings.SEARCH_SECONDS
        wait = f"{max(1, round(settings.SEARCH_SECONDS * 1_000))}ms"
        with self._engine.begin() as self._connection:
            self._within = True
            try:
                self._connection.exec_driver_sql(_LIMIT, (wait,))
                yield
            finally:
                self._within, self._state = False, None

    def _ask(self, statement: str, values: tuple[Any, ...] = ()) -> Sequence[Any]:
        if time.monotonic() > self._deadline:
            raise give_up()
        return ask_through(self._connection)(statement, values)

    def is_current(self) -> bool:
        """Whether no program of another version has made it anew."""
        return self.value("version") == VERSION.encode()

    def tell_written(self) -> float:
        """When a pass last wrote, by the database's clock."""
        return float(self.value(WRITTEN) or 0)

    def close(self) -> None:
        """Let go of the connection."""
        self._pool.dispose()

    def value(self, key: str) -> bytes | None:
        """What the last pass left under a key; the small ones that every question needs are read at once."""
        if key not in _STATE:
            return read_value(self._ask, key)
        if self._state is None:
            self._state = read_values(self._ask, _STATE)
        return self._state.get(key)

    def version(self) -> object:
        """When a pass last wrote."""
        return self.value(WRITTEN)

    def find_stems(self, word: str, most: int, *, held: bool) -> list[str]:
        """The stems of a word as it is written, the commonest first."""
        count = tell_count(held)
        rows = self._ask(
            f"SELECT stem FROM search_words WHERE word = %s AND {count} > 0"  # noqa: S608 - our own names
            f" ORDER BY {count} DESC, stem LIMIT %s",
            (word, most),
        )
        return [stem for (stem,) in rows]

    def has_stem(self, stem: str, *, held: bool) -> bool:
        """Whether a word of this stem is there."""
        where = f"stem = %s AND {tell_count(held)} > 0"
        return bool(self._ask(f"SELECT 1 FROM search_stems WHERE {where}", (stem,)))  # noqa: S608 - as above

    def find_beginnings(self, word: str, most: int, *, held: bool) -> list[str]:
        """The stems of words that begin so, the commonest first."""
        count = tell_count(held)
        rows = self._ask(
            f"SELECT stem FROM search_words WHERE word >= %s AND word < %s AND {count} > 0"  # noqa: S608 - as above
            f" GROUP BY stem ORDER BY sum({count}) DESC, stem LIMIT %s",
            (word, word + LAST, most),
        )
        return [stem for (stem,) in rows]

    def list_words(self, most: int, *, held: bool) -> Sequence[tuple[str, int]]:
        """The commonest words, each with the number of records it is in."""
        count = tell_count(held)
        return self._ask(
            f"SELECT word, sum({count}) AS n FROM search_words WHERE {count} > 0"  # noqa: S608 - as above
            " GROUP BY word ORDER BY n DESC, word LIMIT %s",
            (most,),
        )

    def list_labels(self, kind: str) -> list[Label]:
        """All topics, or all providers."""
        rows = self._ask("SELECT key, name, short FROM search_labels WHERE kind = %s ORDER BY id", (kind,))
        return [Label(*row) for row in rows]

    def read_labels(self, numbers: Iterable[int]) -> Mapping[int, Label]:
        """Topics and providers by their numbers."""
        read = "SELECT id, key, name, short FROM search_labels WHERE id = ANY(%s::int[])"
        return {number: Label(*row) for number, *row in self._ask(read, (list(numbers),))}

    def match(
        self, plan: Plan, now: int, most: int, *, shown: bool, scored: bool
    ) -> tuple[int, Sequence[Match]]:
        """How many matches there are, and the newest."""
        totals = read_totals(self.value(TOTALS))[not shown]
        return select_matches(self._ask, plan, totals, now, most, shown=shown, scored=scored)

    def read_listings(self, numbers: Sequence[int]) -> Sequence[Listing]:
        """The listings of these numbers, in their order."""
        read = "SELECT id, body FROM search_listings WHERE id = ANY(%s::bigint[])"
        bodies = dict(self._ask(read, (list(numbers),)))
        return [unpack_listing(bodies[number]) for number in numbers]

    def find(self, name: str, *, held: bool) -> Listing | None:
        """The listing of a record that may be seen."""
        rows = self._ask(
            "SELECT body FROM search_listings JOIN search_items USING (id) WHERE name = %s AND (shown OR %s)",
            (keep_plain(name), held),
        )
        return unpack_listing(rows[0][0]) if rows else None

    def tell_lack(self) -> str:
        """That the extension `vector` is missing."""
        return "" if find_vectors(self._connection) else _NO_VECTORS

    def find_similar(self, listing: Listing, *, held: bool) -> Iterable[Listing]:
        """The articles of the nearest stories."""
        self._ask(_HELPED)
        return find_near(self._ask, listing, find_vectors(self._connection), COMPARED, held=held)


def _fail(place: Place, error: SQLAlchemyError) -> NewsloomError:
    """The error of a search, in one line that tells no password."""
    state = getattr(getattr(error, "orig", None), "sqlstate", None)
    if state == _CANCELLED:
        return give_up()
    if state == _UNDEFINED:
        return StoreError(str(place), ABSENT, MAKE)
    cause = f"{type(error).__name__}: {str(error).splitlines()[0]}"
    if isinstance(error, OperationalError):
        return AwayError(str(place), f"search cannot reach its database: {cause}", "see that PostgreSQL runs")
    return StoreError(str(place), f"the search index failed: {cause}", REBUILD)


def open_schema_catalogue(place: Place) -> SchemaCatalogue:
    """Open a schema's index for reading. Raises StoreError when there is none that can be read."""
    catalogue = SchemaCatalogue(place)
    try:
        with catalogue.limited():
            version, clock = catalogue.value("version"), catalogue.value(CLOCK)
        if version is not None and version != VERSION.encode():
            raise StoreError(str(place), "the search index is of another version", REBUILD)
        if clock is None:
            raise StoreError(str(place), ABSENT, MAKE)
    except NewsloomError:
        catalogue.close()
        raise
    return catalogue
