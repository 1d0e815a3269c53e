"""From a feed that names a hub to an article that nobody polled for, over real servers."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from newsloom import settings
from newsloom.pipeline import run_pass
from newsloom.site import Site
from newsloom.starter import format_config
from newsloom.store.subscriptions import Subscriptions
from newsloom.websub.inbox import has_pushes
from tests.recordings import make_feed, read_tree
from tests.websub.hubs import Hub, Publisher, running

FIRST = make_feed([("https://news.example/first", "A chip that thinks with less power")])
SECOND = make_feed(
    [
        ("https://news.example/second", "City council lets robots sweep the streets"),
        ("https://news.example/first", "A chip that thinks with less power"),
    ]
)


def subscribe(site: Site, publisher: Publisher) -> None:
    (site.root / "sources.yaml").write_text(f"- feed: {publisher.feed}\n")
    run_pass(site.root)


def titles(root: Path) -> str:
    return "".join(path.read_text() for path in (root / "_news").glob("*.md"))


def test_what_a_hub_pushes_is_an_article_of_the_next_pass_and_nobody_polls_for_it(site: Site) -> None:
    hub = Hub()
    publisher = Publisher(FIRST, hub.url)
    with running(hub, publisher):
        subscribe(site, publisher)
        (form,) = hub.forms
        assert (form["hub.mode"], form["hub.topic"]) == ("subscribe", publisher.feed)
        assert form["hub.lease_seconds"] == str(settings.WEBSUB_LEASE_SECONDS)
        assert form["hub.callback"].startswith(f"{site.config.url}websub/")
        assert 40 <= len(form["hub.secret"]) < 200  # bytes the Recommendation allows
        assert [(check.status, check.body) for check in hub.checks] == [(200, b"ch4ll-enge")]
        publisher.asked = 0

        assert hub.push(SECOND).status == 202
        assert has_pushes(site.private)
        summary = run_pass(site.root)
        assert publisher.asked == 0
        assert (summary.new, summary.problems) == (1, [])
        assert "robots sweep the streets" in titles(site.root)
        assert not has_pushes(site.private)

        assert run_pass(site.root).new == 0
        assert len(hub.forms) == 1  # the lease is fresh: there is nothing to ask for


def test_a_pass_killed_before_it_cleared_the_inbox_reads_the_push_again_to_the_same_record(
    site: Site,
) -> None:
    hub = Hub()
    publisher = Publisher(FIRST, hub.url)
    third = make_feed([("https://news.example/third", "Hospital tests machines in radiology")])
    with running(hub, publisher):
        subscribe(site, publisher)
        hub.push(third)
        (path,) = (site.private / "inbox").iterdir()
        kept = path.read_bytes()
        assert run_pass(site.root).new == 1
        before = read_tree(site.root)
        path.write_bytes(kept)
        again = run_pass(site.root)
        assert (again.new, again.changed) == (0, 0)
        assert read_tree(site.root) == before
    assert list((site.private / "inbox").iterdir()) == []


def test_a_ping_without_a_feed_has_the_source_polled_at_once(site: Site) -> None:
    hub = Hub()
    publisher = Publisher(FIRST, hub.url)
    with running(hub, publisher):
        subscribe(site, publisher)
        publisher.asked = 0
        run_pass(site.root)
        assert publisher.asked == 0
        assert hub.push(b"").status == hub.push(b"something happened").status == 202
        run_pass(site.root)
        assert publisher.asked == 1
        assert not has_pushes(site.private)


def test_a_push_that_declares_entities_is_polled_for_instead(site: Site) -> None:
    hub = Hub()
    publisher = Publisher(FIRST, hub.url)
    bomb = b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaa">]><rss version="2.0"><channel/></rss>'
    with running(hub, publisher):
        subscribe(site, publisher)
        publisher.asked = 0
        assert hub.push(bomb).status == 202
        assert run_pass(site.root).problems == []
        assert publisher.asked == 1


def test_a_dead_hub_is_named_and_its_feed_polled_as_ever(site: Site) -> None:
    hub = Hub()
    publisher = Publisher(FIRST, hub.url)
    with running(publisher):
        hub.start()
        hub.die()
        (site.root / "sources.yaml").write_text(f"- feed: {publisher.feed}\n")
        summary = run_pass(site.root)
        assert any(
            hub.url in problem and "polled until it answers" in problem for problem in summary.problems
        )
        again = run_pass(site.root)
        assert publisher.asked == 2
        assert again.problems == []  # it is tried again later, not with each pass


def test_a_removed_source_ends_its_subscription(site: Site) -> None:
    hub = Hub()
    publisher = Publisher(FIRST, hub.url)
    with running(hub, publisher):
        subscribe(site, publisher)
        (site.root / "sources.yaml").write_text("[]\n")
        run_pass(site.root)
        assert [form["hub.mode"] for form in hub.forms] == ["subscribe", "unsubscribe"]
        assert hub.checks[-1].status == 200
        assert hub.push(SECOND).status == 410
        run_pass(site.root)
        assert Subscriptions(site.store).all() == []
        assert hub.push(SECOND).status == 404


def test_switched_off_it_leaves_the_hubs(site: Site) -> None:
    hub = Hub()
    publisher = Publisher(FIRST, hub.url)
    with running(hub, publisher):
        subscribe(site, publisher)
        path = site.root / "newsloom.yaml"
        before = path.read_text()
        path.write_text(format_config(replace(site.config, websub=False)))
        try:
            run_pass(site.root)
        finally:
            path.write_text(before)
        assert hub.forms[-1]["hub.mode"] == "unsubscribe"


def test_a_pass_that_is_recorded_polls_for_what_was_pushed(site: Site, tmp_path: Path) -> None:
    hub = Hub()
    publisher = Publisher(FIRST, hub.url)
    with running(hub, publisher):
        subscribe(site, publisher)
        hub.push(SECOND)
        publisher.asked = 0
        run_pass(site.root, record=tmp_path / "one.warc.gz")
        assert publisher.asked == 1
        assert not has_pushes(site.private)


@pytest.mark.parametrize("url", ["http://localhost:8000/", "http://10.0.0.1/", "http://desk/"])
def test_a_site_that_hubs_cannot_call_says_so_and_polls(site: Site, url: str) -> None:
    hub = Hub()
    publisher = Publisher(FIRST, hub.url)
    place = publisher.feed.split("/")[2]
    path = site.root / "newsloom.yaml"
    before = path.read_text()
    path.write_text(format_config(replace(site.config, url=url, allow=(place,))))
    try:
        with running(hub, publisher):
            (site.root / "sources.yaml").write_text(f"- feed: {publisher.feed}\n")
            summary = run_pass(site.root)
    finally:
        path.write_text(before)
    assert any("`websub`" in problem and "set `url`" in problem for problem in summary.problems)
    assert (publisher.asked, hub.forms) == (1, [])
