"""Whether a page is an article or a video, and the code that embeds the video."""

from __future__ import annotations

import html
import re
from typing import Final

from newsloom.extract.address import absolute
from newsloom.extract.jsonld import ARTICLES, VIDEOS, Linked, as_text, types_of
from newsloom.extract.tree import Tree

# A known host's page or player address → its player's address. Only these are ever embedded.
_PLAYERS: Final = (
    (re.compile( (
        r"^https?://(?:www\.|m\.)?youtube(?:-nocookie)?\.com/(?:watch\?(?:.*&)?v=|embed/|shorts/|"
        r"live/)([\w-]{11})"
    )), "https://www.youtube-nocookie.com/embed/{}"),
    (re.compile(r"^https?://youtu\.be/([\w-]{11})"), "https://www.youtube-nocookie.com/embed/{}"),
    (re.compile(r"^https?://(?:www\.|player\.)?vimeo\.com/(?:video/)?(\d{6,12})"), "https://player.vimeo.com/video/{}"),
    (re.compile(r"^https?://(?:www\.|geo\.)?dailymotion\.com/(?:embed/)?video/(\w{5,12})"), "https://www.dailymotion.com/embed/video/{}"),
    (re.compile(r"^https?://(?:www\.)?ted\.com/talks/(\w{3,120})"), "https://embed.ted.com/talks/{}"),
)  # fmt: skip
_SHORT_TEXT: Final = 600  # characters below which a page with a video is about the video


def embed_code(address: str) -> str | None:
    """Give the code that shows a video of a known host, None for any other address."""
    for pattern, player in _PLAYERS:
        match = pattern.match(address)
        if match:
            source = html.escape(player.format(match[1]), quote=True)
            return (
                f'<iframe src="{source}" width="560" height="315" frameborder="0" allowfullscreen></iframe>'
            )
    return None


def _embedded(tree: Tree, linked: Linked) -> str | None:
    places = [tree.address, tree.meta("og:video:secure_url", "og:video:url", "og:video", "twitter:player")]
    places += [as_text(node.get("embedUrl")) for node in linked.of_type(*VIDEOS)]
    for place in places:
        address = absolute(place, tree.address) if place else None
        code = embed_code(address) if address else None
        if code:
            return code
    return None


def read_kind(tree: Tree, linked: Linked, text: str) -> tuple[str, str | None]:
    """Give ("article" or "video", embed code or None)."""
    kinds = types_of(linked.article)
    code = _embedded(tree, linked)
    if embed_code(tree.address):
        return "video", code
    if kinds & ARTICLES and len(text) >= _SHORT_TEXT:
        return "article", None
    stated = tree.meta("og:type").lower()
    is_video = (
        bool(kinds & VIDEOS)
        or stated.startswith("video")
        or "/video/" in tree.address
        or "/videos/" in tree.address
    )
    return ("video", code) if is_video and len(text) < 3 * _SHORT_TEXT else ("article", None)
