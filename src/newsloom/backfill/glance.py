"""What a page's head says without being parsed.

Everything is found by patterns that walk the bytes once, whatever they hold.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from newsloom.extract.language import language_code
from newsloom.settings import BACKFILL_HEAD_BYTES

# `<` is left out of what a tag holds, so that a page full of `<` is walked once and not once for each.
_HEAD_END: Final = re.compile(rb"</head\b|<body\b", re.IGNORECASE)
_TAGS: Final = re.compile(r"<(meta|link|html|title)\b([^<>]*)>([^<]*)", re.IGNORECASE)
_VALUES: Final = re.compile(
    r"""\b(name|property|itemprop|content|http-equiv|lang|rel|href)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""",
    re.IGNORECASE,
)
_NAMES: Final = ("property", "name", "itemprop", "http-equiv")
_TITLES: Final = frozenset(
    {"og:title", "twitter:title", "parsely-title", "sailthru.title", "dc.title", "dcterms.title", "title"}
)
_EXCERPTS: Final = frozenset({"description", "og:description", "twitter:description", "dc.description"})
_KEYWORDS: Final = frozenset({"keywords", "news_keywords", "parsely-tags", "article:tag"})
_LANGUAGES: Final = frozenset({"og:locale", "content-language", "language", "dc.language"})


class Glance(Struct, frozen=True, kw_only=True):
    """What a page's head says: all that may be its title or excerpt, its tags, address and languages."""

    title: str = ""
    excerpt: str = ""
    hints: tuple[str, ...] = ()
    canonical: str = ""
    languages: frozenset[str] = frozenset()


def glance(body: bytes) -> Glance:
    """Read the head of a page in UTF-8."""
    end = _HEAD_END.search(body, 0, BACKFILL_HEAD_BYTES)
    text = body[: end.start() if end else BACKFILL_HEAD_BYTES].decode("utf-8", "replace")
    found: dict[str, list[str]] = {"title": [], "excerpt": [], "hint": [], "canonical": [], "language": []}
    for tag, values, after in _TAGS.findall(text):
        for kind, value in _read_tag(tag.lower(), values, after):
            found[kind].append(html.unescape(value).strip())
    codes = (language_code(value) for value in found["language"])
    return Glance(
        title="\n".join(dict.fromkeys(found["title"])),
        excerpt="\n".join(dict.fromkeys(found["excerpt"])),
        hints=tuple(tag.strip() for value in found["hint"] for tag in value.split(",") if tag.strip()),
        canonical=next(iter(found["canonical"]), ""),
        languages=frozenset(code for code in codes if code),
    )


def _read_tag(tag: str, text: str, after: str) -> Iterator[tuple[str, str]]:
    if tag == "title":
        yield "title", after
        return
    values = {name.lower(): one or two or three for name, one, two, three in _VALUES.findall(text)}
    if tag == "html":
        yield "language", values.get("lang", "")
    elif tag == "link":
        if "canonical" in values.get("rel", "").lower().split():
            yield "canonical", values.get("href", "")
    else:
        yield from _read_meta(values)


def _read_meta(values: dict[str, str]) -> Iterator[tuple[str, str]]:
    content = values.get("content", "")
    for name in (values[key].lower() for key in _NAMES if key in values):
        for kind, names in (
            ("title", _TITLES),
            ("excerpt", _EXCERPTS),
            ("hint", _KEYWORDS),
            ("language", _LANGUAGES),
        ):
            if name in names:
                yield kind, content
