"""From a site's address to its sources: what a page, its robots.txt and usual places name, best first.

Reading is pure; `discover` asks over the one guarded client, a few addresses of the site and no more
than `DISCOVERY_REQUESTS`, and stops at the first kind of source that works.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urljoin

from msgspec import Struct, field
from msgspec.structs import replace
from selectolax.lexbor import LexborNode

from newsloom import settings
from newsloom.errors import FetchError, NewsloomError, PageError, SourceError
from newsloom.extract.address import absolute, host_of, is_home, registrable_domain
from newsloom.extract.tree import parse
from newsloom.fetch import Answer, Fetcher, Request
from newsloom.fetch.decoding import GZIP_MAGIC
from newsloom.fetch.queue import answer_or_fault
from newsloom.records import Page
from newsloom.sources.feed import Feed
from newsloom.sources.reading import read_source
from newsloom.sources.sniffing import tell_kind
from newsloom.sources.youtube import find_youtube_feed, is_youtube_channel, read_youtube_channel

_FEED_TYPES: Final = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"}
)
_LOOSE_TYPES: Final = frozenset({"application/json", "application/xml", "text/xml"})
_FEED_ADDRESS: Final = re.compile(
    r"(?:^|[/.?=&_-])(?:rss2?|atom|feeds?|rdf)(?:\.(?:xml|rss|rdf|json))?/?(?:$|[?#&/])|\.(?:rss|rdf|atom)$",
    re.IGNORECASE,
)
_FEED_WORDS: Final = re.compile(r"\b(?:rss|atom|feed)\b", re.IGNORECASE)
_LESSER: Final = re.compile(r"comment|kommentar|replies|/tag/|/author/|podcast", re.IGNORECASE)
_ROBOTS_SITEMAP: Final = re.compile(r"^[ \t]*sitemap[ \t]*:[ \t]*(\S+)", re.IGNORECASE | re.MULTILINE)
_FEED_PATHS: Final = ("/feed", "/rss", "/atom.xml", "/feed.json", "/index.xml", "/rss.xml")
_SITEMAP_PATHS: Final = ("/news-sitemap.xml", "/sitemap.xml")
_FOR_GOOD: Final = frozenset({301, 308})  # statuses of a move for good
_ANCHORS: Final = 3  # links that look like a feed's which are tried
_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)  # a page read for its links alone needs no date
_NAMED: Final = 4  # feeds named in a page's head which are tried


class Found(Struct, frozen=True, kw_only=True):
    """A source that may be at an address, and why it is thought so."""

    kind: str
    address: str
    reason: str
    title: str = ""


class Discovery(Struct, kw_only=True):
    """What was found: the source that works with what it gave, others worth knowing, what was tried.

    `tried` has addresses with the reason why each was not taken.
    """

    found: Found | None = None
    feed: Feed | None = None
    others: list[Found] = field(default_factory=list)
    tried: list[NewsloomError] = field(default_factory=list)


def tell_source(body: bytes) -> str:
    """What kind of source a body is: "feed", "sitemap", "opml", "page", or "" for none."""
    head = body[: settings.KIB].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(GZIP_MAGIC) or re.search(rb"<(?:urlset|sitemapindex)\b", head):
        return "sitemap"
    if re.search(rb"<opml\b", head):
        return "opml"
    kind = tell_kind(body)
    if kind == "other" and head.startswith((b"http://", b"https://")):
        return "sitemap"
    return kind if kind in {"feed", "page"} else ""


def find_named(body: bytes, address: str) -> tuple[Found, ...]:
    """The feeds a page names: in its head first, then links that look like feeds; the main one first."""
    try:
        tree = parse(Page(address=address, final=address, body=body, observed=_NEVER))
    except PageError:
        return ()
    named = list(_read_heads(tree.parser.css("link[href]")[: settings.LISTING_LINKS], address))
    named.sort(key=lambda found: bool(_LESSER.search(f"{found.title} {found.address}")))
    anchors = list(_read_anchors(tree.parser.css("a[href]")[: settings.LISTING_LINKS], address))
    return _unique([*named[:_NAMED], *anchors[:_ANCHORS]])


def _read_heads(nodes: Iterable[LexborNode], base: str) -> Iterator[Found]:
    for node in nodes:
        values = node.attributes
        rels = (values.get("rel") or "").lower().split()
        kind = (values.get("type") or "").lower().partition(";")[0].strip()
        address = absolute(values.get("href") or "", base)
        if address is None or "alternate" not in rels:
            continue
        if kind in _FEED_TYPES or (kind in _LOOSE_TYPES and _FEED_ADDRESS.search(address)):
            title = " ".join((values.get("title") or "").split())[: settings.TITLE_CHARACTERS]
            yield Found(
                kind="feed", address=address, title=title, reason=f"the page names it as its feed ({kind})"
            )


def _read_anchors(nodes: Iterable[LexborNode], base: str) -> Iterator[Found]:
    site = registrable_domain(host_of(base))
    for node in nodes:
        address = absolute(node.attributes.get("href") or "", base)
        if address is None or not _FEED_ADDRESS.search(address.partition("://")[2].partition("/")[2]):
            text = node.text(separator=" ")[:80]
            if address is None or not _FEED_WORDS.search(text) or not address.endswith((".xml", ".json")):
                continue
        if registrable_domain(host_of(address)) == site or "feed" in host_of(address):
            yield Found(kind="feed", address=address, reason="a link of the page looks like a feed's")


def find_in_robots(text: str, base: str) -> tuple[Found, ...]:
    """The sitemaps a robots.txt names, those of news first."""
    addresses = (
        absolute(match[1], base) for match in _ROBOTS_SITEMAP.finditer(text[: settings.ROBOTS_BYTES])
    )
    found = [
        Found(kind="sitemap", address=address, reason="robots.txt names it as a sitemap")
        for address in addresses
        if address is not None
    ]
    found.sort(key=lambda item: "news" not in item.address.partition("://")[2].partition("/")[2].lower())
    return _unique(found)


def list_usual(base: str, *, feeds: bool) -> tuple[Found, ...]:
    """The places where feeds, or else sitemaps, usually are on a site."""
    kind, paths = ("feed", _FEED_PATHS) if feeds else ("sitemap", _SITEMAP_PATHS)
    return tuple(
        Found(kind=kind, address=urljoin(base, path), reason=f"{path} is where many sites have one")
        for path in paths
    )


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
        answer = await self._ask(address)
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
        sitemaps = _unique([*find_in_robots(text, base), *list_usual(base, feeds=False)])
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


def _unique(found: Iterable[Found]) -> tuple[Found, ...]:
    return tuple({item.address: item for item in reversed(list(found))}.values())[::-1]
