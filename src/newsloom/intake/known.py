"""What the site has already, asked when it is first wanted: a poll without news never asks."""

from __future__ import annotations

from collections.abc import Iterable

from newsloom.errors import NewsloomError
from newsloom.extract import identity_key
from newsloom.records import Candidate
from newsloom.store import Index, Visit


class Known:
    """The records of a site and the addresses that were looked at before, by the addresses' keys.

    What was asked is remembered, so that all the keys of a feed cost one question (`look_up`).
    """

    def __init__(self, index: Index) -> None:
        self._index = index
        self._visits: dict[str, Visit | None] = {}
        self._origins: dict[str, str | None] = {}

    def look_up(self, keys: Iterable[str]) -> None:
        """Ask for many addresses at once."""
        asked = {key for key in keys if key not in self._origins}
        if not asked:
            return
        origins, visits = self._index.owners(asked), self._index.visits(asked)
        for key in asked:
            self._origins[key], self._visits[key] = origins.get(key), visits.get(key)

    def is_known(self, key: str) -> bool:
        """Whether an address leads to a record, or to a copy that one holds."""
        self.look_up([key])
        return self._origins[key] is not None

    def is_from_page(self, key: str) -> bool:
        """Whether an address leads to a record that was read from its page."""
        self.look_up([key])
        return self._origins[key] == "page"

    def is_new(self, key: str) -> bool:
        """Whether an address was never seen."""
        self.look_up([key])
        return self._visits[key] is None and self._origins[key] is None

    def is_news(self, key: str, candidate: Candidate) -> bool:
        """Whether a page is worth fetching: not seen yet, or its entry has another title than then."""
        self.look_up([key])
        visit = self._visits[key]
        return visit.title != candidate.title if visit is not None else self._origins[key] is None


def make_key(address: str) -> str:
    """The key an address is known under; an address that has none is matched as it stands."""
    try:
        return identity_key(address)
    except NewsloomError:
        return address
