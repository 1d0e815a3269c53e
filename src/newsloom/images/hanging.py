"""What pages show of the pictures that are kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from newsloom.images.album import Gallery, Kept
from newsloom.images.choosing import find_placeholders
from newsloom.images.failures import is_refused
from newsloom.records import Image, Record
from newsloom.store import ImageFailure


def hang_gallery(
    records: Sequence[Record],
    logos: Mapping[str, str],
    album: Mapping[str, Kept],
    failures: Mapping[str, ImageFailure],
    clock: datetime,
) -> Gallery:
    """What pages show of all that is kept; `logos` are providers' logos by domain, by address."""
    named = {image.url for record in records for image in list_images(record)} | {*logos.values()}
    return Gallery(
        album=album,
        placeholders=find_placeholders(records, album, find_logos(logos, album)),
        refused=frozenset(url for url in named if is_refused(failures.get(url), clock)),
    )


def find_logos(addresses: Mapping[str, str], album: Mapping[str, Kept]) -> dict[str, Kept]:
    """The kept logos of providers, by domain."""
    return {domain: album[url] for domain, url in addresses.items() if url in album}


def list_images(record: Record) -> Iterator[Image]:
    """The pictures a record's document names: its own, then those of related articles."""
    yield from record.article.images
    for related in record.article.related:
        yield from related.images
