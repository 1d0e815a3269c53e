"""A limit to the processor's time that one item may take, wherever it hangs.

Two of the system's timers count the time of the process, so that a busy machine makes nobody late. The first
interrupts Python code, patterns included, and the item has its reason. Code in C that does not come back is
not interrupted by anything but the end of its process, which the second timer is: only in a worker, whose
engine tries the others of its items again (see `Task`). Python takes signals in its main thread alone: an
item that is run in another one has no limit.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import FrameType
from typing import Final, Never, TypeVar

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")
_expendable: Final = ContextVar("expendable", default=False)
_GRACE: Final = 2  # times the limit after which a worker is ended


class TimeUpError(BaseException):
    """An item took too long. No `except Exception` on the way may take it for its own."""


def run_expendable(function: Callable[[list[_Item]], list[_Result]], items: list[_Item]) -> list[_Result]:
    """Run a task in a worker, which may be ended."""
    _expendable.set(True)
    return function(items)


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Run a block for so many seconds of the processor at most. Raises TimeUpError."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGVTALRM, _give_up)
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
        if _expendable.get():
            signal.setitimer(signal.ITIMER_PROF, _GRACE * seconds)
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _give_up(_number: int, _frame: FrameType | None) -> Never:
    raise TimeUpError
