"""The site's documents as records: opening and sealing, reading and writing, in step with the index."""

from __future__ import annotations

import os
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from newsloom import settings
from newsloom.curate.kinship import trace_stories
from newsloom.documents import (
    Document,
    find_document,
    fold_name,
    format_document,
    list_documents,
    list_months,
    load_keys,
    parse,
    read_document,
    seal,
    sweep_folder,
    unseal,
)
from newsloom.errors import DocumentError, SealError
from newsloom.history import SHELVES, note_touched
from newsloom.images import sweep_images
from newsloom.publish.journal import Changes, commit_changes, recover
from newsloom.publish.repository import Repository
from newsloom.publish.uncommitted import Uncommitted
from newsloom.records import Record, State
from newsloom.site import Site
from newsloom.store import Index, Stamp, Synchronised
from newsloom.store.recall import list_unopened, read_stamps

_JOURNAL: Final = "journal"
_NEWS: Final = "_news"
_TURN: Final = "turn"  # the index's word on which document of history is looked at next
_YEARS: Final = (settings.EARLIEST_YEAR, 2100)  # of folders that documents may be in


class Archive:
    """The documents below `_news/` of one site."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._keys = load_keys(site.private / "keys")
        self._uncommitted = Uncommitted(site.private)
        self._folded: bool | None = None

    def recover(self, *, sweep: bool = True) -> bool:
        """Carry out what a killed pass had decided, and sweep up; True when there was something.

        Without `sweep` the folder of documents is known to be as a whole pass left it.
        """
        if sweep:
            sweep_folder(self._site.news)
        sweep_images(self._site.root)
        return recover(self._site.root, self._site.private / _JOURNAL, self._conclude_recovery)

    def names(self) -> frozenset[str]:
        """The names that are taken, also those of documents that cannot be read."""
        return frozenset(path.stem for path in list_documents(self._site.news))

    @property
    def taken(self) -> Container[str]:
        """The names that are taken, asked one by one."""
        return _Names(self._path)

    def synchronise(self, index: Index) -> Synchronised:
        """Bring the index in step with the files."""
        paths = list_documents(self._site.news)
        files = {path.stem: _stamp(path) for path in paths}
        found = self._take_note(index, index.synchronise(files, self.read))
        return replace(found, problems=(*found.problems, *_find_doubles(paths)))

    def stamp_folders(self) -> str:
        """A digest of when documents were last added to a folder or removed from it.

        Programs that save a file by renaming, git among them, change the folder too.
        """
        news = self._site.news
        years = [place for year in range(*_YEARS) if (place := news / str(year)).is_dir()]
        months = [place / f"{month:02}" for place in years for month in range(1, 13)]
        stamps = [_tell_time(place) for place in (news, *years, *months)]
        return blake2b(repr(stamps).encode(), digest_size=16).hexdigest()

    def catch_up(self, index: Index, since: str) -> Synchronised:
        """Bring the index in step with the documents from a name on, and some of the others in turn.

        For folders that nothing was added to or removed from (`stamp_folders`): only the files the index
        knows are looked at, and of those before `since` so many that all have had their turn in time.
        """
        known = read_stamps(index, since)
        turn = read_stamps(index, index.marked(_TURN), until=since, most=settings.HISTORY_LOOKED)
        # The last one begins the next turn; a turn that is not full was the last, and the first comes again.
        index.mark(_TURN, max(turn, default="") if len(turn) == settings.HISTORY_LOOKED else "")
        known |= turn
        files = {name: stamp for name in known if (stamp := self._look(name)) is not None}
        return self._take_note(index, index.synchronise(files, self.read, known))

    def note(self, index: Index, names: Iterable[str], stories: Iterable[str] = ()) -> None:
        """Note documents that change, for the pass that publishes them, where a pass does not look at all."""
        if self._site.config.history_days:
            note_touched(index, names, stories)

    def _take_note(self, index: Index, found: Synchronised) -> Synchronised:
        """Tell git and the pass of documents that somebody changed; trace stories that no seal tells."""
        if found.lost:
            records = {record.name: record for record in index.records()}
            traced = trace_stories([*records.values()])
            index.put((replace(records[n], story=s), _stamp(self._path(n))) for n, s in traced.items())
        self._note_changed(sorted(found.names))
        if len(found.names) > settings.HISTORY_TOUCHED:
            (self._site.private / SHELVES).unlink(missing_ok=True)  # the next pass looks at everything
        else:
            self.note(index, found.names, found.stories)
        return found

    def _look(self, name: str) -> Stamp | None:
        try:
            return _stamp(self._path(name))
        except FileNotFoundError:
            return None

    def read(self, name: str) -> Record:
        """The record of a document. Raises DocumentError when it cannot be read.

        A seal that cannot be opened (another desk's, a lost key) leaves the state unknown.
        """
        article = read_document(self._path(name)).article
        state: State | None = None
        if article.secured is not None:
            try:
                state = unseal(article.secured, name, article.original_url, self._keys)
            except SealError:
                state = None
        return Record(name=name, article=article, state=state)

    def find_unopened(self, index: Index) -> list[str]:
        """Names of records whose seals the site's keys do not open; none where the site has no keys."""
        return list_unopened(index) if len(self._keys) else []

    def write(self, records: Iterable[Record]) -> list[tuple[Record, Stamp]]:
        """Write the documents of records that differ from what is on disk, all or nothing.

        Gives each record as it is now stored, with its file's stamp.
        """
        files: dict[str, bytes] = {}
        stored: list[Record] = []
        for record in records:
            sealed = self._seal(record)
            before = self._read_bytes(record.name)
            document = (
                parse(before, str(self._path(record.name))) if before else Document(article=sealed.article)
            )
            content = format_document(replace(document, article=sealed.article))
            if content != before:
                files[str(self._path(record.name).relative_to(self._site.root))] = content
            stored.append(sealed)
        self._change(Changes(files=files))
        return [(record, _stamp(self._path(record.name))) for record in stored]

    def fold(self, *, flat: bool = False) -> int:
        """Move documents into folders by year and month, or with `flat` out of them; how many.

        All of them or none, and one commit that holds nothing else.
        """
        paths = list_documents(self._site.news)
        places = {path: self._site.news / (path.name if flat else fold_name(path.stem)) for path in paths}
        moved = {
            str(path.relative_to(self._site.root)): str(place.relative_to(self._site.root))
            for path, place in places.items()
            if path != place and not place.exists()
        }
        self._folded = None
        self._change(Changes(moved=moved))
        return len(moved)

    def _change(self, changes: Changes) -> None:
        self._uncommitted.note((*changes.files, *changes.moved, *changes.moved.values()))
        commit_changes(self._site.root, self._site.private / _JOURNAL, changes, self._conclude)

    def _conclude(self, changes: Changes) -> None:
        """Commit a move by itself, so that git tells it from changes: `git log --follow` goes on."""
        repository = Repository(self._site.root)
        if changes.moved and self._site.config.git and repository.exists():
            message = f"Move {len(changes.moved)} documents between folders; nothing in them changes"
            repository.commit((), message, (*changes.moved, *changes.moved.values()))

    def _conclude_recovery(self, changes: Changes) -> None:
        for folder in {(self._site.root / path).parent for path in changes.files}:
            sweep_folder(folder)
        self._conclude(changes)

    def _note_changed(self, names: Sequence[str]) -> None:
        """Have git look at documents that somebody changed."""
        if len(names) > settings.GIT_LOOK_FILES:
            self._uncommitted.forget()
            return
        places = (place for name in names for place in (f"{name}.md", fold_name(name)))
        self._uncommitted.note((f"{_NEWS}/{place}" for place in places), durable=False)

    def _seal(self, record: Record) -> Record:
        """The record with its state sealed; a seal that could not be opened stays as it is."""
        if record.state is None:
            return record
        article = record.article
        sealed = seal(record.state, record.name, article.original_url, self._keys)
        return replace(record, article=replace(article, secured=sealed or article.secured))

    def _read_bytes(self, name: str) -> bytes:
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError:
            return b""

    def _path(self, name: str) -> Path:
        """Where a document is; a new one is put as the others are."""
        if self._folded is None:
            self._folded = bool(list_months(self._site.news))
        return find_document(self._site.news, name, folded=self._folded)


def _find_doubles(paths: Sequence[Path]) -> Iterator[DocumentError]:
    """Name the documents that are in two folders: the one in its month's folder counts."""
    for one, other in pairwise(paths):
        if one.name == other.name:
            yield DocumentError(str(one), f"is in {other.parent} too, which counts", "remove one of them")


class _Names(Container[str]):
    """Names of documents, looked for on the disk."""

    def __init__(self, place: Callable[[str], Path]) -> None:
        self._place = place

    def __contains__(self, name: object) -> bool:
        return os.path.lexists(self._place(str(name)))


def _tell_time(folder: Path) -> int:
    try:
        return folder.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def _stamp(path: Path) -> Stamp:
    found = path.stat()
    return Stamp(found.st_mtime_ns, found.st_size)
