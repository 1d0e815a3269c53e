"""Recordings and saved pages: listed for workers who read them, or streamed for who looks at them here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final

from newsloom.errors import NewsloomError, SourceError
from newsloom.fetch.archive import read_archive
from newsloom.intake.account import Intake
from newsloom.intake.polling import adopt_feed
from newsloom.intake.references import Reading, Reference, read_reference, sort_answer
from newsloom.records import Decision, Draft, Page
from newsloom.site import Site, Source
from newsloom.sources import Feed
from newsloom.sources.folder import NO_ADDRESS, RECORDINGS, list_saved, read_saved

_NAMED: Final = 5  # files named in one problem
_STARTS: Final = (b"\x1f\x8b\x08", b"WAR")  # of a record that can be read from its first byte on


class Recordings:
    """A site's recordings and folders: what they hold, and what workers make of it taken into `intake`."""

    def __init__(self, site: Site, intake: Intake) -> None:
        self._site = site
        self._intake = intake
        self._sources: dict[str, Source] = {}
        self._nameless: dict[str, list[str]] = defaultdict(list)
        self._broken: set[str] = set()
        self._unseen: set[str] = set()

    def list_all(self) -> Iterator[Reference | Page]:
        """Where each answer stands; the page itself where its record cannot be read alone."""
        for path, source in _list_places(self._site, self._intake):
            self._sources[source.location] = source
            if source.kind == "warc":
                yield from self._list_recording(path, source)
            else:
                yield from self._list_folder(path, source)

    def take(self, item: Reference | Page, reading: Reading) -> Draft | None:
        """Take in what was read; a page's draft is given back."""
        if reading.is_lost and isinstance(item, Reference):
            reading = self._read_here(item)
        if reading.observed is not None:
            self._intake.note_moment(reading.observed)
        self._intake.pages += reading.is_page
        if isinstance(reading.found, Draft):
            return reading.found
        if isinstance(item, Page):
            _take_found(reading.found, item.address, None, self._intake)
        elif item.offset is None and isinstance(reading.found, SourceError):
            self._intake.reject(item.path, reading.found.cause)
            self._nameless[item.source].append(item.address)
        elif reading.is_lost and isinstance(reading.found, SourceError):
            self._note_broken(item.path, reading.found)
        else:
            _take_found(reading.found, item.address, self._sources[item.source], self._intake)
        return None

    def _read_here(self, reference: Reference) -> Reading:
        """Read what a worker did not find: its machine may not have the file."""
        reading = read_reference(reference)
        if not reading.is_lost:
            self._unseen.add(reference.path)
        return reading

    def conclude(self) -> None:
        """Tell what is told of all files together."""
        for location, names in self._nameless.items():
            _tell_nameless(location, names, self._intake)
        for path in sorted(self._unseen):
            cause = "was not there for a worker, and was read by this process"
            remedy = "each node needs it under the same path"
            self._intake.note_problem(SourceError(path, cause, remedy))

    def _list_folder(self, path: Path, source: Source) -> Iterator[Reference | Page]:
        try:
            for file in list_saved(path):
                if file.name.lower().endswith(RECORDINGS):
                    yield from self._list_recording(file, source)
                else:
                    name = str(file.relative_to(path))
                    yield Reference(path=str(file), address=name, source=source.location)
        except SourceError as error:
            self._intake.note_problem(error)

    def _list_recording(self, path: Path, source: Source) -> Iterator[Reference | Page]:
        number = 0
        try:
            with path.open("rb") as file:
                for archived in read_archive(path, bodies=False):
                    if not _starts_record(file, archived.offset):
                        break  # packed as one stream: it is read here, from where we are
                    number += 1
                    if archived.kind != "response":
                        continue
                    self._intake.note_moment(archived.observed)
                    yield Reference(
                        path=str(path),
                        address=archived.address,
                        source=source.location,
                        offset=archived.offset,
                    )
                else:
                    return
        except SourceError as error:
            self._note_broken(str(path), error)
            return
        yield from _read_recording(path, source, self._intake, skip=number)

    def _note_broken(self, path: str, error: NewsloomError) -> None:
        """Tell of a damaged file once, whoever came upon the damage."""
        if path not in self._broken:
            self._broken.add(path)
            self._intake.note_problem(error)


def read_recordings(site: Site, intake: Intake) -> Iterator[Page]:
    """Stream the pages of a site's recordings and folders; everything else goes into `intake`."""
    for path, source in _list_places(site, intake):
        read = _read_recording if source.kind == "warc" else _read_folder
        yield from read(path, source, intake)


def stream_pages(path: Path, intake: Intake) -> Iterator[Page]:
    """The pages of one recording, for plain tools."""
    yield from _read_recording(path, Source(kind="warc", location=str(path)), intake)


def _list_places(site: Site, intake: Intake) -> Iterator[tuple[Path, Source]]:
    """The files and folders of a site's sources on disk, each counted as polled."""
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
            yield path, source


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
        _tell_nameless(source.location, nameless, intake)


def _tell_nameless(location: str, names: list[str], intake: Intake) -> None:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    cause = f"pages that cannot be read or do not say their address: {', '.join(names[:_NAMED])}{more}"
    remedy = "each needs a canonical link or og:url in its head"
    intake.note_problem(SourceError(location, cause, remedy, code=NO_ADDRESS))


def _read_recording(path: Path, source: Source, intake: Intake, *, skip: int = 0) -> Iterator[Page]:
    """Stream the pages of a recording; the first `skip` records were taken in before."""
    try:
        for archived in islice(read_archive(path), skip, None):
            if archived.kind != "response":
                continue
            intake.note_moment(archived.observed)
            found = sort_answer(archived, source.location)
            if isinstance(found, Page):
                yield found
            else:
                _take_found(found, archived.address, source, intake)
    except SourceError as error:
        intake.note_problem(error)


def _take_found(
    found: Draft | Feed | bytes | Decision | NewsloomError | None,
    address: str,
    source: Source | None,
    intake: Intake,
) -> None:
    """Take in what is no draft."""
    if isinstance(found, Feed):
        adopt_feed(found, source, intake)
    elif isinstance(found, bytes):
        intake.images[address] = found
    elif isinstance(found, NewsloomError):
        intake.note_problem(found)
    elif isinstance(found, Decision):
        intake.decisions.append(found)


def _starts_record(file: BinaryIO, offset: int) -> bool:
    """Whether a record can be read from here, as it cannot in a WARC packed as one stream."""
    file.seek(offset)
    return file.read(len(_STARTS[0])) in _STARTS
