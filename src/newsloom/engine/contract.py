"""The contract of an engine, and the choice between them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar

from msgspec import Struct

Item = TypeVar("Item")
Result = TypeVar("Result")


class Failed(Struct, frozen=True):
    """What stands in an engine's results for an item whose worker died each time it was tried."""

    cause: str


class Engine(Protocol):
    """Runs a pure, picklable function over batches."""

    @property
    def stretch(self) -> int:
        """How many usual batches make a good one: handing one out costs more across a network."""
        ...

    @property
    def spread(self) -> bool:
        """Whether its workers may be on other machines."""
        ...

    def run(
        self, function: Callable[[list[Item]], list[Result]], batches: Iterable[list[Item]]
    ) -> Iterator[tuple[list[Item], list[Result | Failed]]]:
        """Give each batch with its results, one result an item, in the order of the batches.

        Batches are drawn as workers become free, so an endless input is read no further ahead
        than the workers need.
        """
        ...


def open_engine(name: str, workers: int = 0) -> AbstractContextManager[Engine]:
    """The engine of that name: inline, pool, ray or ray:ADDRESS; `workers` 0 means one for each core.

    Raises ConfigError when Ray is wanted and not installed.
    """
    if name == "inline":
        from newsloom.engine.inline import InlineEngine  # noqa: PLC0415 - only the engine that is used is loaded

        return InlineEngine()
    if name == "pool":
        from newsloom.engine.pool import PoolEngine  # noqa: PLC0415 - as above

        return PoolEngine(workers)
    from newsloom.engine.ray import RayEngine  # noqa: PLC0415 - as above

    return RayEngine(workers, name.partition(":")[2])
