"""Tells a wall from a page: tests for people, consent, log-ins, offers, parked names, shells.

Servers show them with status 200 as often as with 403, so the status alone tells little, and a wall
taken for a page becomes "an article without text" at best. What walls say of themselves is data
(`data/walls.yaml`); here stands when it is believed. A page that was asked for must never be taken for
a wall: whatever names itself an article is none, whatever has much to read is none.

Pure: an answer in, a cause or nothing out.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Final
from urllib.parse import SplitResult, urlsplit

import msgspec
from ahocorasick_rs import BytesAhoCorasick, Implementation
from msgspec import Struct
from selectolax.lexbor import LexborHTMLParser

from newsloom.errors import FetchError
from newsloom.fetch.causes import fault
from newsloom.fetch.exchange import USEFUL, Answer
from newsloom.settings import NOTICE_BYTES

_ENOUGH: Final = 3  # weight of marks from which a wall is told
_READABLE: Final = (
    1_500  # characters to read from which a page is none of these; challenge pages have under 900
)
_SHELL: Final = 200  # characters to read under which a page may be an empty shell
_EMPTY: Final = 12  # characters to read under which a page says nothing
_SHELL_BYTES: Final = 256 * 1024  # of a page without marks and paragraphs whose text is measured

# Statuses that say it all by themselves, and need no looking.
_PLAIN: Final = frozenset({204, 205, 304, 402, 404, 410, 451})
_STATUSES: Final = frozenset({"bot-wall", "consent"})  # what a refusal's body may turn out to be

_HTML: Final = re.compile(
    rb"\A[\xef\xbb\xbf\s]*(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body|title)\b", re.S
)
_OTHER: Final = re.compile(
    rb"\A[\xef\xbb\xbf\s]*(?:<\?xml|<rss|<feed|<rdf|<urlset|<sitemapindex|<opml|\{|\[)"
)
_ARTICLE: Final = re.compile(
    rb'"(?:\w*NewsArticle|Article|BlogPosting|LiveBlogPosting|ReportageNewsArticle|VideoObject)"'
    rb'|property=["\']?article:|content=["\']?article["\'\s/>]|<article\b[^>]*>|itemprop=["\']?articleBody',
    re.IGNORECASE,
)
_ARTICLE_SIGNS: Final = (b'"newsarticle"', b"article:published_time", b'content="article"')  # the usual ones
_TITLED: Final = re.compile(
    rb'property=["\']?og:(?:title|description)|application/ld\+json|name=["\']?description'
    rb'|http-equiv=["\']?refresh',
    re.IGNORECASE,
)
_TITLE_SPACE: Final = re.compile(rb"<title[^>]*>\s*")
_UNREAD: Final = ["script", "style", "noscript", "template", "svg", "iframe", "head"]


class Wall(Struct, frozen=True, forbid_unknown_fields=True):
    """What one maker's wall says of itself; the reason is for those who read the table."""

    code: str
    by: str
    reason: str
    marks: dict[str, int]


class _Book(Struct, frozen=True, forbid_unknown_fields=True):
    walls: tuple[Wall, ...]
    hosts: dict[str, str]
    segments: dict[str, str]


class _Finder:
    """All marks looked for in one go."""

    def __init__(self, walls: tuple[Wall, ...]) -> None:
        self._walls = walls
        bearers: dict[str, list[tuple[int, int]]] = {}
        for number, wall in enumerate(walls):
            for mark, weight in wall.marks.items():
                bearers.setdefault(mark, []).append((number, weight))
        self._bearers = list(bearers.values())
        self._marks = BytesAhoCorasick([mark.encode() for mark in bearers], implementation=Implementation.DFA)

    def weigh(self, text: bytes) -> list[tuple[Wall, int]]:
        """The walls that any mark speaks for, with the weight of theirs; the heaviest first."""
        weights: dict[int, int] = {}
        found = {match[0] for match in self._marks.find_matches_as_indexes(text, overlapping=True)}
        for mark in found:
            for number, weight in self._bearers[mark]:
                weights[number] = weights.get(number, 0) + weight
        ranked = sorted(weights.items(), key=lambda item: (-item[1], item[0]))
        return [(self._walls[number], weight) for number, weight in ranked]


@cache
def _read_book() -> _Book:
    body = (files(__package__) / "data" / "walls.yaml").read_bytes()
    return msgspec.yaml.decode(body, type=_Book)


