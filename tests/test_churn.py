"""Feeds that change what they said: no article twice, and an edit is one revision."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from newsloom.config import Config
from newsloom.pipeline import read_records, run_pass
from newsloom.records import Record
from newsloom.starter import init_site
from newsloom.summary import Summary
from tests.recordings import Answer, make_page, write_recording

FEED = "https://daily.example/rss"
CHIP = "A chip that thinks with less power"
TEXT = (
    "The new chip runs artificial intelligence models with a tenth of the energy that today's machines need, "
    "according to measurements that the laboratory published. Independent engineers who looked at the figures "
    "called them credible, but asked for more tests before the chip is built into telephones. "
)
DATE = "Fri, 20 Nov 2026 08:00:00 GMT"
OTHERS = {
    "river": "The river is cleaner than it was in living memory, biologists say after counting its fish again. ",
    "train": "Night trains return to the southern line after eleven years, and the first of them is sold out. ",
    "school": "Schools open an hour later from spring on, because teenagers who sleep longer learn better. ",
}


def item(
    title: str = CHIP, link: str = "/chip", guid: str = "id-1", date: str = DATE, text: str = TEXT
) -> str:
    return (
        f'<item><title>{title}</title><link>https://daily.example{link}</link><guid isPermaLink="false">{guid}</guid>'
        f"<pubDate>{date}</pubDate><description>{text * 3}</description></item>"
    )


def others() -> list[str]:
    return [item(text[:40], f"/{name}", f"id-{name}", text=text) for name, text in OTHERS.items()]


class Newsroom:
    """A site with one feed, whose answers and pages are replayed from recordings."""

    def __init__(self, root: Path, *, fetch_pages: bool) -> None:
        self.root = root / "site"
        self._folder = root
        self._passes = 0
        config = Config(title="Desk", topic="AI", keep="all", engine="inline", fetch_pages=fetch_pages)
        init_site(self.root, config=config, feeds=[FEED])

    def poll(self, *items: str, **pages: bytes) -> Summary:
        """One pass over the feed as it is now; `pages` are those that can be had, by path."""
        body = f"<rss version='2.0'><channel><title>Daily</title>{''.join(items)}</channel></rss>".encode()
        answers = [Answer(url=FEED, body=body, content_type="application/rss+xml")]
        answers += [Answer(url=f"https://daily.example/{path}", body=page) for path, page in pages.items()]
        self._passes += 1
        return run_pass(
            self.root, replay=[write_recording(self._folder / f"{self._passes}.warc.gz", answers)]
        )

    def chip(self) -> Record:
        """The record of the article that changes."""
        records = read_records(self.root)
        assert len(records) == 1 + len(OTHERS)
        found = [one for one in records if "chip" in f"{one.article.original_url}{one.article.web_url}"]
        assert len(found) == 1
        return found[0]


@pytest.fixture(params=[True, False], ids=["with pages", "entries alone"])
def newsroom(request: pytest.FixtureRequest, tmp_path: Path) -> Newsroom:
    return Newsroom(tmp_path, fetch_pages=request.param)


def page(title: str = CHIP) -> bytes:
    return make_page(title, text=TEXT * 3, published="2026-11-20T08:00:00Z")


def revisions(record: Record) -> list[str]:
    return [revision.edited for revision in record.state.revisions] if record.state else []


def test_an_edited_title_is_one_revision(newsroom: Newsroom) -> None:
    newsroom.poll(item(), *others(), chip=page())
    edited = "A chip that thinks with a tenth of the power"
    summary = newsroom.poll(item(edited), *others(), chip=page(edited))
    assert (summary.new, summary.changed) == (0, 1)
    assert newsroom.chip().article.title == edited
    assert revisions(newsroom.chip()) == ["headline"]
    assert newsroom.poll(item(edited), *others(), chip=page(edited)).changed == 0


def test_a_changed_guid_changes_nothing(newsroom: Newsroom) -> None:
    newsroom.poll(item(), *others(), chip=page())
    summary = newsroom.poll(item(guid="other"), *others(), chip=page())
    assert (summary.new, summary.changed, summary.commit) == (0, 0, None)
    assert revisions(newsroom.chip()) == []


@pytest.mark.parametrize("edited", [CHIP, "A chip that saves nine tenths of the power"])
def test_an_entry_that_moved_under_its_guid_is_one_revision(newsroom: Newsroom, edited: str) -> None:
    newsroom.poll(item(), *others(), chip=page())
    now = [item(edited, link="/2026/chip"), *others()]
    summary = newsroom.poll(*now, **{"2026/chip": page(edited)})
    assert (summary.new, summary.changed) == (0, 1)
    chip = newsroom.chip()
    assert chip.article.web_url == "https://daily.example/2026/chip"
    assert chip.article.original_url == "https://daily.example/chip"
    assert len(revisions(chip)) == 1
    assert "address" in revisions(chip)[0]
    assert newsroom.poll(*now, **{"2026/chip": page(edited)}).changed == 0


def test_an_entry_that_moved_with_its_text_and_a_new_guid_is_one_revision(newsroom: Newsroom) -> None:
    newsroom.poll(item(), *others(), chip=page())
    moved = item(link="/2026/chip", guid="other")
    summary = newsroom.poll(moved, *others(), **{"2026/chip": page()})
    assert (summary.new, summary.changed) == (0, 1)
    assert newsroom.chip().article.web_url == "https://daily.example/2026/chip"
    assert revisions(newsroom.chip()) == ["address"]


def test_a_page_that_moved_is_not_moved_back_by_who_still_links_to_its_old_address(
    newsroom: Newsroom,
) -> None:
    newsroom.poll(item(), *others(), chip=page())
    newsroom.poll(item(link="/2026/chip"), *others(), **{"2026/chip": page()})
    before = newsroom.chip()
    both = [item(link="/2026/chip"), item(guid="id-old"), *others()]
    assert newsroom.poll(*both, chip=page()).new == 0
    assert newsroom.poll(item(guid="id-old"), *others(), chip=page()).new == 0
    assert newsroom.chip() == replace(before, article=newsroom.chip().article)
    assert newsroom.chip().article.web_url == "https://daily.example/2026/chip"


def test_an_entry_dated_anew_keeps_its_date_and_is_no_news(newsroom: Newsroom) -> None:
    newsroom.poll(item(), *others(), chip=page())
    published = newsroom.chip().article.published
    summary = newsroom.poll(item(date="Fri, 20 Nov 2026 17:00:00 GMT"), *others(), chip=page())
    assert (summary.new, summary.changed) == (0, 0)
    assert newsroom.chip().article.published == published


def test_a_feed_in_another_order_or_with_fewer_entries_changes_nothing(newsroom: Newsroom) -> None:
    newsroom.poll(item(), *others(), chip=page())
    turned = newsroom.poll(*reversed([item(), *others()]), chip=page())
    assert (turned.new, turned.changed, turned.commit) == (0, 0, None)
    shorter = newsroom.poll(*others()[:1])
    assert (shorter.new, shorter.changed, shorter.commit) == (0, 0, None)
    again = newsroom.poll(item(), *others(), chip=page())
    assert (again.new, again.changed, again.commit) == (0, 0, None)


def test_a_guid_given_to_another_article_makes_a_record_of_its_own(newsroom: Newsroom) -> None:
    newsroom.poll(item(), *others(), chip=page())
    tides = (
        "Tidal mills turn again on the western coast, where the last of them had stood still since the war. "
    )
    other = item("Tidal mills turn again", "/tides", "id-1", "Sat, 21 Nov 2026 08:00:00 GMT", tides)
    assert newsroom.poll(other, *others()).new == 1
    assert len(read_records(newsroom.root)) == 2 + len(OTHERS)
