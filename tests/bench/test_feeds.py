"""Feeds scored against expected values and feedparser's."""

import gzip
import json
from pathlib import Path

import pytest

from newsloom.bench.feeds import measure_feed_speed, measure_feeds, read_feed_sets
from newsloom.errors import NewsloomError

RSS = (
    "<rss version='2.0'><channel><item><title>A &amp;amp; B</title><link>https://a.example/1</link>"
    "<pubDate>Fri, 20 Nov 2026 08:00:00 GMT</pubDate></item></channel></rss>"
)
RIGHT = {"title": "A &amp; B", "link": "https://a.example/1", "publishedParsed": "2026-11-20T08:00:00Z"}


def lay_out(data: Path, expected: dict[str, str]) -> Path:
    recorded, pairs = data / "feeds" / "recorded", data / "feeds" / "gofeed"
    recorded.mkdir(parents=True)
    pairs.mkdir()
    (recorded / "a.xml.gz").write_bytes(gzip.compress(RSS.encode()))
    (recorded / "index.json").write_text(json.dumps([{"file": "a.xml.gz", "url": "https://a.example/rss"}]))
    (pairs / "x.xml").write_text(RSS)
    (pairs / "x.json").write_text(json.dumps({"items": [expected]}))
    return data


def test_agreement_is_counted_by_field_and_disagreement_named(tmp_path: Path) -> None:
    sets = read_feed_sets(lay_out(tmp_path, RIGHT | {"link": "https://a.example/2"}))
    recorded = measure_feeds("recorded", sets["recorded"])
    assert recorded.fields == dict.fromkeys(("entries", "link", "title", "date"), (1, 1))
    pairs = measure_feeds("gofeed", sets["gofeed"])
    assert (pairs.fields["link"], pairs.fields["title"]) == ((0, 1), (1, 1))
    assert [(miss["field"], miss["ours"], miss["gold"]) for miss in pairs.misses] == [
        ("link", "https://a.example/1", "https://a.example/2")
    ]


def test_speed_is_told_beside_feedparsers(tmp_path: Path) -> None:
    speed = measure_feed_speed(read_feed_sets(lay_out(tmp_path, RIGHT))["recorded"] * 20)
    assert speed.ours > 0
    assert speed.theirs > 0


def test_a_folder_without_feeds_is_named(tmp_path: Path) -> None:
    with pytest.raises(NewsloomError, match="feeds"):
        read_feed_sets(tmp_path)
