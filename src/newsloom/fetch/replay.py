"""Answers requests out of recordings instead of the web: the test seam of the whole program.

The files are streamed once for an index of address → place; bodies are read when they are asked for.
Time is the recordings' own: an answer was observed when it was recorded. Any WARC will do, packed
record by record or not at all; the failures this program recorded come back as the same failures.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from newsloom.errors import FetchError, SourceError
from newsloom.fetch.archive import Archived, read_archive, read_record
from newsloom.fetch.causes import fault
from newsloom.fetch.exchange import REDIRECTS, USEFUL, Answer, Hop, Request, join_location, name_form
from newsloom.fetch.guard import read_target
from newsloom.fetch.limits import Limits
from newsloom.settings import NOTICE_BYTES


class _Place(Struct, frozen=True):
    path: Path
    offset: int
    observed: datetime
    failure: FetchError | None = None
    direct: bool = True


class _Unchanged(Struct, frozen=True):
    observed: datetime
    headers: tuple[tuple[str, str], ...]


class ReplayFetcher:
    """A Fetcher over WARC files. Of several records for one address the latest counts.

    What a redirect led to is kept apart from the same address asked for itself: a pass that came by
    both ways saw two answers, and is given both again.

    `problems` holds what was wrong with the files; `latest` is the moment of the last record.
    """

    def __init__(self, paths: Iterable[Path], *, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._answers: dict[tuple[str, str], _Place] = {}
        self._led: dict[tuple[str, str], _Place] = {}
        self._unchanged: dict[str, _Unchanged] = {}
        self.problems: list[SourceError] = []
        self.latest: datetime | None = None
        for path in paths:
            self._index(path)

    def _index(self, path: Path) -> None:
        try:
            for archived in read_archive(path, limits=self._limits, bodies=False):
                self._remember(path, archived)
        except SourceError as error:
            self.problems.append(error)

    def _remember(self, path: Path, archived: Archived) -> None:
        try:
            key = read_target(archived.address).address
        except FetchError:
            return
        observed = archived.observed
        self.latest = max(self.latest or observed, observed)
        if archived.kind == "unchanged":
            self._unchanged[key] = _Unchanged(observed, archived.headers)
            return
        failure = archived.fault if archived.kind == "failure" else None
        direct = _normal(archived.asked) in {"", key}
        place = _Place(path, archived.offset, observed, failure, direct)
        if not direct:
            self._led[_normal(archived.asked), key] = place
        known = self._answers.get((key, archived.form))
        if known is None or (direct, observed) >= (known.direct, known.observed):
            self._answers[key, archived.form] = place

    async def fetch(self, request: Request) -> Answer:
        """The recorded answer, redirects followed. Raises FetchError, "not-recorded" where there is none."""
        address = read_target(request.address).address
        hops: list[Hop] = []
        while True:
            if (unchanged := self._find_unchanged(request, address)) is not None:
                return Answer(
                    address=request.address,
                    final=address,
                    status=304,
                    observed=unchanged.observed,
                    headers=unchanged.headers,
                    hops=tuple(hops),
                )
            archived = self._read(request, address)
            location = dict(archived.headers).get("location", "")
            if archived.status not in REDIRECTS or not location or request.form:
                return _answer(request, address, archived, hops)
            hops.append(Hop(address=address, status=archived.status, location=location))
            address = self._follow(request, address, hops)

    def _find_unchanged(self, request: Request, address: str) -> _Unchanged | None:
        """A 304 recorded no earlier than any whole answer, for a request that has validators."""
        unchanged, place = self._unchanged.get(address), self._answers.get((address, ""))
        if unchanged is None or not (request.etag or request.last_modified):
            return None
        return unchanged if place is None or place.observed <= unchanged.observed else None

    def _read(self, request: Request, address: str) -> Archived:
        place = self._led.get((_normal(request.address), address))
        place = place or self._answers.get((address, name_form(request)))
        if place is None:
            raise fault("not-recorded", request.address)
        if place.failure is not None:
            raise copy(place.failure)
        try:
            archived = read_record(place.path, place.offset, limits=self._limits)
        except SourceError as error:
            raise FetchError(request.address, str(error), code="broken-warc") from None
        if archived.fault is not None:
            raise archived.fault
        if archived.status in USEFUL and len(archived.body) > (most := self._limits.body_bytes(request.kind)):
            raise fault("too-big", request.address, f"over {most} bytes")
        return archived

    def _follow(self, request: Request, address: str, hops: list[Hop]) -> str:
        if len(hops) > self._limits.redirects:
            raise fault("too-many-redirects", request.address)
        following = read_target(join_location(address, hops[-1].location))
        if address.startswith("https:") and following.scheme == "http":
            raise fault("refused-downgrade", request.address)
        if any(following.address == hop.address for hop in hops):
            raise fault("redirect-loop", request.address)
        return following.address


def _normal(address: str) -> str:
    """An address as it is remembered, "" when it is none."""
    try:
        return read_target(address).address if address else ""
    except FetchError:
        return ""


def _answer(request: Request, address: str, archived: Archived, hops: list[Hop]) -> Answer:
    useful = archived.status in USEFUL
    return Answer(
        address=request.address,
        final=address,
        status=archived.status,
        observed=archived.observed,
        headers=archived.headers,
        body=archived.body if useful else b"",
        notice=b"" if useful else archived.body[:NOTICE_BYTES],
        hops=tuple(hops),
    )
