"""The rows of some listings: what they were, what they become, and what follows for words and stories."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from msgspec import Struct

from newsloom.search.keeping import SLOTS, first_number, pack_listing, unpack_listing
from newsloom.search.postgresql.asking import Ask
from newsloom.search.postgresql.expression import write_texts
from newsloom.search.postgresql.stories import Story
from newsloom.search.postgresql.tallies import Tally
from newsloom.search.reading import Columns, read_columns
from newsloom.search.records import Listing
from newsloom.store.fulltext import HELD, SHOWN
from newsloom.store.schema import keep_plain

_Label = tuple[str, str, str]  # kind, key and name

_BEFORE: Final = """
SELECT i.name, i.id, l.body FROM search_items i JOIN search_listings l USING (id)
WHERE i.name = ANY(%s::text[])
"""
_TAKEN: Final = """
SELECT i.id FROM unnest(%s::bigint[]) AS wanted (first)
JOIN search_items i ON i.id >= wanted.first AND i.id < wanted.first + %s
"""
_REMOVE: Final = "DELETE FROM {table} WHERE id = ANY(%s::bigint[])"
_LABELS: Final = """
SELECT l.kind, l.key, l.id FROM unnest(%s::text[], %s::text[]) AS wanted (kind, key)
JOIN search_labels l USING (kind, key)
"""
_LABEL: Final = "INSERT INTO search_labels (kind, key, name, short) VALUES (%s, %s, %s, '')"
# A row whose texts are as they were takes no new place in their index.
_TEXTS: Final = """
INSERT INTO {table} SELECT id, quality, provider, topics, length, texts::tsvector
FROM unnest(%s::bigint[], %s::int[], %s::int[], %s::text[], %s::int[], %s::text[])
    AS new (id, quality, provider, topics, length, texts)
ON CONFLICT (id) DO UPDATE SET (quality, provider, topics, length, texts)
    = (excluded.quality, excluded.provider, excluded.topics, excluded.length, excluded.texts)
"""
_ITEMS: Final = """
INSERT INTO search_items
SELECT * FROM unnest(%s::text[], %s::bigint[], %s::boolean[], %s::text[], %s::bytea[])
ON CONFLICT (name) DO UPDATE SET (id, shown, story, stamp)
    = (excluded.id, excluded.shown, excluded.story, excluded.stamp)
"""
_LISTINGS: Final = """
INSERT INTO search_listings SELECT * FROM unnest(%s::bigint[], %s::bytea[])
ON CONFLICT (id) DO UPDATE SET body = excluded.body
"""


class _New(Struct, frozen=True):
    """A listing to be written. `number` is the one it has already, 0 where it gets one."""

    listing: Listing
    columns: Columns
    stamp: bytes
    number: int


class Entries:
    """Listings that are put and removed, until all is written at once."""

    def __init__(self, ask: Ask, names: Sequence[str]) -> None:
        self._ask = ask
        rows = ask(_BEFORE, (list(names),))
        self.before = {name: (number, unpack_listing(body)) for name, number, body in rows}
        self.stories: set[Story] = set()
        self._gone: list[int] = []
        self._new: list[_New] = []
        self._taken: set[int] = set()

    def put(self, listing: Listing, stamp: bytes, tally: Tally) -> None:
        """Write a listing. It keeps its number where its time and state are as they were."""
        number, columns = 0, read_columns(listing)
        if listing.name in self.before:
            number, before = self.before[listing.name]
            tally.count(read_columns(before), before.shown, -1)
            if (before.shown, before.published) != (listing.shown, listing.published):
                self._gone.append(number)
                number = 0
            if (_find_story(before), before.keywords) != (_find_story(listing), listing.keywords):
                self.stories.add(_find_story(before))
                self.stories.add(_find_story(listing))
        else:
            self.stories.add(_find_story(listing))
        tally.count(columns, listing.shown, 1)
        self._new.append(_New(listing, columns, stamp, number))

    def remove(self, name: str, tally: Tally) -> None:
        """Take a listing out."""
        number, before = self.before[name]
        tally.count(read_columns(before), before.shown, -1)
        self.stories.add(_find_story(before))
        self._gone.append(number)

    def write(self) -> None:
        """Write all rows, after those that go."""
        for table in (SHOWN, HELD, "search_items", "search_listings"):
            self._ask(_REMOVE.format(table=table), (self._gone,))
        self._look_up(first_number(new.listing.published) for new in self._new if not new.number)
        numbered = [(new.number or self._find_number(new.listing.published), new) for new in self._new]
        labels = self._number_labels(label for new in self._new for label in _list_labels(new.listing))
        for shown, table in ((True, SHOWN), (False, HELD)):
            rows = [_make_row(number, new, labels) for number, new in numbered if new.listing.shown is shown]
            self._write(_TEXTS.format(table=table), rows)
        self._write(
            _ITEMS,
            [
                (new.listing.name, number, *_find_story(new.listing)[::-1], new.stamp)
                for number, new in numbered
            ],
        )
        self._write(_LISTINGS, [(number, pack_listing(new.listing)) for number, new in numbered])

    def _write(self, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
        if rows:
            self._ask(statement, tuple(list(column) for column in zip(*rows, strict=True)))

    def _find_number(self, published: datetime) -> int:
        """The first number from a moment's own that is free."""
        number = first_number(published)
        while number in self._taken:
            number += 1
            if number % SLOTS == 0:
                self._look_up([number])
        self._taken.add(number)
        return number

    def _look_up(self, firsts: Iterable[int]) -> None:
        """Learn which numbers of these seconds are taken."""
        self._taken.update(number for (number,) in self._ask(_TAKEN, (sorted(set(firsts)), SLOTS)))

    def _number_labels(self, labels: Iterable[_Label]) -> dict[tuple[str, str], int]:
        """The numbers of topics and providers, given to those that have none."""
        wanted = {(kind, key): name for kind, key, name in labels}
        known = self._find_labels(wanted)
        for kind, key in sorted(wanted.keys() - known.keys()):
            self._ask(_LABEL, (kind, key, wanted[kind, key]))
        return known if known.keys() == wanted.keys() else self._find_labels(wanted)

    def _find_labels(self, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
        pairs = list(wanted)
        rows = self._ask(_LABELS, ([kind for kind, _ in pairs], [key for _, key in pairs]))
        return {(kind, key): number for kind, key, number in rows}


def _find_story(listing: Listing) -> Story:
    """The story a listing is counted to: one that no page shows is a story of its own."""
    return listing.story or listing.name, listing.shown


def _list_labels(listing: Listing) -> list[_Label]:
    """Provider and topics, the provider first."""
    topics = (("topic", keep_plain(topic.lower()), keep_plain(topic)) for topic in listing.topics)
    return [("provider", keep_plain(listing.domain.lower()), keep_plain(listing.provider)), *topics]


def _make_row(number: int, new: _New, labels: dict[tuple[str, str], int]) -> tuple[Any, ...]:
    """The row of texts."""
    provider, *topics = (labels[kind, key] for kind, key, _ in _list_labels(new.listing))
    topic_numbers = " ".join(map(str, topics))
    return (
        number,
        new.listing.quality,
        provider,
        topic_numbers,
        new.columns.length,
        write_texts(new.columns),
    )
