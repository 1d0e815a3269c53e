"""All words of a page without a parser: what an article can hold, and what stands beside it.

Everything is found by patterns that walk the bytes once, whatever they hold. More is found than a parser
would give (menus, other articles), and nothing less: words that a tag parts are there whole as well.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Final

from selectolax.lexbor import LexborHTMLParser

from newsloom.extract.plain import without_invisible

# `<` is left out of what a tag holds, so that a page full of `<` is walked once and not once for each.
_SILENT: Final = re.compile(rb"<(/?)(script|style)\b([^<>]*>?)", re.IGNORECASE)
_MARKUP: Final = re.compile(rb"<[^<>]*>")
# What parts no words, between letters: "<span>A</span>I" reads "AI".
_INLINE: Final = (
    rb"a|abbr|acronym|b|bdi|bdo|big|cite|code|data|del|dfn|em|font|i|ins|kbd|label|mark|nobr|q|s|samp|small|span|"
    rb"strike|strong|sub|sup|time|tt|u|var|wbr"
)
_PARTLESS: Final = rb"(?:/?(?:" + _INLINE + rb")\b[^<>]*>|!--[^<>]*>)"
# It begins with a letter, and looks back only then: a search for `<` is fast.
_WITHIN: Final = re.compile(
    rb"<(?<=[^\s<>]<)" + _PARTLESS + rb"(?:<" + _PARTLESS + rb")*(?=[^\s<>])", re.IGNORECASE
)
_PART: Final = "\x1e"  # between two pieces of text: no page has it
_AROUND: Final = 120  # bytes on either side of such a place that are read together


def read_words(body: bytes) -> str:
    """Give all words of a page in UTF-8 but those of scripts and styles; articles written in JSON-LD stay."""
    spoken = _drop_silent(body)
    return _tidy(b"\n".join((_MARKUP.sub(b" ", spoken), *_list_joined(spoken))).decode("utf-8", "replace"))


def list_words(parser: LexborHTMLParser, body: bytes) -> str:
    """Give the same of a page that is parsed, at a third of the cost, but for what stands in JSON-LD."""
    silent = {node.text() for node in parser.css("script,style")}
    parts = parser.root.text(separator=_PART).split(_PART) if parser.root is not None else []
    spoken = " ".join(part for part in parts if part not in silent)
    joined = b"\n".join(_list_joined(body)).decode("utf-8", "replace")
    return _tidy(f"{spoken}\n{joined}")


def _tidy(text: str) -> str:
    for _ in range(2):  # some pages escape twice
        text = html.unescape(text) if "&" in text else text
    return text if text.isascii() else without_invisible(text)


def _drop_silent(body: bytes) -> bytes:
    kept: list[bytes] = []
    start, inside = 0, b""
    for match in _SILENT.finditer(body):
        closing, name = match[1], match[2].lower()
        if inside:
            if closing and name == inside:
                start, inside = match.end(), b""
        elif not closing and b"ld+json" not in match[3].lower():
            kept.append(body[start : match.start()])
            inside = name
    if not inside:
        kept.append(body[start:])
    return b" ".join(kept)


def _list_joined(body: bytes) -> Iterator[bytes]:
    """Give what stands around the places where a tag parts a word, without such tags."""
    start = end = 0
    for match in _WITHIN.finditer(body):
        if match.start() > end + _AROUND:
            if end:
                yield _join(body, start, end)
            start = match.start()
        end = match.end()
    if end:
        yield _join(body, start, end)


def _join(body: bytes, start: int, end: int) -> bytes:
    before = body[max(0, start - _AROUND) : start].rpartition(b">")[2]
    after = body[end : end + _AROUND].partition(b"<")[0]
    return _MARKUP.sub(b" ", _WITHIN.sub(b"", before + body[start:end] + after))
