"""A site that keeps history apart: the same documents, and everything published stays where it was."""

import re
import sqlite3
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from newsloom import pipeline
from newsloom.config import Config
from newsloom.curate import Outcome, curate
from newsloom.editorial import set_editorial
from newsloom.pipeline import read_records, run_pass
from newsloom.records import Record
from newsloom.starter import init_site
from newsloom.store import Index, open_index
from newsloom.summary import Summary
from tests.curate.drafts import CLOCK, body, event
from tests.recordings import Answer, read_tree, write_recording

FEED = "https://daily.example/rss"
WEEKS = 6
HISTORY = 8  # days, which with the spare ones is less than two weeks


def item(week: int, at: int, moment: datetime, title: str = "") -> str:
    title = title or f"{event(at)[0]}, week {week}"
    text = f"Artificial intelligence: {event(at, 22)[1]}. {body(f'{at} {week}', 90)}"
    return (
        f"<item><title>{title}</title><link>https://daily.example/{week}/{at}</link>"
        f"<guid isPermaLink='false'>{week}-{at}</guid><description>{text}</description>"
        f"<pubDate>{moment - timedelta(hours=at):%a, %d %b %Y %H:%M:%S} GMT</pubDate></item>"
    )


class Desk:
    """A site that polls one feed a week."""

    def __init__(self, root: Path, history_days: int) -> None:
        self.root = root / f"site-{history_days}"
        config = Config(
            title="Desk", topic="AI", keep="all", engine="inline", git=False, fetch_pages=False,
            publish_at=0, page_size=2, history_days=history_days,
        )  # fmt: skip
        init_site(self.root, config=config, feeds=[FEED])

    def poll(self, week: int, *more: str) -> Summary:
        """The pass of a week, in which the feed has six entries of that week."""
        moment = CLOCK + timedelta(weeks=week - WEEKS)
        items = "".join([*(item(week, at, moment) for at in range(6)), *more])
        feed = f"<rss version='2.0'><channel><title>Daily</title>{items}</channel></rss>".encode()
        answer = Answer(url=FEED, body=feed, content_type="application/rss+xml", moment=moment)
        return run_pass(self.root, replay=[write_recording(self.root.parent / "feed.warc.gz", [answer])])

    def run(self) -> list[Summary]:
        """All weeks; in the fifth an article of the first has another headline."""
        edited = item(1, 3, CLOCK - timedelta(weeks=WEEKS - 1), "The fish of the river, told anew")
        return [self.poll(week, *([edited] if week == 5 else [])) for week in range(1, WEEKS + 1)]

    def read(self, path: str) -> str:
        return (self.root / "public" / path).read_text()


