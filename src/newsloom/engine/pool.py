"""Worker processes on this machine, rebuilt when one dies.

A worker can be killed by the system (out of memory) or by a page that crashes a parser. The pool is
then made anew and its unfinished batches are handed out again; a batch that was there at too many
deaths is tried item by item, so that one poisonous page costs only itself.
"""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from newsloom import settings
from newsloom.engine.contract import Failed, Item, Result


class PoolEngine:
    """Runs batches in worker processes, two batches a worker in flight."""

    def __init__(self, workers: int = 0) -> None:
        self._workers = workers or os.cpu_count() or 1
        # Fork would copy threads and open databases of this process; a fork server starts clean.
        self._context = multiprocessing.get_context("forkserver")
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> PoolEngine:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def run(
        self, function: Callable[[list[Item]], list[Result]], batches: Iterable[list[Item]]
    ) -> Iterator[tuple[list[Item], list[Result | Failed]]]:
        """Give each batch with its results (see `Engine.run`)."""
        waiting: deque[tuple[list[Item], Future[list[Result]]]] = deque()
        source = iter(batches)
        while True:
            while len(waiting) < 2 * self._workers and (batch := next(source, None)) is not None:
                waiting.append((batch, self._submit(function, batch)))
            if not waiting:
                return
            batch, future = waiting.popleft()
            try:
                results: list[Result | Failed] = list(future.result())
            except BrokenProcessPool:
                self._discard()
                # All that was in flight died with the pool; only the first batch is under suspicion.
                results = self._retry(function, batch)
                waiting = deque((other, self._submit(function, other)) for other, _ in waiting)
            yield batch, results

    def _submit(self, function: Callable[[list[Item]], list[Result]], batch: list[Item]) -> Future[Any]:
        try:
            return self._running().submit(function, batch)
        except BrokenProcessPool:
            self._discard()
            return self._running().submit(function, batch)

    def _retry(
        self, function: Callable[[list[Item]], list[Result]], batch: list[Item]
    ) -> list[Result | Failed]:
        for _ in range(settings.WORKER_RETRIES):
            try:
                return list(self._submit(function, batch).result())
            except BrokenProcessPool:
                self._discard()
        if len(batch) == 1:
            return [Failed("its worker process died each time it was tried")]
        return [result for item in batch for result in self._retry(function, [item])]

    def _running(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(self._workers, mp_context=self._context)
        return self._pool

    def _discard(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None
