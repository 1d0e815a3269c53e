"""Where documents are below `_news/`: side by side, or by year and month once there are many.

A document's name says its day, so its month's folder is known without a look: `_news/2026/11/NAME.md`. A
name without a day stays in the flat folder. The name is the document's whatever folder it is in.
"""

from __future__ import annotations

import os
import re
from collections.abc import Container
from pathlib import Path
from typing import Final

SUFFIX: Final = ".md"
_DAY: Final = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])-[0-9]{2}-")
_YEAR: Final = re.compile(r"[0-9]{4}")
_MONTH: Final = re.compile(r"0[1-9]|1[0-2]")


def month_of(name: str) -> str:
    """The month a document's name says, such as `2026-11`; "" for a name without a day."""
    return name[:7] if _DAY.match(name) else ""


def fold_name(name: str) -> str:
    """Where a document is among folders by year and month: its path below `_news/`."""
    month = month_of(name)
    return f"{month[:4]}/{month[5:]}/{name}{SUFFIX}" if month else f"{name}{SUFFIX}"


def find_document(folder: Path, name: str, *, folded: bool) -> Path:
    """Where a document is, or would be: with `folded`, among folders by year and month."""
    flat, own = folder / f"{name}{SUFFIX}", folder / fold_name(name)
    if own.is_file() or (folded and not flat.is_file()):
        return own
    return flat


def list_documents(folder: Path, months: Container[str] | None = None) -> list[Path]:
    """The documents of a folder, by name; hidden files, links and other folders are passed over.

    With `months` (such as `2026-11`) only theirs, and those whose names say no day. Cost: 3 µs for each,
    none for months that are not asked for where documents are in folders.
    """
    places = [folder, *(_find_month(folder, month) for month in list_months(folder) if _is_in(month, months))]
    found = [(name, number) for number, place in enumerate(places) for name in _list_names(place, months)]
    return [places[number] / name for name, number in sorted(found)]


def count_flat(folder: Path) -> int:
    """How many documents are side by side that could be in a month's folder."""
    return sum(month_of(name) != "" for name in _list_names(folder, None))


def list_months(folder: Path) -> list[str]:
    """The months that have a folder, in order; none where all documents are side by side."""
    return sorted(
        f"{year}-{month}"
        for year in _list_folders(folder, _YEAR)
        for month in _list_folders(folder / year, _MONTH)
    )


def _find_month(folder: Path, month: str) -> Path:
    return folder / month[:4] / month[5:]


def _is_in(month: str, months: Container[str] | None) -> bool:
    return months is None or not month or month in months


def _list_names(place: Path, months: Container[str] | None) -> list[str]:
    try:
        with os.scandir(place) as entries:
            names = [
                entry.name
                for entry in entries
                if entry.name.endswith(SUFFIX)
                and not entry.name.startswith(".")
                and entry.is_file(follow_symlinks=False)
            ]
    except (FileNotFoundError, NotADirectoryError):
        return []
    return names if months is None else [name for name in names if _is_in(month_of(name), months)]


def _list_folders(place: Path, form: re.Pattern[str]) -> list[str]:
    try:
        with os.scandir(place) as entries:
            return [
                entry.name
                for entry in entries
                if form.fullmatch(entry.name) and entry.is_dir(follow_symlinks=False)
            ]
    except (FileNotFoundError, NotADirectoryError):
        return []
