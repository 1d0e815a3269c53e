"""A picture's bytes to the copies that are kept: three widths, each as JPEG and WebP. Pure, for workers.

Everything is encoded anew from pixels, so whatever else the original carried (location, profiles, trailing
data) is gone. Before that its turning (EXIF orientation) is applied, its colours are brought to sRGB, and
what is transparent gets a ground.
"""

from __future__ import annotations

import io
import warnings
from typing import Final

from msgspec import Struct
from PIL import Image as Pictures
from PIL import ImageCms, ImageStat, UnidentifiedImageError

from newsloom import settings
from newsloom.errors import ImageError
from newsloom.images.inspection import check_size, inspect
from newsloom.images.likeness import find_colour, hash_picture, is_blank, lay_grid
from newsloom.images.refusals import refuse

_FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
# Measured (docs/images.md): effort 4 saves 8 % of the bytes for four times the time of effort 0.
_WEBP: Final = {"format": "WEBP", "quality": 74, "method": 0}
_JPEG: Final = {"format": "JPEG", "quality": 80}
_SCALE: Final = Pictures.Resampling.HAMMING  # as fast as bilinear, nearly as sharp as bicubic
_LAZY: Final = frozenset({"JPEG", "MPO"})  # formats whose EXIF is known before the pixels are
_ORIENTATION: Final = 0x0112
_TURNS: Final = {
    2: Pictures.Transpose.FLIP_LEFT_RIGHT,
    3: Pictures.Transpose.ROTATE_180,
    4: Pictures.Transpose.FLIP_TOP_BOTTOM,
    5: Pictures.Transpose.TRANSPOSE,
    6: Pictures.Transpose.ROTATE_270,
    7: Pictures.Transpose.TRANSVERSE,
    8: Pictures.Transpose.ROTATE_90,
}
_SIDEWAYS: Final = 5  # orientation from which width and height change places
_BRIGHT: Final = 215  # of 255: a drawing lighter than this is lost on white
_GROUNDS: Final = ((255, 255, 255), (32, 33, 36))
_FAILURES: Final = (
    UnidentifiedImageError,
    OSError,
    ValueError,
    SyntaxError,
    MemoryError,
    EOFError,
    OverflowError,
    Pictures.DecompressionBombError,
)


class Original(Struct, frozen=True):
    """A picture as it came. `logo` asks for squares."""

    url: str
    body: bytes
    logo: bool = False


class Copy(Struct, frozen=True):
    """One width of a picture, in both formats."""

    width: int
    height: int
    jpeg: bytes
    webp: bytes


class Reduced(Struct, frozen=True, kw_only=True):
    """What is kept of a picture: kind, size as shown, colour, hash, grid, and copies, the widest first."""

    kind: str
    width: int
    height: int
    colour: str
    likeness: int
    grid: bytes
    copies: tuple[Copy, ...]


def reduce_batch(originals: list[Original]) -> list[Reduced | ImageError]:
    """Reduce pictures; one that is not to be kept gives the reason."""
    return [_attempt(original) for original in originals]


def _attempt(original: Original) -> Reduced | ImageError:
    try:
        return reduce_picture(original)
    except ImageError as error:
        return error
    except Exception as error:  # noqa: BLE001 - a worker's edge: decoders meet bytes nobody foresaw
        return refuse("image-damaged", original.url, type(error).__name__)


def reduce_picture(original: Original) -> Reduced:
    """A picture's copies. Raises ImageError where it is not to be kept; about 20 ms of work."""
    found = inspect(original.body, original.url, logo=original.logo)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # broken metadata is of no interest: none is kept
            master, size = _decode(original)
    except _FAILURES as error:
        cut = "truncated" in str(error)
        raise refuse("image-truncated" if cut else "image-damaged", original.url) from error
    halves = _halve(master)
    grid = lay_grid(halves[-1])
    if not original.logo and is_blank(grid):
        raise refuse("image-blank", original.url)
    return Reduced(
        kind=found.kind,
        width=size[0],
        height=size[1],
        colour=find_colour(grid),
        likeness=hash_picture(halves[-1]),
        grid=grid,
        copies=tuple(_encode(picture) for picture in (_square(master) if original.logo else halves)),
    )


