"""Embed code is rebuilt, never copied."""

from __future__ import annotations

import pytest

from newsloom.publish.embeds import find_player, write_frame


@pytest.mark.parametrize(
    ("code", "url"),
    [
        (
            '<iframe src="https://www.youtube.com/embed/dQw4w9WgXcQ?autoplay=1" onload="alert(1)"></iframe>',
            "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ",
        ),
        ("https://youtu.be/dQw4w9WgXcQ", "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ"),
        (
            "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=3",
            "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ",
        ),
        (
            '<iframe src="https://player.vimeo.com/video/76979871">',
            "https://player.vimeo.com/video/76979871?dnt=1",
        ),
    ],
)
def test_known_hosts_get_a_player(code: str, url: str) -> None:
    player = find_player(code)
    assert player is not None
    assert player.url == url
    assert "onload" not in write_frame(player)


@pytest.mark.parametrize(
    "code",
    [
        None,
        "",
        "<script>alert(1)</script>",
        '<iframe src="https://evil.example/embed/dQw4w9WgXcQ"></iframe>',
        '<iframe src="https://www.youtube.com.evil.example/embed/dQw4w9WgXcQ"></iframe>',
        '<iframe src="https://www.youtube.com/embed/short"></iframe>',
        '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
        "x" * 5000 + "https://youtu.be/dQw4w9WgXcQ",
    ],
)
def test_everything_else_gets_none(code: str | None) -> None:
    assert find_player(code) is None
