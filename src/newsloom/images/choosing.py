"""Which pictures an article is shown with, and which are still to be had. Pure.

An article has its picture of its own, in the order its page names them: one that is refused, or that is
a placeholder (a logo, a stock picture many articles of one provider carry), makes way for the next.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from newsloom import settings
from newsloom.images.album import Album, Kept
from newsloom.images.likeness import may_be_same, same_shape
from newsloom.records import Image, Record

_SHADES: Final = 32  # of 255: by which the colour of a logo and of its picture elsewhere may differ
_WEB: Final = ("http://", "https://")


def find_placeholders(records: Iterable[Record], album: Album, logos: Mapping[str, Kept]) -> frozenset[str]:
    """The addresses of pictures that say nothing of an article.

    Those that look like their provider's logo (`logos` are by domain), and those that articles of several
    stories of one provider carry.
    """
    stories: dict[tuple[str, str], set[str]] = defaultdict(set)
    addresses: dict[tuple[str, str], set[str]] = defaultdict(set)
    found: set[str] = set()
    for record in records:
        domain = record.article.provider.domain
        for image in record.article.images[: settings.IMAGE_TRIES]:
            kept = album.get(image.url)
            if kept is None:
                continue
            stories[domain, kept.content].add(record.state.story if record.state else record.name)
            addresses[domain, kept.content].add(image.url)
            if _is_logo(kept, logos.get(domain)):
                found.add(image.url)
    for key, carried in stories.items():
        if len(carried) >= settings.PLACEHOLDER_STORIES:
            found |= addresses[key]
    return frozenset(found)


def _is_logo(kept: Kept, logo: Kept | None) -> bool:
    if logo is None:
        return False
    if kept.url == logo.url:
        return True
    if not may_be_same(int(kept.likeness, 16), int(logo.likeness, 16)):
        return False
    shades = (bytes.fromhex(one.colour[1:]) for one in (kept, logo))
    even = all(abs(a - b) <= _SHADES for a, b in zip(*shades, strict=True))
    return even and same_shape((kept.width, kept.height), (logo.width, logo.height))


def list_wanted(
    records: Iterable[Record],
    album: Album,
    placeholders: frozenset[str],
    is_refused: Callable[[str], bool],
) -> list[str]:
    """The addresses to be had next, one for each shown article that has no picture yet, newest first.

    `is_refused` tells of an address that it gave something unfit; the article's next picture takes its place.
    """
    shown = [record for record in records if record.article.shown]
    shown.sort(key=lambda record: (-record.article.published.timestamp(), record.name))
    wanted: dict[str, None] = {}
    for record in shown:
        address = _find_next(record.article.images, album, placeholders, is_refused)
        if address is not None:
            wanted.setdefault(address)
    return list(wanted)


def _find_next(
    images: Sequence[Image], album: Album, placeholders: frozenset[str], is_refused: Callable[[str], bool]
) -> str | None:
    for image in images[: settings.IMAGE_TRIES]:
        if image.url in placeholders or is_refused(image.url) or is_tiny(image):
            continue
        return image.url if image.url not in album and image.url.startswith(_WEB) else None
    return None


def choose_logos(images: Mapping[str, Sequence[Image]]) -> dict[str, str]:
    """The address of each provider's largest logo on the web; none where the owner has files of their own."""
    chosen: dict[str, str] = {}
    for domain, logos in sorted(images.items()):
        if logos and all(logo.url.startswith(_WEB) for logo in logos):
            chosen[domain] = max(logos, key=lambda logo: logo.width or 0).url
    return chosen


def is_tiny(image: Image) -> bool:
    """Whether a page itself says that a picture is an icon or a counter."""
    return image.width is not None and image.width < settings.IMAGE_LEAST
