"""Feeds are valid, link to publishers, and keep their ids."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from html import unescape
from xml.etree import ElementTree

import feedparser
import pytest

from newsloom.publish.pages import build_pages
from newsloom.publish.view import SiteView
from newsloom.records import Provider, Story
from tests.builders import CLOCK, record, sample_site, site_view


def _files(site: SiteView) -> dict[str, bytes]:
    return {path.removeprefix("public/"): body for path, body in build_pages(site)}


def _parse(body: bytes) -> feedparser.FeedParserDict:
    parsed = feedparser.parse(io.BytesIO(body))
    assert not parsed.bozo, parsed.get("bozo_exception")
    return parsed


@pytest.fixture(scope="module")
def sample() -> dict[str, bytes]:
    return _files(sample_site())


@pytest.mark.parametrize("folder", ["", "topics/ai/", "topics/ai-in-healthcare/"])
@pytest.mark.parametrize("form", ["rss", "atom"])
def test_feeds_parse_without_a_complaint(sample: dict[str, bytes], folder: str, form: str) -> None:
    parsed = _parse(sample[f"{folder}feed.{form}"])
    assert parsed.version == {"rss": "rss20", "atom": "atom10"}[form]
    assert parsed.feed.title.endswith("The Learning Machine")
    assert parsed.feed.link == f"https://desk.example/{folder}"
    assert 0 < len(parsed.entries) <= 40
    times = [entry.published_parsed for entry in parsed.entries]
    assert times == sorted(times, reverse=True)


def test_the_three_forms_say_the_same(sample: dict[str, bytes]) -> None:
    rss, atom = _parse(sample["feed.rss"]).entries, _parse(sample["feed.atom"]).entries
    items = json.loads(sample["feed.json"])["items"]
    for one, two, three in zip(rss, atom, items, strict=True):
        assert one.title == two.title == three["title"]
        assert one.link == two.link == three["url"]
        assert one.id == two.id == three["id"]
        assert one.published_parsed == two.published_parsed
        assert unescape(one.summary) == unescape(two.summary) == unescape(three["content_html"])


def test_an_entry_links_to_the_publisher_and_is_known_by_the_storys_page(sample: dict[str, bytes]) -> None:
    entry = _parse(sample["feed.rss"]).entries[0]
    assert entry.link.startswith("https://www.harbourpost.example/")
    assert (
        entry.id
        == entry.comments
        == (
            "https://desk.example/stories/2026-11-24-harbour-city-switches-its-traffic-lights-to-a-learning-system/"
        )
    )
    assert entry.author == "The Harbour Post"
    assert [tag.term for tag in entry.tags] == ["Hardware"]


def test_the_id_stays_when_a_better_source_takes_over() -> None:
    first = record("First", name="first", shown=True)
    before = _parse(_files(site_view([first]))["feed.atom"]).entries[0]
    held = record("First", name="first", shown=False)
    better = record("Better", name="better", provider=Provider(name="Rival", domain="rival.example"))
    story = Story(name="first", lead="better", members=("better", "first"))
    after = _parse(_files(site_view([held, better], stories=(story,)))["feed.atom"]).entries[0]
    assert before.id == after.id and before.link != after.link


def test_a_feed_changes_when_coverage_joins() -> None:
    lead = record("Lead", name="lead", published=CLOCK - timedelta(hours=5))
    alone = _files(site_view([lead]))["feed.atom"]
    other = record("Other", name="other", published=CLOCK - timedelta(hours=1), shown=False)
    story = Story(name="lead", lead="lead", members=("lead", "other"))
    joined = _files(site_view([lead, other], stories=(story,)))["feed.atom"]
    assert _parse(alone).entries[0].updated < _parse(joined).entries[0].updated


def test_a_feed_does_not_change_with_the_clock_alone(sample: dict[str, bytes]) -> None:
    later = _files(sample_site(clock=CLOCK + timedelta(hours=3)))
    for name in ("feed.rss", "feed.atom", "feed.json"):
        assert later[name] == sample[name]


def test_an_empty_feed_is_valid() -> None:
    files = _files(site_view())
    assert _parse(files["feed.rss"]).entries == _parse(files["feed.atom"]).entries == []


def test_json_feed_has_what_its_specification_asks(sample: dict[str, bytes]) -> None:
    feed = json.loads(sample["topics/ai-hardware/feed.json"])
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == "https://desk.example/topics/ai-hardware/feed.json"
    for item in feed["items"]:
        assert item["id"] and item["url"].startswith("https://") and item["content_html"]
        assert item["date_published"].endswith("Z") and item["authors"][0]["name"]


def test_atom_has_what_its_rfc_asks(sample: dict[str, bytes]) -> None:
    atom = "{http://www.w3.org/2005/Atom}"
    root = ElementTree.fromstring(sample["feed.atom"])
    assert root.tag == f"{atom}feed"
    for element in (root, *root.findall(f"{atom}entry")):
        for name in ("id", "title", "updated"):
            assert len(element.findall(atom + name)) == 1
    ids = [entry.findtext(f"{atom}id") for entry in root.findall(f"{atom}entry")]
    assert len(ids) == len(set(ids))
