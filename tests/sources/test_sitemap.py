"""Sitemaps of every kind: what is taken, in which order, and what is refused by name."""

import gzip
from datetime import UTC, datetime

import pytest

from newsloom import settings
from newsloom.errors import NewsloomError, SourceError
from newsloom.sources import Feed, read_source

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
SPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" '
    'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
)
NEWS = f"""{HEAD}<urlset {SPACES}>
<url><loc>https://paper.example/older</loc><news:news>
  <news:publication><news:name>The Paper</news:name><news:language>de</news:language></news:publication>
  <news:publication_date>2026-11-23T08:00:00+01:00</news:publication_date>
  <news:title>Bench &amp; court: an older story</news:title></news:news></url>
<url><loc> https://paper.example/newer?a=1&amp;b=2 </loc><news:news>
  <news:publication><news:name>The Paper</news:name><news:language>en</news:language></news:publication>
  <news:publication_date>2026-11-24</news:publication_date>
  <news:title><![CDATA[The newer story]]></news:title></news:news>
  <image:image><image:loc>/pictures/1.jpg</image:loc></image:image></url>
</urlset>"""


def read(body: str | bytes, address: str = "https://paper.example/sitemap.xml") -> Feed:
    return read_source("sitemap", body.encode() if isinstance(body, str) else body, address, NOW)


def plain(*rows: tuple[str, str], root: str = "urlset", item: str = "url") -> str:
    items = "".join(
        f"<{item}><loc>{address}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</{item}>"
        for address, day in rows
    )
    return f"{HEAD}<{root} {SPACES}>{items}</{root}>"


def test_a_news_sitemap_gives_titles_dates_names_and_pictures_newest_first() -> None:
    newer, older = read(NEWS).entries
    assert newer.address == "https://paper.example/newer?a=1&b=2"
    assert (newer.title, newer.provider, newer.language) == ("The newer story", "The Paper", "en")
    assert newer.image == "https://paper.example/pictures/1.jpg"
    assert older.title == "Bench & court: an older story"
    assert older.published == datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
    assert older.source == "https://paper.example/sitemap.xml"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
def test_any_declared_encoding_is_read(encoding: str) -> None:
    text = NEWS.replace("UTF-8", encoding).replace("newer story", "néwer störy")
    assert read(text.encode(encoding)).entries[0].title == "The néwer störy"


@pytest.mark.parametrize("encoding", ["UUTF-8", "gb2312", "x-unheard-of"])
def test_a_declared_encoding_that_nobody_knows_is_read_as_utf_8(encoding: str) -> None:
    text = NEWS.replace("UTF-8", encoding).replace("newer story", "néwer störy")
    assert read(text.encode()).entries[0].title == "The néwer störy"


def test_a_gzipped_sitemap_is_unpacked_and_a_bomb_is_refused() -> None:
    assert len(read(gzip.compress(NEWS.encode())).entries) == 2
    bomb = gzip.compress(NEWS.replace("</urlset>", " " * 60_000_000).encode())
    with pytest.raises(NewsloomError, match="unpack"):
        read(bomb)


def test_a_plain_sitemap_gives_the_newest_by_lastmod_and_no_lists() -> None:
    rows = [(f"https://paper.example/{n}-one-more-story-{n}", f"2026-11-{n:02}") for n in range(1, 25)]
    rows += [("https://paper.example/tag/ai", "2026-11-24"), ("https://paper.example/", "2026-11-24")]
    entries = read(plain(*rows)).entries
    assert len(entries) == 24
    assert entries[0].address.startswith("https://paper.example/24-")
    assert entries[0].modified == datetime(2026, 11, 24, tzinfo=UTC)
    assert entries[0].published is None


def test_without_lastmod_only_what_looks_like_an_article_is_taken_dated_ones_first() -> None:
    found = read(
        plain(
            ("https://paper.example/technology", ""),
            ("https://paper.example/a-council-votes-on-robots", ""),
            ("https://paper.example/2026/11/23/chips", ""),
            ("https://paper.example/about", ""),
            ("https://paper.example/2026/11/24/more-chips", ""),
        )
    )
    assert [entry.address.partition(".example/")[2] for entry in found.entries] == [
        "2026/11/24/more-chips",
        "2026/11/23/chips",
        "a-council-votes-on-robots",
    ]


