"""The site's own hub hears of feeds that changed, and of nothing else."""

from __future__ import annotations

from pathlib import Path

import feedparser
import msgspec
import pytest

from newsloom import settings
from newsloom.config import Config
from newsloom.pipeline import run_pass
from newsloom.starter import init_site
from tests.clock import stand_still
from tests.recordings import make_feed, read_tree
from tests.websub.hubs import Hub, Publisher, running

FIRST = ("https://news.example/first", "A chip that thinks with less power")
SECOND = ("https://news.example/second", "City council lets robots sweep the streets")
ALLOWED = ("127.0.0.0/8",)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "HOST_SECONDS", 0.0)
    stand_still(monkeypatch)


def make_site(folder: Path, publisher: Publisher, hub: str, url: str = "http://127.0.0.1:8099/desk/") -> Path:
    config = Config(
        title="Told", url=url, topic="AI", keep="all", publish_at=0, engine="inline", fetch_pages=False,
        allow=ALLOWED, hub=hub, git=False,
    )  # fmt: skip
    init_site(folder / "site", config=config, sources=f"- feed: {publisher.feed}\n")
    return folder / "site"


def test_the_hub_is_told_of_changed_feeds_and_only_then(tmp_path: Path) -> None:
    hub, publisher = Hub(), Publisher(make_feed([FIRST]), "")
    with running(hub, publisher):
        site = make_site(tmp_path, publisher, hub.url)
        assert run_pass(site).problems == []
        (first,) = hub.told
        assert first[:3] == [f"http://127.0.0.1:8099/desk/feed.{form}" for form in ("atom", "json", "rss")]
        assert "http://127.0.0.1:8099/desk/providers/news.example/feed.rss" in first
        run_pass(site)
        assert len(hub.told) == 1
        publisher.body = make_feed([SECOND, FIRST])
        assert run_pass(site).new == 1
        assert len(hub.told) == 2 and "http://127.0.0.1:8099/desk/feed.rss" in hub.told[1]
    assert all(form["hub.mode"] == "publish" for form in hub.forms)


def test_many_feeds_are_told_in_bounded_requests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "WEBSUB_TOLD", 2)
    monkeypatch.setattr(settings, "WEBSUB_TELLS", 3)
    hub, publisher = Hub(), Publisher(make_feed([FIRST]), "")
    with running(hub, publisher):
        run_pass(make_site(tmp_path, publisher, hub.url))
    assert [len(told) for told in hub.told] == [2, 2, 2]


def test_a_hub_that_fails_is_a_problem_and_no_more(tmp_path: Path) -> None:
    hub, publisher = Hub(status=500), Publisher(make_feed([FIRST]), "")
    with running(hub, publisher):
        site = make_site(tmp_path, publisher, hub.url)
        summary = run_pass(site)
        (problem,) = summary.problems
        assert hub.url in problem and "with the next change" in problem
        assert summary.new == 1 and len(hub.told) == 1
        before = read_tree(site)
        assert run_pass(site).problems == []
        assert read_tree(site) == before


def test_a_dead_hub_or_one_that_cannot_reach_the_site_is_told(tmp_path: Path) -> None:
    hub, publisher = Hub(), Publisher(make_feed([FIRST]), "")
    with running(hub):
        pass  # and gone
    with running(publisher):
        dead = run_pass(make_site(tmp_path / "a", publisher, hub.url))
        local = run_pass(make_site(tmp_path / "b", publisher, "https://hub.example/", url="http://desk/"))
    assert len(dead.problems) == 1 and hub.url in dead.problems[0]
    assert len(local.problems) == 1 and "`hub`" in local.problems[0] and "set `url`" in local.problems[0]


def test_feeds_name_the_hub_in_every_form(tmp_path: Path) -> None:
    hub, publisher = Hub(), Publisher(make_feed([FIRST]), "")
    with running(hub, publisher):
        public = make_site(tmp_path, publisher, hub.url) / "public"
        run_pass(public.parent)
    for name in ("feed.rss", "feed.atom"):
        links = {link.rel: link.href for link in feedparser.parse((public / name).read_bytes()).feed.links}
        assert links["hub"] == hub.url and links["self"] == f"http://127.0.0.1:8099/desk/{name}"
    assert msgspec.json.decode((public / "feed.json").read_bytes())["hubs"] == [
        {"type": "WebSub", "url": hub.url}
    ]
