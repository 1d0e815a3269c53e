"""The files a site serves, found by address and kept in memory until they change.

An address names a file below `public/`, or below `api/` or `assets/images/` (kept pictures, logos) where
it begins so. Whatever else the
site's folder holds (documents, keys, the index) has no address. Three rules keep it so, each enough by
itself against `..` and its disguises: a segment must be a plain name (no leading dot, no separator, no
control character); no part of the way may be a symbolic link; and what is opened must be a regular file.
Advisories of this kind: CVE-2021-41773 (encoded dots), CVE-2024-23334 (symbolic links followed).
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import stat
from collections import OrderedDict
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

import brotli
from msgspec import Struct, field

from newsloom.serve.feedlinks import list_links
from newsloom.settings import SERVE_CACHE_BYTES, SERVE_FILE_BYTES, URL_CHARACTERS

_SEGMENT: Final = re.compile(r"[^.\x00-\x1f\x7f/\\:][^\x00-\x1f\x7f/\\:]*")
_INDEXES: Final = ("index.html", "index.json")
_API_INDEXES: Final = ("index.json",)
_API: Final = "api"
_IMAGES: Final = ["assets", "images"]
_PUBLIC: Final = "public"
_PACKED_LEAST: Final = 1_024  # bytes below which packing gains nothing over one network packet
_PACK_LEVEL: Final = 6  # the library's own default: level 9 takes thrice the time for 1 % less
_SQUEEZE_LEVEL: Final = 6  # 22 % less than gzip in 2 ms for a front page; level 9 takes 11 ms for 1 % less
_MEDIA: Final = {
    "atom": "application/atom+xml",
    "avif": "image/avif",
    "css": "text/css; charset=utf-8",
    "gif": "image/gif",
    "html": "text/html; charset=utf-8",
    "ico": "image/x-icon",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json",
    "opml": "text/x-opml; charset=utf-8",
    "png": "image/png",
    "rss": "application/rss+xml",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
    "webp": "image/webp",
    "woff2": "font/woff2",
    "xml": "application/xml",
}
_PACKED_MEDIA: Final = ("text/", "application/", "image/svg")
_SQUEEZED: Final = "br"


class Served(Struct, frozen=True):
    """A file's bytes as they are sent, with their validators. `packed` is the same in gzip, if smaller.

    `place` is the file's below the site's root, "" of bytes made for one answer; `links` its `Link` header,
    if it has one. `kept` holds what was made
    of it since, so that all of it goes when the file does: a harder packing, and answers ready to be sent.
    """

    body: bytes
    media: str
    etag: str
    modified: float
    packed: bytes | None = None
    packed_etag: str = ""
    squeezed_etag: str = ""
    place: str = ""
    links: bytes = b""
    kept: dict[Any, Any] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Bytes it takes in memory at most."""
        return len(self.body) + 2 * len(self.packed or b"")

    def squeeze(self) -> bytes:
        """The same in Brotli; made when it is first asked for."""
        squeezed: bytes | None = self.kept.get(_SQUEEZED)
        if squeezed is None:
            squeezed = self.kept[_SQUEEZED] = brotli.compress(self.body, quality=_SQUEEZE_LEVEL)
        return squeezed


class Moved(Struct, frozen=True):
    """A folder asked for without its final slash."""

    path: str


class _Held(Struct, frozen=True):
    """A file in memory: what it was when it was read, every part of the way to it, and its bytes."""

    version: tuple[int, int, int]
    way: tuple[str, ...]
    served: Served


class Shelf:
    """The files of one site. Not shared between threads: a server has one for each event loop."""

    def __init__(self, root: Path) -> None:
        self._root = str(root.resolve())
        self._held: OrderedDict[str, _Held] = OrderedDict()
        self._bytes = 0

    def find(self, path: str) -> Served | Moved | None:
        """What an address (decoded, from the first slash) names; None when nothing, or nothing public."""
        place = _place(path)
        if place is None:
            return None
        indexes = _API_INDEXES if place.startswith(_API) else _INDEXES
        for name in indexes if path.endswith("/") else ("",):
            found = self.read("/".join(filter(None, (place, name))))
            if found is not None:
                return found
        if not path.endswith("/") and any(_look(self._list_way(f"{place}/{name}")) for name in indexes):
            return Moved(f"{path}/")
        return None

    def read(self, place: str) -> Served | None:
        """The file at a place below the site's root: the same object while it has not changed."""
        held = self._held.get(place)
        way = held.way if held is not None else self._list_way(place)
        state = _look(way)
        if state is None or state.st_size > SERVE_FILE_BYTES:
            return None
        version = (state.st_mtime_ns, state.st_size, state.st_ino)
        if held is not None and held.version == version:
            self._held.move_to_end(place)
            return held.served
        try:
            body = Path(way[-1]).read_bytes()
        except OSError:
            return None  # gone or forbidden since it was looked at
        served = pack_body(body, _tell_media(place), state.st_mtime, place)
        self._hold(place, _Held(version, way, served))
        return served

    def _list_way(self, place: str) -> tuple[str, ...]:
        """Every part of the way to a place: the folders below the root, then the file."""
        return tuple(accumulate(place.split("/"), "{}/{}".format, initial=self._root))[1:]

    def _hold(self, place: str, held: _Held) -> None:
        """Keep a file, letting go of those not asked for longest when there is no room."""
        old = self._held.pop(place, None)
        self._bytes += held.served.size - (old.served.size if old else 0)
        self._held[place] = held
        while self._bytes > SERVE_CACHE_BYTES and len(self._held) > 1:
            _, gone = self._held.popitem(last=False)
            self._bytes -= gone.served.size


def _look(way: tuple[str, ...]) -> os.stat_result | None:
    """The state of a regular file no part of whose way is a symbolic link."""
    state = None
    try:
        for part in way:
            state = os.lstat(part)
            if stat.S_ISLNK(state.st_mode):
                return None
    except (OSError, ValueError):
        return None
    return state if state is not None and stat.S_ISREG(state.st_mode) else None


def _place(path: str) -> str | None:
    """An address as a path below the site's root, None where any segment is not a plain name."""
    if not path.startswith("/") or len(path) > URL_CHARACTERS:
        return None
    segments = path[1:].removesuffix("/").split("/") if path != "/" else []
    if not all(_SEGMENT.fullmatch(segment) for segment in segments):
        return None
    own = segments[:1] == [_API] or segments[:2] == _IMAGES
    return "/".join(segments if own else [_PUBLIC, *segments])


def _tell_media(place: str) -> str:
    return _MEDIA.get(place.rpartition(".")[2].lower(), "application/octet-stream")


def pack_body(body: bytes, media: str, modified: float, place: str = "") -> Served:
    """A file with its validators; packed it is other bytes, so it has another ETag (RFC 9110, 8.8.3)."""
    digest = hashlib.sha256(body).hexdigest()[:32]
    packed = None
    if len(body) >= _PACKED_LEAST and media.startswith(_PACKED_MEDIA):
        packed = gzip.compress(body, _PACK_LEVEL, mtime=0)
        packed = packed if len(packed) < len(body) else None
    return Served(
        body=body,
        media=media,
        etag=f'"{digest}"',
        modified=modified,
        packed=packed,
        packed_etag=f'"{digest}-gzip"',
        squeezed_etag=f'"{digest}-br"',
        place=place,
        links=list_links(body, media),
    )