@cache
def _finder() -> _Finder:
    return _Finder(_read_book().walls)


def tell_wall(answer: Answer) -> FetchError | None:
    """The wall an answer shows in place of what was asked for, or None when it shows none.

    Cost: about 0.1 ms for a page; a look at the first bytes for anything else.
    """
    if answer.status in _PLAIN:
        return None
    if answer.status not in USEFUL:
        return _tell_refusal(answer)
    if not answer.body.strip():
        return fault("empty", answer.address)
    if not _is_html(answer):
        return None
    return _tell_address(answer) or _tell_body(answer)


def _tell_refusal(answer: Answer) -> FetchError | None:
    if answer.header("cf-mitigated") == "challenge":
        return fault("bot-wall", answer.address, "Cloudflare")
    if answer.header("x-amzn-waf-action") in {"challenge", "captcha"}:
        return fault("bot-wall", answer.address, "AWS WAF")
    for wall, weight in _finder().weigh(_fold(answer.notice)):
        if weight >= _ENOUGH and wall.code in _STATUSES:
            return fault(wall.code, answer.address, wall.by)
    return None


def _is_html(answer: Answer) -> bool:
    start = answer.body[:1024]
    if _OTHER.match(start):
        return False
    return "html" in answer.header("content-type") or _HTML.match(start.lower()) is not None


def _fold(body: bytes) -> bytes:
    """The beginning of a body as the marks are written: lower case, titles without attributes."""
    return _TITLE_SPACE.sub(b"<title>", body[:NOTICE_BYTES].lower())


def _tell_address(answer: Answer) -> FetchError | None:
    """A wall told by the address a redirect ended at."""
    if not answer.hops:
        return None
    asked, final = urlsplit(answer.address), urlsplit(answer.final)
    book, host = _read_book(), final.hostname or ""
    for name, code in book.hosts.items():
        if f".{host}".endswith(f".{name}") and not f".{asked.hostname}".endswith(f".{name}"):
            return fault(code, answer.address)
    before = set(_segments(asked))
    for segment in _segments(final):
        code = book.segments.get(segment, "")
        if code and segment not in before and not _ARTICLE.search(answer.body[:NOTICE_BYTES]):
            return fault(code, answer.address)
    if _is_deep(asked) and final.path in {"", "/"} and not final.query and asked.hostname:
        return fault("soft-404", answer.address, "it led to the home page")
    return None


def _segments(parts: SplitResult) -> list[str]:
    return [segment for segment in parts.path.lower().split("/") if segment]


def _is_deep(parts: SplitResult) -> bool:
    """Whether an address is an article's rather than a section's: a long last part, or three of them."""
    segments = _segments(parts)
    return len(segments) >= 3 or (bool(segments) and len(segments[-1]) >= 20)


def _tell_body(answer: Answer) -> FetchError | None:
    start = _fold(answer.body)
    if any(sign in start for sign in _ARTICLE_SIGNS):
        return None  # most pages end here
    weights = _finder().weigh(start)
    heavy = [wall for wall, weight in weights if weight >= _ENOUGH]
    worded = not heavy and (len(answer.body) > _SHELL_BYTES or b"</p>" in answer.body)
    if worded or _ARTICLE.search(answer.body):
        return None
    length = _measure_text(answer.body)
    for wall in heavy:
        if length < (_SHELL if wall.code == "javascript-only" else _READABLE):
            return fault(wall.code, answer.address, wall.by)
    if length >= _EMPTY or _TITLED.search(answer.body):
        return None
    return _tell_empty(answer, start, [wall for wall, _ in weights])


def _tell_empty(answer: Answer, start: bytes, hinted: list[Wall]) -> FetchError:
    """What a page that says nothing is: the script of a wall's maker on it is the wall."""
    for wall in hinted:
        if wall.code == "bot-wall" and wall.by:
            return fault(wall.code, answer.address, wall.by)
    return fault("javascript-only" if b"<script" in start else "empty-page", answer.address)


def _measure_text(body: bytes) -> int:
    """Characters there are to read on a page."""
    tree = LexborHTMLParser(body)
    tree.strip_tags(_UNREAD)
    root = tree.root
    return len(" ".join(root.text(separator=" ").split())) if root is not None else 0
