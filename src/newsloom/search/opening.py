"""Opening a site's search index: in the schema of a store that machines share, else in a file of its own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from newsloom.errors import LimitError, StoreError
from newsloom.place import Place, as_place
from newsloom.search.catalogue import Catalogue, SearchIndex
from newsloom.search.searcher import Searcher

if TYPE_CHECKING:
    from newsloom.store import Lease

SEARCH_INDEX: Final = ".newsloom/search.sqlite"  # below a site's folder, beside its other index


def find_search_place(root: Path, store: Place) -> Place:
    """Where a site's search index is, by where its store is."""
    return store if store.shared else Place(str(root / SEARCH_INDEX))


def open_search_index(place: Place | Path, lease: Lease | None = None) -> SearchIndex:
    """Open a site's search index for writing, making it when it is missing, damaged or of another version.

    In a schema, what is written with a lease is written only while that is held.
    """
    place = as_place(place)
    if place.shared:
        from newsloom.search.postgresql.index import open_schema  # noqa: PLC0415 - each loads its own database

        return open_schema(place, lease)
    from newsloom.search.sqlite.index import open_file  # noqa: PLC0415 - as above

    return open_file(Path(place.address))


def open_searcher(place: Place | Path, *, held: bool = False, language: str = "en") -> Searcher:
    """Open a site's search index for reading.

    Raises StoreError when there is none that can be read: no pass has finished it, or an older version did.
    """
    return Searcher(_open_catalogue(place), held=held, language=language)


def _open_catalogue(place: Place | Path) -> Catalogue:
    place = as_place(place)
    if place.shared:
        from newsloom.search.postgresql.catalogue import open_schema_catalogue  # noqa: PLC0415 - as above

        return open_schema_catalogue(place)
    from newsloom.search.sqlite.catalogue import open_file_catalogue  # noqa: PLC0415 - as above

    return open_file_catalogue(Path(place.address))


def drop_search_index(place: Place | Path, lease: Lease | None = None) -> None:
    """Forget the index; the next pass makes it again."""
    place = as_place(place)
    if place.shared:
        from newsloom.search.postgresql.index import empty_schema  # noqa: PLC0415 - as above

        empty_schema(place, lease)
    else:
        from newsloom.search.sqlite.index import drop_file  # noqa: PLC0415 - as above

        drop_file(Path(place.address))


def is_search_index(place: Place | Path) -> bool:
    """Whether there is a whole search index that can be read; one that is slow to tell is there."""
    try:
        open_searcher(place).close()
    except StoreError:
        return False
    except LimitError:
        return True
    return True
