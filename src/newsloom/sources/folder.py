"""Saved pages: which files of a folder are read, and the address a page was saved from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from newsloom import settings
from newsloom.errors import PageError, SourceError
from newsloom.extract.address import canonical_address, is_home
from newsloom.extract.tree import parse
from newsloom.records import Page

RECORDINGS: Final = (".warc", ".warc.gz")
NO_ADDRESS: Final = "no-address"  # the code of a page that does not say where it was saved from
_PAGES: Final = (".html", ".htm", ".xhtml")
# What browsers write at the head of a page they save: its length and address.
_SAVED: Final = re.compile(rb"<!-- saved from url=\(\d{1,6}\)(https?://[^\s>]{1,2000}) -->")
_HEAD: Final = 4 * settings.KIB  # bytes in which that comment stands
_NOWHERE: Final = "http://saved.invalid/"  # links that are not absolute lead here, and count for nothing


def list_saved(folder: Path) -> Iterator[Path]:
    """The pages and recordings below a folder, by path; hidden files and folders are passed over.

    Raises SourceError when it cannot be read or holds more files than a folder may.
    """
    try:
        paths = sorted(path for path in folder.rglob("*") if not _is_hidden(path, folder))
    except OSError as error:
        raise SourceError(str(folder), f"cannot be read: {error.strerror}", "check its rights") from error
    wanted = [path for path in paths if path.name.lower().endswith((*_PAGES, *RECORDINGS))]
    if len(wanted) > settings.FOLDER_FILES:
        cause = f"holds more than {settings.FOLDER_FILES} pages and recordings"
        raise SourceError(str(folder), cause, "split it, or make a WARC of it", code="too-many")
    yield from (path for path in wanted if path.is_file())


def read_saved(path: Path, source: str) -> Page:
    """A saved page under the address it was saved from; it counts as observed when it was last changed.

    Raises SourceError when the file cannot be read, is too large, or does not say its address.
    """
    try:
        with path.open("rb") as file:
            body = file.read(settings.PAGE_BYTES + 1)
        observed = datetime.fromtimestamp(int(path.stat().st_mtime), UTC)
    except (OSError, OverflowError, ValueError) as error:
        raise SourceError(str(path), f"cannot be read: {error}", "check its rights") from error
    page = Page(address=_NOWHERE, final=_NOWHERE, body=body, observed=observed, source=source)
    try:
        address = _find_address(page)
    except PageError as error:
        raise SourceError(str(path), error.cause, "save the page again", code=error.code) from error
    if not address:
        cause = "does not say its address: it has neither a canonical link nor og:url"
        raise SourceError(str(path), cause, "add one to its head, or record it as WARC", code=NO_ADDRESS)
    return Page(address=address, final=address, body=body, observed=observed, source=source)


def _find_address(page: Page) -> str:
    tree = parse(page)
    saved = _SAVED.search(page.body, 0, _HEAD)
    stated = (
        tree.link("canonical"),
        tree.meta("og:url"),
        saved[1].decode("utf-8", "replace") if saved else "",
    )
    for text in stated:
        if not text.startswith(("http://", "https://")):
            continue
        try:
            address = canonical_address(text)
        except PageError:
            continue
        if not is_home(address):
            return address
    return ""


def _is_hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)
