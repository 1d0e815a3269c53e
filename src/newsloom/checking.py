"""`newsloom check`: are the documents and the configuration of a site in order?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from newsloom.documents import find_document, format_document, list_documents, parse
from newsloom.errors import ConfigError, DocumentError, NewsloomError
from newsloom.site import CONFIG_FILE, Site, read_site
from newsloom.storyfile import STORIES_FILE


class Report(Struct, frozen=True, kw_only=True):
    """How many files were looked at, and what is wrong, one error a problem."""

    checked: int
    problems: tuple[NewsloomError, ...]


def check_paths(paths: Iterable[Path]) -> Report:
    """Check sites (configuration, topics, providers, documents), folders of documents, or documents."""
    checked = 0
    problems: list[NewsloomError] = []
    for path in paths:
        if (path / CONFIG_FILE).is_file():
            checked += 1
            try:
                site = read_site(path.resolve())
            except NewsloomError as error:
                problems.append(error)
            else:
                problems += _check_edits(site)
        for document in _documents(path):
            checked += 1
            problem = check_document(document)
            if problem is not None:
                problems.append(problem)
    return Report(checked=checked, problems=tuple(problems))


def _check_edits(site: Site) -> Iterator[NewsloomError]:
    """Name what an editor said of records that the site does not have."""
    for name in sorted(site.edits.names.union(site.edits.pin)):
        if not find_document(site.news, name, folded=False).is_file():
            yield ConfigError(STORIES_FILE, f"there is no record {name}", f"newsloom stories forget {name}")


def check_document(path: Path) -> NewsloomError | None:
    """What is wrong with one document, None when nothing is."""
    try:
        data = path.read_bytes()
        if format_document(parse(data, str(path))) != data:
            return DocumentError(
                str(path), "is not in the form Newsloom writes", "see `newsloom documents format`"
            )
    except OSError as error:
        return DocumentError(str(path), f"cannot be read: {error.strerror}")
    except NewsloomError as error:
        return error
    return None


def _documents(path: Path) -> Iterator[Path]:
    if path.is_dir():
        folder = path / "_news" if (path / "_news").is_dir() else path
        yield from list_documents(folder)
    else:
        yield path
