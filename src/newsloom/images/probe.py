"""What a picture is, read off its first kilobytes: kind, size, frames. Pure, and decodes nothing.

The kind comes from the bytes alone: neither a server's content type nor a file's name is asked. SVG has
no kind here, since it is a document that can run scripts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from msgspec import Struct

_SIZED: Final = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})  # JPEG markers that state a size
_BARE: Final = frozenset({0x01, *range(0xD0, 0xD9)})  # JPEG markers without a length
_FRAME_CAP: Final = 10_000  # frames counted; more need not be told apart
_BOXES: Final = 64  # boxes of an AVIF file looked at
_SPREAD: Final = re.compile(rb"ispe\0\0\0\0(.{4})(.{4})", re.DOTALL)  # ImageSpatialExtentsProperty


class Probe(Struct, frozen=True, kw_only=True):
    """What is known of a picture: `kind` is "jpeg", "png", "gif", "webp" or "avif".

    Sizes are in pixels as stored, before any turning, 0 where the bytes at hand do not reach that far.
    `frames` is 1 for a still picture and a lower bound when the bytes are not all there.
    """

    kind: str
    width: int = 0
    height: int = 0
    frames: int = 1


def probe(data: bytes) -> Probe | None:
    """Tell what picture these bytes begin, None when they begin none of a known kind.

    64 KiB are enough for all but JPEGs with large profiles in front. Cost: microseconds; a GIF's frames
    are counted by walking over its blocks.
    """
    kind = tell_kind(data)
    return _READERS[kind](data) if kind else None


def tell_kind(data: bytes) -> str:
    """The kind of picture that begins with these bytes, "" for none."""
    if data.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "webp"
    if data[4:8] == b"ftyp" and _names_avif(data):
        return "avif"
    return ""


def _names_avif(data: bytes) -> bool:
    brands = data[8 : min(int.from_bytes(data[:4]), 128)]
    return any(brands[start : start + 4] in {b"avif", b"avis"} for start in range(0, len(brands), 4))


def _read_jpeg(data: bytes) -> Probe:
    position = 2
    while position + 9 <= len(data):
        if data[position] != 0xFF:
            break
        marker = data[position + 1]
        if marker == 0xFF:  # fill
            position += 1
        elif marker in _BARE:
            position += 2
        elif marker in _SIZED:
            height = int.from_bytes(data[position + 5 : position + 7])
            return Probe(kind="jpeg", width=int.from_bytes(data[position + 7 : position + 9]), height=height)
        else:
            position += 2 + max(int.from_bytes(data[position + 2 : position + 4]), 2)
    return Probe(kind="jpeg")


def _read_png(data: bytes) -> Probe:
    frames, position = 1, 8
    while position + 20 <= len(data):  # acTL, which counts frames, stands before the pixels
        length, name = int.from_bytes(data[position : position + 4]), data[position + 4 : position + 8]
        if name == b"acTL":
            frames = min(int.from_bytes(data[position + 8 : position + 12]), _FRAME_CAP)
        elif name == b"IDAT":
            break
        position += 12 + length
    if data[12:16] != b"IHDR" or len(data) < 24:
        return Probe(kind="png")
    width, height = int.from_bytes(data[16:20]), int.from_bytes(data[20:24])
    return Probe(kind="png", width=width, height=height, frames=frames)


def _read_gif(data: bytes) -> Probe:
    width, height = int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")
    return Probe(kind="gif", width=width, height=height, frames=max(_count_gif_frames(data), 1))


def _count_gif_frames(data: bytes) -> int:
    """Count the images of a GIF, passing over its blocks; ends where the bytes do."""
    if len(data) < 13:
        return 0
    position, frames = 13 + _palette_bytes(data[10]), 0
    while position + 10 <= len(data) and frames < _FRAME_CAP:
        if data[position] == 0x2C:  # an image
            frames += 1
            position = _pass_blocks(data, position + 11 + _palette_bytes(data[position + 9]))
        elif data[position] == 0x21:  # an extension
            position = _pass_blocks(data, position + 2)
        else:
            break
    return frames


def _palette_bytes(flags: int) -> int:
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _pass_blocks(data: bytes, position: int) -> int:
    while position < len(data) and (size := data[position]):
        position += 1 + size
    return position + 1


def _read_webp(data: bytes) -> Probe:
    name = data[12:16]
    if name == b"VP8X" and len(data) >= 30:
        width, height = (1 + int.from_bytes(data[at : at + 3], "little") for at in (24, 27))
        frames = _count_webp_frames(data) if data[20] & 2 else 1
        return Probe(kind="webp", width=width, height=height, frames=frames)
    if name == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        width, height = (int.from_bytes(data[at : at + 2], "little") & 0x3FFF for at in (26, 28))
        return Probe(kind="webp", width=width, height=height)
    if name == b"VP8L" and len(data) >= 25:
        bits = int.from_bytes(data[21:25], "little")
        return Probe(kind="webp", width=1 + (bits & 0x3FFF), height=1 + (bits >> 14 & 0x3FFF))
    return Probe(kind="webp")


def _count_webp_frames(data: bytes) -> int:
    position, frames = 12, 0
    while position + 8 <= len(data) and frames < _FRAME_CAP:
        frames += data[position : position + 4] == b"ANMF"
        length = int.from_bytes(data[position + 4 : position + 8], "little")
        position += 8 + length + (length & 1)
    return max(frames, 1)


def _read_avif(data: bytes) -> Probe:
    """The largest size any of its items states: what a decoder may be made to hold."""
    found = [(int.from_bytes(match[1]), int.from_bytes(match[2])) for match in _SPREAD.finditer(data)][
        :_BOXES
    ]
    width, height = max(found, key=lambda size: size[0] * size[1], default=(0, 0))
    return Probe(kind="avif", width=width, height=height, frames=2 if data[8:12] == b"avis" else 1)


_READERS: Final[Mapping[str, Callable[[bytes], Probe]]] = {
    "jpeg": _read_jpeg,
    "png": _read_png,
    "gif": _read_gif,
    "webp": _read_webp,
    "avif": _read_avif,
}
