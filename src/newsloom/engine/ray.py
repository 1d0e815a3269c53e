"""Tasks of a Ray cluster: workers on many machines, or on this one alone.

Ray hands out, counts and repeats: a task whose worker or node dies is run again elsewhere, and a result that
went down with its node is made again. Nothing is kept in actors. What is left to do here is the order of the
results, how much is under way at once, and the splitting of a task that kills its workers (see `Task`).
"""

from __future__ import annotations

import importlib.util
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from newsloom import settings
from newsloom.engine.cluster import Cluster
from newsloom.engine.contract import Failed, Item, Result
from newsloom.engine.limiting import run_expendable
from newsloom.engine.task import Task, find_module
from newsloom.errors import ConfigError, EngineError

_SUBJECT: Final = "engine: ray"


class RayEngine:
    """Runs batches as tasks of the cluster at `address`; "" is that of RAY_ADDRESS, else nodes of our own.

    `workers` is how many tasks run at once, 0 for one on each core of the cluster.
    """

    stretch = settings.RAY_STRETCH
    spread = True

    def __init__(self, workers: int = 0, address: str = "") -> None:
        if importlib.util.find_spec("ray") is None:
            raise ConfigError(_SUBJECT, "Ray is not installed", "pip install 'newsloom[ray]'")
        self._workers = workers
        self._cluster = Cluster(address, workers)
        self._remote: Any = None

    def __enter__(self) -> RayEngine:
        return self

    def __exit__(self, *_: object) -> None:
        self._cluster.leave()

    def run(
        self, function: Callable[[list[Item]], list[Result]], batches: Iterable[list[Item]]
    ) -> Iterator[tuple[list[Item], list[Result | Failed]]]:
        """Give each batch with its results (see `Engine.run`). Raises EngineError when the cluster fails."""
        waiting: deque[tuple[Task[Item, Result], object]] = deque()
        source = iter(batches)
        try:
            while True:
                while self._has_room(len(waiting)) and (batch := next(source, None)) is not None:
                    task: Task[Item, Result] = Task(batch)
                    waiting.append((task, self._submit(function, task)))
                if not waiting:
                    return
                task, reference = waiting.popleft()
                self._settle(function, task, reference)
                yield task.items, task.results
        finally:
            for _, reference in waiting:  # given up in the middle
                self._cluster.ray.cancel(reference)

    def _has_room(self, under_way: int) -> bool:
        """Whether another task may be handed out; a cluster may grow and shrink while it is at work."""
        if not under_way:
            return True
        if self._workers and not self._cluster.is_own:
            return under_way < self._workers
        return under_way < settings.WORKER_WINDOW * self._cluster.count_cores()

    def _submit(self, function: Callable[[list[Item]], list[Result]], task: Task[Item, Result]) -> object:
        if self._remote is None:
            self._remote = self._cluster.join().remote(_work)
        remote = self._remote.options(num_cpus=1, max_retries=task.retries)
        return remote.remote(function, task.items, _find_version(function))

    def _settle(
        self, function: Callable[[list[Item]], list[Result]], task: Task[Item, Result], reference: object
    ) -> None:
        """Wait for a task's results; where its workers died each time, for those of its items."""
        errors = self._cluster.ray.exceptions
        try:
            task.finish(self._cluster.ray.get(reference))
        except errors.RayTaskError as error:
            raise error.cause from None
        except (
            errors.WorkerCrashedError,
            errors.OutOfMemoryError,
            errors.NodeDiedError,
            errors.ObjectLostError,
        ):
            parts = [(part, self._submit(function, part)) for part in task.split()]
            for part, its_reference in parts:
                self._settle(function, part, its_reference)
        except errors.RayError as error:
            cause = str(error).strip().partition("\n")[0] or type(error).__name__
            raise EngineError(_SUBJECT, cause, "see `ray status`; then make the pass again") from error


def _find_version(function: Callable[..., Any]) -> str:
    package = sys.modules.get(find_module(function).partition(".")[0])
    return str(getattr(package, "__version__", ""))


def _work(function: Callable[[list[Any]], list[Any]], items: list[Any], version: str) -> list[Any]:
    """What a task does, in a worker. Other code there would give other results."""
    if (found := _find_version(function)) != version:
        raise EngineError(
            _SUBJECT, f"a worker has version {found}, this is {version}", "install the same on each node"
        )
    return run_expendable(function, items)
