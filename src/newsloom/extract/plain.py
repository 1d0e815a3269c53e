"""Text as a reader sees it: entities, white space, mis-decoded letters and invisible characters put right."""

from __future__ import annotations

import html
import re
from functools import lru_cache
from typing import Final

_TAG: Final = re.compile(r"<[a-zA-Z/!][^<>]{0,300}>")
_INVISIBLE: Final = re.compile("[\u00ad\u200b\u200c\u2060\ufeff\ufffc\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# UTF-8 read as Windows-1252: "â€™" for "’", "Ã©" for "é".
_MISREAD: Final = re.compile("[ÃÂâ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")
_REMEMBERED: Final = 200  # characters of a text whose folded form is kept: titles come up again and again
_SUSPECT: Final = re.compile(
    "[&<ÃÂâ\ufffc]"
)  # characters without one of which a line of printable ones is as it should be
_SENTENCE: Final = re.compile(r"(?<=[.!?。！？…])[\"'”’»)]?\s+")


def _repair_misread(text: str) -> str:
    try:
        return text.encode("cp1252").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return text


def without_invisible(text: str) -> str:
    """Give a text without letters that nobody sees, such as soft hyphens within words."""
    return _INVISIBLE.sub("", text)


def looks_misread(text: str) -> bool:
    """Say whether a text may have been decoded in the wrong encoding, so that `tidy` would repair it."""
    return _MISREAD.search(text) is not None


def tidy(text: str) -> str:
    """Give one line of text: entities resolved (also twice escaped), tags and invisible letters gone."""
    if text.isprintable() and not _SUSPECT.search(text):
        return " ".join(text.split())  # nearly all lines: nothing below would change them
    if "&" in text:
        text = html.unescape(text)
        if "&" in text and ";" in text:
            text = html.unescape(text)
    if "<" in text:
        text = _TAG.sub(" ", text)
    text = without_invisible(text)
    if looks_misread(text):
        text = _repair_misread(text)
    return " ".join(text.split())


def sentences(text: str) -> list[str]:
    """Split a line of text after its sentence ends."""
    return [part for part in _SENTENCE.split(text) if part]


def shorten(text: str, limit: int) -> str:
    """Cut a line to at most `limit` characters, at a sentence if that keeps half of it, else at a word."""
    if len(text) <= limit:
        return text
    cut = text[: limit + 1]
    ends = [match.start() for match in _SENTENCE.finditer(cut)]
    if ends and ends[-1] >= limit // 2:
        return cut[: ends[-1]].rstrip()
    head, space, _ = cut[:limit].rpartition(" ")
    return (head if space else cut[: limit - 1]).rstrip(" ,;:–—-") + "…"


def fold(text: str) -> str:
    """Give a form for comparing: case, quotes and all but letters and digits gone."""
    return _fold(text) if len(text) <= _REMEMBERED else "".join(filter(str.isalnum, text.casefold()))


@lru_cache(maxsize=4096)
def _fold(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))
