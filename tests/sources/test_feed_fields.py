"""What is read from which element: dates, links, titles, pictures, hubs, in well-made and ill-made feeds."""

from datetime import UTC, datetime

import pytest

from newsloom.records import Candidate
from newsloom.sources import Feed, parse_feed
from newsloom.sources.moments import read_moment

NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)
ADDRESS = "https://feed.example/news/rss.xml"
SPACES = (
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" '
    'xmlns:fb="http://rssnamespace.org/feedburner/ext/1.0"'
)


def read(text: str | bytes) -> Feed:
    return parse_feed(text.encode() if isinstance(text, str) else text, ADDRESS, NOW)


def rss(item: str, head: str = "", start: str = f"<rss version='2.0' {SPACES}>") -> Candidate:
    feed = read(f"{start}<channel>{head}<item>{item}</item></channel></rss>")
    assert len(feed.entries) == 1
    return feed.entries[0]


def atom(entry: str, attributes: str = "") -> Candidate:
    return read(
        f'<feed xmlns="http://www.w3.org/2005/Atom" {attributes}><entry>{entry}</entry></feed>'
    ).entries[0]


LINK = "<link>https://feed.example/a</link>"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Fri, 20 Nov 2026 09:00:00 +0100", "2026-11-20T08:00:00"),
        ("Mon, 20 Nov 2026 08:00:00 GMT", "2026-11-20T08:00:00"),  # it was a Friday
        ("20 Nov 2026 08:00 UT", "2026-11-20T08:00:00"),
        ("Fri, 20 Nov 26 08:00:00 GMT", "2026-11-20T08:00:00"),
        ("Sat, 07 Sep 02 00:00:01 GMT", "2002-09-07T00:00:01"),
        ("Fri, 20 Nov 2026 03:00:00 EST", "2026-11-20T08:00:00"),
        ("Fri, 20 Nov 2026 08:00:00 Z", "2026-11-20T08:00:00"),
        ("Fri, 20 Nov 2026 09:00:00 CET", "2026-11-20T08:00:00"),
        ("Fri, 20 Nov 2026 09:00:00 GMT+1", "2026-11-20T08:00:00"),
        ("Fri, 20 Nov 2026 09:00:00 +01:00 (CET)", "2026-11-20T08:00:00"),
        ("Thu, 19 Nov 2026 24:00:00 GMT", "2026-11-20T00:00:00"),
        ("Friday, November 20, 2026 8:00 AM GMT", "2026-11-20T08:00:00"),
        ("Fri Nov 20 08:00:00 GMT 2026", "2026-11-20T08:00:00"),
        ("Fri Nov 20 08:00:00 2026", "2026-11-20T08:00:00"),
        ("20 novembre 2026 08:00:00 GMT", "2026-11-20T08:00:00"),
        ("vie, 20 ago 2026 08:00:00 +0000", "2026-08-20T08:00:00"),
        ("Fr, 20 Okt 2026 08:00:00 +0000", "2026-10-20T08:00:00"),
        ("2026-11-20T09:00:00+01:00", "2026-11-20T08:00:00"),
        ("2026-11-20T08:00:00.123456Z", "2026-11-20T08:00:00"),
        ("2026-11-20 08:00:00", "2026-11-20T08:00:00"),
        ("2026-11-20T08:00Z", "2026-11-20T08:00:00"),
        ("2026-11-19T24:00:00Z", "2026-11-20T00:00:00"),
        ("2026-11-20", "2026-11-20T00:00:00"),
        ("\n  2026-11-20\n ", "2026-11-20T00:00:00"),
        ("20261120T080000Z", "2026-11-20T08:00:00"),
        ("1795161600", "2026-11-20T08:00:00"),
        ("1795161600000", "2026-11-20T08:00:00"),
        ("2026-11-20T08:59:60Z", "2026-11-20T08:59:59"),
    ],
)
def test_dates_are_read_in_every_way_they_are_written(text: str, wanted: str) -> None:
    assert read_moment(text, NOW) == datetime.fromisoformat(wanted).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["", "-1", "soon", "0001-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 GMT", "2099-01-01", "31 Feb 2026"],
)
def test_dates_that_nobody_can_mean_are_none(text: str) -> None:
    assert read_moment(text, NOW) is None


@pytest.mark.parametrize(
    ("title", "wanted"),
    [
        ("Chips &amp;amp; salt", "Chips & salt"),
        ("<![CDATA[Chips &amp;amp; salt]]>", "Chips & salt"),
        ("<![CDATA[<b>Chips</b> &#8211; salt]]>", "Chips – salt"),
        ("A <b>bold</b> claim", "A bold claim"),
        ("Using &lt;div&gt; in a page", "Using <div> in a page"),
        ("One&lt;br/&gt;two", "One two"),
        ("It&#146;s new", "It’s new"),
        ("Caf&eacute; &nbsp;open", "Café open"),
        ("  Two\n  lines ", "Two lines"),
        ("AT&T wins", "AT&T wins"),
    ],
)
def test_titles_are_plain_text(title: str, wanted: str) -> None:
    assert rss(f"<title>{title}</title>{LINK}").title == wanted


