"""From a site's address to its sources: in the right order, politely, and with reasons."""

import asyncio
from pathlib import Path

import pytest

from newsloom import settings
from newsloom.errors import SourceError
from newsloom.fetch import LiveFetcher, ReplayFetcher
from newsloom.sources import read_source
from newsloom.sources.discovery import Discovery, discover
from newsloom.sources.naming import find_in_robots, find_named, list_usual, tell_source
from tests.fetch.servers import QUICK, Behaviour, Server, redirect, reply
from tests.recordings import MOMENT, Answer, make_feed, write_recording
from tests.sources.listings import HEADLINES, make_blog, page
from tests.sources.test_sitemap import NEWS, plain
from tests.sources.test_youtube import ENTRIES
from tests.sources.test_youtube import FEED as CHANNEL_FEED

HOME = "https://paper.example/"
FEED = make_feed([("https://paper.example/1", "A story of chips")])
PLAIN = page("home", "<p>Welcome.</p>", ()).body


def search(routes: dict[str, bytes | Behaviour], path: str = "/") -> tuple[Discovery, list[str], str]:
    async def run() -> tuple[Discovery, list[str], str]:
        async with (
            Server(routes) as server,
            LiveFetcher(allow=[server.place], limits=QUICK) as fetcher,
        ):
            for key, value in routes.items():
                if isinstance(value, bytes):
                    routes[key] = value.replace(b"{home}", server.url("").encode())
            found = await discover(fetcher, server.url(path))
            return found, server.paths(), server.url("")

    return asyncio.run(run())


def test_the_feeds_of_a_pages_head_come_first_the_main_one_before_its_comments() -> None:
    head = """<link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed">
    <link rel="alternate" type="application/atom+xml" title="All news" href="/all.atom">
    <link rel="alternate" type="application/feed+json" href="news.json">
    <link rel="alternate" hreflang="de" href="/de/"><link rel="stylesheet" type="text/css" href="/feed.css">
    <link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">"""
    found = find_named(page("x", '<a href="/feeds/ai.xml">AI</a>', (), head).body, HOME)
    assert [item.address.removeprefix(HOME) for item in found] == [
        "all.atom",
        "news.json",
        "comments/feed",
        "feeds/ai.xml",
    ]
    assert found[0].title == "All news"
    assert "names it as its feed" in found[0].reason


@pytest.mark.parametrize(
    ("link", "likely"),
    [
        ("/rss.xml", True),
        ("/feed/", True),
        ("/?feed=rss2", True),
        ("https://feeds.paper.example/news/rss", True),
        ("/feedback", False),
        ("/2026/feeding-the-birds", False),
        ("https://other.example/rss", False),
    ],
)
def test_links_that_look_like_feeds_are_told_from_others(link: str, likely: bool) -> None:
    assert bool(find_named(page("x", f'<a href="{link}">read</a>', ()).body, HOME)) == likely


def test_robots_names_sitemaps_those_of_news_first() -> None:
    text = "User-agent: *\nDisallow:\nSitemap: https://paper.example/sitemap.xml\nSITEMAP : /news.xml\nSitemap: ftp://x/\n"
    assert [item.address for item in find_in_robots(text, HOME)] == [HOME + "news.xml", HOME + "sitemap.xml"]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (FEED, "feed"),
        (NEWS.encode(), "sitemap"),
        (b"https://paper.example/a\n", "sitemap"),
        (b"\x1f\x8b\x08\x00", "sitemap"),
        (b'<?xml version="1.0"?><opml version="2.0">', "opml"),
        (PLAIN, "page"),
        (b"just words", ""),
        (b"", ""),
        (b"\x89PNG\r\n\x1a\n", ""),
    ],
)
def test_what_a_body_is_a_source_of(body: bytes, kind: str) -> None:
    assert tell_source(body) == kind


def test_an_address_that_is_a_feed_costs_one_request() -> None:
    found, asked, _ = search({"/rss": reply(FEED)}, "/rss")
    assert found.found is not None
    assert (found.found.kind, asked) == ("feed", ["/rss"])


def test_a_named_feed_that_is_broken_is_passed_over_for_the_next() -> None:
    head = """<link rel="alternate" type="application/rss+xml" href="/broken">
    <link rel="alternate" type="application/rss+xml" href="/empty"><link rel="alternate"
    type="application/rss+xml" href="/good"><link rel="alternate" type="application/rss+xml" href="/spare">"""
    routes: dict[str, bytes | Behaviour] = {
        "/": reply(page("x", "", (), head).body),
        "/broken": reply(PLAIN),
        "/empty": reply(make_feed([])),
        "/good": reply(FEED),
    }
    found, asked, home = search(routes)
    assert found.found is not None
    assert found.found.address == f"{home}/good"
    assert [other.address for other in found.others] == [f"{home}/spare"]
    assert asked == ["/", "/broken", "/empty", "/good"]
    assert [error.subject for error in found.tried] == [f"{home}/broken", f"{home}/empty"]


