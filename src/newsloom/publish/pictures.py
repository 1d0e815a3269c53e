"""Copies of articles' pictures, so that pages do not send readers to strangers' servers.

A copy is always a JPEG of at most 1,200 pixels, re-encoded: whatever the original carried besides
its pixels (location, scripts, trailing data) is gone. Its file name follows from the picture's address
alone, so that "is there a copy" needs no table.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from typing import Final

from msgspec.structs import replace
from PIL import Image as Pictures
from PIL import UnidentifiedImageError

from newsloom import settings
from newsloom.errors import PageError
from newsloom.records import Article, Image

FOLDER: Final = "assets/images/news"
_FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF")  # nothing that runs scripts or unpacks archives
_QUALITY: Final = 82


def copy_path(url: str) -> str:
    """Where the copy of a picture is kept, relative to the site."""
    return f"{FOLDER}/{hashlib.sha256(url.encode()).hexdigest()[:24]}.jpg"


def make_copy(body: bytes, url: str) -> bytes:
    """A picture's bytes as the JPEG that is kept.

    Raises PageError when it is not a picture of a known kind or has too many pixels.
    """
    try:
        with Pictures.open(io.BytesIO(body), formats=_FORMATS) as picture:
            width, height = picture.size
            if width * height > settings.IMAGE_PIXELS:
                raise PageError(
                    url, f"has {width} × {height} pixels", "more than the limit", code="image-too-large"
                )
            edge = settings.IMAGE_EDGE
            picture.draft("RGB", (edge, edge))  # lets the JPEG decoder scale while reading
            small = picture.convert("RGB")
            small.thumbnail((edge, edge))
            out = io.BytesIO()
            small.save(out, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
            return out.getvalue()
    except (
        UnidentifiedImageError,
        OSError,
        ValueError,
        SyntaxError,
        Pictures.DecompressionBombError,
    ) as error:
        raise PageError(url, "is not a picture that can be read", code="image-unreadable") from error


def mark_copies(article: Article, is_kept: Callable[[str], bool]) -> Article:
    """The article with `cached` telling for each picture, also of related ones, if a copy is kept."""

    def mark(images: tuple[Image, ...]) -> tuple[Image, ...]:
        return tuple(replace(image, cached=is_kept(image.url)) for image in images)

    related = tuple(replace(item, images=mark(item.images)) for item in article.related)
    return replace(article, images=mark(article.images), related=related)
