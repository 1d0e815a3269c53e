"""The site's documents as records: opening and sealing, reading and writing, in step with the index."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from newsloom import settings
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
from newsloom.images import sweep_images
from newsloom.publish.journal import Changes, commit_changes, recover
from newsloom.publish.repository import Repository
from newsloom.publish.uncommitted import Uncommitted
from newsloom.records import Record, State
from newsloom.site import Site
from newsloom.store import Index, Stamp, Synchronised

_JOURNAL: Final = "journal"
_NEWS: Final = "_news"


class Archive:
    """The documents below `_news/` of one site."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._keys = load_keys(site.private / "keys")
        self._uncommitted = Uncommitted(site.private)
        self._folded: bool | None = None

    def recover(self) -> bool:
        """Carry out what a killed pass had decided, and sweep up; True when there was something."""
        sweep_folder(self._site.news)
        sweep_images(self._site.root)
        return recover(self._site.root, self._site.private / _JOURNAL, self._conclude_recovery)

    def names(self) -> frozenset[str]:
        """The names that are taken, also those of documents that cannot be read."""
        return frozenset(path.stem for path in list_documents(self._site.news))

    def synchronise(self, index: Index) -> Synchronised:
        """Bring the index in step with the files."""
        paths = list_documents(self._site.news)
        files = {path.stem: _stamp(path) for path in paths}
        found = index.synchronise(files, self.read)
        self._note_changed(found.touched)
        return replace(found, problems=(*found.problems, *_find_doubles(paths)))

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

    def find_unopened(self, records: Iterable[Record]) -> list[str]:
        """Names of records whose seals the site's keys do not open; none where the site has no keys."""
        if not len(self._keys):
            return []
        return sorted(record.name for record in records if record.article.secured and record.state is None)

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


def _stamp(path: Path) -> Stamp:
    found = path.stat()
    return Stamp(found.st_mtime_ns, found.st_size)
