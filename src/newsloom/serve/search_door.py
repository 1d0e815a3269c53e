"""The way to search on a live desk.

What searching takes is loaded with the first question, not before: a server nobody searches starts in half
the time and memory.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from newsloom.serve.answers import Answer

if TYPE_CHECKING:
    from newsloom.serve.search import SearchDesk

_PLACES: Final = ("/search/", "/api/search/")


class SearchDoor:
    """Passes questions on to the desk of search. Made once for each event loop."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._desk: SearchDesk | None = None

    def claims(self, path: str) -> bool:
        """Whether an address below the site's root may be a question; with an index, no file answers it."""
        return path.startswith(_PLACES)

    async def answer(self, method: str, path: str, query: str, asked: Mapping[bytes, bytes]) -> Answer | None:
        """The answer to a question, None where a request is none. `path` begins at the site's root."""
        if not self.claims(path):
            return None
        if self._desk is None:
            self._desk = await asyncio.to_thread(_open_desk, self._root)
        return await self._desk.answer(method, path, query, asked)


def _open_desk(root: Path) -> SearchDesk:
    from newsloom.searching import find_search  # noqa: PLC0415 - see above
    from newsloom.serve.search import SearchDesk  # noqa: PLC0415 - see above

    return SearchDesk(find_search(root))
