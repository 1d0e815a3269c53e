"""Feeds of every kind to candidates, and hostile ones to one clear error."""

import gzip
import io
import json
import time
from datetime import UTC, datetime
from pathlib import Path

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsloom import settings
from newsloom.errors import NewsloomError, SourceError
from newsloom.records import Candidate
from newsloom.sources import parse_feed, read_feed_file
from tests.shared import shared

NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)
ADDRESS = "https://feed.example/rss"
RSS = """<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"><channel>
<title>The Feed</title><link>https://feed.example/</link><item><title>Chips &amp;amp; salt</title><link>/a?b=1</link>
<guid>id-1</guid><pubDate>Fri, 20 Nov 2026 09:00:00 +0100</pubDate><description>Short.</description>
<content:encoded><![CDATA[<p>The whole, longer text.</p>]]></content:encoded><dc:creator>Ada Low</dc:creator>
<media:content url="https://img.example/a.jpg" medium="image"/></item></channel></rss>"""
ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>The Feed</title>
<link href="https://feed.example/"/><entry><title type="html">Chips &amp;amp; salt</title><link href="https://feed.example/a?b=1"/>
<id>id-1</id><published>2026-11-20T09:00:00+01:00</published><updated>2026-11-20T10:00:00Z</updated>
<summary>Short.</summary><content type="html">&lt;p&gt;The whole, longer text.&lt;/p&gt;</content>
<author><name>Ada Low</name></author></entry></feed>"""
RDF = """<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>The Feed</title><link>https://feed.example/</link></channel>
<item rdf:about="https://feed.example/a?b=1"><title>Chips &amp;amp; salt</title><link>https://feed.example/a?b=1</link>
<description>Short.</description><dc:date>2026-11-20T08:00:00Z</dc:date><dc:creator>Ada Low</dc:creator></item></rdf:RDF>"""
JSON_FEED = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "The Feed",
        "home_page_url": "https://feed.example/",
        "items": [
            {
                "id": "id-1",
                "url": "https://feed.example/a?b=1",
                "title": "Chips &amp; salt",
                "date_published": "2026-11-20T08:00:00Z",
                "content_html": "<p>The whole, longer text.</p>",
                "summary": "Short.",
                "authors": [{"name": "Ada Low"}],
            }
        ],
    }
)


def read_one(text: str | bytes) -> Candidate:
    feed = parse_feed(text.encode() if isinstance(text, str) else text, ADDRESS, NOW)
    assert len(feed.entries) == 1
    return feed.entries[0]


def rss(item: str) -> str:
    return f"<rss version='2.0'><channel><title>F</title><link>https://feed.example/</link><item>{item}</item></channel></rss>"


@pytest.mark.parametrize("text", [RSS, ATOM, RDF, JSON_FEED], ids=["rss", "atom", "rdf", "json"])
def test_every_kind_of_feed_gives_the_same_candidate(text: str) -> None:
    entry = read_one(text)
    assert entry.address == "https://feed.example/a?b=1"
    assert entry.title == "Chips & salt"
    assert entry.published == datetime(2026, 11, 20, 8, tzinfo=UTC)
    assert entry.authors == ("Ada Low",)
    assert "Short." in entry.excerpt or "longer text" in entry.content


def test_a_feed_whose_own_link_is_broken_is_read_all_the_same() -> None:
    entry = read_one(RSS.replace("<link>https://feed.example/</link>", "<link>http://[broken</link>"))
    assert entry.address == "https://feed.example/a?b=1"


def test_content_and_picture_are_taken_along() -> None:
    entry = read_one(RSS)
    assert "longer text" in entry.content
    assert entry.image == "https://img.example/a.jpg"
    assert entry.id == "id-1"


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1", "windows-1252", "utf-16"])
def test_declared_encodings_are_heeded(encoding: str) -> None:
    text = f"<?xml version='1.0' encoding='{encoding}'?>" + rss(
        "<title>Café</title><link>https://a.example/1</link>"
    )
    assert read_one(text.encode(encoding)).title == "Café"


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "data:text/html,x", "ftp://a.example/", "http://", ""]
)
def test_entries_without_a_web_address_are_counted(link: str) -> None:
    feed = parse_feed(rss(f"<title>A</title><link>{link}</link>").encode(), ADDRESS, NOW)
    addresses = [entry.address for entry in feed.entries]
    assert all(address.startswith(("https://feed.example", "http://feed.example")) for address in addresses)
    assert len(addresses) + sum(feed.problems.values()) == 1


@pytest.mark.parametrize(
    "date",
    ["Mon, 01 Jan 0000 00:00:00 GMT", "9999-12-31T23:59:59-14:00", "0000-00-00", "soon", "9" * 400],
)
def test_dates_that_cannot_be_are_no_dates(date: str) -> None:
    assert (
        read_one(rss(f"<title>A</title><link>https://a.example/1</link><pubDate>{date}</pubDate>")).published
        is None
    )


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
    + rss("<title>&i;</title><link>https://a.example/1</link>")
)
EXTERNAL = '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + rss("<title>&x;</title>")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "empty"),
        (b" \n ", "empty"),
        (b"<!doctype html><html><head><title>A</title></head><body>x</body></html>", "not-a-feed"),
        (BOMB.encode(), "entities"),
        (EXTERNAL.encode(), "entities"),
        (b"just words", "broken-feed"),
        (b"\x00\x01\x02\xff" * 99, None),
        (b'{"version": "https://jsonfeed.org/version/1.1", "items": [', None),
        (b"<rss", None),
    ],
)
def test_what_is_no_feed_is_told_plainly(body: bytes, code: str | None) -> None:
    with pytest.raises(SourceError, match=r"feed\.example") as caught:
        parse_feed(body, ADDRESS, NOW)
    assert code is None or caught.value.code == code


def test_a_feed_cut_off_in_the_middle_gives_what_is_whole() -> None:
    whole = "".join(f"<item><title>T{n}</title><link>https://a.example/{n}</link></item>" for n in range(9))
    cut = f"<rss version='2.0'><channel><title>F</title>{whole}<item><title>Half".encode()
    assert len(parse_feed(cut, ADDRESS, NOW).entries) >= 9


def test_a_feed_of_very_many_entries_is_cut_to_its_first() -> None:
    items = "".join(
        f"<item><title>T{n}</title><link>https://a.example/{n}</link></item>" for n in range(100_000)
    )
    started = time.monotonic()
    feed = parse_feed(rss("x").replace("<item>x</item>", items).encode(), ADDRESS, NOW)
    assert time.monotonic() - started < 20  # not a timing: without the bound it takes minutes
    assert len(feed.entries) == settings.FEED_ENTRIES
    assert feed.entries[0].title == "T0"


def test_a_feed_over_the_limit_is_refused() -> None:
    with pytest.raises(SourceError, match="larger than"):
        parse_feed(b"<rss>" + b" " * settings.FEED_BYTES, ADDRESS, NOW)


def test_a_damaged_gzip_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "feed.xml.gz"
    path.write_bytes(b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xff\xff")
    with pytest.raises(SourceError, match=r"feed\.xml\.gz"):
        read_feed_file(path)
    with pytest.raises(SourceError, match=r"none\.xml"):
        read_feed_file(tmp_path / "none.xml")


@given(st.binary(max_size=400), st.integers(0, len(RSS)))
def test_damage_never_ends_in_anything_but_our_own_error(noise: bytes, place: int) -> None:
    body = RSS.encode()
    try:
        feed = parse_feed(body[:place] + noise + body[place:], ADDRESS, NOW)
    except NewsloomError:
        return
    assert all(entry.address.startswith(("http://", "https://")) for entry in feed.entries)


def test_real_feeds_agree_with_feedparser() -> None:
    paths = sorted(
        path for path in shared("data", "feeds", "recorded").iterdir() if path.name != "index.json"
    )
    same = total = 0
    for path in paths[:40]:  # feedparser takes 0.1 s a feed
        body = gzip.decompress(path.read_bytes())
        theirs = feedparser.parse(io.BytesIO(body))
        try:
            ours = parse_feed(body, ADDRESS, NOW)
        except SourceError:
            total += len(theirs.entries)
            continue
        titles = {entry.address: entry.title for entry in ours.entries}
        for entry in theirs.entries:
            link = entry.get("link", "")
            if link.startswith("http"):
                total += 1
                same += link in titles
    assert total > 500
    assert same / total >= 0.95
