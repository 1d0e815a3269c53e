"""What the site has already, read when it is first asked for: a poll without news never asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from newsloom.errors import NewsloomError
from newsloom.extract import identity_key
from newsloom.records import Candidate, Record
from newsloom.store import Index, Visit, address_keys


class Known:
    """The records of a site and the addresses that were looked at before."""

    def __init__(self, index: Index) -> None:
        self._index = index

    @cached_property
    def records(self) -> Sequence[Record]:
        """All records, by name."""
        return self._index.records()

    @cached_property
    def by_key(self) -> Mapping[str, Record]:
        """The record of each known address, by the address's key."""
        return {key: record for record in self.records for key in address_keys(record)}

    @cached_property
    def visits(self) -> Mapping[str, Visit]:
        """What became of addresses that were looked at, by key."""
        return self._index.visits()

    def is_new(self, key: str) -> bool:
        """Whether an address was never seen."""
        return key not in self.visits and key not in self.by_key

    def is_news(self, key: str, candidate: Candidate) -> bool:
        """Whether a page is worth fetching: not seen yet, or its entry has another title than then."""
        visit = self.visits.get(key)
        return visit.title != candidate.title if visit is not None else key not in self.by_key


def make_key(address: str) -> str:
    """The key an address is known under; an address that has none is matched as it stands."""
    try:
        return identity_key(address)
    except NewsloomError:
        return address
