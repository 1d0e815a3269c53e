"""Whatever a server sends as a source: entries or one error that names it, never a crash (feeds: test_feed.py)."""

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from newsloom.errors import NewsloomError
from newsloom.sources import Outline, read_source
from newsloom.sources.naming import find_in_robots, find_named, tell_source
from newsloom.sources.opml import format_opml, parse_opml
from newsloom.sources.youtube import find_youtube_feed, read_youtube_channel
from tests.sources.listings import LISTINGS
from tests.sources.test_opml import OPML
from tests.sources.test_sitemap import NEWS, plain

NOW = datetime(2026, 11, 24, tzinfo=UTC)
HOME = "https://paper.example/"
SEEDS = (
    NEWS.encode(),
    plain(("https://paper.example/a", "2026-11-24"), root="sitemapindex", item="sitemap").encode(),
    OPML.encode(),
    *(listing.body for listing in LISTINGS),
)
PIECES = st.sampled_from(
    [
        b"<",
        b">",
        b"&",
        b"\x00",
        b"\xff\xfe",
        b"<!ENTITY x 'y'>",
        b"]]>",
        b"<![CDATA[",
        b"<a href='//'>",
        b"2026-99-99",
    ]
)


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    """One of the seeds with pieces cut out, doubled and put in."""
    body = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(1, 5))):
        start = draw(st.integers(0, len(body)))
        end = min(len(body), start + draw(st.integers(0, 60)))
        middle = draw(st.one_of(PIECES, st.binary(max_size=8), st.just(body[start:end] * 2)))
        body = body[:start] + middle + body[end:]
    return body


@settings(max_examples=300)
@given(bodies(), st.sampled_from(["sitemap", "listing", "opml"]), st.sampled_from(["", "a", "h2 > a"]))
def test_mutated_sources_give_entries_or_an_error_that_names_them(
    body: bytes, kind: str, select: str
) -> None:
    try:
        feed = read_source(kind, body, HOME, NOW, select=select)
    except NewsloomError as error:
        assert "paper.example" in str(error)
        assert error.cause
    else:
        assert all(entry.address.startswith(("http://", "https://")) for entry in feed.entries)
        assert all(address.startswith(("http://", "https://")) for address in feed.follow)


@settings(max_examples=200)
@given(bodies(), st.text(max_size=200))
def test_what_names_sources_is_read_without_a_crash(body: bytes, text: str) -> None:
    assert tell_source(body) in {"feed", "sitemap", "opml", "page", ""}
    assert all(found.address.startswith(("http://", "https://")) for found in find_named(body, HOME))
    find_in_robots(f"Sitemap: {text}\n{body.decode('latin-1')}", HOME)
    find_youtube_feed(f"https://www.youtube.com/{text}")
    read_youtube_channel(body)


@given(st.lists(st.text(max_size=80), max_size=5), st.text())
def test_any_name_survives_a_list_of_subscriptions(names: list[str], title: str) -> None:
    outlines = [Outline(address=f"https://x.example/{n}", title=name) for n, name in enumerate(names)]
    read = parse_opml(format_opml(outlines, title), "list.opml")
    assert [outline.address for outline in read] == [outline.address for outline in outlines]
