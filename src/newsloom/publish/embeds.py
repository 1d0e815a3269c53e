"""Video players of known hosts, rebuilt from the video's number and never copied.

A document's `featuredContent` is embed code from outside. All that is taken from it is which video it
shows; the player's address is then made here. Code of any other host is not shown at all: the story
links out as every other does.
"""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct

_YOUTUBE: Final = re.compile(
    r"https?://(?:www\.|m\.)?(?:youtube(?:-nocookie)?\.com/(?:embed/|watch\?v=|shorts/)|youtu\.be/)"
    r"([A-Za-z0-9_-]{11})(?![A-Za-z0-9_-])",
    re.IGNORECASE,
)
_VIMEO: Final = re.compile(
    r"https?://(?:www\.|player\.)?vimeo\.com/(?:video/)?(\d{4,12})(?!\d)", re.IGNORECASE
)
_SEARCHED: Final = 4_000  # characters of embed code looked at; real ones have about 300

FRAME_HOSTS: Final = ("https://www.youtube-nocookie.com", "https://player.vimeo.com")


class Player(Struct, frozen=True, kw_only=True):
    """A video player: who runs it and its address."""

    host: str
    url: str


def find_player(code: str | None) -> Player | None:
    """The player a piece of embed code asks for, None when it is of no known host."""
    text = (code or "")[:_SEARCHED]
    if match := _YOUTUBE.search(text):
        return Player(host="YouTube", url=f"{FRAME_HOSTS[0]}/embed/{match[1]}")
    if match := _VIMEO.search(text):
        return Player(host="Vimeo", url=f"{FRAME_HOSTS[1]}/video/{match[1]}?dnt=1")
    return None


def write_frame(player: Player) -> str:
    """The embed code the desk itself stands for, as the JSON API gives it."""
    return f'<iframe src="{player.url}" width="640" height="360" allowfullscreen></iframe>'
