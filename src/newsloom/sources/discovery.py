"""From a site's address to its sources: what a page, its robots.txt and usual places name, best first.

`discover` asks over the one guarded client, a few addresses of the site and no more than
`DISCOVERY_REQUESTS`, and stops at the first source that works. What names them is read in `naming.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from urllib.parse import urljoin

from msgspec import Struct, field
from msgspec.structs import replace

from newsloom import settings
from newsloom.errors import FetchError, NewsloomError, SourceError
from newsloom.extract.address import is_home
from newsloom.fetch import Answer, Fetcher, Request
from newsloom.fetch.queue import answer_or_fault
from newsloom.sources.feed import Feed
from newsloom.sources.naming import Found, find_in_robots, find_named, keep_first, list_usual, tell_source
from newsloom.sources.reading import read_source
from newsloom.sources.youtube import find_youtube_feed, is_youtube_channel, read_youtube_channel

_FOR_GOOD: Final = frozenset({301, 308})  # statuses of a move for good


class Discovery(Struct, kw_only=True):
    """What was found: the source that works with what it gave, others worth knowing, what was tried.

    `tried` has addresses with the reason why each was not taken.
    """

    found: Found | None = None
    feed: Feed | None = None
    others: list[Found] = field(default_factory=list)
    tried: list[NewsloomError] = field(default_factory=list)


async def discover(fetcher: Fetcher, address: str) -> Discovery:
    """Find out what an address is a source of: itself, or what its site names.

    Nothing is raised for what does not work: `tried` tells, and `found` is None when nothing did.
    """
    return await _Search(fetcher).run(address)


class _Search:
    """One search, with what was asked already."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self._asked: set[str] = set()
        self._result = Discovery()

    async def run(self, address: str) -> Discovery:
        if known := find_youtube_feed(address):
            await self._try([Found(kind="feed", address=known, reason="it is the feed of a YouTube channel")])
            return self._result
        answer = await self._ask(address, kind="site")
        if answer is None:
            return self._result
        kind = tell_source(answer.body)
        if kind in {"feed", "sitemap", "opml"}:
            await self._take(Found(kind=kind, address=address, reason="the address itself is one"), answer)
        elif kind == "page":
            await self._search_page(address, answer)
        else:
            cause = "is neither a feed, a sitemap, a list of feeds nor a web page"
            self._note(SourceError(address, cause, "look for its feed's address", code="not-a-source"))
        return self._result

    async def _search_page(self, address: str, answer: Answer) -> None:
        if is_youtube_channel(address):
            known = read_youtube_channel(answer.body)
            if not known:
                cause = "the channel's page does not tell its identifier"
                self._note(SourceError(address, cause, "give its youtube.com/channel/UC… address"))
                return
            await self._try([Found(kind="feed", address=known, reason="the channel's page names its feed")])
            return
        base = answer.final
        page = Found(kind="listing", address=address, reason="the page lists articles itself")
        if await self._try(find_named(answer.body, base)):
            return
        if not is_home(base):  # a section: what the whole site has is not what was asked for
            below = f"{base.partition('?')[0].rstrip('/')}/feed"
            if await self._try([Found(kind="feed", address=below, reason="sections often have one there")]):
                return
            await self._take(page, answer)
        if self._result.found is not None or await self._try(list_usual(base, feeds=True)):
            return
        robots = await self._ask(urljoin(base, "/robots.txt"), kind="robots")
        text = robots.body.decode("utf-8", "replace") if robots is not None else ""
        sitemaps = keep_first([*find_in_robots(text, base), *list_usual(base, feeds=False)])
        if not await self._try(sitemaps) and is_home(base):
            await self._take(page, answer)

    async def _try(self, candidates: Iterable[Found]) -> bool:
        """Ask until one works; the rest of its kind is kept for the owner to know."""
        for found in candidates:
            if self._result.found is not None:
                if found.reason.startswith("the page"):
                    self._result.others.append(found)
                continue
            answer = await self._ask(found.address)
            if answer is not None:
                await self._take(found, answer)
        return self._result.found is not None

    async def _take(self, found: Found, answer: Answer) -> None:
        try:
            feed = read_source(found.kind, answer.body, answer.final, answer.observed, source=found.address)
            feed = await self._read_children(found, feed)
            if not feed.entries and not (found.kind == "opml" and feed.follow):
                cause = f"is a {found.kind} without entries"
                raise SourceError(found.address, cause, "wait until it has some", code="no-entries")
        except NewsloomError as error:
            self._note(error)
            return
        if answer.hops and all(hop.status in _FOR_GOOD for hop in answer.hops):
            found = replace(found, address=answer.final)
        self._result.found, self._result.feed = found, feed

    async def _read_children(self, found: Found, feed: Feed) -> Feed:
        """Of an index its first sitemap that has entries: enough to see what it gives."""
        if found.kind != "sitemap" or feed.entries:
            return feed
        for child in feed.follow:
            answer = await self._ask(child)
            if answer is not None:
                read = read_source("sitemap", answer.body, child, answer.observed, source=found.address)
                if read.entries:
                    return read
        return feed

    async def _ask(self, address: str, kind: str = "feed") -> Answer | None:
        if address in self._asked or len(self._asked) >= settings.DISCOVERY_REQUESTS:
            return None
        self._asked.add(address)
        answer = await answer_or_fault(self._fetcher, Request(address=address, kind=kind))
        if isinstance(answer, FetchError):
            self._note(answer)
            return None
        return answer

    def _note(self, error: NewsloomError) -> None:
        self._result.tried.append(error)
