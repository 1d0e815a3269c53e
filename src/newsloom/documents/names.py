"""File names of documents: the date and a slug of the headline."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from datetime import UTC, datetime
from typing import Final

from newsloom import settings

_DROPPED: Final = re.compile(r"[^a-z0-9 \-]")
_GAPS: Final = re.compile(r"[ \-]+")


def slugify(title: str) -> str:
    """The slug of a headline: accents folded to ASCII, then a–z, 0–9 and single hyphens; never empty."""
    folded = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = _GAPS.sub("-", _DROPPED.sub("", folded))
    return slug[: settings.SLUG_CHARACTERS].strip("-") or "untitled"


def document_name(title: str, published: datetime, taken: Container[str] = ()) -> str:
    """A document's name without `.md`: `YYYY-MM-DD-slug`, with `-2`, `-3`, … when that is taken."""
    day = published.astimezone(UTC)
    name = f"{day.year:04}-{day:%m-%d}-{slugify(title)}"
    number = 1
    candidate = name
    while candidate in taken:
        number += 1
        candidate = f"{name}-{number}"
    return candidate