@pytest.mark.parametrize(
    ("title", "wanted"),
    [
        ("<title>Less &amp; more</title>", "Less & more"),
        ('<title type="text">The &lt;b&gt; tag</title>', "The <b> tag"),
        ('<title type="html">The &lt;b&gt;bold&lt;/b&gt; tag</title>', "The bold tag"),
        (
            '<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">The <b>bold</b> &lt;b&gt;</div></title>',
            "The bold <b>",
        ),
        ('<title mode="base64">RW50cnkgVGl0bGU=</title>', "Entry Title"),
    ],
)
def test_the_kinds_of_text_in_atom(title: str, wanted: str) -> None:
    assert atom(f'{title}<link href="https://feed.example/a"/>').title == wanted


@pytest.mark.parametrize(
    ("item", "wanted"),
    [
        ("<link> https://feed.example/a </link>", "https://feed.example/a"),
        ("<link><![CDATA[https://feed.example/a?b=1&c=2]]></link>", "https://feed.example/a?b=1&c=2"),
        ("<link>https://feed.example/a?b=1&c=2</link>", "https://feed.example/a?b=1&c=2"),
        ("<link>//feed.example/a</link>", "https://feed.example/a"),
        ("<link>feed.example/a</link>", "https://feed.example/a"),
        ("<link>www.other.example/a</link>", "https://www.other.example/a"),
        ("<link>b</link>", "https://feed.example/news/b"),
        ("<guid>https://feed.example/a</guid>", "https://feed.example/a"),
        (
            '<atom:link rel="self" href="https://feed.example/x"/><guid>https://feed.example/a</guid>',
            "https://feed.example/a",
        ),
        ('<atom:link href="https://feed.example/a"/>', "https://feed.example/a"),
        (
            "<link>https://proxy.example/x</link><fb:origLink>https://feed.example/a</fb:origLink>",
            "https://feed.example/a",
        ),
        ("<link>javascript:alert(1)</link><guid>https://feed.example/a</guid>", "https://feed.example/a"),
    ],
)
def test_the_address_of_an_entry(item: str, wanted: str) -> None:
    assert rss(f"<title>A</title>{item}").address == wanted


def test_a_guid_that_is_no_permalink_is_no_address() -> None:
    feed = read(
        '<rss><channel><item><title>A</title><guid isPermaLink="false">https://a.example/</guid></item></channel></rss>'
    )
    assert (len(feed.entries), sum(feed.problems.values())) == (0, 1)


def test_nested_bases_are_followed() -> None:
    entry = atom(
        '<link href="a"/><content type="html" xml:base="deep/">&lt;img src="i.jpg"&gt;&lt;a href="https://x.example/"&gt;</content>',
        'xml:base="https://base.example/one/"',
    )
    assert entry.address == "https://base.example/one/a"
    assert 'src="https://base.example/one/deep/i.jpg"' in entry.content
    assert "https://x.example/" in entry.content


def test_of_several_atom_links_the_page_wins() -> None:
    entry = atom(
        '<link rel="self" href="https://a.example/self"/><link rel="alternate" type="application/json" href="https://a.example/j"/>'
        '<link rel="alternate" type="text/html" href="https://a.example/page"/>'
    )
    assert entry.address == "https://a.example/page"


def test_the_largest_picture_is_taken() -> None:
    group = (
        '<media:group><media:content url="https://i.example/140.jpg" width="140" height="84"/>'
        '<media:content url="https://i.example/700.jpg" width="700" height="420" type="image/jpeg"/></media:group>'
        '<media:thumbnail url="https://i.example/t.jpg"/><media:content url="https://i.example/v.mp4" medium="video"/>'
    )
    assert rss(f"<title>A</title>{LINK}{group}").image == "https://i.example/700.jpg"
    assert (
        rss(f'<title>A</title>{LINK}<enclosure url="/e.png" type="image/png"/>').image
        == "https://feed.example/e.png"
    )
    assert (
        rss(f'<title>A</title>{LINK}<itunes:image href="https://i.example/p.jpg"/>').image
        == "https://i.example/p.jpg"
    )


def test_an_enclosed_video_makes_a_video_of_an_entry_with_little_text() -> None:
    enclosure = '<enclosure url="https://v.example/v.mp4" type="video/mp4"/>'
    assert rss(f"<title>A</title>{LINK}{enclosure}").video
    assert not rss(f"<title>A</title>{LINK}{enclosure}<description>{'Text. ' * 200}</description>").video
    assert not rss(
        f'<title>A</title>{LINK}<enclosure url="https://v.example/a.mp3" type="audio/mpeg"/>'
    ).video


