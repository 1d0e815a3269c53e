"""Addresses of pages, and names made safe for them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsloom.publish.links import find_base, make_segment


@pytest.mark.parametrize(
    ("url", "origin", "base"),
    [
        ("https://desk.example", "https://desk.example", "/"),
        ("https://desk.example/", "https://desk.example", "/"),
        ("https://x.github.io/desk", "https://x.github.io", "/desk/"),
        ("http://localhost:8000/a/b/", "http://localhost:8000", "/a/b/"),
    ],
)
def test_a_site_can_live_below_a_path(url: str, origin: str, base: str) -> None:
    links = find_base(url)
    assert (links.origin, links.base) == (origin, base)
    assert links.story("a-story") == f"{base}stories/a-story/"
    assert links.topic("ai", 3) == f"{base}topics/ai/page/3/"
    assert links.topic("ai") == f"{base}topics/ai/"
    assert links.absolute(links.file("feed.rss")) == f"{origin}{base}feed.rss"


@pytest.mark.parametrize("name", ["2026-11-24-a-story", "x.example", "ai", "a_b", "xn--bcher-kva.example"])
def test_plain_names_stay(name: str) -> None:
    assert make_segment(name) == name


@given(st.text())
def test_no_name_leaves_its_folder(name: str) -> None:
    segment = make_segment(name)
    assert "/" not in segment and "\\" not in segment and ".." not in segment
    assert segment and not segment.startswith(".") and segment.isascii() and segment.isprintable()
    assert make_segment(segment) == segment


@pytest.mark.parametrize("name", ["index.html", "index.json", "INDEX.html"])
def test_no_name_takes_the_place_of_a_folders_index(name: str) -> None:
    assert make_segment(name).startswith("id-")


def test_different_unsafe_names_stay_different() -> None:
    assert make_segment("../a") != make_segment("../b")
