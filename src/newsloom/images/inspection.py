"""Judging a picture by its bytes before anything decodes it: hostile ones are refused by name.

What is kept is always encoded anew, so nothing here is the last line of defence: it spares the decoders
what they need not see, and tells the owner what a publisher's server sends.
"""

from __future__ import annotations

import re
from typing import Final

from newsloom import settings
from newsloom.images.probe import Probe, probe
from newsloom.images.refusals import refuse

_MARKUP: Final = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<", re.DOTALL)
_SVG: Final = re.compile(rb"<(?:[\w-]+:)?svg[\s>]", re.IGNORECASE)
_HEAD: Final = 1_024  # bytes in which a document says what it is
_OTHERS: Final = (  # pictures, but of kinds that are not read
    b"BM", b"II*\0", b"MM\0*", b"\0\0\1\0", b"8BPS", b"\xff\x0a", b"\0\0\0\x0cJXL ", b"\0\0\0\x0cjP  ",
)  # fmt: skip
# What no picture needs, in capitals or not: comments and metadata may be long, but hold no elements of HTML.
_SCRIPT: Final = re.compile(rb"<(?:script|\?php|html|!doctype|iframe)[\s>]|<\?php|<script", re.IGNORECASE)
_ARCHIVE_END: Final = b"PK\5\6"  # of a ZIP, which is read from its end
_ARCHIVE_TAIL: Final = 22  # bytes of that record without its comment


def inspect(data: bytes, subject: str, *, logo: bool = False) -> Probe:
    """What the picture is. Raises ImageError with the reason where it is not to be decoded."""
    found = probe(data)
    if found is None:
        raise refuse(_name_other(data), subject)
    if _is_cut(data, found):
        raise refuse("image-truncated", subject)
    if found.width <= 0 or found.height <= 0:
        raise refuse("image-damaged", subject, "it states no size")
    check_size(found.width, found.height, subject, logo=logo)
    if found.frames > settings.IMAGE_FRAMES:
        raise refuse("image-too-many-frames", subject, f"over {settings.IMAGE_FRAMES}")
    if _is_polyglot(data):
        raise refuse("image-polyglot", subject)
    return found


def check_size(width: int, height: int, subject: str, *, logo: bool) -> None:
    """Raise ImageError for a picture with too many pixels, or too few to show."""
    if width * height > settings.IMAGE_PIXELS:
        raise refuse("image-too-large", subject, f"{width} × {height}")
    least = settings.LOGO_LEAST if logo else settings.IMAGE_LEAST
    if width < least or height < least // 2:
        raise refuse("image-too-small", subject, f"{width} × {height}")


def _name_other(data: bytes) -> str:
    """The code for bytes that begin no picture of a known kind."""
    if not data.strip():
        return "image-empty"
    if _MARKUP.match(data):
        return "image-svg" if _SVG.search(data[: 4 * _HEAD]) else "image-not-a-picture"
    known = data.startswith(_OTHERS) or data[4:8] == b"ftyp"
    return "image-kind" if known else "image-not-a-picture"


def _is_cut(data: bytes, found: Probe) -> bool:
    """Whether the file says of itself that it is longer; JPEG does not, so its decoder has to notice."""
    if found.kind == "webp":
        return int.from_bytes(data[4:8], "little") + 8 > len(data)
    if found.kind == "png":
        return data.rfind(b"IEND") < 0
    if found.kind == "avif":
        return _boxes_reach(data) > len(data)
    return False


def _boxes_reach(data: bytes) -> int:
    """Where the boxes of an ISO media file end by their own account."""
    position = 0
    while position + 8 <= len(data):
        size = int.from_bytes(data[position : position + 4])
        if size == 1:
            size = int.from_bytes(data[position + 8 : position + 16])
        if size == 0:  # up to the end
            return len(data)
        position += max(size, 8)
    return position


def _is_polyglot(data: bytes) -> bool:
    """Whether the bytes are something else as well: PDF by the head, ZIP by the tail, script anywhere."""
    if b"%PDF-" in data[:_HEAD]:
        return True
    end = data.rfind(_ARCHIVE_END)
    if end >= 0:
        comment = int.from_bytes(data[end + 20 : end + 22], "little")
        if end + _ARCHIVE_TAIL + comment <= len(data) and b"PK\3\4" in data:
            return True
    return _SCRIPT.search(data) is not None
