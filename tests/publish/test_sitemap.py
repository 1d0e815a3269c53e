"""Sitemaps keep the limits of those who read them."""

from __future__ import annotations

from datetime import timedelta
from xml.etree import ElementTree

import msgspec
import pytest

from newsloom.publish import sitemap
from newsloom.publish.sitemap import build_sitemaps
from newsloom.publish.view import SiteView, compile_edition
from tests.builders import CLOCK, record, sample_site, site_view

NAMES = {
    "m": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "n": "http://www.google.com/schemas/sitemap-news/0.9",
}


def _files(site: SiteView) -> dict[str, bytes]:
    return dict(build_sitemaps(compile_edition(site)))


def _addresses(body: bytes) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(body).iterfind(".//m:loc", NAMES)]


def test_the_sitemap_names_every_page_once() -> None:
    addresses = _addresses(_files(sample_site())["sitemap.xml"])
    assert len(addresses) == len(set(addresses))
    assert addresses[0] == "https://desk.example/"
    assert "https://desk.example/topics/ai-hardware/" in addresses
    assert any("/stories/" in address for address in addresses)
    assert not any("404" in address for address in addresses)


def test_a_large_site_has_an_index(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemap, "ADDRESSES", 10)
    files = _files(sample_site())
    parts = _addresses(files["sitemap.xml"])
    assert parts[0] == "https://desk.example/sitemap-1.xml" and len(parts) > 3
    assert ElementTree.fromstring(files["sitemap.xml"]).tag.endswith("sitemapindex")
    assert all(len(_addresses(files[part.rpartition("/")[2]])) <= 10 for part in parts)


def test_the_news_sitemap_reaches_back_two_days_and_not_ahead() -> None:
    ages = {"now": 0, "edge": 48, "old": 49, "ahead": -1}
    records = [record(name, name=name, published=CLOCK - timedelta(hours=age)) for name, age in ages.items()]
    addresses = _addresses(_files(site_view(records))["news-sitemap.xml"])
    assert addresses == ["https://desk.example/stories/now/", "https://desk.example/stories/edge/"]


def test_the_news_sitemap_has_a_thousand_addresses_at_most() -> None:
    records = [record("Title", name=f"n-{number}", published=CLOCK) for number in range(1_005)]
    assert len(_addresses(_files(site_view(records))["news-sitemap.xml"])) == 1_000


def test_a_news_entry_has_what_is_asked_for() -> None:
    root = ElementTree.fromstring(
        _files(site_view([record("A <title> & more", name="a")]))["news-sitemap.xml"]
    )
    news = root.find("m:url/n:news", NAMES)
    assert news is not None
    assert news.findtext("n:publication/n:name", namespaces=NAMES) == "The Learning Machine"
    assert news.findtext("n:publication/n:language", namespaces=NAMES) == "en"
    assert news.findtext("n:publication_date", namespaces=NAMES) == "2026-11-24T06:00:00Z"
    assert news.findtext("n:title", namespaces=NAMES) == "A <title> & more"


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("de-AT", "de"),
        ("zh", "zh-cn"),
        ("zh-Hant", "zh-tw"),
        ("zh-HK", "zh-tw"),
        ("<b>", "en"),
        ("", "en"),
        ("yue", "yue"),
    ],
)
def test_the_language_of_a_news_entry_is_one_that_is_known(language: str, told: str) -> None:
    made = record("A", name="a")
    assert made.state is not None
    state = msgspec.structs.replace(made.state, language=language)
    body = _files(site_view([msgspec.structs.replace(made, state=state)]))["news-sitemap.xml"]
    assert ElementTree.fromstring(body).findtext(".//n:language", namespaces=NAMES) == told


def test_robots_are_told_of_both() -> None:
    text = _files(site_view(url="https://x.github.io/desk/"))["robots.txt"].decode()
    assert "Sitemap: https://x.github.io/desk/sitemap.xml" in text
    assert "Sitemap: https://x.github.io/desk/news-sitemap.xml" in text
