"""The site's documents as records: opening and sealing, reading and writing, in step with the index."""

from __future__ import annotations

import os
from collections.abc import Callable, Container, Iterable
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from newsloom.documents import (
    Document,
    format_document,
    list_documents,
    load_keys,
    parse,
    read_document,
    seal,
    sweep_folder,
    unseal,
)
from newsloom.errors import SealError
from newsloom.images import sweep_images
from newsloom.publish.journal import Changes, commit_changes, recover
from newsloom.records import Record, State
from newsloom.site import Site
from newsloom.store import Index, Stamp, Synchronised
from newsloom.store.recall import list_unopened

_JOURNAL: Final = "journal"


class Archive:
    """The documents below `_news/` of one site."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._keys = load_keys(site.private / "keys")

    def recover(self) -> bool:
        """Carry out what a killed pass had decided, and sweep up; True when there was something."""
        sweep_folder(self._site.news)
        sweep_images(self._site.root)
        return recover(self._site.root, self._site.private / _JOURNAL)

    def names(self) -> frozenset[str]:
        """The names that are taken, also those of documents that cannot be read."""
        return frozenset(path.stem for path in list_documents(self._site.news))

    @property
    def taken(self) -> Container[str]:
        """The names that are taken, asked one by one."""
        return _Names(self._path)

    def synchronise(self, index: Index) -> Synchronised:
        """Bring the index in step with the files."""
        files = {path.stem: _stamp(path) for path in list_documents(self._site.news)}
        return index.synchronise(files, self.read)

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
                files[f"_news/{record.name}.md"] = content
            stored.append(sealed)
        commit_changes(self._site.root, self._site.private / _JOURNAL, Changes(files=files))
        return [(record, _stamp(self._path(record.name))) for record in stored]

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
        return self._site.news / f"{name}.md"


class _Names(Container[str]):
    """Names of documents, looked for on the disk."""

    def __init__(self, place: Callable[[str], Path]) -> None:
        self._place = place

    def __contains__(self, name: object) -> bool:
        return os.path.lexists(self._place(str(name)))


def _stamp(path: Path) -> Stamp:
    found = path.stat()
    return Stamp(found.st_mtime_ns, found.st_size)
