"""The demo's pictures: abstract shapes over a gradient, drawn from a name and always the same.

They stand for press photographs, which the project cannot ship. Nothing here is random: each number
comes from a digest of the name.
"""

from __future__ import annotations

import hashlib
import io
import math
from collections.abc import Callable, Iterator
from typing import Final

from PIL import Image, ImageColor, ImageDraw

SIZE: Final = (1200, 630)  # pixels; the size sites give for sharing
_SCALE: Final = 2  # drawn larger and reduced, for smooth edges
_QUALITY: Final = 58  # of JPEG; keeps each picture under 25 KB
_PALETTES: Final = (
    ("#0b132b", "#3a506b", "#5bc0be", "#f0f3bd"),
    ("#2d1e2f", "#7d4f50", "#f2a65a", "#f8ecc9"),
    ("#0f4c3a", "#2a9d8f", "#e9c46a", "#fdf6e3"),
    ("#2b2d42", "#5c677d", "#ef233c", "#edf2f4"),
    ("#1d3557", "#457b9d", "#a8dadc", "#f1faee"),
    ("#3c1642", "#086375", "#1dd3b0", "#e7f9a9"),
    ("#4a2c2a", "#a44a3f", "#f19c79", "#f6f4d2"),
    ("#14213d", "#415a77", "#fca311", "#e5e5e5"),
)

_Colour = tuple[int, int, int, int]


class _Dice:
    """Numbers that look thrown but follow from a name."""

    def __init__(self, name: str) -> None:
        self._bytes = self._stream(name)

    @staticmethod
    def _stream(name: str) -> Iterator[int]:
        block = name.encode()
        while True:
            block = hashlib.sha256(block).digest()
            yield from block

    def between(self, low: float, high: float) -> float:
        """A number from `low` to `high`."""
        share = (next(self._bytes) * 256 + next(self._bytes)) / 65_535
        return low + (high - low) * share

    def pick(self, count: int) -> int:
        """A whole number below `count`."""
        return next(self._bytes) % count


def draw_picture(name: str) -> bytes:
    """A JPEG of 1,200 × 630 pixels for a name, about 50 ms of work."""
    dice = _Dice(name)
    colours = _PALETTES[dice.pick(len(_PALETTES))]
    canvas = _draw_gradient(colours, dice)
    draw = ImageDraw.Draw(canvas, "RGBA")  # blends half-transparent shapes into the canvas
    _MOTIFS[dice.pick(len(_MOTIFS))](draw, dice, [_shade(colour, 165) for colour in colours[1:]])
    out = io.BytesIO()
    canvas.reduce(_SCALE).save(out, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    return out.getvalue()


def draw_logo(domain: str, colours: tuple[str, str], edge: int) -> bytes:
    """A square JPEG logo: a ring and a bar placed by the domain, `edge` pixels wide."""
    dice = _Dice(domain)
    whole = edge * 4
    logo = Image.new("RGB", (whole, whole), colours[0])
    draw = ImageDraw.Draw(logo)
    margin = whole * dice.between(0.16, 0.26)
    start = dice.pick(4) * 90
    width = round(whole * dice.between(0.1, 0.17))
    draw.arc((margin, margin, whole - margin, whole - margin), start, start + 270, colours[1], width)
    middle = whole * dice.between(0.42, 0.5)
    draw.rounded_rectangle(
        (middle, middle, whole - margin, middle + width), radius=width // 2, fill=colours[1]
    )
    out = io.BytesIO()
    logo.reduce(4).save(out, "JPEG", quality=90, optimize=True)
    return out.getvalue()


def _shade(colour: str, alpha: int) -> _Colour:
    red, green, blue = ImageColor.getrgb(colour)[:3]
    return red, green, blue, alpha


def _draw_gradient(colours: tuple[str, ...], dice: _Dice) -> Image.Image:
    """A slanting gradient from the palette's dark colour to its second, made small and stretched."""
    slant = Image.linear_gradient("L").rotate(dice.between(-35, 35), Image.Resampling.BICUBIC)
    mask = slant.crop((48, 48, 208, 208))
    dark, light = (Image.new("RGB", mask.size, colour) for colour in colours[:2])
    full = (SIZE[0] * _SCALE, SIZE[1] * _SCALE)
    return Image.composite(light, dark, mask).resize(full, Image.Resampling.BILINEAR)


def _draw_circles(draw: ImageDraw.ImageDraw, dice: _Dice, colours: list[_Colour]) -> None:
    for number in range(9):
        x, y, radius = dice.between(0, 2400), dice.between(0, 1260), dice.between(60, 420)
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colours[number % 3])


def _draw_waves(draw: ImageDraw.ImageDraw, dice: _Dice, colours: list[_Colour]) -> None:
    for number in range(6):
        top, swing, length = 320 + number * 160, dice.between(40, 130), dice.between(300, 800)
        shift = dice.between(0, math.tau)
        crest = [(x, top + swing * math.sin(x / length * math.tau + shift)) for x in range(0, 2425, 24)]
        draw.polygon([*crest, (2400, 1260), (0, 1260)], fill=colours[number % 3])


def _draw_board(draw: ImageDraw.ImageDraw, dice: _Dice, colours: list[_Colour]) -> None:
    """Tracks and pads, as on a circuit board."""
    for number in range(26):
        x, y = 60 + dice.pick(38) * 60, 60 + dice.pick(19) * 60
        end, turn = x + (dice.pick(9) - 4) * 120, y + (dice.pick(7) - 3) * 120
        colour = colours[number % 3]
        draw.line([(x, y), (end, y), (end, turn)], fill=colour, width=16, joint="curve")
        draw.ellipse((end - 28, turn - 28, end + 28, turn + 28), fill=colour)
    draw.rounded_rectangle((900, 380, 1500, 880), radius=40, fill=colours[0])
    draw.rounded_rectangle((1020, 480, 1380, 780), radius=24, fill=colours[2])


def _draw_towers(draw: ImageDraw.ImageDraw, dice: _Dice, colours: list[_Colour]) -> None:
    left = 0.0
    for number in range(18):
        width, top = dice.between(90, 260), dice.between(300, 1050)
        draw.rectangle((left, top, left + width, 1260), fill=colours[number % 3])
        left += width * 0.86


def _draw_network(draw: ImageDraw.ImageDraw, dice: _Dice, colours: list[_Colour]) -> None:
    nodes = [(dice.between(120, 2280), dice.between(120, 1140)) for _ in range(22)]
    for x, y in nodes:
        near = sorted(nodes, key=lambda other: math.dist(other, (x, y)))[1:4]
        for other in near:
            draw.line([(x, y), other], fill=colours[0], width=8)
    for number, (x, y) in enumerate(nodes):
        radius = dice.between(18, 62)
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colours[1 + number % 2])


def _draw_rays(draw: ImageDraw.ImageDraw, dice: _Dice, colours: list[_Colour]) -> None:
    x, y = dice.between(600, 1800), dice.between(900, 1500)
    turn = dice.between(0, 30)
    for number in range(15):
        start = turn + number * 24
        draw.pieslice((x - 2600, y - 2600, x + 2600, y + 2600), start, start + 11, fill=colours[number % 2])
    draw.ellipse((x - 330, y - 330, x + 330, y + 330), fill=colours[2])


_MOTIFS: Final[tuple[Callable[[ImageDraw.ImageDraw, _Dice, list[_Colour]], None], ...]] = (
    _draw_circles,
    _draw_waves,
    _draw_board,
    _draw_towers,
    _draw_network,
    _draw_rays,
)
