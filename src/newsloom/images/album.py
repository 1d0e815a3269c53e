"""The copies a site keeps, and the notes that say which picture each is of.

A copy's file is named by a digest of its own bytes, so that its address can be cached for ever and says
nothing but what it holds. Which address it came from stands in a note, one small file for each address
below `_data/images/`: in git with the copies, so that a clone knows them, and written after them, so
that a note never speaks of what is not there (docs/decisions/0006-notes-of-pictures.md).
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from newsloom.documents import sweep_folder, write_file
from newsloom.images.reduction import Reduced
from newsloom.records import Article, Image

PICTURES: Final = "assets/images/news"
LOGOS: Final = "assets/images/organizations"
NOTES: Final = "_data/images"
_DIGITS: Final = 24  # hexadecimal digits of a name: 96 bits
_OWN: Final = re.compile(r"[0-9a-f]{24}\.(?:jpg|webp)")  # an owner's own files there have other names

_HASH: Final = re.compile("[0-9a-f]{32}")
_COLOUR: Final = re.compile("#[0-9a-f]{6}")


class Width(Struct, frozen=True, kw_only=True):
    """One width of a copy: its size in pixels, and its files with their sizes in bytes."""

    width: int
    height: int
    jpeg: str
    webp: str
    jpeg_bytes: int
    webp_bytes: int


class Kept(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is kept of a picture's address: the original's kind and size, colour, hash, and the copies.

    `widths` has the widest first. `likeness` is the difference hash in hexadecimal digits.
    """

    url: str
    kind: str
    width: int
    height: int
    colour: str
    likeness: str
    widths: tuple[Width, ...]
    logo: bool = False

    @property
    def folder(self) -> str:
        """Where its files are, relative to the site."""
        return LOGOS if self.logo else PICTURES

    @property
    def files(self) -> Iterator[tuple[str, int]]:
        """Each file's path relative to the site, and its bytes."""
        for width in self.widths:
            yield f"{self.folder}/{width.jpeg}", width.jpeg_bytes
            yield f"{self.folder}/{width.webp}", width.webp_bytes

    @property
    def content(self) -> str:
        """The same for all addresses that share one copy."""
        return self.widths[0].jpeg


Album = Mapping[str, Kept]  # what is kept, by the picture's address


class Gallery(Struct, frozen=True, kw_only=True):
    """What pages show pictures from: everything kept, and the addresses that are not to be shown.

    `placeholders` say nothing of an article, `refused` gave something unfit to show when they were fetched.
    """

    album: Album = field(default_factory=dict)
    placeholders: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()


_decoder: Final = msgspec.json.Decoder(Kept)


def read_album(root: Path) -> dict[str, Kept]:
    """Everything a site keeps whose files are all there and whole.

    Cost: one small file read for each picture, about 40 µs.
    """
    sizes = {path: size for folder in (PICTURES, LOGOS) for path, size in _list_files(root, folder)}
    notes = (note for note in _read_notes(root) if note.widths)
    return {note.url: note for note in notes if all(sizes.get(path) == size for path, size in note.files)}


def _list_files(root: Path, folder: str) -> Iterator[tuple[str, int]]:
    if not (root / folder).is_dir():
        return
    with os.scandir(root / folder) as entries:
        for entry in entries:
            if entry.is_file(follow_symlinks=False):
                yield f"{folder}/{entry.name}", entry.stat(follow_symlinks=False).st_size


def _read_notes(root: Path) -> Iterator[Kept]:
    for path in sorted((root / NOTES).glob("*/*.json")):
        try:
            note = _decoder.decode(path.read_bytes())
        except (OSError, msgspec.DecodeError):
            continue  # broken by hand: its picture is taken anew
        names = (name for width in note.widths for name in (width.jpeg, width.webp))
        if (
            _HASH.fullmatch(note.likeness)
            and _COLOUR.fullmatch(note.colour)
            and all(map(_OWN.fullmatch, names))
        ):
            yield note


