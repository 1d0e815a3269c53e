"""Many requests at once: a line for each host, so that a slow host holds up nobody else."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Iterable
from typing import Final
from urllib.parse import urlsplit

from newsloom import settings
from newsloom.errors import FetchError
from newsloom.fetch.exchange import Answer, Fetcher, Request

_WAITING: Final = 16  # answers held for a slow reader before fetching pauses: at most 160 MiB of pages


async def fetch_all(
    fetcher: Fetcher, requests: Iterable[Request], *, host_concurrency: int = settings.HOST_CONCURRENCY
) -> AsyncGenerator[tuple[Request, Answer | FetchError], None]:
    """Give each request with its answer or the reason there is none, in the order they come in.

    An answer is given only where it is of use (200, 203, 304); any other status is a FetchError.
    Closing the iterator early stops all that is under way. Cost: tasks as many as hosts × 2.
    """
    lanes: dict[str, deque[Request]] = {}
    for request in requests:
        lanes.setdefault(_host(request.address), deque()).append(request)
    left = sum(map(len, lanes.values()))
    results: asyncio.Queue[tuple[Request, Answer | FetchError]] = asyncio.Queue(_WAITING)
    workers = [
        asyncio.create_task(_work(fetcher, lane, results))
        for lane in lanes.values()
        for _ in range(min(host_concurrency, len(lane)))
    ]
    try:
        for _ in range(left):
            yield await results.get()
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)


async def _work(
    fetcher: Fetcher, lane: deque[Request], results: asyncio.Queue[tuple[Request, Answer | FetchError]]
) -> None:
    while lane:
        request = lane.popleft()
        await results.put((request, await answer_or_fault(fetcher, request)))


async def answer_or_fault(fetcher: Fetcher, request: Request) -> Answer | FetchError:
    """An answer that is of use, or the reason there is none; never raises FetchError."""
    try:
        answer = await fetcher.fetch(request)
    except FetchError as error:
        return error
    except Exception as error:  # noqa: BLE001 - a worker's edge: one strange answer must not end the pass
        kind = type(error).__name__
        return FetchError(request.address, f"failed in a way nobody foresaw: {kind}", code="unexpected")
    return answer.fault() or answer


def _host(address: str) -> str:
    try:
        return urlsplit(address).netloc.lower()
    except ValueError:
        return ""
