"""Every feed, sitemap, page's head and JSON-LD of a site, checked by the rules of those who read them."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import feedparser
import pytest
from selectolax.lexbor import LexborHTMLParser

from newsloom.publish.pages import build_pages
from newsloom.publish.view import SiteView
from newsloom.records import Provider, Story
from tests.builders import CLOCK, record, sample_site, site_view
from tests.hostile.site import hostile_site
from tests.hostile.strings import STRINGS
from tests.publish.schemas import (
    check_address,
    check_atom,
    check_date,
    check_json_feed,
    check_news_sitemap,
    check_rss,
    check_sitemap,
)

CHECKS: dict[str, Callable[[bytes], list[str]]] = {
    "feed.rss": check_rss,
    "feed.atom": check_atom,
    "feed.json": check_json_feed,
}
SITES: dict[str, Callable[[], SiteView]] = {
    "sample": sample_site,
    "below a path, Arabic": lambda: sample_site(url="https://x.example/desk/", locale="ar"),
    "empty": site_view,
    "hostile": lambda: hostile_site(STRINGS[::20]),
}


@pytest.fixture(scope="module", params=SITES)
def files(request: pytest.FixtureRequest) -> dict[str, bytes]:
    built = build_pages(SITES[request.param]())
    return {path.removeprefix("public/"): body for path, body in built}


@pytest.fixture(scope="module")
def sample() -> dict[str, bytes]:
    return {path.removeprefix("public/"): body for path, body in build_pages(sample_site(page_size=12))}


def test_every_feed_keeps_its_specification(files: dict[str, bytes]) -> None:
    found: dict[str, dict[str, list[str]]] = {}
    for path, body in files.items():
        folder, _, name = path.rpartition("/")
        if name in CHECKS:
            found.setdefault(folder, {})[name] = CHECKS[name](body)
            parsed = feedparser.parse(io.BytesIO(body)) if name != "feed.json" else None
            assert parsed is None or not parsed.bozo, path
    assert "" in found
    for folder, ids in found.items():
        assert ids["feed.rss"] == ids["feed.atom"] == ids["feed.json"], folder


def test_ids_stay_when_leads_and_headlines_change() -> None:
    first = record("First", name="first")
    rival = record("Better", name="better", provider=Provider(name="Rival", domain="rival.example"))
    held = record("Told anew", name="first", shown=False, web_url="https://www.harbourpost.example/moved")
    story = Story(name="first", lead="better", members=("better", "first"))
    before = dict(build_pages(site_view([first])))
    after = dict(build_pages(site_view([held, rival], stories=(story,))))
    for name, check in CHECKS.items():
        assert check(before[f"public/{name}"]) == check(after[f"public/{name}"])
        assert before[f"public/{name}"] != after[f"public/{name}"]


def test_sitemaps_keep_their_schemas(files: dict[str, bytes]) -> None:
    addresses = check_sitemap(files["sitemap.xml"])
    base = addresses[0]
    for address in addresses:
        assert f"{address.removeprefix(base)}index.html" in files
    dates = check_news_sitemap(files["news-sitemap.xml"])
    assert all(CLOCK - timedelta(days=2) <= date <= CLOCK for date in dates)
    assert dates == sorted(dates, reverse=True)


def test_every_page_tells_networks_and_search_engines_what_it_is(files: dict[str, bytes]) -> None:
    base = check_sitemap(files["sitemap.xml"])[0]
    for path, body in files.items():
        if not path.endswith(".html") or path == "404.html":
            continue
        tree = LexborHTMLParser(body)
        metas = {
            node.attributes.get("property") or node.attributes.get("name"): node.attributes.get("content")
            for node in tree.css("meta[property], meta[name]")
        }
        if metas.get("robots") == "noindex":
            continue
        (canonical,) = tree.css("link[rel=canonical]")
        assert canonical.attributes["href"] == metas["og:url"] == base + path.removesuffix("index.html")
        check_address(metas["og:url"])
        check_address(metas["og:image"])
        wanted = ("og:title", "og:type", "og:site_name", "og:locale", "og:image:alt", "twitter:card")
        assert all(metas.get(name) for name in wanted), (path, metas)
        assert metas["og:type"] in {"website", "article"}
        assert metas.get("og:description") == metas.get("description")


def test_the_sample_describes_every_page(sample: dict[str, bytes]) -> None:
    for path, body in sample.items():
        if path.endswith(".html"):
            assert LexborHTMLParser(body).css_matches("meta[name=description], meta[name=robots]"), path


def _read_data(body: bytes) -> list[dict[str, Any]]:
    nodes = LexborHTMLParser(body).css("script[type='application/ld+json']")
    return [json.loads(node.text()) for node in nodes]


def test_a_storys_data_has_what_search_engines_ask_of_a_news_article(files: dict[str, bytes]) -> None:
    base = check_sitemap(files["sitemap.xml"])[0]
    for path, body in files.items():
        if not path.startswith("stories/"):
            continue
        (page,) = _read_data(body)
        assert page["@type"] == "WebPage" and page["url"].startswith(base)
        check_address(page["primaryImageOfPage"]["url"])
        article = page["mainEntity"]
        assert article["@type"] == "NewsArticle" and 0 < len(article["headline"]) <= 110
        assert check_date(article["datePublished"]) <= check_date(article["dateModified"])
        assert article["author"]
        for author in article["author"]:
            assert author["@type"] in {"Person", "Organization"} and author["name"]
            assert "url" not in author or check_address(author["url"])
        assert article["publisher"]["@type"] == "Organization" and article["publisher"]["name"]
        for address in article.get("image", ()):
            check_address(address)


def test_no_article_of_others_is_claimed_as_ours(sample: dict[str, bytes]) -> None:
    for path, body in sample.items():
        if path.startswith("stories/"):
            article = _read_data(body)[0]["mainEntity"]
            for name in ("url", "mainEntityOfPage"):
                assert "desk.example" not in article[name]
            assert article["publisher"]["url"] in article["url"].replace("//www.", "//")
            assert "articleBody" not in article and article["publisher"]["name"] != "The Learning Machine"
        assert b"articleBody" not in body


def test_lists_are_collections_in_their_order(sample: dict[str, bytes]) -> None:
    for path in ("index.html", "topics/ai/index.html", "topics/ai/page/1/index.html"):
        (page,) = _read_data(sample[path])
        assert page["@type"] == "CollectionPage" and page["mainEntity"]["@type"] == "ItemList"
        items = page["mainEntity"]["itemListElement"]
        assert [item["position"] for item in items] == list(range(1, len(items) + 1))
        for item in items:
            assert item["@type"] == "ListItem" and item["name"] and check_address(item["url"])
