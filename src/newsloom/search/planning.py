"""From a query to what an index is asked: phrases of stems and marks, and a span of numbers.

A plan is made of the letters and numbers that `words.py` leaves, and is the same for every database. Nothing
a reader typed is ever read by one as its own language.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import Final, Protocol

from msgspec import Struct

from newsloom.search.keeping import first_number
from newsloom.search.query import Clause, Filter, Query
from newsloom.search.reading import mark
from newsloom.search.records import Label
from newsloom.search.words import find_stem, plain_word
from newsloom.settings import SEARCH_PREFIX_STEMS, SEARCH_WORD_STEMS

HIGHEST: Final = 2**62  # beyond the number of any moment
_PROVIDERS: Final = 12  # providers one filter may mean: "times" is in the name of several

Phrase = tuple[str, ...]  # stems one right after the other; most have one


class Lexicon(Protocol):
    """The words of an index: those of what is shown, or (`held`) of everything."""

    def find_stems(self, word: str, most: int, *, held: bool) -> list[str]:
        """The stems of a word as it is written, the commonest first."""

    def has_stem(self, stem: str, *, held: bool) -> bool:
        """Whether a word of this stem is there."""

    def find_beginnings(self, word: str, most: int, *, held: bool) -> list[str]:
        """The stems of words that begin so, the commonest first."""

    def list_labels(self, kind: str) -> list[Label]:
        """All topics, or all providers."""


class Plan(Struct, frozen=True, kw_only=True):
    """What is asked of an index: of each group in `wanted` one phrase, none of `unwanted`, within a span.

    `stems` are those that results mark, `missing` the words no text has.
    """

    wanted: tuple[tuple[Phrase, ...], ...] = ()
    unwanted: tuple[Phrase, ...] = ()
    first: int = 0
    last: int = HIGHEST
    stems: frozenset[str] = frozenset()
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class Planner:
    """Plans queries by an index's own vocabulary: that of what is shown, or (`held`) of everything."""

    def __init__(self, lexicon: Lexicon, *, held: bool, language: str) -> None:
        self._lexicon = lexicon
        self._held = held
        self._language = language

    def plan(self, query: Query) -> Plan:
        """Plan a query. Takes one look at the vocabulary for each word."""
        wanted: list[tuple[Phrase, ...]] = []
        unwanted: list[Phrase] = []
        stems: set[str] = set()
        missing: list[str] = []
        notes: list[str] = []
        for clause in query.clauses:
            found = self._find_stems(clause)
            phrases = _list_phrases(found)
            if clause.excluded:
                unwanted += phrases
            else:
                wanted.append(phrases)
                stems.update(itertools.chain.from_iterable(found))
                missing += [word for word, known in zip(clause.words, found, strict=True) if not known]
        for field, excluded, values in _group(query.filters):
            marks = tuple((mark,) for value in values for mark in self._find_marks(field, value, notes))
            if excluded:
                unwanted += marks
            elif marks:
                wanted.append(marks)
        return Plan(
            wanted=tuple(wanted),
            unwanted=tuple(unwanted),
            first=first_number(query.after) if query.after else 0,
            last=first_number(query.before) - 1 if query.before else HIGHEST,
            stems=frozenset(stems),
            missing=tuple(dict.fromkeys(missing)),
            notes=tuple(notes),
        )

    def _find_stems(self, clause: Clause) -> list[list[str]]:
        """The stems of each word of a clause; an empty list for a word no text has."""
        found = [self._look_up(word) for word in clause.words]
        if clause.prefix:
            last = clause.words[-1]
            found[-1] = self._lexicon.find_beginnings(last, SEARCH_PREFIX_STEMS, held=self._held)
        return found

    def _look_up(self, word: str) -> list[str]:
        found = self._lexicon.find_stems(word, SEARCH_WORD_STEMS, held=self._held)
        if not found:  # another form of a word that is there
            stem = find_stem(word, self._language)
            found = [stem] if self._lexicon.has_stem(stem, held=self._held) else []
        return found

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
        labels = self._lexicon.list_labels(kind)
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


def _list_phrases(found: Sequence[Sequence[str]]) -> tuple[Phrase, ...]:
    """What a clause may be; one with a word no text has is what matches nothing."""
    if not all(found):
        return ((mark("nothing", ""),),)
    return tuple(itertools.islice(itertools.product(*found), SEARCH_PREFIX_STEMS))
