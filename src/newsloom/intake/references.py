"""Recorded answers and saved pages by reference: a worker is told where one stands, and reads it itself.

So no page's bytes pass through the process that lists them: what it hands out is a path and a place in it,
and what it gets back is a draft. The same functions sort an answer whether a worker reads it or this process.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final, TypeVar

from msgspec import Struct

from newsloom import settings
from newsloom.engine import TimeUpError, limited
from newsloom.errors import NewsloomError, SourceError
from newsloom.extract import extract
from newsloom.fetch.archive import Archived, read_record
from newsloom.records import Decision, Draft, Page
from newsloom.sources import Feed, parse_feed, tell_kind
from newsloom.sources.folder import NO_ADDRESS, read_saved

_T = TypeVar("_T")
_FINE: Final = 200


class Reference(Struct, frozen=True, kw_only=True):
    """Where an answer stands: the record at `offset` of a WARC, or a saved page where `offset` is None.

    `address` is the answer's, or the file's path; `source` is the location in `sources.yaml`.
    """

    path: str
    address: str
    source: str
    offset: int | None = None


class Reading(Struct, frozen=True, kw_only=True):
    """What became of one answer. `found` is None for what is passed over without a word.

    `is_page` says that it was a page, whether it could be read or not, and `final` the address that answered
    where it was asked for just now; `is_lost` that whoever looked did not come to read it, and `found` why.
    """

    found: Draft | Feed | bytes | Decision | NewsloomError | None = None
    observed: datetime | None = None
    is_page: bool = False
    is_lost: bool = False
    final: str = ""


def read_batch(items: list[Reference | Page]) -> list[Reading]:
    """Read answers from disk and extract their pages, one after the other: a worker's task."""
    return [read_page(item) if isinstance(item, Page) else read_reference(item) for item in items]


def read_reference(reference: Reference) -> Reading:
    """Read one answer, as `read_batch` does."""
    path = Path(reference.path)
    try:
        if reference.offset is None:
            return read_page(read_saved(path, reference.source))
        found = sort_answer(read_record(path, reference.offset), reference.source)
    except SourceError as error:
        return Reading(found=error, is_lost=error.code != NO_ADDRESS)
    return read_page(found) if isinstance(found, Page) else Reading(found=found)


def sort_answer(archived: Archived, source: str) -> Page | Feed | bytes | Decision | NewsloomError | None:
    """What a recorded answer is: a page, a feed, a picture's bytes, or why it is passed over."""
    if archived.fault is not None:
        return reject(archived.address, archived.fault.cause)
    if archived.status != _FINE:
        return reject(archived.address, f"recorded answer has status {archived.status}")
    return _sort_body(archived, source)


def _sort_body(archived: Archived, source: str) -> Page | Feed | bytes | Decision | NewsloomError | None:
    kind = tell_kind(archived.body)
    if kind == "page":
        return archived.as_page(source)
    if kind == "feed":
        try:
            return parse_feed(archived.body, archived.address, archived.observed)
        except NewsloomError as error:
            return error
    if kind == "image" and len(archived.body) <= settings.IMAGE_BYTES:
        return archived.body
    if archived.address.endswith("/robots.txt"):
        return None
    return reject(archived.address, "recorded answer is neither page, feed nor picture")


def attempt(read: Callable[[_T], Draft], item: _T, address: str) -> Draft | Decision:
    """The draft, or a decision with the reason why there is none."""
    try:
        with limited(settings.PAGE_SECONDS):
            return read(item)
    except TimeUpError:
        return reject(address, f"took more than {settings.PAGE_SECONDS:g} seconds to read")
    except NewsloomError as error:
        return reject(address, error.cause)
    except Exception as error:  # noqa: BLE001 - a worker's edge: counted, and the pass goes on
        return reject(address, f"reading failed: {type(error).__name__}")


def reject(address: str, reason: str) -> Decision:
    """The decision that passes something over."""
    return Decision(address=address, outcome="rejected", reason=reason)


def read_page(page: Page) -> Reading:
    """Extract a page."""
    return Reading(found=attempt(extract, page, page.address), observed=page.observed, is_page=True)