def test_a_clock_that_runs_ahead_does_not_push_out_what_is_new() -> None:
    rows = [(f"https://paper.example/{n}-wrongly-dated-old-story", "2030-01-01") for n in range(3)]
    found = read(plain(*rows, ("https://paper.example/a-fresh-new-story", "2026-11-24T12:00:00Z")))
    assert len(found.entries) == 4
    assert found.entries[0].modified is not None


def test_a_sitemap_is_cut_to_its_newest_entries() -> None:
    rows = [
        (f"https://paper.example/story-number-{n}-is-here", f"2026-{1 + n % 11:02}-10") for n in range(3_000)
    ]
    entries = read(plain(*rows)).entries
    assert len(entries) == settings.SITEMAP_ENTRIES
    assert {entry.modified for entry in entries} == {datetime(2026, 11, 10, tzinfo=UTC)}


def test_an_index_gives_its_newest_lists_of_articles_to_follow() -> None:
    index = plain(
        *((f"https://paper.example/post-sitemap{n}.xml", f"2026-11-{n:02}") for n in range(1, 10)),
        ("https://paper.example/author-sitemap.xml", "2026-11-24"),
        ("https://paper.example/news-sitemap.xml", ""),
        ("https://paper.example/image-sitemap.xml", "2026-11-24"),
        ("https://paper.example/sitemap.xml", "2026-11-24"),
        ("javascript:alert(1)", "2026-11-24"),
        root="sitemapindex",
        item="sitemap",
    )
    found = read(index)
    assert found.entries == ()
    assert len(found.follow) == settings.SITEMAP_CHILDREN
    assert found.follow[:2] == (
        "https://paper.example/news-sitemap.xml",
        "https://paper.example/post-sitemap9.xml",
    )
    assert "https://paper.example/sitemap.xml" not in found.follow  # itself: a circle


def test_months_in_the_names_of_an_index_order_it_without_lastmod() -> None:
    rows = [(f"https://paper.example/sitemap-2026-{n:02}.xml", "") for n in (3, 11, 7)]
    found = read(plain(*rows, root="sitemapindex", item="sitemap"))
    assert [address[-6:-4] for address in found.follow] == ["11", "07", "03"]


def test_a_list_of_addresses_as_text_is_a_sitemap_too() -> None:
    text = "https://paper.example/the-first-new-story\r\n\nhttps://paper.example/the-second-new-story\n"
    assert len(read("\ufeff" + text).entries) == 2


def test_a_stray_ampersand_and_a_missing_namespace_are_forgiven() -> None:
    body = f"{HEAD}<urlset><url><loc>https://paper.example/a?x=1&y=2&nbsp;</loc><news:news><news:title>T</news:title>"
    assert read(f"{body}</news:news></url></urlset>").entries[0].title == "T"


def test_what_came_before_the_damage_is_read_and_the_damage_is_told() -> None:
    found = read(NEWS[: NEWS.index("<image:image")] + "<broken")
    assert [entry.title for entry in found.entries] == ["Bench & court: an older story"]
    assert list(found.problems) == ["the sitemap breaks off: what came before was read"]


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        ("", "is empty"),
        ("<html><body>Welcome</body></html>", "is not a sitemap but a web page"),
        ("<!doctype html><p>Welcome", "is not a sitemap but"),
        ("<rss version='2.0'><channel/></rss>", "is not a sitemap but <rss>"),
        ("just words\nand more words", "is not a sitemap"),
        ("<urlset><url><lo", "is not a sitemap that can be read"),
        (
            '<!DOCTYPE a [<!ENTITY b "bb">]><urlset><url><loc>&b;</loc></url></urlset>',
            "declares XML entities",
        ),
        ('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><urlset/>', "declares XML entities"),
    ],
)
def test_what_is_no_sitemap_is_named_with_cause_and_way_out(body: str, cause: str) -> None:
    with pytest.raises(SourceError, match=cause) as told:
        read(body)
    assert "paper.example" in str(told.value)
    assert told.value.remedy


def test_a_file_of_empty_elements_stops_at_the_limit() -> None:
    hostile = f"<urlset><url><loc>https://paper.example/one-good-new-story</loc></url>{'<a/>' * 1_200_000}"
    assert len(read(hostile).entries) == 1


def test_deeply_nested_elements_do_no_harm() -> None:
    with pytest.raises(SourceError, match="can be read"):
        read("<urlset>" + "<url>" * 200_000)
