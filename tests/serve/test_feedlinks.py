"""What the head of a feed's answer says of its hub."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from newsloom.publish.pages import build_pages
from newsloom.serve.answers import answer_file
from newsloom.serve.feedlinks import list_links
from newsloom.serve.files import pack_body
from tests.builders import sample_site

RSS = "application/rss+xml"


def _feeds(hub: str) -> dict[str, bytes]:
    built = build_pages(replace(sample_site(), hub=hub))
    return {path.removeprefix("public/"): body for path, body in built if path.endswith((".rss", ".atom"))}


@pytest.mark.parametrize("form", ["rss", "atom"])
@pytest.mark.parametrize("folder", ["", "topics/ai/"])
def test_a_subscriber_finds_hub_and_feed_in_the_head(folder: str, form: str) -> None:
    body = _feeds("https://hub.example/?a=1&b=2")[f"{folder}feed.{form}"]
    reply = answer_file(pack_body(body, f"application/{form}+xml", 0.0), "/feed", "HEAD", {})
    assert dict(reply.headers)[b"link"].decode() == (
        f'<https://hub.example/?a=1&b=2>; rel="hub", <https://desk.example/{folder}feed.{form}>; rel="self"'
    )


def test_a_feed_without_a_hub_and_other_files_say_nothing() -> None:
    feeds = _feeds("")
    assert list_links(feeds["feed.rss"], RSS) == b""
    assert list_links(_feeds("https://hub.example/")["feed.rss"], "text/html") == b""


@pytest.mark.parametrize(
    "href", ["https://h.example/\r\nX: y", "https://h.example/&#10;", "javascript:x", "https://h.example/>"]
)
def test_nothing_else_comes_into_the_head(href: str) -> None:
    assert list_links(f'<rss><link rel="hub" href="{href}"/></rss>'.encode(), RSS) == b""
