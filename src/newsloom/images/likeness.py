"""Telling the same picture again under another address, size or compression.

A difference hash of 128 bits says which pictures may be the same, and a grid of 16 × 16 mean colours
says which are: charts drawn to one template share the hash, but not the colours of every cell.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from PIL import Image as Pictures

GRID: Final = 16  # cells across and down
CLOSE_BITS: Final = 10  # of 128: what scaling and compressing anew change at most
_CLOSE_MEAN: Final = 5.0  # of 255: mean difference of all cells
_CLOSE_CELL: Final = 40  # of 255: difference of the worst cell
_SHAPE: Final = 0.03  # by which the ratio of width to height may differ: rounding of small sizes
_BLANK: Final = 8  # of 255: a picture whose cells differ by no more shows nothing
_SMOOTH: Final = Pictures.Resampling.BOX


def hash_picture(picture: Pictures.Image) -> int:
    """A difference hash: for each of 8 × 8 places, if it is darker than the next across, and down."""
    bits = 0
    grey = picture.convert("L")
    across = grey.resize((9, 8), _SMOOTH).tobytes()
    for row in range(8):
        for column in range(8):
            at = row * 9 + column
            bits = bits << 1 | (across[at] < across[at + 1])
    down = grey.resize((8, 9), _SMOOTH).tobytes()
    for at in range(64):
        bits = bits << 1 | (down[at] < down[at + 8])
    return bits


def lay_grid(picture: Pictures.Image) -> bytes:
    """The mean colours of 16 × 16 cells, as RGB bytes."""
    return picture.convert("RGB").resize((GRID, GRID), _SMOOTH).tobytes()


def is_blank(grid: bytes) -> bool:
    """Whether a picture is one even colour."""
    channels = (grid[0::3], grid[1::3], grid[2::3])
    return all(max(channel) - min(channel) <= _BLANK for channel in channels)


def find_colour(grid: bytes) -> str:
    """The colour most of a picture has, as `#rrggbb`: the mean of its commonest shade."""
    cells = [grid[at : at + 3] for at in range(0, len(grid), 3)]
    shades = Counter((cell[0] >> 6, cell[1] >> 6, cell[2] >> 6) for cell in cells)
    common = min(shades, key=lambda shade: (-shades[shade], shade))
    members = [cell for cell in cells if (cell[0] >> 6, cell[1] >> 6, cell[2] >> 6) == common]
    return "#" + "".join(f"{round(sum(cell[n] for cell in members) / len(members)):02x}" for n in range(3))


def may_be_same(first: int, second: int) -> bool:
    """Whether two hashes are so close that their pictures should be compared."""
    return (first ^ second).bit_count() <= CLOSE_BITS


def same_shape(first: tuple[int, int], second: tuple[int, int]) -> bool:
    """Whether two sizes have the same ratio of width to height."""
    across, down = first[0] * second[1], first[1] * second[0]
    return abs(across - down) <= _SHAPE * max(across, down)


def same_colours(first: bytes, second: bytes) -> bool:
    """Whether two grids are of one picture."""
    differences = [abs(a - b) for a, b in zip(first, second, strict=True)]
    return max(differences) <= _CLOSE_CELL and sum(differences) <= _CLOSE_MEAN * len(differences)
