"""Answers that are ready: a file asked for before is answered without routing, decoding or composing.

What is looked up is the address as it was sent, then whether the file is still the one that was read, then
the answer to a request in the same words. Whatever is not there goes the long way and is remembered.
"""

from __future__ import annotations

from typing import Final

from litestar.types import HTTPScope

from newsloom.serve.answers import Answer, answer_again
from newsloom.serve.files import Served, Shelf
from newsloom.settings import SERVE_ADDRESSES

_LONGEST: Final = 128  # bytes of an address that is worth knowing by sight; a story's has 80
_METHODS: Final = frozenset({"GET", "HEAD"})


class Counter:
    """Gives ready answers to requests of one site's files. Made once for each event loop."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._known: dict[bytes, tuple[str, str]] = {}

    def remember(self, raw_path: bytes, path: str, base: str) -> None:
        """Know from now on which file an address as it is sent names, if it names one."""
        below = "/" + path.removeprefix(base)
        served = self._shelf.find(below) if path.startswith(base) else None
        if isinstance(served, Served) and b"?" not in raw_path and len(raw_path) <= _LONGEST:
            if len(self._known) >= SERVE_ADDRESSES:
                self._known.clear()
            self._known[raw_path] = (below, served.place)

    def find(self, scope: HTTPScope) -> Answer | None:
        """The answer to a request, None where it has to go the long way."""
        known = self._known.get(scope["raw_path"])
        method = scope["method"]
        if known is None or method not in _METHODS:
            return None
        path, place = known
        served = self._shelf.read(place)
        if served is None:
            del self._known[scope["raw_path"]]
            return None
        accepted, condition = b"", b""
        for name, value in scope["headers"]:  # the server gives names in lower case
            if name == b"accept-encoding":
                accepted = value
            elif name == b"if-none-match":
                condition = value
        return answer_again(served, path, method, accepted, condition)
