"""Pictures and videos of feed entries: media RSS, enclosures, podcast images."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from newsloom.sources.elements import Element, Fields, list_fields, text_of
from newsloom.sources.links import web_address

_NAMES: Final = frozenset(
    {
        "media:group",
        "media:content",
        "content",
        "media:thumbnail",
        "thumbnail",
        "enclosure",
        "link",
        "atom:link",
        "itunes:image",
        "image",
    }
)
_PICTURE: Final = re.compile(r"\.(?:jpe?g|png|webp|gif|avif)(?:[?#]|$)", re.IGNORECASE)
# What a picture of unknown size counts for, in pixels: enclosures and contents are mostly the full picture.
_ENCLOSED: Final = 640 * 480
_CONTENT: Final = 640 * 360
_THUMBNAIL: Final = 200 * 200
_POOREST: Final = 10_000  # pixels: what an element that says little of its picture counts for
_LEAST: Final = 16  # pixels; smaller ones count visits
_SIDE: Final = 100_000  # pixels that a side can have


def find_picture(fields: Fields, base: str) -> str | None:
    """Give the address of an entry's largest picture."""
    best, found = _LEAST, None
    if _NAMES.isdisjoint(fields):
        return found
    for pixels, address in _list_pictures(fields):
        if pixels > best and (absolute := web_address(address, base)):
            best, found = pixels, absolute
    return found


def has_video(fields: Fields) -> bool:
    """Say whether an entry brings a video along."""
    enclosed = (*fields.get("enclosure", ()), *(link for link in fields.get("link", ()) if _encloses(link)))
    return any(element.get("type").lower().startswith("video/") for element in enclosed)


def _list_pictures(fields: Fields) -> Iterator[tuple[int, str]]:
    """Give every picture of an entry with its pixels, known or guessed."""
    for group in (fields, *(list_fields(element) for element in fields.get("media:group", ()))):
        for name in ("media:content", "content"):
            for element in group.get(name, ()):
                if _is_picture(element):
                    yield _count_pixels(element) or _CONTENT, element.get("url")
                yield from _list_thumbnails(element)
        for name in ("media:thumbnail", "thumbnail"):
            for element in group.get(name, ()):
                yield _count_pixels(element) or _THUMBNAIL, element.get("url") or text_of(element)
    for element in (*fields.get("enclosure", ()), *fields.get("link", ()), *fields.get("atom:link", ())):
        address = element.get("url") or (element.get("href") if _encloses(element) else "")
        if address and element.get("type").lower().startswith("image/"):
            yield _ENCLOSED, address
    for element in (*fields.get("itunes:image", ()), *fields.get("image", ())):
        inner = list_fields(element).get("url", ())
        yield (
            _POOREST,
            element.get("href") or element.get("url") or (text_of(inner[0]) if inner else text_of(element)),
        )


def _list_thumbnails(element: Element) -> Iterator[tuple[int, str]]:
    for inner in list_fields(element).get("media:thumbnail", ()):
        yield _count_pixels(inner) or _THUMBNAIL, inner.get("url")


def _encloses(link: Element) -> bool:
    return link.get("rel").lower() == "enclosure"


def _is_picture(element: Element) -> bool:
    kind, medium = element.get("type").lower(), element.get("medium").lower()
    address = element.get("url")
    if not address:
        return False
    return (
        medium == "image"
        or kind.startswith("image/")
        or (not medium and not kind and bool(_PICTURE.search(address)))
    )


def _count_pixels(element: Element) -> int:
    width, height = _read_side(element.get("width")), _read_side(element.get("height"))
    return (width or height) * (height or width)


def _read_side(text: str) -> int:
    digits = text.removesuffix("px")
    return min(int(digits), _SIDE) if digits.isascii() and digits.isdigit() and len(digits) < 9 else 0
