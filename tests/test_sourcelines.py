"""The owner's file changed in place: comments, order and spelling stay."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsloom.errors import ConfigError
from newsloom.sourcefile import Source, read_sources
from newsloom.sourcelines import add_sources, format_source, pause_source, remove_source

MINE = """\
# My sources. Do not sort!

- feed: https://one.example/rss   # the first I ever read
  name: "One: the first"
  topics: [AI]
# Two is slow on Sundays.
- feed: 'https://two.example/rss'
  every: 2h

  # a note inside of it
  pages: false
-
  sitemap: https://three.example/sitemap.xml
# the end
"""
TOPICS = {"AI", "Robots"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "sources.yaml").write_text(MINE)
    return tmp_path


def text(root: Path) -> str:
    return (root / "sources.yaml").read_text()


def test_a_source_is_added_at_the_end_and_all_else_stays(root: Path) -> None:
    fresh = Source(
        kind="listing",
        location="https://four.example/news",
        name='A "quoted": name # with marks',
        provider="four.example",
        topics=("AI", "Robots"),
        every=5_400,
        select="h2 > a",
        pages=True,
    )
    add_sources(root, [fresh])
    assert text(root).startswith(MINE)
    assert text(root).removeprefix(MINE) == (
        "- listing: https://four.example/news\n"
        '  name: "A \\"quoted\\": name # with marks"\n'
        "  provider: four.example\n  topics: [AI, Robots]\n  every: 90\n"
        "  select: h2 > a\n  pages: true\n"
    )
    read = read_sources(root, TOPICS)[-1]
    assert (read.name, read.every, read.select, read.pages) == (fresh.name, 5_400, "h2 > a", True)


def test_pausing_and_resuming_gives_the_same_file_again(root: Path) -> None:
    for number in range(3):
        pause_source(root, read_sources(root, TOPICS)[number], paused=True)
    assert [source.paused for source in read_sources(root, TOPICS)] == [True, True, True]
    assert text(root).replace("  paused: true\n", "") == MINE
    assert "  topics: [AI]\n  paused: true\n# Two is slow" in text(root)
    for number in range(3):
        pause_source(root, read_sources(root, TOPICS)[number], paused=False)
    assert text(root) == MINE


def test_removing_keeps_every_comment_line(root: Path) -> None:
    remove_source(root, read_sources(root, TOPICS)[1])
    assert "two.example" not in text(root)
    assert "# Two is slow on Sundays." in text(root)
    assert "# a note inside of it" in text(root)
    remove_source(root, read_sources(root, TOPICS)[1])
    remove_source(root, read_sources(root, TOPICS)[0])
    assert read_sources(root, TOPICS) == ()
    assert text(root).startswith("# My sources. Do not sort!\n")
    assert text(root).endswith("# the end\n")


def test_of_an_address_that_stands_there_twice_the_one_that_is_meant_is_changed(tmp_path: Path) -> None:
    twice = "- feed: https://one.example/rss\n" * 2
    (tmp_path / "sources.yaml").write_text(twice)
    pause_source(tmp_path, read_sources(tmp_path, ())[1], paused=True)
    assert text(tmp_path) == twice + "  paused: true\n"
    remove_source(tmp_path, read_sources(tmp_path, ())[0])
    assert [source.paused for source in read_sources(tmp_path, ())] == [True]


def test_a_file_that_changed_meanwhile_is_left_alone(root: Path) -> None:
    source = read_sources(root, TOPICS)[1]
    lines = MINE.splitlines(keepends=True)
    changed = "".join([*lines[:6], lines[6].replace("two", "another"), *lines[7:]])
    assert changed != MINE
    (root / "sources.yaml").write_text(changed)
    with pytest.raises(ConfigError, match="run the command again"):
        remove_source(root, source)
    assert text(root) == changed


def test_an_indented_list_stays_indented(tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").write_text("  - feed: https://one.example/rss\n")
    add_sources(tmp_path, [Source(kind="feed", location="https://two.example/rss", name="Two")])
    assert text(tmp_path).splitlines()[1:] == ["  - feed: https://two.example/rss", "    name: Two"]


def test_line_ends_of_windows_stay(tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").write_bytes(b"- feed: https://one.example/rss\r\n")
    add_sources(tmp_path, [Source(kind="feed", location="https://two.example/rss")])
    assert (tmp_path / "sources.yaml").read_bytes().count(b"\r\n") == 2


def test_a_file_of_comments_or_none_at_all_takes_its_first_source(tmp_path: Path) -> None:
    add_sources(tmp_path, [Source(kind="feed", location="https://one.example/rss")])
    assert text(tmp_path) == "- feed: https://one.example/rss\n"
    (tmp_path / "sources.yaml").write_text("# only words\n\n")
    add_sources(tmp_path, [Source(kind="feed", location="https://one.example/rss")])
    assert text(tmp_path) == "# only words\n\n- feed: https://one.example/rss\n"


def test_a_site_of_subscriptions_keeps_them_when_a_source_is_added(tmp_path: Path) -> None:
    (tmp_path / "sources.opml").write_text("<opml/>")
    add_sources(tmp_path, [Source(kind="feed", location="https://one.example/rss")])
    assert [source.kind for source in read_sources(tmp_path, ())] == ["opml", "feed"]


@pytest.mark.parametrize(
    "written",
    [
        "- {feed: https://one.example/rss, name: One}\n",
        "[{feed: https://one.example/rss}]\n",
    ],
)
def test_what_is_written_with_braces_is_left_to_its_owner(tmp_path: Path, written: str) -> None:
    (tmp_path / "sources.yaml").write_text(written)
    source = read_sources(tmp_path, ())[0]
    with pytest.raises(ConfigError, match="by hand"):
        pause_source(tmp_path, source, paused=True)
    with pytest.raises(ConfigError, match="by hand"):
        remove_source(tmp_path, source)
    assert text(tmp_path) == written


def test_a_list_in_brackets_is_not_added_to(tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").write_text("[{feed: https://one.example/rss}]\n")
    with pytest.raises(ConfigError, match=r"sources\.yaml"):
        add_sources(tmp_path, [Source(kind="feed", location="https://two.example/rss")])


TEXTS = st.text(max_size=60)


@given(st.lists(st.tuples(TEXTS, st.booleans(), st.integers(1, 43_200)), max_size=6))
def test_whatever_is_written_reads_back_the_same(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, bool, int]]
) -> None:
    root = tmp_path_factory.mktemp("site")
    sources = [
        Source(
            kind="feed", location=f"https://x.example/{number}", name=name, paused=paused, every=minutes * 60
        )
        for number, (name, paused, minutes) in enumerate(rows)
    ]
    add_sources(root, sources)
    read = read_sources(root, ())
    assert [(item.name, item.paused, item.every) for item in read] == [
        (item.name, item.paused, item.every) for item in sources
    ]
    assert all(len(format_source(item)) >= 2 for item in sources)
