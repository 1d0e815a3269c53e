"""The simplest engine: everything in this process, one batch after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from newsloom.engine.contract import Failed, Item, Result


class InlineEngine:
    """Runs batches in the calling process."""

    stretch = 1
    spread = False

    def __enter__(self) -> InlineEngine:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def run(
        self, function: Callable[[list[Item]], list[Result]], batches: Iterable[list[Item]]
    ) -> Iterator[tuple[list[Item], list[Result | Failed]]]:
        """Give each batch with its results (see `Engine.run`)."""
        for batch in batches:
            yield batch, list(function(batch))
