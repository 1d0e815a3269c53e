"""What an answer is, by its first bytes: servers' content types lie often enough."""

from __future__ import annotations

import re
from typing import Final

_HEAD_BYTES: Final = 2_048  # declarations and comments before the root element fit in here
_HTML: Final = re.compile(rb"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_FEED: Final = re.compile(rb"<(?:\w+:)?(?:rss|feed|rdf)\b", re.IGNORECASE)
_JSON_FEED: Final = re.compile(rb'"version"\s*:\s*"https?:\\?/\\?/jsonfeed\.org')
_PICTURES: Final = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8")


def tell_kind(body: bytes) -> str:
    """What a body is: "page", "feed", "image", "empty" or "other"."""
    head = body[:_HEAD_BYTES].lstrip(b"\xef\xbb\xbf \t\r\n")
    if b"\x00" in head[:64]:
        head = head.replace(b"\x00", b"")  # UTF-16 looks like this; ASCII is enough to tell
    if not head:
        return "empty"
    if head.startswith(_PICTURES) or head[8:12] == b"WEBP":
        return "image"
    html, feed = _HTML.search(head), _FEED.search(head)
    if feed and (not html or feed.start() < html.start()):
        return "feed"
    if html:
        return "page"
    if head.startswith(b"{") and _JSON_FEED.search(body[: 8 * _HEAD_BYTES]):
        return "feed"
    return "page" if head.startswith(b"<") and not head.startswith(b"<?xml") else "other"
