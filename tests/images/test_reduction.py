"""Pictures reduced to what is kept, and hostile ones refused by name."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageCms

from newsloom.bench.picturebook import draw_scene, encode, list_hostile
from newsloom.errors import ImageError
from newsloom.images.reduction import Original, Reduced, reduce_batch, reduce_picture
from newsloom.images.refusals import REFUSALS

PHOTO = draw_scene(5, (1600, 900))
URL = "https://news.example/a.jpg"
HOSTILE = list(list_hostile())


def reduced(picture: Image.Image, form: str = "JPEG", *, logo: bool = False, **options: object) -> Reduced:
    return reduce_picture(Original(URL, encode(picture, form, **options), logo))  # type: ignore[arg-type]  # of each format's own types


def opened(body: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(body))
    picture.load()
    return picture


def test_three_widths_in_two_formats() -> None:
    found = reduced(PHOTO)
    assert (found.width, found.height) == (1600, 900)
    assert [(copy.width, copy.height) for copy in found.copies] == [(1200, 675), (600, 338), (300, 169)]
    for copy in found.copies:
        assert (opened(copy.jpeg).format, opened(copy.webp).format) == ("JPEG", "WEBP")
        assert opened(copy.jpeg).size == opened(copy.webp).size == (copy.width, copy.height)


def test_nothing_is_made_larger_than_it_was() -> None:
    assert [copy.width for copy in reduced(PHOTO.resize((500, 280))).copies] == [500, 250]
    assert [copy.width for copy in reduced(PHOTO.resize((150, 84))).copies] == [150]


def test_a_tall_picture_is_kept_within_two_heights_of_a_width() -> None:
    copy = reduced(PHOTO.resize((1000, 9000))).copies[0]
    assert copy.height == 2400 and copy.width == 267


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP", "AVIF"])
def test_every_kind_gives_the_same_picture(form: str) -> None:
    small = PHOTO.resize((640, 360))
    found, plain = reduced(small, form), reduced(small, "PNG")
    assert found.kind == form.lower()
    assert (found.likeness ^ plain.likeness).bit_count() <= 6


def test_turned_pictures_stand_upright_and_lose_what_they_carried() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "taken at home"
    left = PHOTO.copy()
    left.paste("red", (0, 0, 100, 900))  # the left edge of what is stored is the top of what is seen
    found = reduced(
        left,
        exif=exif,
        comment=b"secret",
        icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
    )
    assert (found.width, found.height) == (900, 1600)
    for body in (found.copies[0].jpeg, found.copies[0].webp):
        picture = opened(body)
        assert picture.height > picture.width
        red, green, blue = picture.convert("RGB").getpixel((picture.width // 2, 20))  # type: ignore[misc]  # RGB has three
        assert red > 200 and green < 60 and blue < 60
        assert not picture.getexif() and "icc_profile" not in picture.info
        assert b"secret" not in body and b"taken at home" not in body


def test_the_first_frame_of_a_moving_picture_is_kept() -> None:
    first = PHOTO.resize((400, 240))
    later = [Image.new("RGB", (400, 240), (number, 0, 0)) for number in range(5)]
    for form in ("GIF", "WEBP", "PNG"):
        found = reduced(first, form, save_all=True, append_images=later)
        assert (found.likeness ^ reduced(first).likeness).bit_count() <= 8, form


def test_transparent_drawings_get_a_ground_they_can_be_seen_on() -> None:
    for colour, ground in (("black", 255), ("white", 32)):
        drawing = Image.new("RGBA", (400, 400), (0, 0, 0, 0))
        drawing.paste(colour, (150, 150, 250, 250))
        corner = opened(reduced(drawing, "PNG").copies[0].jpeg).convert("L").getpixel((5, 5))
        assert isinstance(corner, int) and abs(corner - ground) < 6


def test_sixteen_bits_and_four_inks_are_read() -> None:
    deep = Image.new("I;16", (300, 200))
    deep.putdata([min(65_535, number * 2) for number in range(60_000)])
    found = opened(reduced(deep, "PNG").copies[0].jpeg).convert("L").getextrema()
    assert found[0] < 10 and found[1] > 240
    inks = opened(reduced(PHOTO.convert("CMYK")).copies[0].jpeg)
    assert inks.mode == "RGB"


def test_logos_become_squares() -> None:
    wide = Image.new("RGB", (600, 200), (10, 60, 120))
    wide.paste("white", (200, 50, 400, 150))
    found = reduced(wide, "PNG", logo=True)
    assert [(copy.width, copy.height) for copy in found.copies] == [(400, 400), (50, 50)]
    corner = opened(found.copies[0].jpeg).getpixel((5, 5))
    assert isinstance(corner, tuple) and abs(corner[2] - 120) < 8  # padded in its own colour
    assert [copy.width for copy in reduced(wide.resize((64, 64)), logo=True).copies] == [64, 50]


def test_the_colour_is_the_one_most_of_the_picture_has() -> None:
    picture = Image.new("RGB", (400, 300), (200, 30, 30))
    picture.paste("black", (0, 0, 100, 300))
    assert reduced(picture, "PNG").colour == "#c81e1e"


@pytest.mark.parametrize(("body", "code"), [pytest.param(b, c, id=n) for n, b, c in HOSTILE])
def test_hostile_pictures_are_refused_by_name(body: bytes, code: str) -> None:
    (refused,) = reduce_batch([Original(URL, body)])
    assert isinstance(refused, ImageError)
    assert (refused.code, refused.subject) == (code, URL)
    assert refused.remedy


def test_every_reason_but_a_dead_worker_has_a_picture_that_shows_it() -> None:
    shown = {code for _, _, code in HOSTILE}
    assert REFUSALS.keys() - shown == {"image-poison"}


def test_hostile_pictures_have_names_of_their_own() -> None:
    names = [name for name, _, _ in HOSTILE]
    assert len(names) == len(set(names)) > 30


def test_a_batch_goes_on_after_a_bad_picture() -> None:
    good = encode(PHOTO, "JPEG")
    results = reduce_batch([Original("a", b"<svg/>"), Original("b", good), Original("c", good[:900])])
    assert [type(result) for result in results] == [ImageError, Reduced, ImageError]
