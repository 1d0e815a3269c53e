"""Pictures made up to measure with: what news sites give for sharing, and what hostile servers might.

Everything follows from a number. Sizes are those that 501 news pages state of their `og:image`, by tenths;
photographs are stood for by gradients and shapes with the grain of several scales.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np
from PIL import Image, ImageDraw

_Grain = np.ndarray[Any, np.dtype[np.float32]]
_WIDTHS: Final = (587, 705, 830, 1000, 1100, 1200, 1200, 1480, 2000, 2560)
_RATIOS: Final = (1.905, 1.778, 1.5, 1.905, 1.333, 1.778, 0.75)
# Of 885 pages whose pictures' addresses have an ending 89 in 100 end in .jpg, 11 in .png, the rest in others.
_FORMS: Final[tuple[tuple[str, dict[str, int]], ...]] = (
    *(("JPEG", {"quality": 86}),) * 23,
    *(("PNG", {"compress_level": 1}),) * 4,
    *(("JPEG", {"quality": 82, "progressive": True}),) * 11,
    ("WEBP", {"quality": 82, "method": 0}),
    ("GIF", {}),
)
_BASES: Final = 16  # scenes drawn at full size; each picture is another cut of one of them
_BASE: Final = (2900, 2000)


class PictureBook:
    """A number of pictures of news; the same number gives the same one."""

    def __init__(self) -> None:
        self._bases: dict[int, Image.Image] = {}

    def draw(self, number: int) -> bytes:
        """One picture's bytes, in the form a server would send it."""
        form, options = _FORMS[number % len(_FORMS)]
        return encode(self.sketch(number), form, **options)

    def sketch(self, number: int) -> Image.Image:
        """One picture's pixels."""
        dice = np.random.default_rng(number)
        width = _WIDTHS[(number + number // len(_WIDTHS)) % len(_WIDTHS)]
        size = width, round(width / _RATIOS[number % len(_RATIOS)])
        base = self._open_base(int(dice.integers(_BASES)))
        scale = float(dice.uniform(0.45, 1.0))
        cut_width = round(min(base.width, base.height * size[0] / size[1]) * scale)
        cut_height = round(cut_width * size[1] / size[0])
        left = int(dice.integers(base.width - cut_width + 1))
        top = int(dice.integers(base.height - cut_height + 1))
        box = (left, top, left + cut_width, top + cut_height)
        return base.resize(size, Image.Resampling.BILINEAR, box=box)

    def _open_base(self, number: int) -> Image.Image:
        if number not in self._bases:
            self._bases[number] = draw_scene(number, _BASE)
        return self._bases[number]


def draw_scene(number: int, size: tuple[int, int]) -> Image.Image:
    """A scene that compresses about as a photograph does: planes of colour, shapes, grain."""
    dice = np.random.default_rng(10_000 + number)
    corners = dice.integers(20, 235, (3, 4, 3)).astype(np.uint8)
    scene = Image.fromarray(corners).resize(size, Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(scene)
    for _ in range(60):
        x, y = (int(dice.integers(edge)) for edge in size)
        across, down = (int(dice.integers(20, edge // 4)) for edge in size)
        colour = tuple(int(value) for value in dice.integers(0, 255, 3))
        shape = draw.ellipse if dice.random() < 0.5 else draw.rectangle
        shape((x, y, x + across, y + down), fill=colour)
    return _grain(scene, dice)


def _grain(scene: Image.Image, dice: np.random.Generator) -> Image.Image:
    width, height = scene.size
    total = np.zeros((height, width), dtype=np.float32)
    for step, strength in ((3, 5.0), (12, 9.0), (60, 14.0)):
        coarse: _Grain = dice.normal(0, strength, (height // step + 1, width // step + 1)).astype(np.float32)
        total += np.asarray(Image.fromarray(coarse).resize((width, height), Image.Resampling.BILINEAR))
    pixels = np.asarray(scene).astype(np.float32) + total[:, :, None]
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def encode(picture: Image.Image, form: str, **options: int | bytes | bool | list[Image.Image]) -> bytes:
    """A picture in a format."""
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def list_hostile() -> Iterator[tuple[str, bytes, str]]:
    """Pictures that are not to be kept: what each is, its bytes, and the code it has to be refused by."""
    photo = draw_scene(1, (640, 360))
    for make in _HOSTILE:
        yield from make(photo)


def _others(_: Image.Image) -> Iterator[tuple[str, bytes, str]]:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    yield "nothing", b"", "image-empty"
    yield "SVG", svg, "image-svg"
    yield "SVG after a declaration", b'<?xml version="1.0"?>\n<!-- x -->' + svg, "image-svg"
    yield "a page", b"<!doctype html><title>Not found</title>", "image-not-a-picture"
    yield "JSON", b'{"error": "no such picture"}', "image-not-a-picture"
    yield "an archive", _zip(), "image-not-a-picture"
    yield "BMP", encode(Image.new("RGB", (400, 300)), "BMP"), "image-kind"
    yield "TIFF", encode(Image.new("RGB", (400, 300)), "TIFF"), "image-kind"
    yield "an icon", encode(Image.new("RGB", (64, 64)), "ICO"), "image-kind"
    yield "HEIC", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(64), "image-kind"


def _sizes(photo: Image.Image) -> Iterator[tuple[str, bytes, str]]:
    yield "a tracking pixel", encode(Image.new("P", (1, 1)), "GIF"), "image-too-small"
    yield "an icon in PNG", encode(photo.resize((48, 48)), "PNG"), "image-too-small"
    yield "a hairline", encode(photo.resize((600, 2)), "PNG"), "image-too-small"
    yield "one even colour", encode(Image.new("RGB", (800, 400), "white"), "PNG"), "image-blank"
    yield "a PNG bomb", _png(100_000, 100_000), "image-too-large"
    yield "a real PNG bomb", encode(Image.new("1", (9_000, 9_000)), "PNG"), "image-too-large"
    yield "a GIF bomb", b"GIF89a" + struct.pack("<HHBBB", 65_535, 65_535, 0, 0, 0) + b";", "image-too-large"
    yield "a JPEG bomb", _state_jpeg_size(encode(photo, "JPEG"), 65_500, 65_500), "image-too-large"
    canvas = b"VP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + b"\xff\xff\x0f" * 2
    webp = b"RIFF" + struct.pack("<I", len(canvas) + 4) + b"WEBP" + canvas
    yield "a WebP bomb", webp, "image-too-large"
    flat = photo.convert("P")
    frames = [flat.crop((number % 400, 0, number % 400 + 130, 70)) for number in range(600)]
    film = encode(frames[0], "GIF", save_all=True, append_images=frames[1:])
    yield "a GIF of 600 frames", film, "image-too-many-frames"
    yield "an APNG that says 9,999 frames", _png(640, 360, frames=9_999), "image-too-many-frames"


def _damaged(photo: Image.Image) -> Iterator[tuple[str, bytes, str]]:
    for form in ("JPEG", "PNG", "WEBP", "GIF", "AVIF"):
        whole = encode(photo, form)
        yield f"half a {form}", whole[: len(whole) // 2], "image-truncated"
    whole = encode(photo, "PNG")
    yield "a PNG with broken pixels", whole[:200] + bytes(600) + whole[800:], "image-damaged"
    yield "a JPEG's head alone", b"\xff\xd8\xff\xe0" + bytes(200), "image-damaged"
    yield "a WebP's head alone", b"RIFF\x04\0\0\0WEBP", "image-damaged"


def _polyglots(photo: Image.Image) -> Iterator[tuple[str, bytes, str]]:
    jpeg, png = encode(photo, "JPEG"), encode(photo, "PNG")
    comment = b"<script>alert(1)</script>"
    yield "a JPEG and an archive", jpeg + _zip(), "image-polyglot"
    yield "a PNG and a page", png + b"<HTML ><body>", "image-polyglot"
    yield "a JPEG with script in a comment", encode(photo, "JPEG", comment=comment), "image-polyglot"
    yield "a GIF with PHP in a comment", encode(photo, "GIF", comment=b"<?php x();"), "image-polyglot"
    yield "a JPEG and a PDF", encode(photo, "JPEG", comment=b"%PDF-1.7"), "image-polyglot"


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "a")
    return out.getvalue()


def _png(width: int, height: int, frames: int = 0) -> bytes:
    """A PNG whose head says more than its pixels hold."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        )

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    control = chunk(b"acTL", struct.pack(">II", frames, 0)) if frames else b""
    pixels = chunk(b"IDAT", zlib.compress(bytes(10_000)))
    return b"\x89PNG\r\n\x1a\n" + head + control + pixels + chunk(b"IEND", b"")


def _state_jpeg_size(jpeg: bytes, width: int, height: int) -> bytes:
    at = jpeg.index(b"\xff\xc0") + 5
    return jpeg[:at] + struct.pack(">HH", height, width) + jpeg[at + 4 :]


_HOSTILE: Final[tuple[Callable[[Image.Image], Iterator[tuple[str, bytes, str]]], ...]] = (
    _others,
    _sizes,
    _damaged,
    _polyglots,
)
