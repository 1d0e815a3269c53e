"""Whole passes with pictures: live, recorded and replayed, shown on the pages, taken back by the owner."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from newsloom.config import Config
from newsloom.errors import PublishError
from newsloom.fetch import LiveFetcher
from newsloom.images import read_album
from newsloom.pipeline import run_pass
from newsloom.starter import init_site
from tests.disks import filled, small_disk
from tests.fetch.servers import QUICK
from tests.images.keeping import Gallerist, photo, serve_pictures
from tests.recordings import Answer as Recorded
from tests.recordings import make_feed, make_page, make_site, read_tree

TITLES = ("A chip that thinks with less power", "City council lets robots sweep the streets")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gallerist]:
    # One loopback server stands for all hosts: without its pace the tests would wait for seconds.
    quick = partial(LiveFetcher, limits=QUICK)
    monkeypatch.setattr("newsloom.intake.polling.LiveFetcher", quick, raising=False)
    with serve_pictures() as found:
        found.files["/rss"] = make_feed([(found.url(f"/story-{n}"), title) for n, title in enumerate(TITLES)])
        for number, title in enumerate(TITLES):
            head = f'<meta property="og:image" content="/{number}.jpg">'
            found.files |= {f"/story-{number}": make_page(title, head=head), f"/{number}.jpg": photo(number)}
        yield found


def live_site(root: Path, server: Gallerist, **fields: object) -> Path:
    settings: dict[str, object] = {
        "title": "Live",
        "topic": "AI",
        "keep": "all",
        "publish_at": 0,
        "engine": "inline",
        "allow": (server.place,),
    }
    init_site(root, config=Config(**(settings | fields)), feeds=[server.url("/rss")])  # type: ignore[arg-type]  # of each field's own type
    return root


def test_pictures_of_a_live_feed_are_kept_and_shown(server: Gallerist, tmp_path: Path) -> None:
    site = live_site(tmp_path / "site", server)
    summary = run_pass(site)
    assert not summary.problems
    assert set(read_album(site)) == {server.url("/0.jpg"), server.url("/1.jpg")}
    documents = [path.read_text() for path in (site / "_news").glob("*.md")]
    assert all("width: 640\n" in text and "isCached: true" in text for text in documents)
    front = (site / "public/index.html").read_text()
    assert server.place not in front.replace(f"http://{server.place}/story", "")
    assert 'type="image/webp" srcset="/assets/images/news/' in front


def test_a_second_live_pass_asks_for_no_picture_and_changes_nothing(
    server: Gallerist, tmp_path: Path
) -> None:
    site = live_site(tmp_path / "site", server)
    run_pass(site)
    before = read_tree(site, "_news", "_data", "assets")
    server.asked.clear()
    run_pass(site)
    assert server.asked == ["/rss"]
    assert read_tree(site, "_news", "_data", "assets") == before


def test_a_recorded_pass_replays_to_the_same_documents_and_copies(server: Gallerist, tmp_path: Path) -> None:
    del server.files["/1.jpg"]
    site = live_site(tmp_path / "site", server)
    again = tmp_path / "again"
    shutil.copytree(site, again)
    first = run_pass(site, record=tmp_path / "pass.warc.gz")
    assert any("/1.jpg" in problem for problem in first.problems)
    server.asked.clear()
    second = run_pass(again, replay=[tmp_path / "pass.warc.gz"])
    assert server.asked == []
    folders = ("_news", "_data", "assets", "api", "public")
    assert read_tree(again, *folders) == read_tree(site, *folders)
    assert second.problems == first.problems


def test_an_owner_can_have_no_copies(server: Gallerist, tmp_path: Path) -> None:
    site = live_site(tmp_path / "site", server, fetch_images=False)
    run_pass(site)
    assert not any(path.endswith(".jpg") for path in server.asked)
    assert read_album(site) == {}
    assert f'src="http://{server.place}/0.jpg"' in (site / "public/index.html").read_text()


def test_a_site_of_recordings_asks_nobody_and_takes_what_they_hold(tmp_path: Path) -> None:
    heads = [f'<meta property="og:image" content="https://news.example/{n}.jpg">' for n in range(2)]
    answers = [
        Recorded(url=f"https://news.example/{n}", body=make_page(title, head=heads[n]))
        for n, title in enumerate(TITLES)
    ]
    answers.append(Recorded(url="https://news.example/0.jpg", body=photo(0), content_type="image/jpeg"))
    site = make_site(tmp_path / "site", answers)
    config = site / "newsloom.yaml"
    config.write_text(config.read_text().replace("publish_at: 70", "publish_at: 0"))
    run_pass(site)
    assert set(read_album(site)) == {"https://news.example/0.jpg"}
    before = read_tree(site, "_news", "_data", "assets", "public", "api")
    (site / ".newsloom/index.sqlite").unlink()
    assert run_pass(site).commit is None
    assert read_tree(site, "_news", "_data", "assets", "public", "api") == before


def test_a_full_disk_below_the_pictures_ends_as_one_error_and_the_next_pass_completes(
    server: Gallerist, tmp_path: Path
) -> None:
    site = live_site(tmp_path / "site", server)
    with small_disk(site / "assets") as disk:
        with filled(disk), pytest.raises(PublishError, match=r"cannot be written: No space left on device"):
            run_pass(site)
        assert not list((site / "_news").glob("*.md"))
        assert run_pass(site).new
        assert list((site / "assets/images/news").glob("*.webp"))
