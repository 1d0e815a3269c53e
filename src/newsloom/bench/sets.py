"""Sets of pages with what is known to be right about them.

Three layouts are read, told apart by the file that a folder holds: `gold.jsonl` (one page a line with
`id`, `url`, `html`, `gold` and often `crawl_date`), `evaldata.json` (address → file, segments `with`
and `without`) and `eval*.json` (address → file, date). Pages stand in `html/`, gzipped or not.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from msgspec import Struct

from newsloom.errors import SourceError


class Gold(Struct, frozen=True, kw_only=True):
    """What is right for one page; None or empty where the set says nothing of a field."""

    title: str | None = None
    authors: tuple[str, ...] = ()
    published: str | None = None
    text: str | None = None
    images: tuple[str, ...] = ()
    canonical: str | None = None
    site_name: str | None = None
    wanted: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()


class Case(Struct, frozen=True, kw_only=True):
    """One page of a set. `observed` is when it was fetched, None when nobody wrote it down."""

    id: str
    url: str
    file: Path
    gold: Gold
    observed: datetime | None = None

    @property
    def is_set_aside(self) -> bool:
        """Say whether this page is kept for reporting: one of four, told by its address, in every set."""
        return hashlib.sha256(self.url.encode()).digest()[0] % 4 == 3

    def read(self) -> bytes:
        """Give the page's bytes.

        Raises:
            SourceError: the file cannot be read.
        """
        try:
            body = self.file.read_bytes()
            return gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body
        except (OSError, EOFError, zlib.error) as error:
            raise SourceError(str(self.file), f"cannot be read: {error}") from error


class PageSet(Struct, frozen=True):
    """A named set of pages."""

    name: str
    cases: tuple[Case, ...]


def read_sets(data: Path) -> list[PageSet]:
    """Give the sets in a folder: itself one, a folder of sets, or one that holds them under `pages`.

    Raises:
        SourceError: there is no set, or one cannot be read.
    """
    for folder in (data, data / "pages"):
        places = [folder, *sorted(path for path in folder.glob("*") if path.is_dir())]
        found = [PageSet(place.name, cases) for place in places if (cases := tuple(_read_cases(place)))]
        if found:
            return found
    raise SourceError(str(data), "holds no set of pages", "gold.jsonl, evaldata.json or eval*.json names one")


def _read_cases(folder: Path) -> Iterator[Case]:
    lines = folder / "gold.jsonl"
    if lines.is_file():
        for line in lines.read_text(encoding="utf-8").splitlines():
            if line.strip():
                yield _gold_case(folder, _decode(lines, line))
    for path in sorted(folder.glob("eval*.json")):
        for url, row in _decode(path, path.read_text(encoding="utf-8")).items():
            case = _eval_case(folder, url, row)
            if case is not None:
                yield case


def _decode(path: Path, text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise SourceError(str(path), f"is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise SourceError(str(path), "does not hold an object")
    return value


def _gold_case(folder: Path, row: dict[str, Any]) -> Case:
    gold = row["gold"]
    seen = row.get("crawl_date")
    return Case(
        id=row["id"],
        url=row["url"],
        file=folder / row["html"],
        observed=datetime.fromisoformat(seen).replace(tzinfo=UTC) if seen else None,
        gold=Gold(
            title=gold.get("title"),
            authors=_strings(gold.get("author")),
            published=gold.get("date"),
            text=gold.get("text"),
            images=_strings(gold.get("image")),
            canonical=gold.get("canonical"),
            site_name=gold.get("site_name"),
        ),
    )


def _eval_case(folder: Path, url: str, row: dict[str, Any]) -> Case | None:
    names = (row["file"], row["file"] + ".gz")
    file = next((path for name in names if (path := folder / "html" / name).is_file()), None)
    if file is None:
        return None
    gold = Gold(
        title=row.get("title"),
        authors=_strings(row.get("author")),
        published=row["date"] if isinstance(row.get("date"), str) else None,  # some sets write NaN for none
        wanted=tuple(row.get("with") or ()),
        unwanted=tuple(row.get("without") or ()),
    )
    # Some sets name pages without their addresses; any address will do to read those.
    address = url if url.startswith(("http://", "https://")) else f"https://pages.example/{row['file']}"
    return Case(id=row["file"], url=address, file=file, gold=gold)


def _strings(value: object) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value] if value else []
    return tuple(str(item["url"] if isinstance(item, dict) else item) for item in values)
