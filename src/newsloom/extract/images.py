"""The pictures of an article: its own first, without logos, avatars, trackers and placeholders."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ahocorasick_rs import AhoCorasick
from selectolax.lexbor import LexborNode

from newsloom.extract.address import absolute
from newsloom.extract.jsonld import Linked, as_list
from newsloom.extract.plain import tidy
from newsloom.extract.tree import Tree
from newsloom.records import Image
from newsloom.settings import IMAGES

# Parts of the addresses of pictures that are no article's own: logos, avatars, trackers, placeholders.
_NOT_OURS: Final = AhoCorasick(
    [
        "logo", "sprite", "avatar", "gravatar", "favicon", "placeholder", "blank.", "spacer", "pixel",
        "1x1", "tracking", "badge", "/icon/", "/icons/", "/icon-", "/icon_", "/icon.", "/icons-",
        "/icons_", "defaultimage", "default-image", "default_image", "default-og", "default_og",
        "default-share", "default_share", "defaultsocial", "default-social", "default-thumb",
        "default_thumb", "shareimage", "share-image", "share_image", "sharedefault", "share-default",
        "share_default", "fallback", "noimage", "no-image", "no_image", "doubleclick",
        "scorecardresearch", "social-default", "social_default", "/ads/", "/ad/", "loading.gif",
        "transparent", "emoji", "author-", "author_", "author/", "authors/", "authors-", "headshot",
        "profilepic", "profile-pic", "profile_pic", "profile-image",
    ]
)  # fmt: skip
_SVG: Final = re.compile(r"\.(?:svg|ico|mp4|webm|m3u8|mp3)(?:$|\?)", re.IGNORECASE)
_INLINE: Final = 30  # pictures of a text that are looked at
_SMALLEST: Final = 80  # pixels: less is an icon
_SIDE: Final = 20_000  # pixels: more is not a size


def side(value: object) -> int | None:
    """Read a width or height in pixels; None when it is none or absurd."""
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name")
    match = re.match(r"\s*(\d{1,6})(?:\.\d+)?\s*(?:px)?\s*$", str(value)) if value is not None else None
    number = int(match[1]) if match else 0
    return number if 0 < number <= _SIDE else None


def _picture(
    address: str, tree: Tree, width: object = None, height: object = None, title: str = ""
) -> Image | None:
    url = absolute(tidy(address), tree.base)
    if url is None or _SVG.search(url):
        return None
    wide, high = side(width), side(height)
    if (wide or _SMALLEST) < _SMALLEST or (high or _SMALLEST) < _SMALLEST:
        return None
    if wide is None or high is None:
        wide = high = None
    return Image(url=url, width=wide, height=high, title=tidy(title)[:300] or None)


def _from_metas(tree: Tree) -> Iterator[Image | None]:
    width, height, alt = tree.meta("og:image:width"), tree.meta("og:image:height"), tree.meta("og:image:alt")
    for position, name in enumerate(("og:image", "og:image:secure_url", "og:image:url")):
        for address in tree.metas.get(name, ())[:3]:
            yield _picture(
                address, tree, width if position == 0 else None, height if position == 0 else None, alt
            )
            width = height = ""
    for name in (
        "twitter:image",
        "twitter:image:src",
        "parsely-image-url",
        "sailthru.image.full",
        "image",
        "thumbnail",
    ):
        yield _picture(tree.meta(name), tree)


def _from_linked(tree: Tree, linked: Linked) -> Iterator[Image | None]:
    for key in ("image", "thumbnailUrl"):
        for item in as_list(linked.article.get(key))[:6]:
            node = linked.resolve(item)
            if isinstance(node, str):
                yield _picture(node, tree)
            elif isinstance(node, dict):
                url = node.get("url") or node.get("contentUrl") or node.get("@id")
                address = url[0] if isinstance(url, list) and url else url
                if isinstance(address, str):
                    yield _picture(
                        address, tree, node.get("width"), node.get("height"), str(node.get("caption") or "")
                    )


def _from_microdata(tree: Tree) -> Iterator[Image | None]:
    for node in tree.parser.css('[itemprop="image"]')[:4] if tree.has_microdata else ():
        inner = node.css_first('[itemprop="url"], [itemprop="contentUrl"]') if node.css("*") else None
        values = (inner or node).attributes
        address = values.get("content") or values.get("src") or values.get("href") or ""
        sides = [node.css_first(f'[itemprop="{name}"]') for name in ("width", "height")]
        width, height = (item.attributes.get("content") if item else None for item in sides)
        yield _picture(address, tree, width or values.get("width"), height or values.get("height"))


def _largest(source_set: str) -> str:
    best, size = "", -1.0
    for part in re.split(r",\s+", source_set)[:30]:
        address, _, descriptor = part.strip().rpartition(" ")
        if not address:
            address, descriptor = descriptor, "1x"
        try:
            width = float(descriptor[:-1])
        except ValueError:
            continue
        if width > size:
            best, size = address.strip(), width
    return best


def picture_of(node: LexborNode, tree: Tree) -> Image | None:
    """Read one `<img>`: the largest of its source set, lazy-loading attributes counted."""
    values = node.attributes
    address = _largest(values.get("srcset") or values.get("data-srcset") or "")
    address = address or values.get("data-src") or values.get("data-original") or values.get("src") or ""
    return _picture(address, tree, values.get("width"), values.get("height"), values.get("alt") or "")


def _usable(picture: Image | None) -> bool:
    if picture is None:
        return False
    return not _NOT_OURS.find_matches_as_indexes(picture.url.lower())


def read_images(tree: Tree, linked: Linked, container: LexborNode | None) -> tuple[Image, ...]:
    """Give the article's pictures: the one it is shared under, then its others, larger ones first."""
    readings = [*_from_metas(tree), *_from_linked(tree, linked), *_from_microdata(tree)]
    stated = [picture for picture in readings if picture is not None]
    own = [picture for picture in stated if _usable(picture)]
    inline: list[Image] = []
    if container is not None and len(own) < IMAGES:
        found = (picture_of(node, tree) for node in container.css("img")[:_INLINE])
        inline = [picture for picture in found if picture is not None and _usable(picture)]
    inline.sort(key=lambda picture: -((picture.width or 0) * (picture.height or 0)))
    unique: dict[str, Image] = {}
    for picture in [*own, *inline] or stated:
        name = picture.url.partition("://")[2]
        known = unique.get(name)
        if known is None or (known.width is None and picture.width is not None):
            unique[name] = picture
    return tuple(unique.values())[:IMAGES]
