from pathlib import Path

import pytest

from newsloom.errors import NewsloomError
from newsloom.sources import Outline, read_opml, read_source
from newsloom.sources.opml import format_opml
from tests.recordings import MOMENT, make_feed
from tests.shared import shared

OPML = """<?xml version="1.0"?><opml version="2.0"><head><title>Mine</title></head><body>
<outline text="Tech"><outline type="rss" text="A" xmlUrl="https://a.example/rss"/>
<outline text="Deeper"><outline text="B" xmlUrl="https://b.example/rss"/></outline></outline>
<outline text="Bad" xmlUrl="javascript:alert(1)"/></body></opml>"""


def test_feeds_are_found_however_deep_they_stand(tmp_path: Path) -> None:
    path = tmp_path / "list.opml"
    path.write_text(OPML)
    assert [outline.address for outline in read_opml(path)] == [
        "https://a.example/rss",
        "https://b.example/rss",
    ]


@pytest.mark.parametrize(
    "text", ["", "no list", "<html></html>", "<opml><body>", '<!DOCTYPE a [<!ENTITY b "c">]><opml>&b;</opml>']
)
def test_a_broken_list_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "list.opml"
    path.write_text(text)
    with pytest.raises(NewsloomError, match=r"list\.opml"):
        list(read_opml(path))


def test_a_real_list_is_read_whole() -> None:
    assert len(list(read_opml(shared("data", "feeds", "subscriptions.opml")))) == 363


HOSTILE = 'A & B <script>alert("1")</script> \x00\x0b\ud800 „quoted“ 🎉'


def test_a_written_list_reads_back_the_same_and_names_are_escaped(tmp_path: Path) -> None:
    written = (
        Outline(address="https://a.example/rss?x=1&y=<2>", title=HOSTILE, site="https://a.example/"),
        Outline(address="https://b.example/rss", title=""),
    )
    data = format_opml(written, HOSTILE)
    assert b"<script" not in data
    (tmp_path / "out.opml").write_bytes(data)
    first, second = read_opml(tmp_path / "out.opml")
    assert first.address == "https://a.example/rss?x=1&y=<2>"
    assert first.title == 'A & B <script>alert("1")</script> „quoted“ 🎉'
    assert first.site == "https://a.example/"
    assert second.title == "https://b.example/rss"


def test_a_list_on_the_web_gives_its_feeds_to_follow() -> None:
    feed = read_source("opml", OPML.encode(), "https://lists.example/mine.opml", MOMENT)
    assert feed.follow == ("https://a.example/rss", "https://b.example/rss")
    rss = make_feed([("https://a.example/1", "A story")])
    assert len(read_source("opml", rss, "https://a.example/rss", MOMENT).entries) == 1


def test_of_a_very_long_list_on_the_web_the_first_are_followed_and_the_rest_is_told() -> None:
    outlines = "".join(f'<outline xmlUrl="https://n{number}.example/rss"/>' for number in range(60))
    feed = read_source("opml", f"<opml><body>{outlines}</body></opml>".encode(), "https://l.example/", MOMENT)
    assert len(feed.follow) == 50
    assert list(feed.problems.values()) == [10]
    assert "newsloom sources add" in next(iter(feed.problems))
