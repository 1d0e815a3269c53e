from pathlib import Path

import pytest

from newsloom.errors import NewsloomError
from newsloom.sources import read_opml
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
