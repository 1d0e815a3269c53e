"""What names sources: a page's head and links, robots.txt, and the places where they usually are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urljoin

from msgspec import Struct
from selectolax.lexbor import LexborNode

from newsloom import settings
from newsloom.errors import PageError
from newsloom.extract.address import absolute, host_of, registrable_domain
from newsloom.extract.tree import parse
from newsloom.fetch.decoding import GZIP_MAGIC
from newsloom.records import Page
from newsloom.sources.sniffing import tell_kind

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
_ANCHORS: Final = 3  # links that look like a feed's which are tried
_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)  # a page read for its links alone needs no date
_NAMED: Final = 4  # feeds named in a page's head which are tried


class Found(Struct, frozen=True, kw_only=True):
    """A source that may be at an address, and why it is thought so."""

    kind: str
    address: str
    reason: str
    title: str = ""


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
    return keep_first([*named[:_NAMED], *anchors[:_ANCHORS]])


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
    return keep_first(found)


def list_usual(base: str, *, feeds: bool) -> tuple[Found, ...]:
    """The places where feeds, or else sitemaps, usually are on a site."""
    kind, paths = ("feed", _FEED_PATHS) if feeds else ("sitemap", _SITEMAP_PATHS)
    return tuple(
        Found(kind=kind, address=urljoin(base, path), reason=f"{path} is where many sites have one")
        for path in paths
    )


def keep_first(found: Iterable[Found]) -> tuple[Found, ...]:
    """Each address once, as it came first."""
    return tuple({item.address: item for item in reversed(list(found))}.values())[::-1]
