"""Ratings of providers: `_data/ratings.csv`, from a list the owner imports or from what the desk learned.

A provider's own file in `_data/organizations` stands above it. A list is taken whole or not at all.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from msgspec import Struct

from newsloom import settings
from newsloom.documents import write_file
from newsloom.errors import ConfigError

RATINGS_FILE: Final = "_data/ratings.csv"
_HEAD: Final = ("domain", "standing", "reason")
_COLUMNS: Final = ("standing", "rating", "score", "pc1")


class Rating(Struct, frozen=True):
    """How far a provider is trusted, 0 to 1, and who said so."""

    standing: float
    reason: str = ""


def read_ratings(root: Path) -> dict[str, Rating]:
    """Read a site's ratings by domain; none when there is no file.

    Raises:
        ConfigError: a line is wrong; the error names it.
    """
    path = root / RATINGS_FILE
    return load_ratings(path, RATINGS_FILE) if path.is_file() else {}


def load_ratings(path: Path, subject: str, reason: str = "") -> dict[str, Rating]:
    """Read a list of ratings: a head line, then `domain` and a number from 0 to 1 on each.

    The number's column is called standing, rating, score or pc1; `reason` is for lines that give none.

    Raises:
        ConfigError: the list cannot be read, has no such column, a domain twice or a wrong number; the
            error names the line.
    """
    try:
        with path.open("rb") as file:
            data = file.read(settings.RATINGS_BYTES + 1)
        text = data.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(subject, f"cannot be read: {error}", "save it as UTF-8") from error
    if len(data) > settings.RATINGS_BYTES:
        raise ConfigError(subject, f"is larger than {settings.RATINGS_BYTES} bytes", "import a part of it")
    rows = csv.DictReader(io.StringIO(text))
    names = [name.strip().lower() for name in rows.fieldnames or ()]
    rows.fieldnames = names
    column = next((name for name in _COLUMNS if name in names), None)
    if "domain" not in names or column is None:
        raise ConfigError(f"{subject}:1", "needs the columns domain and standing", "domain,standing")
    found: dict[str, Rating] = {}
    for row in rows:
        domain, rating = _read_row(row, column, f"{subject}:{rows.line_num}", reason)
        if domain in found:
            raise ConfigError(
                f"{subject}:{rows.line_num}", f"{domain} stands in the list twice", "remove one"
            )
        found[domain] = rating
    return found


def _read_row(row: Mapping[str, str | None], column: str, subject: str, reason: str) -> tuple[str, Rating]:
    domain = (row.get("domain") or "").strip().lower().removeprefix("www.")
    if not domain or "." not in domain or "/" in domain or any(letter.isspace() for letter in domain):
        raise ConfigError(subject, f"{domain!r} is no domain", "write it as news.example")
    text = (row.get(column) or "").strip()
    try:
        standing = float(text)
    except ValueError:
        standing = -1.0
    if not 0 <= standing <= 1:
        raise ConfigError(subject, f"{text!r} is no number from 0 to 1", "divide it by the scale's highest")
    return domain, Rating(round(standing, 3), (row.get("reason") or "").strip() or reason)


def write_ratings(root: Path, ratings: Mapping[str, Rating]) -> None:
    """Write a site's ratings, ordered by domain."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_HEAD)
    writer.writerows(_list_rows(ratings))
    write_file(root / RATINGS_FILE, text.getvalue().encode())


def _list_rows(ratings: Mapping[str, Rating]) -> Iterable[tuple[str, float, str]]:
    return ((domain, rating.standing, rating.reason) for domain, rating in sorted(ratings.items()))
