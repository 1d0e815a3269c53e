"""Recordings streamed: pages go on to extraction, feeds and pictures are taken in on the way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from newsloom import settings
from newsloom.errors import NewsloomError, SourceError
from newsloom.fetch.archive import Archived, read_archive
from newsloom.intake.account import Intake
from newsloom.intake.polling import adopt_feed
from newsloom.records import Page
from newsloom.site import Site, Source
from newsloom.sources import parse_feed, tell_kind

_FINE = 200


def read_recordings(site: Site, intake: Intake) -> Iterator[Page]:
    """Stream the pages of a site's recordings; everything else goes into `intake`."""
    for source in site.sources:
        if source.kind != "warc":
            continue
        paths = sorted(site.root.glob(source.location)) if not Path(source.location).is_absolute() else []
        paths = paths or _expand(source.location)
        if not paths:
            intake.note_problem(
                SourceError(source.location, "no such recording", "check the path in sources.yaml")
            )
        for path in paths:
            intake.polled += 1
            yield from _read_recording(path, source, intake)


def stream_pages(path: Path, intake: Intake) -> Iterator[Page]:
    """The pages of one recording, for plain tools."""
    yield from _read_recording(path, Source(kind="warc", location=str(path)), intake)


def _expand(location: str) -> list[Path]:
    path = Path(location)
    if not path.is_absolute():
        return []
    return sorted(path.parent.glob(path.name))


def _read_recording(path: Path, source: Source, intake: Intake) -> Iterator[Page]:
    try:
        for archived in read_archive(path):
            page = _take(archived, source, intake)
            if page is not None:
                yield page
    except SourceError as error:
        intake.note_problem(error)


def _take(archived: Archived, source: Source, intake: Intake) -> Page | None:
    """Take one record in; a page is given back, to be extracted."""
    if archived.kind != "response":
        return None
    intake.note_moment(archived.observed)
    if archived.fault is not None:
        intake.reject(archived.address, archived.fault.cause)
    elif archived.status != _FINE:
        intake.reject(archived.address, f"recorded answer has status {archived.status}")
    else:
        return _take_body(archived, source, intake)
    return None


def _take_body(archived: Archived, source: Source, intake: Intake) -> Page | None:
    kind = tell_kind(archived.body)
    if kind == "page":
        return Page(
            address=archived.address,
            final=archived.address,
            body=archived.body,
            observed=archived.observed,
            content_type=dict(archived.headers).get("content-type", ""),
            source=source.location,
        )
    if kind == "feed":
        try:
            feed = parse_feed(archived.body, archived.address, archived.observed)
        except NewsloomError as error:
            intake.note_problem(error)
        else:
            adopt_feed(feed, source, intake)
    elif kind == "image" and len(archived.body) <= settings.IMAGE_BYTES:
        intake.images[archived.address] = archived.body
    elif not archived.address.endswith("/robots.txt"):
        intake.reject(archived.address, "recorded answer is neither page, feed nor picture")
    return None
