"""What `sources.yaml` may say of a source, and how a wrong word is told."""

from pathlib import Path

import pytest

from newsloom.errors import ConfigError
from newsloom.sourcefile import Source, read_every, read_sources


def read(root: Path, text: str) -> tuple[Source, ...]:
    (root / "sources.yaml").write_text(text)
    return read_sources(root, {"AI", "Robots"})


def test_every_kind_and_option_is_read(tmp_path: Path) -> None:
    sources = read(
        tmp_path,
        """# mine
- feed: https://a.example/rss
  every: 30
  pages: false
- sitemap: https://a.example/sitemap.xml
  every: 2h
- listing: https://a.example/latest
  select: h2 > a
  paused: true
- opml: https://a.example/list.opml
- opml: list.opml
- folder: saved/*
  topics: [AI]
- warc: one.warc.gz
""",
    )
    assert [source.kind for source in sources] == [
        "feed",
        "sitemap",
        "listing",
        "opml",
        "opml",
        "folder",
        "warc",
    ]
    feed, sitemap, listing = sources[:3]
    assert (feed.every, feed.pages, feed.paused, feed.line) == (1_800, False, False, 2)
    assert (sitemap.every, sitemap.pages) == (7_200, None)
    assert (listing.select, listing.paused) == ("h2 > a", True)
    assert [source.remote for source in sources] == [True, True, True, True, False, False, False]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- feed: a.xml\n  every: 0", r"sources.yaml:2: `every` must be from 1 minute to 30 days, not 0"),
        ("- feed: a.xml\n  every: 3 weeks", r"sources.yaml:2: `every` must be .* such as 2h"),
        ("- feed: a.xml\n  every: true", r"sources.yaml:2: `every` must be"),
        ("- feed: a.xml\n  every: 31d", r"sources.yaml:2: `every` must be"),
        ("- feed: a.xml\n  every: 1.5", r"sources.yaml:2: `every` must be"),
        ("- feed: a.xml\n  paused: maybe", r"sources.yaml:2: `paused` must be true or false, not 'maybe'"),
        ("- feed: a.xml\n  pages: 1", r"sources.yaml:2: `pages` must be true or false"),
        ("- feed: a.xml\n  select: a", r"sources.yaml:2: `select` is for a `listing`"),
        ("- feed: a.xml\n  name: 7", r"sources.yaml:2: `name` must be text, not 7 \(put it in quotes\)"),
        ("- feed: a.xml\n  topics: [1]", r"sources.yaml:2: `topics` must be text"),
        ("- feed: a.xml\n  pase: true", r"sources.yaml:2: unknown key `pase` \(did you mean `paused`\?\)"),
        ("- sitemap: sitemap.xml", r"sources.yaml:1: `sitemap` must be an http\(s\) address"),
        ("- listing: page.html", r"sources.yaml:1: `listing` must be an http\(s\) address"),
        ("- folder: https://a.example/", r"sources.yaml:1: `folder` must be a path \(fetch the file first\)"),
        ("- feed: https://", r"sources.yaml:1: .*not an http"),
        ("- feed: https://[", r"sources.yaml:1: .*not an http"),
        ("- feed: a.xml\n  warc: b.warc", r"sources.yaml:1: a source needs exactly one of"),
    ],
)
def test_a_wrong_word_names_its_line_and_the_way_out(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        read(tmp_path, text + "\n")


def test_how_often_is_written_in_minutes_hours_and_days() -> None:
    assert [read_every(value) for value in (1, "90", "90m", "2h", "2 h", "1d", "30d")] == [
        60,
        5_400,
        5_400,
        7_200,
        7_200,
        86_400,
        2_592_000,
    ]
    assert [read_every(value) for value in (-1, "", "h", "2w", None, [1], "9999999d")] == [None] * 7