class Judged:
    """How many records the passes judged, the last of them last; and whether one read all of the index."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.counts: list[int] = []
        self.read_all = False
        read_records = Index.records

        def count(records: Sequence[Record], *words: object) -> Outcome:
            self.counts.append(len(records))
            return curate(records, *words)  # type: ignore[arg-type]

        def note(index: Index) -> list[Record]:
            self.read_all = True
            return read_records(index)

        monkeypatch.setattr(pipeline, "curate", count)
        monkeypatch.setattr(Index, "records", note)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = Desk(tmp_path_factory.mktemp("parted"), HISTORY)
    desk.run()
    return desk


def strip(record: Record) -> tuple[object, ...]:
    return record.name, record.state, record.article.title, record.article.shown, record.article.heat


def test_the_documents_are_those_of_a_desk_that_loads_everything(desk: Desk, tmp_path: Path) -> None:
    whole = Desk(tmp_path, 0)
    last = whole.run()[-1]
    assert [strip(one) for one in read_records(desk.root)] == [strip(one) for one in read_records(whole.root)]
    with open_index(desk.root / ".newsloom/index.sqlite") as index:
        numbers = index.last_pass()
    assert numbers is not None
    for name in ("documents", "published", "stories"):
        assert f'"{name}":{getattr(last, name)}' in numbers
    stories = {path for path in read_tree(whole.root, "public", "api") if "/stories/" in path}
    stories = {path for path in stories if "/page/" not in path and "previews" not in path}
    parted = read_tree(desk.root, "public", "api")
    assert stories <= parted.keys()
    told = [path for path in stories if path.startswith("public/") and "told-anew" in parted[path].decode()]
    edited = [path for path in stories if "told anew" in parted[path].decode()]
    assert edited, told


def test_the_leaves_of_a_topic_name_each_story_once(desk: Desk) -> None:
    shown = {
        record.state.story for record in read_records(desk.root) if record.state and record.article.shown
    }
    named: Counter[str] = Counter()
    for path in (desk.root / "public/topics/ai").rglob("index.html"):
        named.update(set(re.findall(r'href="/stories/([^"/]+)/"', path.read_text())))
    assert set(named) == shown
    assert set(named.values()) == {1}
    numbers = sorted(int(path.name) for path in (desk.root / "public/topics/ai/page").iterdir())
    assert numbers == list(range(1, numbers[-1] + 1))


def test_archive_sitemap_and_search_hold_what_is_history(desk: Desk) -> None:
    records = read_records(desk.root)
    for day in {f"{record.article.published:%Y-%m-%d}" for record in records}:
        assert f"/archive/{day}/" in desk.read("archive/index.html")
        assert (desk.root / f"public/archive/{day}/index.html").is_file()
        assert f"sitemap-{day}.xml" in desk.read("sitemap.xml")
        assert "/stories/" in desk.read(f"sitemap-{day}.xml")
    with Search(desk.root) as search:
        assert search.count() == len(records)


class Search:
    """How many records the search index of a site holds."""

    def __init__(self, root: Path) -> None:
        self._connection = sqlite3.connect(root / ".newsloom/search.sqlite")

    def __enter__(self) -> "Search":
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def count(self) -> int:
        return int(self._connection.execute("SELECT count(*) FROM items").fetchone()[0])


def test_a_pass_without_news_writes_nothing_and_one_with_news_leaves_history_alone(
    tmp_path: Path,
) -> None:
    desk = Desk(tmp_path, HISTORY)
    for week in range(1, 5):
        desk.poll(week)
    before = stamps(desk.root)
    assert (desk.poll(4).changed, stamps(desk.root)) == (0, before)
    desk.poll(5)
    after = stamps(desk.root)
    old = [path for path in before if "week-1" in path and "harbour" not in path]  # that story goes on
    assert old
    assert {path for path in old if after.get(path) != before[path]} == set()


def stamps(root: Path) -> dict[str, int]:
    return {
        str(path.relative_to(root)): path.stat().st_mtime_ns
        for folder in ("_news", "public", "api")
        for path in (root / folder).rglob("*")
        if path.is_file()
    }


def test_an_editors_word_and_a_removed_document_reach_what_is_history(tmp_path: Path) -> None:
    desk = Desk(tmp_path, HISTORY)
    for week in range(1, 5):
        desk.poll(week)
    oldest = read_records(desk.root)[:4:2]  # the second is of a story that goes on
    pages = [desk.root / "public/stories" / record.name / "index.html" for record in oldest]
    assert all(page.is_file() for page in pages)
    (desk.root / "_news" / f"{oldest[0].name}.md").unlink()
    set_editorial(desk.root, oldest[1].name, "hold")
    summary = desk.poll(5)
    assert not any(page.is_file() for page in pages)
    assert summary.documents == 5 * 6 - 1
    held = next(record for record in read_records(desk.root) if record.name == oldest[1].name)
    assert not held.article.shown


def test_a_change_of_settings_makes_everything_anew(tmp_path: Path) -> None:
    desk = Desk(tmp_path, HISTORY)
    for week in range(1, 5):
        desk.poll(week)
    settings = desk.root / "newsloom.yaml"
    settings.write_text(settings.read_text().replace("title: Desk", "title: Another desk"))
    oldest = read_records(desk.root)[0].name
    desk.poll(5)
    assert "Another desk" in desk.read(f"stories/{oldest}/index.html")


def test_a_document_edited_in_place_is_found_in_its_turn(tmp_path: Path) -> None:
    desk = Desk(tmp_path, HISTORY)
    for week in range(1, 5):
        desk.poll(week)
    path = desk.root / "_news" / f"{read_records(desk.root)[0].name}.md"
    words = path.read_text().replace("week 1", "week one")
    with path.open("w") as file:  # the file stays, so its folder does not tell
        file.write(words)
    desk.poll(5)
    with open_index(desk.root / ".newsloom/index.sqlite") as index:
        assert find_title(index, path.stem).endswith("week one")


def find_title(index: Index, name: str) -> str:
    found = index.find(name)
    return found.article.title if found else ""
