"""What search asks of an index, whichever database keeps it.

The language of queries, planning, ranking, marking and spelling are the same for all; an index only looks up,
matches and counts. `sqlite/` is a file of its own, `postgresql/` the schema that a site's machines share.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Final, NamedTuple, Protocol, Self

from newsloom.errors import LimitError
from newsloom.search.planning import Lexicon, Plan
from newsloom.search.records import Label, Listing, Updated
from newsloom.settings import SEARCH_SECONDS

REBUILD: Final = "`newsloom search --rebuild` makes it again"
ABSENT: Final = "there is no search index yet, or a part of one"
MAKE: Final = "`newsloom run` makes it"


class Match(NamedTuple):
    """A match: what it is ordered by (smallest first), its number, how well it matches, what facets count."""

    rank: float
    order: int
    match: float
    quality: int
    provider: int
    topics: str

    @property
    def number(self) -> int:
        """The record's number."""
        return -self.order


class Catalogue(Lexicon, Protocol):
    """An index open for reading; of one thread. Where `held` is false, nothing held is seen or counted.

    All but `close` is asked within `limited`.
    """

    def limited(self) -> AbstractContextManager[None]:
        """One question; one within another is a part of it.

        Raises LimitError when it takes too long, StoreError when it cannot be asked.
        """

    def is_current(self) -> bool:
        """Whether this is still the index that is at its place."""

    def tell_written(self) -> float:
        """When the index was last written, in seconds since 1970."""

    def close(self) -> None:
        """Let go of it."""

    def value(self, key: str) -> bytes | None:
        """What the last pass left under a key."""

    def version(self) -> object:
        """What is another thing whenever a pass has written."""

    def list_words(self, most: int, *, held: bool) -> Sequence[tuple[str, int]]:
        """The commonest words, each with the number of records it is in."""

    def match(
        self, plan: Plan, now: int, most: int, *, shown: bool, scored: bool
    ) -> tuple[int, Sequence[Match]]:
        """How many matches are among what is shown (or held), and the newest; unscored ones rank alike."""

    def read_labels(self, numbers: Iterable[int]) -> Mapping[int, Label]:
        """Topics and providers by their numbers."""

    def read_listings(self, numbers: Sequence[int]) -> Sequence[Listing]:
        """The listings of these numbers, in their order."""

    def find(self, name: str, *, held: bool) -> Listing | None:
        """The listing of a record that may be seen."""

    def tell_lack(self) -> str:
        """What the database lacks to find similar records by, in a sentence for the owner; "" for nothing."""

    def find_similar(self, listing: Listing, *, held: bool) -> Iterable[Listing]:
        """Listings that may be like one, to be compared with it."""


class SearchIndex(Protocol):
    """An index open for writing. Use as a context manager."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...

    def synchronise(
        self,
        stamps: Mapping[str, bytes],
        read: Callable[[str], Listing],
        *,
        clock: datetime,
        labels: Iterable[Label] = (),
        values: Mapping[str, bytes] | None = None,
        gone: Iterable[str] | None = None,
    ) -> Updated:
        """Bring the index in step with the records.

        `stamps` are by name: only listings whose stamp is another than last time are read, and those
        without one go. `labels` are the site's topics; `values` are kept for whoever reads the index.
        With `gone` only these names go, and what has no stamp stays: that never makes an index whole which
        was not, so that nobody reads it.
        """


def give_up() -> LimitError:
    """The error of a search that takes too long."""
    return LimitError(
        "search", f"took longer than {SEARCH_SECONDS:g} s and was given up", "ask for rarer words"
    )
