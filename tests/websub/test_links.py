from datetime import UTC, datetime
from time import process_time

import pytest

from newsloom.fetch import Answer
from newsloom.sources import Feed
from newsloom.websub.finding import find_hub
from newsloom.websub.links import read_links

ADDRESS = "https://news.example/rss"
MOMENT = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ('<https://h.example/>; rel="hub", <https://n.example/rss>; rel="self"', {"hub": "https://h.example/", "self": "https://n.example/rss"}),
        ("<https://h.example/>; rel=hub", {"hub": "https://h.example/"}),
        ('<https://h.example/>;title="a, b; rel=no" ; REL="alternate HUB"', {"alternate": "https://h.example/", "hub": "https://h.example/"}),
        ('<https://one.example/>; rel="hub", <https://two.example/>; rel="hub"', {"hub": "https://one.example/"}),
        ("<https://n.example/?a=1,2;b>; rel=self", {"self": "https://n.example/?a=1,2;b"}),
        ("https://h.example/; rel=hub", {}),
        ("<https://h.example/>", {}),
        ("", {}),
    ],
)  # fmt: skip
def test_link_headers_as_servers_write_them(value: str, found: dict[str, str]) -> None:
    assert read_links([value]) == found


def test_a_hostile_link_header_takes_no_time() -> None:
    started = process_time()
    for piece in ("<", "<a>;", '<a>;x="', "<a>;a=b ;", ",<a>;rel", "; " * 3):
        read_links([piece * 30_000])
    assert process_time() - started < 1.0


def look(links: tuple[str, ...] = (), hub: str = "", topic: str = "") -> tuple[str, str]:
    answer = Answer(
        address=ADDRESS,
        final=ADDRESS,
        status=200,
        observed=MOMENT,
        headers=tuple(("link", link) for link in links),
    )
    feed = Feed(address=ADDRESS, title="", observed=MOMENT, entries=(), problems={}, hub=hub, topic=topic)
    return find_hub(answer, feed)


def test_headers_count_more_than_the_feed_and_the_address_stands_in_for_the_topic() -> None:
    assert look() == ("", ADDRESS)
    assert look(hub="https://h.example/") == ("https://h.example/", ADDRESS)
    assert look(hub="https://h.example/", topic="https://t.example/") == (
        "https://h.example/",
        "https://t.example/",
    )
    assert look(("</hub>; rel=hub", "</all>; rel=self"), hub="https://h.example/") == (
        "https://news.example/hub",
        "https://news.example/all",
    )


@pytest.mark.parametrize(
    "hub", ["javascript:alert(1)", "file:///etc/passwd", "https://h.example/" + "x" * 3_000, "http://[::1"]
)
def test_a_hub_that_is_no_web_address_is_none(hub: str) -> None:
    assert look((f"<{hub}>; rel=hub",)) == ("", ADDRESS)
