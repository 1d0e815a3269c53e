"""Work done beside other work, in a process that has everything its parent has."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context


@contextmanager
def work_beside(work: Callable[[], int]) -> Iterator[Callable[[], int]]:
    """Do work in a process of its own where there is a second core; what is given waits for its result."""
    if len(os.sched_getaffinity(0)) < 2:
        yield work
        return
    context = get_context("fork")  # what it works on is there already: nothing is copied before it is changed
    with ProcessPoolExecutor(1, mp_context=context, initializer=_take, initargs=(work,)) as pool:
        yield pool.submit(_do).result


_taken: list[Callable[[], int]] = []  # of the process that works beside


def _take(work: Callable[[], int]) -> None:
    _taken.append(work)


def _do() -> int:
    return _taken[-1]()
