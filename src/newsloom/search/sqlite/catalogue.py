"""Reading the search index in a file of SQLite's."""

from __future__ import annotations

import sqlite3
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from newsloom import settings
from newsloom.errors import StoreError
from newsloom.search.catalogue import ABSENT, MAKE, REBUILD, Match, give_up
from newsloom.search.keeping import CLOCK, LAST, tell_count, unpack_listing
from newsloom.search.planning import Plan
from newsloom.search.records import Label, Listing
from newsloom.search.similar import COMPARED
from newsloom.search.sqlite.matching import count_matches, select_matches
from newsloom.search.sqlite.schema import HELD, SEARCH_VERSION, SHOWN

_STEPS: Final = 2_000  # steps of SQLite's machine between two looks at the time: well under a millisecond


class FileCatalogue:
    """A search index in a file of its own, open for reading (`Catalogue`)."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._inode = path.stat().st_ino
        self._connection = _connect(path)
        self._deadline = 0.0
        self._connection.set_progress_handler(self._look_at_time, _STEPS)

    @contextmanager
    def limited(self) -> Iterator[None]:
        """Give SQLite so much time, and tell its errors as ours."""
        self._deadline = time.monotonic() + settings.SEARCH_SECONDS
        try:
            yield
        except sqlite3.OperationalError as error:
            if "interrupt" in str(error):
                raise give_up() from error
            raise StoreError(str(self._path), f"the search index failed: {error}", REBUILD) from error
        except sqlite3.Error as error:
            raise StoreError(str(self._path), f"the search index failed: {error}", REBUILD) from error

    def _look_at_time(self) -> int:
        return int(time.monotonic() > self._deadline)

    def is_current(self) -> bool:
        """Whether no other file was put in its place."""
        return self._path.stat().st_ino == self._inode

    def tell_written(self) -> float:
        """When the file was last written."""
        return self._path.stat().st_mtime

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def value(self, key: str) -> bytes | None:
        """What the last pass left under a key."""
        row = self._connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    def version(self) -> object:
        """SQLite's own number, another for each commit of others."""
        return self._connection.execute("PRAGMA data_version").fetchone()

    def find_stems(self, word: str, most: int, *, held: bool) -> list[str]:
        """The stems of a word as it is written, the commonest first."""
        count = tell_count(held)
        rows = self._connection.execute(
            f"SELECT stem FROM words WHERE word = ? AND {count} > 0"  # noqa: S608 - our own names
            f" ORDER BY {count} DESC, stem LIMIT ?",
            (word, most),
        )
        return [row[0] for row in rows]

    def has_stem(self, stem: str, *, held: bool) -> bool:
        """Whether a word of this stem is there: one that begins with the same three letters."""
        row = self._connection.execute(
            f"SELECT 1 FROM words WHERE {tell_count(held)} > 0"  # noqa: S608 - as above
            " AND word >= ? AND word < ? AND stem = ? LIMIT 1",
            (stem[:3], stem[:3] + LAST, stem),
        ).fetchone()
        return row is not None

    def find_beginnings(self, word: str, most: int, *, held: bool) -> list[str]:
        """The stems of words that begin so, the commonest first."""
        count = tell_count(held)
        rows = self._connection.execute(
            f"SELECT stem FROM words WHERE word >= ? AND word < ? AND {count} > 0"  # noqa: S608 - as above
            f" GROUP BY stem ORDER BY sum({count}) DESC, stem LIMIT ?",
            (word, word + LAST, most),
        )
        return [row[0] for row in rows]

    def list_words(self, most: int, *, held: bool) -> Sequence[tuple[str, int]]:
        """The commonest words, each with the number of records it is in."""
        count = tell_count(held)
        rows = self._connection.execute(
            f"SELECT word, sum({count}) AS n FROM words WHERE {count} > 0"  # noqa: S608 - as above
            " GROUP BY word ORDER BY n DESC, word LIMIT ?",
            (most,),
        )
        return rows.fetchall()

    def list_labels(self, kind: str) -> list[Label]:
        """All topics, or all providers."""
        rows = self._connection.execute("SELECT key, name, short FROM labels WHERE kind = ?", (kind,))
        return [Label(*row) for row in rows]

    def read_labels(self, numbers: Iterable[int]) -> Mapping[int, Label]:
        """Topics and providers by their numbers."""
        find = "SELECT key, name, short FROM labels WHERE id = ?"
        return {number: Label(*self._connection.execute(find, (number,)).fetchone()) for number in numbers}

    def match(
        self, plan: Plan, now: int, most: int, *, shown: bool, scored: bool
    ) -> tuple[int, Sequence[Match]]:
        """How many matches there are, and the newest."""
        table = SHOWN if shown else HELD
        found = select_matches(self._connection, table, plan, now, most, scored=scored)
        return len(found) if len(found) < most else count_matches(self._connection, table, plan), found

    def read_listings(self, numbers: Sequence[int]) -> Sequence[Listing]:
        """The listings of these numbers, in their order."""
        read = "SELECT body FROM listings WHERE id = ?"
        return [unpack_listing(self._connection.execute(read, (number,)).fetchone()[0]) for number in numbers]

    def find(self, name: str, *, held: bool) -> Listing | None:
        """The listing of a record that may be seen."""
        row = self._connection.execute(
            "SELECT body FROM listings JOIN items USING (id) WHERE name = ? AND (shown OR ?)",
            (name, held),
        ).fetchone()
        return unpack_listing(row[0]) if row else None

    def tell_lack(self) -> str:
        """Nothing: every record is looked up by its terms."""
        return ""

    def find_similar(self, listing: Listing, *, held: bool) -> Iterable[Listing]:
        """Those that share the most of a listing's strongest terms."""
        scores: Counter[int] = Counter()
        for term, weight in listing.keywords[: settings.SEARCH_SIMILAR_TERMS]:
            for shown in (True, False) if held else (True,):
                rows = self._connection.execute(
                    "SELECT id, weight FROM vectors WHERE term = (SELECT id FROM terms WHERE term = ?)"
                    " AND shown = ? ORDER BY weight DESC LIMIT ?",
                    (term, shown, settings.SEARCH_SIMILAR_HOLDERS),
                )
                for number, other in rows:
                    scores[number] += weight * other
        return self.read_listings([number for number, _ in scores.most_common(COMPARED)])


def open_file_catalogue(path: Path) -> FileCatalogue:
    """Open the file for reading. Raises StoreError when there is none that can be read."""
    if not path.is_file():
        raise StoreError(str(path), ABSENT, MAKE)
    try:
        catalogue = FileCatalogue(path)
    except sqlite3.Error as error:
        raise StoreError(str(path), f"the search index failed: {error}", REBUILD) from error
    try:
        with catalogue.limited():
            version, clock = catalogue.value("version"), catalogue.value(CLOCK)
    except StoreError:
        catalogue.close()
        raise
    if version == SEARCH_VERSION.encode() and clock is not None:
        return catalogue
    catalogue.close()
    if version != SEARCH_VERSION.encode():
        raise StoreError(str(path), "the search index is of another version", REBUILD)
    raise StoreError(str(path), ABSENT, MAKE)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA query_only=ON")
    connection.execute("PRAGMA busy_timeout=1000")
    connection.execute("PRAGMA cache_size=-32768")
    connection.execute("PRAGMA mmap_size=1073741824")
    return connection
