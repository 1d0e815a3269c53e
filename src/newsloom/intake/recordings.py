"""Recordings and saved pages streamed: pages go on to extraction, feeds and pictures are taken in."""

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
from newsloom.sources.folder import RECORDINGS, list_saved, read_saved

_FINE = 200
_NAMED = 5  # files named in one problem


def read_recordings(site: Site, intake: Intake) -> Iterator[Page]:
    """Stream the pages of a site's recordings and folders; everything else goes into `intake`."""
    for source in site.sources:
        if source.paused or source.kind not in {"folder", "warc"}:
            continue
        paths = _expand(site.root, source.location)
        if source.kind == "folder":
            paths = [path for path in paths if path.is_dir()]
        if not paths:
            kind = "recording" if source.kind == "warc" else "folder"
            intake.note_problem(
                SourceError(source.location, f"no such {kind}", "check the path in sources.yaml")
            )
        for path in paths:
            intake.polled += 1
            read = _read_recording if source.kind == "warc" else _read_folder
            yield from read(path, source, intake)


def stream_pages(path: Path, intake: Intake) -> Iterator[Page]:
    """The pages of one recording, for plain tools."""
    yield from _read_recording(path, Source(kind="warc", location=str(path)), intake)


def _expand(root: Path, location: str) -> list[Path]:
    """The files or folders a location names, relative to the site or absolute, with wildcards."""
    path = Path(location)
    if not path.is_absolute():
        return sorted(root.glob(location))
    return sorted(path.parent.glob(path.name)) if path.name else [path]


def _read_folder(path: Path, source: Source, intake: Intake) -> Iterator[Page]:
    """Stream a folder's saved pages and recordings; pages that do not say their address are named."""
    nameless: list[str] = []
    try:
        for file in list_saved(path):
            if file.name.lower().endswith(RECORDINGS):
                yield from _read_recording(file, source, intake)
                continue
            try:
                page = read_saved(file, source.location)
            except SourceError as error:
                intake.reject(str(file), error.cause)
                nameless.append(str(file.relative_to(path)))
            else:
                intake.note_moment(page.observed)
                yield page
    except SourceError as error:
        intake.note_problem(error)
    if nameless:
        more = f" and {len(nameless) - _NAMED} more" if len(nameless) > _NAMED else ""
        cause = f"pages that cannot be read or do not say their address: {', '.join(nameless[:_NAMED])}{more}"
        remedy = "each needs a canonical link or og:url in its head"
        intake.note_problem(SourceError(source.location, cause, remedy, code="no-address"))


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
