"""Why a picture is not kept, in plain words, with the way out: one table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from newsloom.errors import ImageError


class Refusal(Struct, frozen=True):
    """One reason: what is the matter with the picture, and what can be done."""

    text: str
    remedy: str


_PASSED_OVER: Final = "the article's next picture is taken"

REFUSALS: Final[Mapping[str, Refusal]] = {
    "image-empty": Refusal("there is nothing in it", _PASSED_OVER),
    "image-not-a-picture": Refusal(
        "is not a picture", "its address gives a page or a file: check the source"
    ),
    "image-svg": Refusal(
        "is SVG, which can run scripts and load from elsewhere", "give its address as PNG, WebP or JPEG"
    ),
    "image-kind": Refusal(
        "is a picture of a kind that is not read", "only JPEG, PNG, GIF, WebP and AVIF are"
    ),
    "image-too-large": Refusal("has more pixels than are decoded", "give the address of a smaller rendition"),
    "image-too-many-frames": Refusal("has more frames than an animation needs", "give it as a video"),
    "image-too-small": Refusal("is as small as an icon or a counter of visits", _PASSED_OVER),
    "image-truncated": Refusal("breaks off before its end", "it is looked at again later"),
    "image-damaged": Refusal("cannot be decoded", "it is looked at again later"),
    "image-polyglot": Refusal("carries a script, an archive or a document as well", "tell its publisher"),
    "image-blank": Refusal("shows one even colour", _PASSED_OVER),
    "image-poison": Refusal("ended the process that read it", "please report it with the address"),
}


def refuse(code: str, subject: str, detail: str = "") -> ImageError:
    """The error of that code for a picture's address: not raised, so that it can be returned as well."""
    refusal = REFUSALS[code]
    text = f"{refusal.text}: {detail}" if detail else refusal.text
    return ImageError(subject, text, refusal.remedy, code=code)
