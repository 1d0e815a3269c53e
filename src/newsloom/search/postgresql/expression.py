"""Texts and plans as PostgreSQL takes them: lexemes in quotes, made of letters and numbers alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from msgspec.structs import replace

from newsloom.search.planning import Phrase, Plan
from newsloom.search.ranking import WEIGHTS
from newsloom.search.reading import Columns
from newsloom.settings import SEARCH_CHARACTERS

_CLASSES: Final = "ACBD"  # of title, excerpt, provider and topics
_PLACES: Final = 4_000  # places a column has: all four have to fit the 16,383 of a tsvector
HEAVIEST: Final = max(WEIGHTS)  # a class weighs 1 at most: weights are parts of the heaviest
WEIGHT_ARRAY: Final = "{" + ",".join(str(WEIGHTS[_CLASSES.index(name)] / HEAVIEST) for name in "DCBA") + "}"


def write_texts(columns: Columns) -> str:
    """The columns as a `tsvector`: stems with places, a gap between columns; marks have none."""
    places: dict[str, list[str]] = defaultdict(list)
    for number, (name, words) in enumerate(zip(_CLASSES, columns.texts, strict=True)):
        for place, (_, stem) in enumerate(words[: _PLACES - 2], number * _PLACES + 1):
            places[cut_word(stem)].append(f"{place}{name}")
    stems = (f"{_quote(stem)}:{','.join(found)}" for stem, found in places.items())
    return " ".join([*stems, *map(_quote, columns.marks)])


def write_query(plan: Plan) -> str:
    """The whole plan as a `tsquery`, "" where nothing is named."""
    parts = [write_any(group) for group in plan.wanted]
    if plan.unwanted:
        parts.append(f"!{write_any(plan.unwanted)}")
    return " & ".join(parts)


def write_queries(plan: Plan) -> list[str]:
    """A plan that wants something as several `tsquery`s of which one is enough.

    An index takes forty words one after another in a third of the time in which it weighs an "or" of them.
    """
    several = [group for group in plan.wanted if len(group) > 1]
    if len(several) != 1:
        return [write_query(plan)]
    at = plan.wanted.index(several[0])
    groups = ((*plan.wanted[:at], (phrase,), *plan.wanted[at + 1 :]) for phrase in several[0])
    return [write_query(replace(plan, wanted=wanted)) for wanted in groups]


def write_any(phrases: Iterable[Phrase]) -> str:
    """A `tsquery` for which one phrase is enough."""
    return f"({' | '.join(map(write_phrase, phrases))})"


def write_phrase(phrase: Phrase) -> str:
    """Stems one right after the other, as a `tsquery`."""
    return " <-> ".join(map(_quote, phrase))


def cut_word(word: str) -> str:
    """A word, no longer than a query can be: what an index of PostgreSQL's takes has an end."""
    return word[:SEARCH_CHARACTERS]


def _quote(stem: str) -> str:
    return "'" + stem.replace("'", "").replace("\\", "") + "'"
