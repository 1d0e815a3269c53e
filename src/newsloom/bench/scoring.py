"""How right a record is: one figure for each field of each page.

A title, an author set, a site's name are right or wrong after folding case, quotes, entities and white
space. A text is scored by F1 over its words, or by the segments it must and must not hold. A day is
right in UTC or in the zone it is written in; a minute is right within 60 seconds.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from newsloom.bench.sets import Gold

Found = Mapping[str, Any]  # title, authors, published, text, images (addresses), canonical, site_name

_PLAIN: Final = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "..."})
_WITH_TIME: Final = 16  # characters of a written moment past which it holds a time of day


def fold(value: object) -> str:
    """Give the form in which two texts of one field are compared."""
    text = unicodedata.normalize("NFKC", html.unescape(str(value or ""))).translate(_PLAIN)
    return " ".join(text.split()).casefold()


def _moment(value: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)


def _words(text: object) -> Counter[str]:
    return Counter(re.findall(r"\w+", fold(text)))


def word_f1(gold: str, found: object) -> float:
    """Give the F1 of two texts as bags of words."""
    first, second = _words(gold), _words(found)
    shared = sum((first & second).values())
    return 2 * shared / (first.total() + second.total()) if shared else 0.0


def _bare(address: object) -> str:
    return re.sub(r"^https?://(www\.)?", "", str(address or "")).partition("#")[0].rstrip("/")


def _same_picture(gold: str, found: str) -> bool:
    name = _bare(gold).partition("?")[0].rpartition("/")[2]
    return _bare(gold) == _bare(found) or name == _bare(found).partition("?")[0].rpartition("/")[2]


def sort_segments(gold: Gold, found: Found) -> tuple[list[str], list[str]]:
    """Give the wanted segments that a text lacks, and the unwanted ones that it holds."""
    text = " ".join(str(found.get("text") or "").split())
    missing = [segment for segment in gold.wanted if " ".join(segment.split()) not in text]
    wrong = [segment for segment in gold.unwanted if " ".join(segment.split()) in text]
    return missing, wrong


def count_segments(gold: Gold, found: Found) -> tuple[int, int, int]:
    """Give how many wanted segments a text holds, how many unwanted ones, and how many wanted it lacks."""
    missing, wrong = sort_segments(gold, found)
    return len(gold.wanted) - len(missing), len(wrong), len(missing)


def score(gold: Gold, found: Found) -> Iterator[tuple[str, float]]:
    """Give (field, share that is right) for every field the gold has a value for; not the segments."""
    if gold.title:
        yield "title", float(fold(gold.title) == fold(found.get("title")))
    if gold.authors:
        names = {fold(name) for name in found.get("authors") or ()}
        yield "authors", float({fold(name) for name in gold.authors} == names)
    if gold.published:
        yield from _score_moment(gold.published, found.get("published"))
    if gold.images:
        first = next(iter(found.get("images") or ()), "")
        yield "image", float(bool(first) and any(_same_picture(image, first) for image in gold.images))
    if gold.canonical:
        yield "canonical", float(_bare(gold.canonical) == _bare(found.get("canonical")))
    if gold.site_name:
        yield "site_name", float(fold(gold.site_name) == fold(found.get("site_name")))
    if gold.text:
        yield "text", word_f1(gold.text, found.get("text"))


def _score_moment(gold: str, found: object) -> Iterator[tuple[str, float]]:
    wanted, got = _moment(gold), _moment(found)
    same_day = wanted and got and (wanted.date() == got.date() or gold[:10] == str(found)[:10])
    yield "day", float(bool(same_day))
    if wanted and len(gold) > _WITH_TIME:
        yield "minute", float(got is not None and abs((wanted - got).total_seconds()) < 60)
