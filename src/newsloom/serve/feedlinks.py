"""What a feed says of itself and its hub, told in the answer's head too (WebSub, section 4: discovery).

A subscriber may look at the head alone. The feeds are of our own making, so their first links are where these
are; what cannot stand in a header as it is has none.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Final

_FEEDS: Final = ("application/rss+xml", "application/atom+xml")
_HEAD: Final = 8_192  # bytes of a feed in which its own links are: title and description come before them
_LINK: Final = re.compile(rb"<[\w:]*link\b([^>]*)>")
_ATTRIBUTE: Final = re.compile(r'\b(rel|href)="([^"]*)"')
_PLAIN: Final = re.compile(r"""https?://[^\s<>"\\^`{|}\x00-\x20\x7f-\U0010ffff]+""")


def list_links(body: bytes, media: str) -> bytes:
    """The `Link` header of a feed that has a hub (RFC 8288), b"" where there is nothing to tell."""
    if not media.startswith(_FEEDS):
        return b""
    found = dict(filter(None, map(_read_link, _LINK.findall(body, 0, _HEAD))))
    if "hub" not in found:
        return b""
    told = [f'<{found[rel]}>; rel="{rel}"' for rel in ("hub", "self") if rel in found]
    return ", ".join(told).encode("ascii")


def _read_link(attributes: bytes) -> tuple[str, str] | None:
    named = {name: unescape(value) for name, value in _ATTRIBUTE.findall(attributes.decode(errors="replace"))}
    rel, href = named.get("rel", ""), named.get("href", "")
    return (rel, href) if rel in {"hub", "self"} and _PLAIN.fullmatch(href) else None
