"""What an address alone tells: whether it looks like an article's, and the day that stands in it."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from newsloom.extract.address import is_home

_DAY: Final = re.compile(
    r"(?<!\d)((?:19|20)\d\d)[/_.-]?(0[1-9]|1[0-2])(?:[/_.-]?(0[1-9]|[12]\d|3[01]))?(?!\d)"
)
_NUMBER: Final = re.compile(r"\d{4,}")
_TOKEN: Final = re.compile(r"(?=[a-z]*\d)[a-z0-9]{8,40}")  # an identifier of letters and digits
_FILE: Final = re.compile(r"\.(\w{2,5})$")
_PAGES: Final = frozenset({"html", "htm", "php", "asp", "aspx", "jsp", "shtml", "xhtml", "cms", "ece"})
_WORDS: Final = re.compile(r"[-_+ ]+")
_IDS: Final = frozenset(
    {"id", "p", "aid", "sid", "nid", "article", "articleid", "story", "storyid", "newsid"}
)
_KINDS: Final = frozenset(
    {"article", "articles", "story", "stories", "news", "post", "posts", "blog", "artikel"}
)
# Parts of paths below which stand lists and services, and parts that name the house's own pages when last.
_LISTS: Final = frozenset(
    {
        "author", "authors", "autor", "cart", "categories", "category", "impressum", "imprint", "login",
        "logout", "page", "rss", "search", "section", "sections", "sitemap", "subscribe",
        "suche", "tag", "tags", "team", "topic", "topics", "user", "users",
        "wp-admin", "wp-content", "wp-json", "wp-login",
    }
)  # fmt: skip
_HOUSE: Final = frozenset(
    {
        "about", "about-us", "account", "accessibility", "advertise", "advertising", "all", "api", "app",
        "apps", "archive", "archives", "careers", "contact", "contact-us", "cookie-policy", "cookies",
        "donate", "editorial-policy", "faq", "feed", "feeds", "help", "home",
        "index", "jobs", "kontakt", "legal", "masthead", "membership", "newsletter", "newsletter-signup",
        "newsletters", "pages", "password", "people", "podcasts", "policies", "press", "privacy",
        "privacy-policy", "profile", "register", "shop", "sign-in", "signin", "staff", "store",
        "subscription", "subscriptions", "support", "terms", "terms-of-service", "terms-of-use", "tips",
    }
)  # fmt: skip
_LIKELY: Final = 1.5  # of `likeness` from which an address is taken for an article's
_CERTAIN: Final = 3.0  # of `likeness` from which it is one even below `/sections/`


def looks_like_article(address: str) -> bool:
    """Whether an address is more likely an article's than a list's or a service's."""
    return likeness(address) >= _LIKELY


def is_other(address: str) -> bool:
    """Whether an address is surely no article's: a front page, a list, a service, a file."""
    return likeness(address) < 0


def likeness(address: str) -> float:
    """How much an address looks like an article's: negative for what is none, 0 to about 5 for others.

    A slug of several words, a day, a long number and depth speak for it.
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        return -1.0
    numbered = 1.5 if _has_number(parts) else 0.0
    segments = _split_path(parts.path)
    if segments is None or (not numbered and (not segments or is_home(address))):
        return -1.0
    if not segments:
        return 0.5 + numbered
    weight = max(map(_weigh_slug, segments[-2:])) + _weigh_way(segments, parts.path)
    other = segments[-1] in _LISTS | _HOUSE or (segments[0] in _LISTS and weight < _CERTAIN)
    if not numbered and (other or "tag" in segments):
        return -1.0
    return weight + numbered


def _split_path(path: str) -> list[str] | None:
    """The parts of a path, without a page's ending; None for a file that is no page."""
    segments = [unquote(part).lower() for part in path.split("/") if part]
    kind = _FILE.search(segments[-1]) if segments else None
    if kind is not None:
        if kind[1] not in _PAGES and not kind[1].isdigit():
            return None
        segments[-1] = segments[-1][: kind.start()]
        if segments[-1] in {"index", "default"}:
            segments.pop()
    return segments


def _weigh_slug(slug: str) -> float:
    """A name of several words and a long number are what articles are called by."""
    words = sum(not word.isdigit() for word in _WORDS.split(slug) if word)
    weight = min(words - 1, 4) * 0.5 if words > 1 else 0.0
    if not slug.isascii() and len(slug) >= 12:
        weight += 1.0  # scripts without spaces make one long word
    if _NUMBER.search(slug):
        return weight + 1.0
    return weight + (0.5 if _TOKEN.fullmatch(slug) else 0.0)


def _weigh_way(segments: list[str], path: str) -> float:
    """A day in the path and depth speak for an article."""
    weight = 1.5 if _DAY.search(path) else 0.0
    weight += 0.5 if len(segments) > 1 else 0.0
    return weight + (0.5 if not _KINDS.isdisjoint(segments[:-1]) else 0.0)


def _has_number(parts: SplitResult) -> bool:
    """Whether the query names an article: `?p=1234`."""
    pairs = parse_qsl(parts.query[:500], max_num_fields=None)
    return any(name.lower() in _IDS and value.isalnum() for name, value in pairs)


def day_in(address: str) -> str:
    """The day or month that stands in an address, such as 2026-11-24 or 2026-11; "" when there is none."""
    match = _DAY.search(address)
    return "-".join(part for part in match.groups() if part) if match else ""
