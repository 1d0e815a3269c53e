"""One parse of a page, with bounds on size and depth, and the page's head read off it once.

Lexbor is fast because it is simple: on input nested tens of thousands deep its checks of open
elements cost the square of the depth (50,000 `<ul><li>` take 18 s). So pages with very many tags are
scanned for their depth before they are parsed.
"""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct
from selectolax.lexbor import LexborHTMLParser, LexborNode

from newsloom.errors import PageError
from newsloom.extract.encoding import as_utf8
from newsloom.records import Page
from newsloom.settings import MIB, PAGE_BYTES, PAGE_DEPTH

_SCANNED_TAGS: Final = 12_000  # pages with fewer tags parse in well under a second whatever their shape
_NESTING: Final = re.compile(
    rb"<(/?)(?:div|ul|ol|dl|table|tbody|section|article|span|blockquote|center|form|font|b|i|em|strong|"
    rb"main|details|object|svg|math|template)\b",
    re.IGNORECASE,
)
_MARKUP: Final = re.compile(
    rb"<\s*(?:!doctype|html|head|body|meta|title|div|p|script|article|h1|span|a)\b", re.IGNORECASE
)
_HTML_TYPES: Final = ("html", "xml", "text/plain")
_HEAD: Final = "meta,link[rel],script[type*=json],title,h1,base,time"


class Link(Struct, frozen=True):
    """One `<link>` of a page."""

    rel: str
    href: str
    type: str


class Tree:
    """A parsed page: its head's values by name, its few telling elements, and the tree itself."""

    def __init__(self, page: Page, parser: LexborHTMLParser) -> None:
        self.page = page
        self.address = page.final or page.address
        self.base = self.address
        self.parser = parser
        self.metas: dict[str, list[str]] = {}
        self.links: list[Link] = []
        self.scripts: list[str] = []
        self.headings: list[LexborNode] = []
        self.times: list[LexborNode] = []
        self.titles: list[str] = []
        root = parser.css_first("html")
        self.is_amp = root is not None and not {"amp", "⚡"}.isdisjoint(root.attributes)
        for node in parser.css(_HEAD):
            self._take(node)

    def _take(self, node: LexborNode) -> None:
        tag = node.tag
        if tag == "meta":
            self._take_meta(node.attributes)
        elif tag == "link":
            values = node.attributes
            self.links.append(
                Link(
                    (values["rel"] or "").lower(),
                    values.get("href") or "",
                    (values.get("type") or "").lower(),
                )
            )
        elif tag == "script":
            if "ld+json" in (node.attributes["type"] or "").lower():
                self.scripts.append(node.text())
        elif tag == "h1":
            self.headings.append(node)
        elif tag == "time":
            self.times.append(node)
        elif tag == "title":
            self.titles.append(node.text())

    def _take_meta(self, values: dict[str, str | None]) -> None:
        content = values.get("content")
        if not content or not content.strip():
            return
        for key in ("property", "name", "itemprop", "http-equiv"):
            name = values.get(key)
            if name:
                self.metas.setdefault(name.strip().lower(), []).append(content.strip())

    def meta(self, *names: str) -> str:
        """Give the first value of the first of these meta names that the page has, or ""."""
        for name in names:
            found = self.metas.get(name)
            if found:
                return found[0]
        return ""

    def microdata(self, selector: str) -> str:
        """Give the `content` or the text of the first element that a CSS selector finds, or ""."""
        node = self.parser.css_first(selector)
        return (node.attributes.get("content") or node.text(separator=" ")).strip() if node else ""

    def link(self, rel: str) -> str:
        """Give the address of the first `<link>` of this relation, or ""."""
        return next((link.href for link in self.links if link.href and rel in link.rel.split()), "")


def _measure_depth(body: bytes) -> int:
    depth = deepest = 0
    for match in _NESTING.finditer(body):
        depth = max(0, depth + (-1 if match[1] else 1))
        deepest = max(deepest, depth)
    return deepest


def _check(page: Page) -> None:
    kind = page.content_type.lower()
    if not page.body.strip():
        raise PageError(page.address, "the answer is empty", code="empty")
    if len(page.body) > PAGE_BYTES:
        raise PageError(
            page.address,
            f"the page has {len(page.body) / MIB:.0f} MiB, more than {PAGE_BYTES // MIB}",
            code="too-large",
        )
    if kind and not any(name in kind for name in _HTML_TYPES):
        raise PageError(page.address, f"the answer is of type {kind.partition(';')[0]}", code="not-html")
    if b"\0" not in page.body[:64] and not _MARKUP.search(page.body[:65_536]):
        raise PageError(page.address, "the answer holds no HTML", code="not-html")
    if page.body.count(b"<") > _SCANNED_TAGS and _measure_depth(page.body) > 4 * PAGE_DEPTH:
        raise PageError(page.address, f"tags are nested more than {4 * PAGE_DEPTH} deep", code="too-deep")


def parse(page: Page) -> Tree:
    """Parse a page once.

    Raises:
        PageError: the answer is empty, too large, nested too deep, or not HTML.
    """
    _check(page)
    return Tree(page, LexborHTMLParser(as_utf8(page.body, page.content_type)))