@pytest.mark.parametrize(
    ("item", "wanted"),
    [
        ("<author>ada@feed.example (Ada Low)</author>", ("Ada Low",)),
        ("<author>ada@feed.example</author>", ()),
        ("<dc:creator>Ada Low</dc:creator><dc:creator>Ben Hay</dc:creator>", ("Ada Low", "Ben Hay")),
        ("<itunes:author>Ada Low</itunes:author>", ("Ada Low",)),
        (
            "<atom:author><atom:name>Ada Low</atom:name><atom:email>a@b.example</atom:email></atom:author>",
            ("Ada Low",),
        ),
    ],
)
def test_authors(item: str, wanted: tuple[str, ...]) -> None:
    assert rss(f"<title>A</title>{LINK}{item}").authors == wanted


def test_a_feed_says_where_its_hub_is_and_how_often_it_wants_to_be_read() -> None:
    links = '<atom:link rel="hub" href="https://hub.example/"/><atom:link rel="self" href="https://feed.example/self"/>'
    feed = read(f"<rss {SPACES}><channel>{links}<ttl>90</ttl></channel></rss>")
    assert (feed.hub, feed.topic, feed.every) == ("https://hub.example/", "https://feed.example/self", 5400)
    period = "<sy:updatePeriod> daily </sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>"
    assert read(f"<rss {SPACES}><channel>{period}</channel></rss>").every == 21_600
    assert read("<rss><channel><ttl>-5</ttl></channel></rss>").every is None
    text = (
        b'{"version": "https://jsonfeed.org/version/1.1", "items": [], "feed_url": "https://feed.example/self",'
        b' "hubs": [{"type": "WebSub", "url": "https://hub.example/"}]}'
    )
    assert (read(text).hub, read(text).topic) == ("https://hub.example/", "https://feed.example/self")


@pytest.mark.parametrize(
    "start",
    [
        "<rss>",
        "<rss version=0.91>",
        "<!DOCTYPE rss PUBLIC '-//Netscape//DTD RSS 0.91//EN' 'http://n.example/rss.dtd'><rss>",
    ],
)
def test_undeclared_prefixes_and_unquoted_values_are_read(start: str) -> None:
    entry = rss(f"<title>Caf&eacute;</title>{LINK}<dc:creator>Ada Low</dc:creator>", start=start)
    assert (entry.title, entry.authors) == ("Café", ("Ada Low",))


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-16", "utf-32", "utf-8-sig"])
def test_wide_encodings_are_read_whatever_is_declared(codec: str) -> None:
    text = f"<?xml version='1.0' encoding='utf-8'?><rss><channel><item><title>Café</title>{LINK}</item></channel></rss>"
    assert read(text.encode(codec)).entries[0].title == "Café"


def test_stray_bytes_of_windows_1252_in_utf_8_are_read() -> None:
    body = f"<rss><channel><item><title>Café QQ</title>{LINK}</item></channel></rss>".encode().replace(
        b"QQ", b"\x93ok\x94"
    )
    assert read(body).entries[0].title == "Café “ok”"


def test_damage_in_one_entry_does_not_reach_the_next() -> None:
    items = "".join(f"<item><title>T{n}</title><link>https://a.example/{n}</link></item>" for n in range(4))
    broken = items.replace("<title>T1</title>", "<title>T1 <b & <i>x</title></b>\x01").replace(
        "T2", "T2<br>&nbsp;"
    )
    feed = read(
        f"Warning: in line 3<br>\n<?xml version='1.0'?><rss><channel><title>F</title>{broken}</channel></rss>trailer<p>"
    )
    titles = {entry.address: entry.title for entry in feed.entries}
    assert {titles[f"https://a.example/{n}"] for n in (0, 3)} == {"T0", "T3"}
    assert titles["https://a.example/2"] == "T2"
    assert feed.title == "F"


def test_json_feed_items_in_full() -> None:
    body = (
        b'{"version": "https://jsonfeed.org/version/1", "language": "de", "author": {"name": "Ada Low"}, "items": ['
        b'{"id": 7, "external_url": "https://a.example/x", "title": "A", "content_text": "1 < 2",'
        b' "date_modified": "2026-11-20T08:00:00Z", "banner_image": "/b.jpg"}, 3, {"id": "https://a.example/y"}]}'
    )
    first, second = read(body).entries
    assert (first.address, first.id, first.authors, first.language) == (
        "https://a.example/x",
        "7",
        ("Ada Low",),
        "de",
    )
    assert (first.content, first.image) == ("1 &lt; 2", "https://feed.example/b.jpg")
    assert first.published == datetime(2026, 11, 20, 8, tzinfo=UTC)
    assert second.address == "https://a.example/y"
