"""From a query to what SQLite is asked: an expression of quoted stems and marks, and a span of numbers.

Every term of an expression is made of the letters and numbers that `words.py` leaves, in double quotes.
Nothing a reader typed is ever read by FTS5 as its own language.
"""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct

from newsloom.search.index import first_number
from newsloom.search.query import Clause, Filter, Query
from newsloom.search.reading import mark
from newsloom.search.records import Label
from newsloom.search.words import find_stem, plain_word
from newsloom.settings import SEARCH_PREFIX_STEMS, SEARCH_WORD_STEMS

_HIGHEST: Final = 2**62  # beyond the number of any moment
_PROVIDERS: Final = 12  # providers one filter may mean: "times" is in the name of several
_LAST: Final = "\U0010ffff"  # sorts after whatever begins with a word


class Plan(Struct, frozen=True, kw_only=True):
    """What is asked of the full-text table: `wanted` and `unwanted` are expressions, "" for nothing.

    `stems` are those that results mark, `missing` the words no text has.
    """

    wanted: str = ""
    unwanted: str = ""
    first: int = 0
    last: int = _HIGHEST
    stems: frozenset[str] = frozenset()
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def match(self) -> str:
        """The whole expression; there is none where only something unwanted is named."""
        return f"({self.wanted}) NOT ({self.unwanted})" if self.wanted and self.unwanted else self.wanted


class Planner:
    """Plans queries by the index's own vocabulary: that of what is shown, or (`held`) of everything."""

    def __init__(self, connection: sqlite3.Connection, *, held: bool, language: str) -> None:
        self._connection = connection
        self._count = "shown + held" if held else "shown"
        self._language = language

    def plan(self, query: Query) -> Plan:
        """Plan a query. Takes one look at the vocabulary for each word."""
        wanted: list[str] = []
        unwanted: list[str] = []
        stems: set[str] = set()
        missing: list[str] = []
        notes: list[str] = []
        for clause in query.clauses:
            found = self._find_stems(clause)
            (unwanted if clause.excluded else wanted).append(_write_clause(found))
            if not clause.excluded:
                stems.update(itertools.chain.from_iterable(found))
                missing += [word for word, known in zip(clause.words, found, strict=True) if not known]
        for field, excluded, values in _group(query.filters):
            marks = [mark for value in values for mark in self._find_marks(field, value, notes)]
            if marks:
                (unwanted if excluded else wanted).append(_any(marks))
        return Plan(
            wanted=" AND ".join(wanted),
            unwanted=" OR ".join(unwanted),
            first=first_number(query.after) if query.after else 0,
            last=first_number(query.before) - 1 if query.before else _HIGHEST,
            stems=frozenset(stems),
            missing=tuple(dict.fromkeys(missing)),
            notes=tuple(notes),
        )

    def _find_stems(self, clause: Clause) -> list[list[str]]:
        """The stems of each word of a clause; an empty list for a word no text has."""
        found = [self._look_up(word) for word in clause.words]
        if clause.prefix:
            found[-1] = self._look_up_prefix(clause.words[-1])
        return found

    def _look_up(self, word: str) -> list[str]:
        rows = self._connection.execute(
            f"SELECT stem FROM words WHERE word = ? AND {self._count} > 0"  # noqa: S608 - our own names
            f" ORDER BY {self._count} DESC, stem LIMIT ?",
            (word, SEARCH_WORD_STEMS),
        )
        found = [row[0] for row in rows]
        if not found:  # another form of a word that is there
            stem = find_stem(word, self._language)
            hit = self._connection.execute(
                f"SELECT 1 FROM words WHERE {self._count} > 0"  # noqa: S608 - as above
                " AND word >= ? AND word < ? AND stem = ? LIMIT 1",
                (stem[:3], stem[:3] + _LAST, stem),
            ).fetchone()
            found = [stem] if hit else []
        return found

    def _look_up_prefix(self, word: str) -> list[str]:
        rows = self._connection.execute(
            f"SELECT stem FROM words WHERE word >= ? AND word < ? AND {self._count} > 0"  # noqa: S608 - as above
            f" GROUP BY stem ORDER BY sum({self._count}) DESC, stem LIMIT ?",
            (word, word + _LAST, SEARCH_PREFIX_STEMS),
        )
        return [row[0] for row in rows]

    def _find_marks(self, field: str, value: str, notes: list[str]) -> list[str]:
        """The marks a filter means. A topic or provider nobody knows is told, and filters nothing."""
        if field == "topic":
            labels = self.find_labels("topic", value)
            if not labels:
                notes.append(f"There is no topic “{value}”.")
            return [mark("topic", label.key) for label in labels[:1]]
        if field == "provider":
            labels = self.find_labels("provider", value)
            if not labels:
                notes.append(f"There is no provider “{value}”.")
            return [mark("provider", label.key) for label in labels[:_PROVIDERS]]
        return [mark(field, value.partition("-")[0] if field == "lang" else value)]

    def find_labels(self, kind: str, value: str) -> list[Label]:
        """The topics or providers a value may mean: those it names, else those whose name has it."""
        wanted = _plain(value)
        rows = self._connection.execute("SELECT key, name, short FROM labels WHERE kind = ?", (kind,))
        labels = [Label(*row) for row in rows]
        exact = [
            label
            for label in labels
            if wanted in {_plain(label.key), _plain(label.name), _plain(label.short or label.key)}
        ]
        inside = (
            label for label in labels if wanted and wanted in f"{_plain(label.key)} {_plain(label.name)}"
        )
        return exact or sorted(inside, key=lambda label: (len(label.key), label.key))


def _plain(value: str) -> str:
    return "".join(plain_word(part) for part in value.replace("-", " ").split())


def _group(filters: Iterable[Filter]) -> Iterable[tuple[str, bool, list[str]]]:
    """Filters by field: of several of one field one is enough, of those turned round none may be."""
    groups: dict[tuple[str, bool], list[str]] = {}
    for item in filters:
        groups.setdefault((item.field, item.excluded), []).append(item.value)
    return ((field, excluded, values) for (field, excluded), values in groups.items())


def _write_clause(found: Sequence[Sequence[str]]) -> str:
    """A clause as an expression; one with a word no text has matches nothing."""
    if not all(found):
        return _quote(mark("nothing", ""))
    choices = itertools.islice(itertools.product(*found), SEARCH_PREFIX_STEMS)
    return _any(" ".join(choice) for choice in choices)


def _any(terms: Iterable[str]) -> str:
    quoted = [_quote(term) for term in terms]
    return quoted[0] if len(quoted) == 1 else f"({' OR '.join(quoted)})"


def _quote(term: str) -> str:
    return '"' + term.replace('"', "") + '"'