def test_usual_places_are_asked_when_a_page_names_no_feed() -> None:
    found, asked, home = search({"/news/": reply(PLAIN), "/index.xml": reply(FEED)}, "/news/")
    assert found.found is not None
    assert found.found.address == f"{home}/index.xml"
    assert asked == ["/news/", "/news/feed", "/feed", "/rss", "/atom.xml", "/feed.json", "/index.xml"]


def test_a_section_without_a_feed_of_its_own_is_a_listing_before_the_whole_sites_feed() -> None:
    found, asked, _ = search({"/section": reply(make_blog().body), "/feed": reply(FEED)}, "/section")
    assert found.found is not None
    assert (found.found.kind, asked) == ("listing", ["/section", "/section/feed"])


def test_then_the_sitemap_that_robots_names_and_of_an_index_its_first_list() -> None:
    index = plain(("{home}/lists/news-1.xml", ""), root="sitemapindex", item="sitemap").encode()
    routes: dict[str, bytes | Behaviour] = {
        "/": reply(PLAIN),
        "/robots.txt": b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nSitemap: /lists/index.xml\n",
        "/lists/index.xml": b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + index,
        "/lists/news-1.xml": reply(NEWS.encode()),
    }
    found, _, home = search(routes)
    assert found.found is not None
    assert found.feed is not None
    assert (found.found.kind, found.found.address) == ("sitemap", f"{home}/lists/index.xml")
    assert found.feed.entries[0].title == "The newer story"


def test_at_last_the_page_itself_as_a_listing() -> None:
    found, asked, home = search({"/": reply(make_blog().body)})
    assert found.found is not None
    assert found.feed is not None
    assert (found.found.kind, found.found.address) == ("listing", f"{home}/")
    assert len(found.feed.entries) == len(HEADLINES)
    assert len(asked) == len(set(asked)) <= settings.DISCOVERY_REQUESTS


def test_when_nothing_works_all_that_was_tried_is_told_with_its_cause() -> None:
    found, asked, home = search({"/": reply(PLAIN)})
    assert found.found is None
    assert len(asked) <= settings.DISCOVERY_REQUESTS
    told = {error.subject: error.cause for error in found.tried}
    assert told[f"{home}/"] == "no list of articles was found on it"
    assert "nothing at this address" in told[f"{home}/feed"]
    assert all(error.remedy for error in found.tried)


def test_a_page_of_very_many_feeds_costs_no_more_than_the_limit() -> None:
    links = "".join(f'<a href="/feeds/{n}.xml">RSS</a>' for n in range(900))
    heads = "".join(f'<link rel="alternate" type="application/rss+xml" href="/f{n}">' for n in range(900))
    _, asked, _ = search({"/": reply(page("x", links, (), heads).body)})
    assert len(asked) <= settings.DISCOVERY_REQUESTS


def test_an_address_that_moved_for_good_is_written_as_it_is_now() -> None:
    routes: dict[str, bytes | Behaviour] = {
        "/old": redirect("/new", "301 Moved Permanently"),
        "/new": reply(FEED),
        "/today": redirect("/new", "302 Found"),
    }
    found, _, home = search(dict(routes), "/old")
    assert found.found is not None
    assert found.found.address == f"{home}/new"
    found, _, home = search(dict(routes), "/today")
    assert found.found is not None
    assert found.found.address == f"{home}/today"


def test_usual_places_stay_on_the_host() -> None:
    assert {
        item.address.partition("://")[2].partition("/")[0] for item in list_usual(HOME + "a/b", feeds=True)
    } == {"paper.example"}


def replay(tmp_path: Path, *answers: Answer, address: str) -> Discovery:
    recording = write_recording(tmp_path / "one.warc.gz", answers)
    return asyncio.run(discover(ReplayFetcher([recording]), address))


def test_a_channels_handle_leads_to_its_feed(tmp_path: Path) -> None:
    handle = "https://www.youtube.com/@robotkitchen"
    channel = Answer(url=handle, body=f'<html><link rel="alternate" href="{CHANNEL_FEED}"></html>'.encode())
    feed = Answer(url=CHANNEL_FEED, body=ENTRIES.encode(), content_type="text/xml")
    found = replay(tmp_path, channel, feed, address=handle)
    assert found.found is not None
    assert (found.found.kind, found.found.address) == ("feed", CHANNEL_FEED)
    assert "channel" in found.found.reason


def test_a_channels_consent_page_is_told_with_the_way_out(tmp_path: Path) -> None:
    handle = "https://www.youtube.com/@robotkitchen"
    wall = Answer(url=handle, body=b"<html><title>Before you continue</title><p>Cookies</p></html>")
    found = replay(tmp_path, wall, address=handle)
    assert found.found is None
    assert "does not tell its identifier" in str(found.tried[0])
    assert "youtube.com/channel/" in found.tried[0].remedy


def test_a_page_in_place_of_a_feed_names_the_feed_it_knows() -> None:
    head = '<link rel="alternate" type="application/rss+xml" href="/rss">'
    with pytest.raises(SourceError, match=r"is a web page, not a feed \(it names https://paper.example/rss"):
        read_source("feed", page("x", "", (), head).body, HOME, MOMENT)
    with pytest.raises(SourceError, match="newsloom sources add"):
        read_source("feed", PLAIN, HOME, MOMENT)