def _decode(original: Original) -> tuple[Pictures.Image, tuple[int, int]]:
    """The first frame at the widest size kept, upright, in sRGB, without transparency; its full size."""
    with Pictures.open(io.BytesIO(original.body), formats=_FORMATS) as picture:
        check_size(*picture.size, original.url, logo=original.logo)
        if picture.format not in _LAZY:
            picture.load()  # before its EXIF is read, which would swallow what is wrong with the pixels
        turn = _read_turn(picture)
        target = _fit(picture.size, sideways=turn >= _SIDEWAYS)
        size = picture.size[::-1] if turn >= _SIDEWAYS else picture.size
        picture.draft("RGB", target)  # lets the JPEG decoder scale while reading
        picture.load()
        profile = picture.info.get("icc_profile")
        small = _plain(picture)
        small.info = {}  # Pillow would write comments and profiles again
        if small.size != target:
            small = small.resize(target, _SCALE, reducing_gap=1.0)  # halves first what is twice as large
        small = _ground(_match_colours(small, profile))
        return (small.transpose(_TURNS[turn]) if turn in _TURNS else small), size


def _read_turn(picture: Pictures.Image) -> int:
    try:
        turn = picture.getexif().get(_ORIENTATION, 1)
    except Exception:  # noqa: BLE001 - EXIF is a format of its own, broken in a hundred ways: then not turned
        return 1
    return turn if isinstance(turn, int) and turn in _TURNS else 1


def _fit(size: tuple[int, int], *, sideways: bool) -> tuple[int, int]:
    """The size of the widest copy, as the picture is stored; never larger than the original."""
    wide, high = size[::-1] if sideways else size
    edge = settings.IMAGE_EDGE
    scale = min(1.0, edge / wide, edge * settings.IMAGE_TALLEST / high)
    fitted = max(1, round(wide * scale)), max(1, round(high * scale))
    return fitted[::-1] if sideways else fitted


def _plain(picture: Pictures.Image) -> Pictures.Image:
    """The picture in RGB, or RGBA where some of it is transparent."""
    if picture.mode.startswith("I"):  # 16 bits a pixel
        return picture.convert("I").point(lambda value: value / 256).convert("L").convert("RGB")
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        return picture.convert("RGBA")
    return picture if picture.mode == "RGB" else picture.convert("RGB")


def _match_colours(picture: Pictures.Image, profile: bytes | None) -> Pictures.Image:
    """The picture in sRGB; one without a profile, or with one that cannot be used, is taken to be."""
    if not profile or picture.mode != "RGB" or b"sRGB" in profile[:1024]:
        return picture
    try:
        source = ImageCms.getOpenProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB")) or picture
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return picture


def _ground(picture: Pictures.Image) -> Pictures.Image:
    """What is transparent on white, or on near-black when what is drawn would be lost on white."""
    if picture.mode != "RGBA":
        return picture
    alpha = picture.getchannel("A")
    drawn = ImageStat.Stat(picture.convert("L"), alpha.point(lambda value: 255 if value > 127 else 0))
    lost = bool(drawn.count[0]) and drawn.mean[0] > _BRIGHT and alpha.getextrema()[0] == 0
    ground = Pictures.new("RGB", picture.size, _GROUNDS[lost])
    ground.paste(picture, mask=alpha)
    return ground


def _halve(master: Pictures.Image) -> list[Pictures.Image]:
    """The widths of a picture: halves are exact, fast and sharp."""
    pictures = [master]
    while len(pictures) < settings.IMAGE_WIDTHS and pictures[-1].width >= 2 * settings.IMAGE_NARROWEST:
        pictures.append(pictures[-1].reduce(2))
    return pictures


def _square(master: Pictures.Image) -> list[Pictures.Image]:
    """A logo's squares, smallest last, padded with the colour of its corners."""
    edge = max(master.size)
    ground = Pictures.new("RGB", (edge, edge), _find_ground(master))
    ground.paste(master, ((edge - master.width) // 2, (edge - master.height) // 2))
    edges = sorted({min(edge, wanted) for wanted in settings.LOGO_EDGES}, reverse=True)
    return [ground.resize((side, side), Pictures.Resampling.LANCZOS) for side in edges]


def _find_ground(picture: Pictures.Image) -> tuple[int, int, int]:
    right, bottom = picture.width - 1, picture.height - 1
    corners = [picture.getpixel(place) for place in ((0, 0), (right, 0), (0, bottom), (right, bottom))]
    colours = [corner for corner in corners if isinstance(corner, tuple)]
    even = all(abs(a - b) < 24 for colour in colours for a, b in zip(colour, colours[0], strict=True))
    return (colours[0][0], colours[0][1], colours[0][2]) if colours and even else _GROUNDS[0]


def _encode(picture: Pictures.Image) -> Copy:
    return Copy(picture.width, picture.height, _write(picture, _JPEG), _write(picture, _WEBP))


def _write(picture: Pictures.Image, form: dict[str, object]) -> bytes:
    out = io.BytesIO()
    picture.save(out, **form)  # type: ignore[arg-type]  # its options are of each format's own types
    return out.getvalue()
