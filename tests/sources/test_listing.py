"""Pages of links: the headlines are found, what frames them is not, and dates and excerpts come along."""

from datetime import UTC, datetime

import pytest

from newsloom.errors import SourceError
from newsloom.sources import Feed, read_source
from tests.recordings import make_page
from tests.sources.listings import HEADLINES, LISTINGS, Listing, make_blog, make_cards, make_front_page, page

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ADDRESS = "https://desk.example/news"


def read(body: bytes, select: str = "") -> Feed:
    return read_source("listing", body, ADDRESS, NOW, select=select)


@pytest.mark.parametrize("listing", LISTINGS, ids=lambda listing: listing.name)
def test_the_articles_of_a_page_are_found_and_nothing_else(listing: Listing) -> None:
    entries = read(listing.body).entries
    assert tuple(entry.address.removeprefix("https://desk.example") for entry in entries) == listing.articles
    assert all(len(entry.title) > 10 for entry in entries)


def test_headline_date_excerpt_and_picture_beside_a_link_come_along() -> None:
    first = read(make_blog().body).entries[0]
    assert first.title == HEADLINES[0]
    assert first.published == datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
    assert first.excerpt.startswith("What happened, told in two sentences.")
    card = read(make_cards().body).entries[2]
    assert card.title == HEADLINES[2]
    assert card.published == datetime(2026, 11, 22, tzinfo=UTC)
    assert card.image == "https://desk.example/pictures/2.jpg"


def test_a_day_in_the_address_stands_in_for_one_on_the_page() -> None:
    front = read(make_front_page().body).entries
    assert front[0].published is None  # `2026/nov/24` is no day that is read
    rows = "".join(
        f'<li><a href="/2026/11/{n}/a-new-story-{n}">{title}</a></li>'
        for n, title in zip((9, 10, 11), HEADLINES, strict=False)
    )
    dated = read(page("days", f"<ul>{rows}</ul>", ()).body).entries
    assert dated[1].published == datetime(2026, 11, 10, tzinfo=UTC)


def test_a_selector_says_which_links_whatever_they_look_like() -> None:
    body = b"""<html><body><div class="row"><a class="story" href="https://else.example/x">Short</a></div>
    <div class="row"><a href="/y">z</a><h2><a href="/x2">The second one</a></h2></div>
    <ul><li><a href="/a-headline-that-is-not-selected">A headline that is not selected here</a></li></ul>"""
    assert [entry.title for entry in read(body, "a.story").entries] == ["Short"]
    assert [entry.address for entry in read(body, "div.row").entries] == [
        "https://else.example/x",
        "https://desk.example/x2",
    ]


@pytest.mark.parametrize(
    ("body", "select", "cause"),
    [
        (make_blog().body, "h9 > a", "`select: h9 > a` finds no links"),
        (make_blog().body, ">>>[", "is no CSS selector"),
        (b"", "", "is empty"),
        (b"\x89PNG\r\n\x1a\n", "", "holds no HTML"),
        (page("none", "<p>Nothing is new today, dear reader.</p>", ()).body, "", "no list of articles"),
        (make_page("An article of its own, without a list"), "", "no list of articles"),
    ],
)
def test_what_is_no_listing_is_named_with_cause_and_way_out(body: bytes, select: str, cause: str) -> None:
    with pytest.raises(SourceError, match="news") as told:
        read(body, select)
    assert cause in str(told.value)
    assert told.value.remedy


def test_a_page_of_very_many_links_is_cut() -> None:
    rows = "".join(
        f'<li><a href="/a-story-that-has-number-{n}">{HEADLINES[0]} {n}</a></li>' for n in range(9_000)
    )
    assert len(read(f"<html><ul>{rows}".encode()).entries) == 100


def test_hostile_links_get_nowhere() -> None:
    links = (
        "javascript:alert(1)//a-long-slug-of-words",
        "data:text/html,x",
        "//",
        "http://[",
        "file:///etc/passwd",
    )
    rows = "".join(
        f'<li><a href="{link}">{title}</a></li>' for link, title in zip(links, HEADLINES, strict=False)
    )
    with pytest.raises(SourceError, match="no list of articles"):
        read(f"<html><ul>{rows}</ul>".encode())
