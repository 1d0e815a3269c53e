"""One worker process, and the tasks it was given in their order.

Each worker has an executor of its own: when it dies, exactly the task it was at is under suspicion, and no
other worker is touched.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.context import ForkServerContext
from typing import Any, Final

from newsloom import settings
from newsloom.engine.limiting import run_expendable
from newsloom.engine.task import Task

_UNKNOWN: Final = 255  # the exit code of a process that was killed before the fork server knew it


class Lane:
    """One worker process; `is_up` once it has said so."""

    def __init__(self, context: ForkServerContext) -> None:
        self._executor = ProcessPoolExecutor(1, mp_context=context, initializer=_end_with_parent)
        before = multiprocessing.active_children()
        self._start = self._executor.submit(os.getpid)
        self._processes = [one for one in multiprocessing.active_children() if one not in before]
        self._given: deque[tuple[Task[Any, Any], Future[Any]]] = deque()
        self.is_dead = False

    @property
    def is_up(self) -> bool:
        """Whether the worker came as far as its first task."""
        return self._start.done() and self._start.exception() is None

    @property
    def ended_itself(self) -> bool:
        """Whether a dead worker is known to have ended by itself, as it does with a failing script."""
        for process in self._processes:
            process.join(settings.WORKER_END_SECONDS)
        codes = [process.exitcode for process in self._processes]
        return any(code is not None and 0 <= code < _UNKNOWN for code in codes)

    @property
    def tasks(self) -> list[Task[Any, Any]]:
        """The tasks that are not done, the one at work first."""
        return [task for task, _ in self._given]

    @property
    def futures(self) -> list[Future[Any]]:
        """What to wait for."""
        return [future for _, future in self._given]

    def give(self, function: Callable[[list[Any]], list[Any]], task: Task[Any, Any]) -> bool:
        """Hand a task out; False when the worker died idle."""
        try:
            self._given.append((task, self._executor.submit(run_expendable, function, task.items)))
        except BrokenProcessPool:
            self.is_dead = True
        return not self.is_dead

    def collect(self) -> None:
        """Take in what is done, and notice a death. Raises what the function raised."""
        while self._given and self._given[0][1].done():
            task, future = self._given[0]
            try:
                task.finish(future.result())
            except BrokenProcessPool:
                self.is_dead = True
                return
            self._given.popleft()

    def close(self, *, wait: bool) -> None:
        """Let the worker go, after the task it is at."""
        self._executor.shutdown(wait=wait, cancel_futures=True)


def _end_with_parent() -> None:
    """Have a worker end when the process it works for was killed: nobody would tell it to."""
    threading.Thread(target=_watch_parent, name="parent", daemon=True).start()


def _watch_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
