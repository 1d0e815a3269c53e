"""What a picture is, read off its first bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some
from PIL import Image

from newsloom.bench.picturebook import draw_scene, encode
from newsloom.images import Probe, probe

PHOTO = draw_scene(3, (480, 270))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP", "AVIF"])
def test_kind_and_size_are_known_from_the_first_kilobytes(form: str) -> None:
    head = encode(PHOTO, form)[:4096]
    assert probe(head) == Probe(kind=form.lower(), width=480, height=270)


def test_webp_comes_in_three_forms() -> None:
    lossless = encode(PHOTO, "WEBP", lossless=True)
    frames = [PHOTO.rotate(turn) for turn in (10, 20)]
    moving = encode(PHOTO, "WEBP", save_all=True, append_images=frames)
    assert probe(lossless) == Probe(kind="webp", width=480, height=270)
    assert probe(moving) == Probe(kind="webp", width=480, height=270, frames=3)


def test_frames_are_counted_without_decoding() -> None:
    frames = [PHOTO.rotate(turn) for turn in (10, 20, 30)]
    for form in ("GIF", "PNG"):
        found = probe(encode(PHOTO, form, save_all=True, append_images=frames))
        assert found is not None and found.frames == 4


def test_a_size_behind_a_long_profile_needs_more_bytes() -> None:
    body = encode(PHOTO, "JPEG", icc_profile=bytes(60_000))
    assert probe(body[:4096]) == Probe(kind="jpeg")
    assert probe(body[:70_000]) == Probe(kind="jpeg", width=480, height=270)


def test_the_thumbnail_inside_a_photograph_is_not_taken_for_it() -> None:
    inner = encode(PHOTO.resize((160, 90)), "JPEG")
    body = encode(PHOTO, "JPEG", exif=b"Exif\0\0" + inner)
    assert probe(body) == Probe(kind="jpeg", width=480, height=270)


@pytest.mark.parametrize(
    "body", [b"", b"<svg/>", b"BM" + bytes(60), b"RIFF\0\0\0\0WAVE", b"\0\0\0\x18ftypmp42"]
)
def test_what_is_no_known_picture_has_no_kind(body: bytes) -> None:
    assert probe(body) is None


@given(
    some.sampled_from([encode(PHOTO, form) for form in ("JPEG", "PNG", "GIF", "WEBP", "AVIF")]), some.data()
)
def test_broken_bytes_break_nothing(body: bytes, data: some.DataObject) -> None:
    cut = bytearray(body[: data.draw(some.integers(0, 400))])
    for _ in range(3):
        if cut:
            cut[data.draw(some.integers(0, len(cut) - 1))] = data.draw(some.integers(0, 255))
    found = probe(bytes(cut))
    assert found is None or (found.width >= 0 and found.height >= 0)


def test_bytes_that_are_all_frames_end() -> None:
    assert probe(b"GIF89a" + bytes(7) + b"," * 2_000_000) is not None
    assert Image.MAX_IMAGE_PIXELS  # the library's own guard stays on
