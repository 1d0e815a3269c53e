"""YouTube's channels and playlists: which feed each has.

A channel known by its handle (`@name`) has its identifier on its own page alone; every other address
says enough by itself.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qs, urlsplit

_HOSTS: Final = frozenset({"youtube.com", "www.youtube.com", "m.youtube.com"})
_FEED: Final = "https://www.youtube.com/feeds/videos.xml"
_CHANNEL: Final = re.compile(r"/channel/(UC[\w-]{22})(?:/|$)")
_USER: Final = re.compile(r"/user/([\w.-]{1,100})(?:/|$)")
_NAMED: Final = re.compile(r"/(?:@[^/]{1,100}|c/[^/]{1,100})(?:/|$)")
_PLAYLIST: Final = re.compile(r"[\w-]{10,64}")
# The places where a channel's page states its identifier, the surest first.
_STATED: Final = (
    re.compile(rb"/feeds/videos\.xml\?channel_id=(UC[\w-]{22})(?![\w-])"),
    re.compile(rb'<link rel="canonical" href="https://www\.youtube\.com/channel/(UC[\w-]{22})"'),
    re.compile(rb'itemprop="(?:channelId|identifier)" content="(UC[\w-]{22})"'),
    re.compile(rb'"(?:externalId|channelId)":"(UC[\w-]{22})"'),
)


def find_youtube_feed(address: str) -> str:
    """The feed of a channel, a user's channel or a playlist; "" for addresses that do not say enough."""
    parts = _split(address)
    if parts is None:
        return ""
    path, query = parts
    playlist = query.get("list", [""])[0]
    if path == "/playlist" and _PLAYLIST.fullmatch(playlist):
        return f"{_FEED}?playlist_id={playlist}"
    if (channel := _CHANNEL.match(path)) is not None:
        return f"{_FEED}?channel_id={channel[1]}"
    if (user := _USER.match(path)) is not None:
        return f"{_FEED}?user={user[1]}"
    return ""


def is_youtube_channel(address: str) -> bool:
    """Whether an address is a channel's by a name that only its page can tell the identifier of."""
    parts = _split(address)
    return parts is not None and _NAMED.match(parts[0]) is not None


def is_youtube_feed(address: str) -> bool:
    """Whether an address is a feed of YouTube's: its entries are films, and their pages tell no more."""
    parts = _split(address)
    return parts is not None and parts[0] == "/feeds/videos.xml"


def read_youtube_channel(body: bytes) -> str:
    """The feed of the channel whose page this is; "" when it does not say."""
    for pattern in _STATED:
        if (match := pattern.search(body)) is not None:
            return f"{_FEED}?channel_id={match[1].decode()}"
    return ""


def _split(address: str) -> tuple[str, dict[str, list[str]]] | None:
    """Path and query of an address of YouTube's, None for others."""
    try:
        parts = urlsplit(address)
        query = parse_qs(parts.query, max_num_fields=50)
    except ValueError:
        return None
    return (parts.path, query) if (parts.hostname or "").lower() in _HOSTS else None
