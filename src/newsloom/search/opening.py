"""Opening a site's search index: in the schema of a store that machines share, else in a file of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from newsloom.errors import StoreError
from newsloom.search.catalogue import SearchIndex
from newsloom.search.searcher import Searcher
from newsloom.search.sqlite.catalogue import open_catalogue
from newsloom.search.sqlite.index import drop_file, open_file

SEARCH_INDEX: Final = ".newsloom/search.sqlite"  # below a site's folder, beside its other index


def open_search_index(place: Path) -> SearchIndex:
    """Open a site's search index for writing, making it when it is missing, damaged or of another version."""
    return open_file(place)


def open_searcher(place: Path, *, held: bool = False, language: str = "en") -> Searcher:
    """Open a site's search index for reading.

    Raises StoreError when there is none that can be read: no pass has made it, or an older version did.
    """
    return Searcher(open_catalogue(place), held=held, language=language)


def drop_search_index(place: Path) -> None:
    """Delete the index; the next pass makes it again."""
    drop_file(place)


def is_search_index(place: Path) -> bool:
    """Whether there is a search index that can be read."""
    try:
        open_searcher(place).close()
    except StoreError:
        return False
    return True
