"""Lists cut into numbered pages: in two ways.

The JSON API counts from the newest item, as its clients know it, so every new item changes every page. The
site's own pages are leaves: counted from the oldest, and once full never changed again.
"""

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


class Leaf(Struct, Generic[Item], frozen=True, kw_only=True):
    """One leaf of a list: `number` from 1, the oldest, to `full`; None for the newest, still open one."""

    number: int | None
    items: Sequence[Item]
    full: int

    @property
    def older(self) -> int | None:
        """The number of the leaf before it in time, None on the oldest."""
        return (self.full if self.number is None else self.number - 1) or None

    @property
    def newer(self) -> int | None:
        """The number of the leaf after it in time; None where that is the newest, or it is itself."""
        return self.number + 1 if self.number is not None and self.number < self.full else None


def cut_leaves(items: Sequence[Item], size: int, before: int = 0) -> Iterator[Leaf[Item]]:
    """The leaves of a list that is newest first, the newest leaf first; an empty list has one empty leaf.

    Every leaf but the newest has `size` items; that one has up to twice as many less one. `before` is how
    many full leaves there are whose items are not given.
    """
    fresh = max(0, len(items) // size - 1)
    full, open_items = before + fresh, len(items) - fresh * size
    yield Leaf(number=None, items=items[:open_items], full=full)
    for number in range(full, before, -1):
        start = open_items + (full - number) * size
        yield Leaf(number=number, items=items[start : start + size], full=full)