def store_copies(root: Path, url: str, reduced: Reduced, *, logo: bool = False) -> Kept:
    """Write a picture's copies and then its note. Raises OSError when the disk does not take them."""
    folder = root / (LOGOS if logo else PICTURES)
    widths = []
    for copy in reduced.copies:
        names = [_name(copy.jpeg, "jpg"), _name(copy.webp, "webp")]
        for name, content in zip(names, (copy.jpeg, copy.webp), strict=True):
            if not _holds(folder / name, len(content)):
                write_file(folder / name, content, durable=False)  # the note's sizes tell if it was lost
        widths.append(
            Width(
                width=copy.width,
                height=copy.height,
                jpeg=names[0],
                webp=names[1],
                jpeg_bytes=len(copy.jpeg),
                webp_bytes=len(copy.webp),
            )
        )
    kept = Kept(
        url=url,
        kind=reduced.kind,
        width=reduced.width,
        height=reduced.height,
        colour=reduced.colour,
        likeness=f"{reduced.likeness:032x}",
        widths=tuple(widths),
        logo=logo,
    )
    write_note(root, kept)
    return kept


def share_copies(root: Path, url: str, reduced: Reduced, same: Kept) -> Kept:
    """Note that a picture is the same as one that is kept."""
    kept = replace(same, url=url, kind=reduced.kind, width=reduced.width, height=reduced.height)
    write_note(root, kept)
    return kept


def write_note(root: Path, kept: Kept) -> None:
    """Write the note of a picture."""
    write_file(_note_path(root, kept.url), msgspec.json.encode(kept) + b"\n", durable=False)


def remove_note(root: Path, url: str) -> None:
    """Forget a picture; its files go when no other note names them."""
    _note_path(root, url).unlink(missing_ok=True)


def remove_loose_files(root: Path, album: Album) -> int:
    """Remove the copies no note names; how many. Files an owner put there are left alone."""
    named = {path for kept in album.values() for path, _ in kept.files}
    loose = [
        path
        for folder in (PICTURES, LOGOS)
        for path, _ in _list_files(root, folder)
        if path not in named and _OWN.fullmatch(path.rsplit("/", 1)[-1])
    ]
    for path in loose:
        (root / path).unlink(missing_ok=True)
    return len(loose)


def sweep_images(root: Path) -> None:
    """Remove what a killed pass left half written; only for who holds the site's lock."""
    for folder in (root / PICTURES, root / LOGOS, *(root / NOTES).glob("*")):
        sweep_folder(folder)


def mark_article(article: Article, album: Album) -> Article:
    """The article with its pictures, and those of related ones, marked."""
    related = tuple(replace(item, images=mark_images(item.images, album)) for item in article.related)
    return replace(article, images=mark_images(article.images, album), related=related)


def mark_images(images: tuple[Image, ...], album: Album) -> tuple[Image, ...]:
    """Images with `cached` telling if a copy is kept, and with their sizes where they were not stated."""
    return tuple(_mark_image(image, album.get(image.url)) for image in images)


def _mark_image(image: Image, kept: Kept | None) -> Image:
    if kept is None:
        return replace(image, cached=False) if image.cached else image
    sized = image if image.width and image.height else replace(image, width=kept.width, height=kept.height)
    return sized if sized.cached else replace(sized, cached=True)


def _note_path(root: Path, url: str) -> Path:
    digest = hashlib.sha256(url.encode("utf-8", "replace")).hexdigest()[:_DIGITS]
    return root / NOTES / digest[:2] / f"{digest}.json"


def _name(content: bytes, suffix: str) -> str:
    return f"{hashlib.sha256(content).hexdigest()[:_DIGITS]}.{suffix}"


def _holds(path: Path, size: int) -> bool:
    try:
        return path.stat().st_size == size
    except OSError:
        return False
