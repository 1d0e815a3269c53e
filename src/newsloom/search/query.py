"""The language of queries: words, "phrases", beginnings*, -exclusions and fields such as topic:ai.

It is forgiving: any text is a query, what cannot be understood is told in a note and left out, and
nothing here raises. What comes out are plain values; text of a query never reaches the database as code.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from msgspec import Struct

from newsloom.search.words import SEARCH_STOP_WORDS, plain_word, read_tokens
from newsloom.settings import SEARCH_CHARACTERS, SEARCH_CLAUSES

_PIECE: Final = re.compile(
    r'(?P<minus>[-–−](?=\S))?(?:(?P<field>[^\W\d_]{1,12}):)?(?:["“”](?P<phrase>[^"“”]*)(?:["“”]|$)|(?P<bare>[^\s"“”]+))'
)
_FIELDS: Final = {
    "topic": "topic",
    "provider": "provider",
    "source": "provider",
    "site": "provider",
    "after": "after",
    "since": "after",
    "from": "after",
    "before": "before",
    "until": "before",
    "type": "type",
    "kind": "type",
    "lang": "lang",
    "language": "lang",
    "is": "is",
    "like": "like",
}
_DATE: Final = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_SPANS: Final = {"d": 1, "w": 7, "m": 30, "y": 365}
_SPAN: Final = re.compile(r"(\d{1,4})([dwmy])")
_STATES: Final = {"published": True, "shown": True, "hidden": False, "held": False}


class Clause(Struct, frozen=True):
    """Words that must be there, one after another: one for a word, several for a phrase.

    With `prefix` the last is a beginning; an `excluded` clause must not be there.
    """

    words: tuple[str, ...]
    prefix: bool = False
    excluded: bool = False


class Filter(Struct, frozen=True):
    """A field and what it must be; `excluded` turns it round."""

    field: str
    value: str
    excluded: bool = False


class Query(Struct, frozen=True, kw_only=True):
    """What is looked for. `shown` is None where it does not matter; `before` is the first moment too late.

    `like` names a record that others are to be similar to. `notes` say what was not understood.
    """

    text: str = ""
    clauses: tuple[Clause, ...] = ()
    filters: tuple[Filter, ...] = ()
    after: datetime | None = None
    before: datetime | None = None
    shown: bool | None = None
    like: str = ""
    notes: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing at all is asked for."""
        return not (self.clauses or self.filters or self.after or self.before or self.like) and (
            self.shown is None
        )


def parse_query(text: str, clock: datetime) -> Query:
    """Read a query. `clock` is the moment that spans such as after:7d are counted back from."""
    text = " ".join(_keep_unicode(text).split())
    reader = _Reader(clock)
    if len(text) > SEARCH_CHARACTERS:
        text = text[:SEARCH_CHARACTERS]
        reader.notes.append(f"Only the first {SEARCH_CHARACTERS} characters were read.")
    for match in _PIECE.finditer(text):
        reader.take(match)
    return reader.finish(text)


def _keep_unicode(text: str) -> str:
    """The text without halves of surrogate pairs, which no database holds."""
    return text.encode("utf-8", "ignore").decode()


class _Reader:
    """Gathers clauses and filters piece by piece."""

    def __init__(self, clock: datetime) -> None:
        self.clock = clock
        self.notes: list[str] = []
        self.clauses: list[Clause] = []
        self.common = False  # whether there was a word that is in nearly every text
        self.filters: list[Filter] = []
        self.after: datetime | None = None
        self.before: datetime | None = None
        self.shown: bool | None = None
        self.like = ""

    def take(self, match: re.Match[str]) -> None:
        """Take one piece in: a field with a value, else words."""
        field = _FIELDS.get((match["field"] or "").lower())
        value = match["phrase"] if match["phrase"] is not None else match["bare"]
        excluded = match["minus"] is not None
        if len(self.clauses) + len(self.filters) >= SEARCH_CLAUSES:
            note = f"Only the first {SEARCH_CLAUSES} words and filters count."
            self.notes += [] if note in self.notes else [note]
        elif field is not None and value.strip():
            self._take_field(field, value.strip(), excluded)
        elif field is None:
            quoted = match["phrase"] is not None
            text = f"{match['field']} {value}" if match["field"] else value
            self._take_words(text, quoted=quoted, excluded=excluded)

    def _take_field(self, field: str, value: str, excluded: bool) -> None:
        if field in {"after", "before"}:
            self._take_date(field, value)
        elif field == "is":
            if value.lower() in _STATES:
                self.shown = _STATES[value.lower()] != excluded
            else:
                self.notes.append(f"“is:{value}” is not known; is:published and is:hidden are.")
        elif field == "like":
            self.like = value.rsplit("/", 1)[-1].removesuffix(".md")
        else:
            self.filters.append(Filter(field, value, excluded))

    def _take_date(self, field: str, value: str) -> None:
        moment = read_moment(value, self.clock)
        if moment is None:
            self.notes.append(f"“{value}” is not a date: write 2026-11-24, 2026-11, 2026 or 7d.")
        elif field == "after":
            self.after = moment
        else:
            self.before = moment

    def _take_words(self, text: str, *, quoted: bool, excluded: bool) -> None:
        words = [token.word for token in read_tokens(text)]
        prefix = text.rstrip().endswith("*")
        if words and (quoted or len(words) > 1):
            self.clauses.append(Clause(tuple(words), prefix, excluded))
        elif words:
            self.clauses.append(Clause((words[0],), prefix or _is_sign(words[0]), excluded))
        elif any(plain_word(word) in SEARCH_STOP_WORDS for word in text.split()):
            self.common = True

    def finish(self, text: str) -> Query:
        """Give the query; where all its words are common ones that says so."""
        if self.common and not self.clauses:
            self.notes.append("These words are in nearly every text and are not searched for; add another.")
        return Query(
            text=text,
            clauses=tuple(dict.fromkeys(self.clauses)),
            filters=tuple(dict.fromkeys(self.filters)),
            after=self.after,
            before=self.before,
            shown=self.shown,
            like=self.like,
            notes=tuple(self.notes),
        )


def _is_sign(word: str) -> bool:
    """Whether a word is one character of an unspaced script, which is indexed in pairs."""
    return len(word) == 1 and ord(word) >= 0x0E00 and word.isalpha()


def read_moment(value: str, clock: datetime) -> datetime | None:
    """Give the first moment (UTC) of a day, month or year, None where it is none.

    A span such as 7d, 2w, 6m or 1y goes back from the clock, to the beginning of that day.
    """
    span, date = _SPAN.fullmatch(value.lower()), _DATE.fullmatch(value)
    try:
        if span:
            return (clock - timedelta(days=int(span[1]) * _SPANS[span[2]])).replace(hour=0, minute=0)
        if date:
            return datetime(int(date[1]), int(date[2] or 1), int(date[3] or 1), tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return None
