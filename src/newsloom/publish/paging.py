"""Lists cut into numbered pages, the same way for pages and for the JSON API."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Generic, TypeVar

from msgspec import Struct

Item = TypeVar("Item")


class Slice(Struct, Generic[Item], frozen=True, kw_only=True):
    """One page of a list: `number` from 1, out of `count`; `following` is None on the last page."""

    number: int
    count: int
    items: Sequence[Item]

    @property
    def following(self) -> int | None:
        """The next page's number."""
        return self.number + 1 if self.number < self.count else None

    @property
    def previous(self) -> int | None:
        """The page before's number."""
        return self.number - 1 if self.number > 1 else None


def cut_pages(items: Sequence[Item], size: int) -> Iterator[Slice[Item]]:
    """The pages of a list, `size` items each; an empty list has one empty page."""
    count = max(1, -(-len(items) // size))
    for number in range(1, count + 1):
        yield Slice(number=number, count=count, items=items[(number - 1) * size : number * size])
