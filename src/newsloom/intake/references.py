"""Recorded answers and saved pages by reference: a worker is told where one stands, and reads it itself.

So no page's bytes pass through the process that lists them: what it hands out is a path and a place in it,
and what it gets back is a draft. The same functions sort an answer whether a worker reads it or this process.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from msgspec import Struct

from newsloom import settings
from newsloom.engine import Failed, TimeUpError, limited
from newsloom.errors import NewsloomError, SourceError
from newsloom.fetch.archive import Archived, read_record
from newsloom.intake.looking import Look, Seen, read_wanted
from newsloom.records import Decision, Draft, Page
from newsloom.sources import Feed, parse_feed, tell_kind
from newsloom.sources.folder import NO_ADDRESS, read_saved

_T = TypeVar("_T")
_Read = TypeVar("_Read")
_FINE: Final = 200


class Reference(Struct, frozen=True, kw_only=True):
    """Where an answer stands: the record at `offset` of a WARC, or a saved page where `offset` is None.

    `address` is the answer's, or the file's path; `source` is the location in `sources.yaml`. `whole` says
    that a page is read in full whatever it looks like.
    """

    path: str
    address: str
    source: str
    offset: int | None = None
    whole: bool = False


class Reading(Struct, frozen=True, kw_only=True):
    """What became of one answer. `found` is None for what is passed over without a word.

    `is_page` says that it was a page, whether it could be read or not, and `final` the address that answered
    where it was asked for just now; `is_lost` that whoever looked did not come to read it, and `found` why;
    `is_sketch` that the draft is one of a page that can be of no topic.
    """

    found: Draft | Feed | bytes | Decision | NewsloomError | None = None
    observed: datetime | None = None
    is_page: bool = False
    is_lost: bool = False
    is_sketch: bool = False
    final: str = ""


def read_batch(items: list[Reference | Page], look: Look | None = None) -> list[Reading]:
    """Read answers from disk and extract their pages, one after the other: a worker's task.

    A page that is no reference is read in full, since it is at hand only once.
    """
    return [read_page(item) if isinstance(item, Page) else read_reference(item, look) for item in items]


def read_reference(reference: Reference, look: Look | None = None) -> Reading:
    """Read one answer, as `read_batch` does."""
    path, look = Path(reference.path), None if reference.whole else look
    try:
        if reference.offset is None:
            return read_page(read_saved(path, reference.source), look)
        found = sort_answer(read_record(path, reference.offset), reference.source)
    except SourceError as error:
        return Reading(found=error, is_lost=error.code != NO_ADDRESS)
    return read_page(found, look) if isinstance(found, Page) else Reading(found=found)


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


def attempt(read: Callable[[_T], _Read], item: _T, address: str) -> _Read | Decision:
    """What was read, or a decision with the reason why there is nothing."""
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


def reject_failed(address: str, result: Decision | Failed) -> Decision:
    """A worker's decision, or the one that it died of the item each time."""
    return reject(address, result.cause) if isinstance(result, Failed) else result


def read_page(page: Page, look: Look | None = None) -> Reading:
    """Extract a page, or sketch it where a look says that it can be of no topic."""
    seen = attempt(partial(read_wanted, look=look), page, page.address)
    return Reading(
        found=seen.draft if isinstance(seen, Seen) else seen,
        observed=page.observed,
        is_page=True,
        is_sketch=isinstance(seen, Seen) and seen.is_sketch,
        final=page.final,
    )
