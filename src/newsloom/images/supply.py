"""Where a pass has the bytes of pictures from: a recording that held them, else the fetcher of the pass."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from newsloom import settings
from newsloom.errors import FetchError
from newsloom.fetch import Fetcher, Request, fetch_all

OpenFetcher = Callable[[], AbstractAsyncContextManager[Fetcher]]
Brought = tuple[str, bytes | FetchError]


class Supply:
    """Brings pictures in handfuls, so that memory stays at one of them; an async context manager.

    The fetcher is opened when the first picture is asked for; without `open_fetcher` nothing is asked of
    anyone, and only what is at hand is brought.
    """

    def __init__(self, at_hand: Mapping[str, bytes], open_fetcher: OpenFetcher | None) -> None:
        self._at_hand = at_hand
        self._open = open_fetcher
        self._fetcher: Fetcher | None = None
        self._asked: Counter[str] = Counter()
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    def holds(self, url: str) -> bool:
        """Whether a picture is at hand, so that nobody has to be asked."""
        return url in self._at_hand

    async def bring(self, urls: Sequence[str]) -> AsyncIterator[list[Brought]]:
        """Bring pictures in handfuls, each sorted by address; those beyond a pass's measure are left out."""
        held = [url for url in urls if url in self._at_hand]
        for part in _cut(held):
            yield [(url, self._at_hand[url]) for url in sorted(part)]
        if self._open is None:
            return
        for part in _cut([url for url in urls if url not in self._at_hand and self._may_ask(url)]):
            yield sorted(await self._fetch(part), key=lambda brought: brought[0])

    def _may_ask(self, url: str) -> bool:
        """Whether a pass has time for one more picture, and for one more of its host; counts it if so."""
        try:
            host = urlsplit(url).netloc.lower()
        except ValueError:
            host = ""
        if self._asked.total() >= settings.IMAGES_FETCHED or self._asked[host] >= settings.IMAGES_OF_HOST:
            return False
        self._asked[host] += 1
        return True

    async def _fetch(self, urls: Sequence[str]) -> list[Brought]:
        if self._fetcher is None and self._open is not None:
            self._fetcher = await self._stack.enter_async_context(self._open())
        if self._fetcher is None:
            return []
        requests = [Request(address=url, kind="image") for url in urls]
        return [
            (request.address, result if isinstance(result, FetchError) else result.body)
            async for request, result in fetch_all(self._fetcher, requests)
        ]


def _cut(urls: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(urls), settings.IMAGES_AT_ONCE):
        yield urls[start : start + settings.IMAGES_AT_ONCE]
