"""Search on a live desk: the page, the same as JSON, and feeds of a search.

The index is opened for reading when the first question comes, and again when a pass has made another. Each
question is answered in one of a few threads, within a time, and only so many may wait: a search costs a
hundred times a file, and anyone may ask. Where there is no index the site's files answer, as ever.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs

import msgspec
from msgspec import Struct

from newsloom.errors import AwayError, LimitError, NewsloomError
from newsloom.place import Place, as_place
from newsloom.publish.api import write_json
from newsloom.publish.feeds import ENTRIES, FEED_FORMS, FeedForm
from newsloom.publish.search_feed import write_feed
from newsloom.publish.search_page import SearchFrame, SearchSheet, compose_sheet, print_search
from newsloom.search import RELEVANCE, TIME, Hit, Query, Results, Searcher, open_searcher, parse_query
from newsloom.search.marking import find_marks
from newsloom.serve.answers import Answer, answer_file, answer_text
from newsloom.serve.files import Served, pack_body
from newsloom.settings import SEARCH_CHARACTERS, SEARCH_WAITING, SEARCH_WORKERS

PAGE: Final = "/search/"
API: Final = ("/api/search/", "/api/search/index.json")
_FEEDS: Final = {f"{PAGE}{form.file}": form for form in FEED_FORMS}
_ADDRESSES: Final = frozenset({PAGE, *API, *_FEEDS})
_FIELDS: Final = 8  # fields read of a query string; three are known
_RETRY_SECONDS: Final = "5"
_AWAY: Final = "Search is away: its database does not answer. Everything else is here."
_HTML: Final = "text/html; charset=utf-8"


class Asked(Struct, frozen=True):
    """A question: its text, the order and page wanted."""

    text: str
    order: str = RELEVANCE
    page: int = 1


class _Reader(Struct):
    """A thread's open index, the site's frame, and what that was when it was read."""

    searcher: Searcher
    frame: SearchFrame
    frame_bytes: bytes


class SearchDesk:
    """Answers searches of one site. Made once for each event loop."""

    def __init__(self, place: Place | Path) -> None:
        self._place = as_place(place)
        self._pool = ThreadPoolExecutor(SEARCH_WORKERS, thread_name_prefix="search")
        self._held = threading.local()
        self._waiting = 0

    async def answer(self, method: str, path: str, query: str, asked: Mapping[bytes, bytes]) -> Answer | None:
        """The answer at an address of search; None at any other, and where there is no index."""
        if path not in _ADDRESSES or method not in {"GET", "HEAD"} or self._is_missing():
            return None
        if self._waiting >= SEARCH_WAITING:
            return answer_text(503, "Too many searches at once.", method, retry_after=_RETRY_SECONDS)
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            served, status = await loop.run_in_executor(self._pool, self._serve, path, read_question(query))
        except AwayError:
            return answer_text(503, _AWAY, method, retry_after=_RETRY_SECONDS)
        except NewsloomError:
            return None  # an index that is damaged or of another version is as none
        finally:
            self._waiting -= 1
        return answer_file(served, path, method, asked, status)

    def _is_missing(self) -> bool:
        """Whether there is no file; of a database only asking it tells."""
        return not self._place.shared and not Path(self._place.address).is_file()

    def _serve(self, path: str, asked: Asked) -> tuple[Served, int]:
        reader = self._open()
        query = parse_query(asked.text, reader.frame.clock)
        try:
            if path in _FEEDS:
                body, media = _print_feed(reader, query, _FEEDS[path])
            elif path == PAGE:
                body, media = _print_page(reader, query, asked)
            else:
                body, media = _print_items(reader, query, asked)
        except LimitError as error:
            return _tell_problem(reader, path, asked, error)
        return pack_body(body, media, reader.searcher.tell_written()), 200

    def _open(self) -> _Reader:
        """This thread's reader, opened anew where the file is another and read anew where it changed."""
        held: _Reader | None = getattr(self._held, "reader", None)
        if held is not None and not held.searcher.is_current():
            held.searcher.close()
            held = self._held.reader = None  # a new file may get the number of the one that was let go of
        if held is None:
            searcher = open_searcher(self._place)
            held = self._held.reader = _Reader(searcher, *_read_frame(searcher))
        elif (held.searcher.value("frame") or b"") != held.frame_bytes:
            held.frame, held.frame_bytes = _read_frame(held.searcher)
        return held


def _read_frame(searcher: Searcher) -> tuple[SearchFrame, bytes]:
    body = searcher.value("frame") or b""
    try:
        return msgspec.msgpack.decode(body, type=SearchFrame), body
    except msgspec.MsgspecError as error:
        raise NewsloomError("search", f"the frame of its pages cannot be read: {error}") from error


def read_question(query: str) -> Asked:
    """A question from a query string; whatever is not understood is as if it were not there."""
    try:
        fields = parse_qs(query, max_num_fields=_FIELDS, errors="replace")
    except ValueError:
        return Asked("")
    page = fields.get("page", ["1"])[0]
    return Asked(
        text=fields.get("q", [""])[0],
        order=TIME if fields.get("sort") == [TIME] else RELEVANCE,
        page=int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
    )


def _tell_problem(reader: _Reader, path: str, asked: Asked, error: LimitError) -> tuple[Served, int]:
    problem = f"This search {error.cause}: {error.remedy}."
    if path == PAGE:
        sheet = SearchSheet(text=asked.text[:SEARCH_CHARACTERS], asked=True, problem=problem)
        return pack_body(print_search(reader.frame, sheet), _HTML, 0.0), 503
    return pack_body(f"{problem}\n".encode(), "text/plain; charset=utf-8", 0.0), 503


def _print_feed(reader: _Reader, query: Query, form: FeedForm) -> tuple[bytes, str]:
    """A feed of the newest matches; an empty question has an empty feed."""
    results = Results(text="", total=0, page=1, size=ENTRIES, hits=())
    if not query.empty:
        results = reader.searcher.search(query, order=TIME, size=ENTRIES)
    return write_feed(form, results, reader.frame), form.type


def _print_page(reader: _Reader, query: Query, asked: Asked) -> tuple[bytes, str]:
    if query.empty:
        sheet = SearchSheet(text=query.text, order=asked.order, notes=query.notes)
        return print_search(reader.frame, sheet), _HTML
    results = reader.searcher.search(query, order=asked.order, page=asked.page, size=reader.frame.page_size)
    sheet, turn = compose_sheet(results, asked.order, reader.frame)
    return print_search(reader.frame, sheet, turn), _HTML


def _print_items(reader: _Reader, query: Query, asked: Asked) -> tuple[bytes, str]:
    """A page of the API: an empty question has an empty page."""
    size = reader.frame.page_size
    page: dict[str, Any] = {"page": asked.page, "value": [], "nextPage": None}
    if not query.empty:
        results = reader.searcher.search(query, order=asked.order, page=asked.page, size=size)
        following = results.page + 1 if results.page < results.pages else None
        page = {
            "page": results.page,
            "value": [encode_hit(hit, results.stems) for hit in results.hits],
            "nextPage": following,
        }
    return write_json(page), "application/json"


def encode_hit(hit: Hit, stems: frozenset[str]) -> dict[str, Any]:
    """A result as an item of the API, with the places of the words found (start, end) as its highlight."""
    item: dict[str, Any] = msgspec.json.decode(hit.listing.item) if hit.listing.item else {}
    language = hit.listing.language or None
    places = {part: find_marks(item.get(part) or "", language, stems) for part in ("title", "excerpt")}
    return {**item, "highlight": places}
