"""Files that can be made again, written in a few threads while the next ones are made.

What a file costs is the file system's work, and it takes several at once.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import BoundedSemaphore
from typing import Final

from newsloom.documents import write_file

_THREADS: Final = 4  # twice as many files a second as one writes, on two cores; eight write no more
_WAITING: Final = 256  # files that are made and not yet written: a few megabytes
Write = Callable[[Path, bytes], "Future[os.stat_result]"]


@contextmanager
def open_writers() -> Iterator[Write]:
    """Give what writes a file atomically and tells its state; at the end of the block all are written.

    Raises OSError when one cannot be written: what waits then is not written any more.
    """
    room, faults = BoundedSemaphore(_WAITING), list[BaseException]()
    threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="outputs")

    def conclude(writing: Future[os.stat_result]) -> None:
        room.release()
        if not writing.cancelled() and (fault := writing.exception()) is not None:
            faults.append(fault)

    def write(path: Path, body: bytes) -> Future[os.stat_result]:
        if faults:
            raise faults[0]
        room.acquire()
        writing = threads.submit(_write, path, body)
        writing.add_done_callback(conclude)
        return writing

    try:
        yield write
    finally:
        threads.shutdown(cancel_futures=bool(faults))
    if faults:
        raise faults[0]


def _write(path: Path, body: bytes) -> os.stat_result:
    write_file(path, body, durable=False)
    return path.stat()
