"""Items on their way through an engine, and what becomes of them when a worker dies.

A worker can be killed by the system (out of memory) or by an item that crashes a parser. Its items are
tried again as they are; when workers keep dying at them they are tried one by one, so that one poisonous
item costs only itself.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Generic

from newsloom import settings
from newsloom.engine.contract import Failed, Item, Result

CAUSE = "its worker process died each time it was tried"


class Task(Generic[Item, Result]):
    """Items that are run together, and their results once they are there."""

    def __init__(self, items: list[Item]) -> None:
        self.items = items
        self._deaths = 0
        self._found: list[Result | Failed] | None = None
        self._parts: list[Task[Item, Result]] = []

    @property
    def is_done(self) -> bool:
        """Whether all results are there."""
        return self._found is not None or (bool(self._parts) and all(part.is_done for part in self._parts))

    @property
    def retries(self) -> int:
        """How often it may be tried again: one item alone is not given up for what others did to workers."""
        return settings.ITEM_RETRIES if len(self.items) == 1 else settings.WORKER_RETRIES

    @property
    def results(self) -> list[Result | Failed]:
        """The results, one an item; only for a task that is done."""
        if self._found is not None:
            return self._found
        return [result for part in self._parts for result in part.results]

    def finish(self, results: list[Result]) -> None:
        """Take the results in."""
        self._found = list(results)

    def note_death(self) -> list[Task[Item, Result]]:
        """What to run after a worker died at this: the same again, its items one by one, or nothing more."""
        self._deaths += 1
        if self._deaths <= self.retries:
            return [self]
        return self.split()

    def split(self) -> list[Task[Item, Result]]:
        """Give up running the items together: each by itself, or nothing where it is one that failed."""
        if len(self.items) == 1:
            self._found = [Failed(CAUSE)]
            return []
        self._parts = [Task([item]) for item in self.items]
        return self._parts


def find_module(function: Callable[..., Any]) -> str:
    """The name of the module that a function is from, also where some of its arguments are given already."""
    while isinstance(function, partial):
        function = function.func
    return function.__module__
