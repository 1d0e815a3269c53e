"""Worker processes on this machine, started anew when one dies.

Results come in the order of the batches, whichever worker was first. A worker that dies costs the batch it
was at another try (see `Task`); what else was handed to it goes to others without being suspected.
"""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, wait
from typing import Any

from newsloom import settings
from newsloom.engine.contract import Failed, Item, Result
from newsloom.engine.lane import Lane
from newsloom.engine.task import Task, find_module
from newsloom.errors import EngineError


class PoolEngine:
    """Runs batches in worker processes, which are started as there is work for them."""

    stretch = 1
    spread = False

    def __init__(self, workers: int = 0) -> None:
        # The cores this process may use: `taskset` and containers give it fewer than the machine has.
        self._workers = workers or len(os.sched_getaffinity(0))
        # Fork would copy threads and open databases of this process; a fork server starts clean.
        self._context = multiprocessing.get_context("forkserver")
        self._lanes: list[Lane] = []
        self._was_up = False
        self._lost = 0

    def __enter__(self) -> PoolEngine:
        return self

    def __exit__(self, *_: object) -> None:
        self._close(wait=True)

    def run(
        self, function: Callable[[list[Item]], list[Result]], batches: Iterable[list[Item]]
    ) -> Iterator[tuple[list[Item], list[Result | Failed]]]:
        """Give each batch with its results (see `Engine.run`). Raises EngineError when no worker comes up."""
        # Workers are forked from a process that has the function's module already: they start at once.
        self._context.set_forkserver_preload([find_module(function)])
        waiting: deque[Task[Item, Result]] = deque()
        again: deque[Task[Item, Result]] = deque()
        source = iter(batches)
        try:
            while True:
                self._hand_out(function, source, waiting, again)
                if not waiting:
                    return
                self._collect(again)
                while waiting and waiting[0].is_done:
                    task = waiting.popleft()
                    yield task.items, task.results
        finally:
            if waiting:  # given up in the middle: nothing of it may reach the next run
                self._close(wait=False)

    def _hand_out(
        self,
        function: Callable[[list[Item]], list[Result]],
        source: Iterator[list[Item]],
        waiting: deque[Task[Item, Result]],
        again: deque[Task[Item, Result]],
    ) -> None:
        while self._has_room():
            if again:
                task = again.popleft()
            elif len(waiting) >= settings.WORKER_WINDOW * self._workers:
                return
            elif (batch := next(source, None)) is not None:
                waiting.append(task := Task(batch))
            else:
                return
            lane = self._find_lane()
            if not lane.give(function, task):  # it died meanwhile, perhaps with a task in hand
                again.extendleft((task, *reversed(self._bury(lane))))

    def _has_room(self) -> bool:
        """Whether there can be another worker, or one has room for another batch."""
        return len(self._lanes) < self._workers or any(
            len(lane.tasks) < settings.WORKER_AHEAD for lane in self._lanes
        )

    def _find_lane(self) -> Lane:
        """Whoever has nothing to do, else a new worker, else whoever has least to do."""
        lane = min(self._lanes, key=lambda lane: len(lane.tasks), default=None)
        if lane is None or (lane.tasks and len(self._lanes) < self._workers):
            lane = Lane(self._context)
            self._lanes.append(lane)
        return lane

    def _collect(self, again: deque[Task[Item, Result]]) -> None:
        """Wait until something is done, and take it in; what has to be run again goes to the front."""
        wait([future for lane in self._lanes for future in lane.futures], return_when=FIRST_COMPLETED)
        for lane in list(self._lanes):
            lane.collect()
            if lane.is_dead:
                again.extendleft(reversed(self._bury(lane)))
            elif lane.is_up:
                self._was_up, self._lost = True, 0

    def _bury(self, lane: Lane) -> list[Task[Any, Any]]:
        """What a dead worker leaves to be run again. Raises EngineError when none comes up at all."""
        self._drop(lane)
        if lane.is_up:
            self._was_up = True
            first, others = lane.tasks[:1], lane.tasks[1:]
            return [*(part for task in first for part in task.note_death()), *others]
        self._lost += 1
        others_do = self._was_up or not lane.ended_itself
        if self._lost >= (settings.WORKER_LOSSES if others_do else settings.WORKER_STARTS):
            raise EngineError(
                "engine: pool",
                f"{self._lost} worker processes in a row ended before their first batch",
                "a script makes passes below `if __name__ == '__main__':`, since each worker reads it too; "
                "otherwise see the errors above, or set `engine: inline`",
            )
        return lane.tasks

    def _drop(self, lane: Lane) -> None:
        self._lanes.remove(lane)
        lane.close(wait=False)

    def _close(self, *, wait: bool) -> None:
        for lane in self._lanes:
            lane.close(wait=wait)
        self._lanes = []
