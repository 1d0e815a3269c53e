"""What becomes of sources that move, go, fail, repeat themselves or name others, over several passes."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from msgspec import Struct, field

from newsloom import settings
from newsloom.config import Config
from newsloom.intake import Plan, Stop
from newsloom.intake.health import health_to_json, read_health
from newsloom.pipeline import run_pass
from newsloom.starter import init_site
from newsloom.store import HostLedger, SourceState, open_index
from tests.clock import stand_still
from tests.recordings import make_feed, read_tree


class Reply(Struct):
    """What a path answers; `{place}` in a location is this server."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


class Publisher:
    """A server on loopback with a reply for each path; it keeps what it was asked and when."""

    def __init__(self) -> None:
        self.replies: dict[str, Reply] = {}
        self.asked: list[tuple[float, str]] = []
        self.delay = 0.0
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.place = f"127.0.0.1:{self.server.server_address[1]}"

    @classmethod
    @contextmanager
    def running(cls) -> Iterator["Publisher"]:
        """One that answers until the block ends."""
        publisher = cls()
        thread = Thread(target=publisher.server.serve_forever, daemon=True)
        thread.start()
        yield publisher
        publisher.server.shutdown()
        publisher.server.server_close()
        thread.join()

    def count(self, path: str) -> int:
        return sum(asked == path for _, asked in self.asked)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        publisher = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                publisher.asked.append((time.monotonic(), self.path))
                time.sleep(publisher.delay)
                reply = publisher.replies.get(self.path, Reply(status=404))
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value.format(place=publisher.place))
                self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                self.wfile.write(reply.body)

            def log_message(self, *_: object) -> None:
                pass

        return Handler


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with Publisher.running() as publisher:
        yield publisher


@pytest.fixture
def site(publisher: Publisher, tmp_path: Path) -> Path:
    return make_site(tmp_path, publisher, f"- feed: http://{publisher.place}/rss\n")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "HOST_SECONDS", 0.02)
    stand_still(monkeypatch)


def make_site(folder: Path, publisher: Publisher, sources: str) -> Path:
    root = folder / "site"
    config = Config(
        title="Live", topic="AI", keep="all", engine="inline", fetch_pages=False, allow=(publisher.place,)
    )
    init_site(root, config=config, sources=sources)
    return root


def feed(*titles: str) -> Reply:
    return Reply(
        body=make_feed([(f"http://news.example/{title.replace(' ', '-')}", title) for title in titles])
    )


def state_of(site: Path, publisher: Publisher, path: str = "/rss") -> SourceState:
    with open_index(site / ".newsloom/index.sqlite") as index:
        return index.source_states()[f"http://{publisher.place}{path}"]


def test_the_same_bytes_again_cost_nothing_even_without_validators(site: Path, publisher: Publisher) -> None:
    publisher.replies["/rss"] = feed("A robot learns to fold towels")
    assert run_pass(site).new == 1
    before = read_tree(site)
    second = run_pass(site)
    assert publisher.count("/rss") == 2
    assert (second.entries, second.new, second.changed, second.commit) == (0, 0, 0, None)
    assert second.documents == 1
    assert "judge" not in second.seconds
    assert read_tree(site) == before


def test_what_is_thrown_away_is_made_again_though_nothing_came_in(site: Path, publisher: Publisher) -> None:
    publisher.replies["/rss"] = feed("A robot learns to fold towels")
    run_pass(site)
    before = read_tree(site)
    (site / "public/index.html").unlink()
    run_pass(site)
    assert read_tree(site) == before


def test_a_source_is_read_anew_when_its_owner_says_something_else_of_it(
    site: Path, publisher: Publisher
) -> None:
    publisher.replies["/rss"] = feed("A robot learns to fold towels")
    run_pass(site)
    sources = site / "sources.yaml"
    sources.write_text(f"- feed: http://{publisher.place}/rss\n  provider: gazette.example\n")
    assert run_pass(site).entries == 1


def test_robots_is_asked_once_for_many_passes(site: Path, publisher: Publisher) -> None:
    publisher.replies["/rss"] = feed("A robot learns to fold towels")
    run_pass(site)
    run_pass(site)
    assert publisher.count("/robots.txt") == 1


def test_a_source_that_moved_for_good_is_followed_and_its_owner_told(
    site: Path, publisher: Publisher
) -> None:
    publisher.replies["/rss"] = Reply(status=301, headers={"Location": "http://{place}/new"})
    publisher.replies["/new"] = feed("A robot learns to fold towels")
    problems = [run_pass(site).problems for _ in range(3)]
    assert problems[:2] == [[], []]
    assert any("has moved for good" in line and "sources.yaml" in line for line in problems[2])
    publisher.asked.clear()
    run_pass(site)
    assert (publisher.count("/rss"), publisher.count("/new")) == (0, 1)


def test_a_source_that_is_gone_is_told_and_never_asked_again(site: Path, publisher: Publisher) -> None:
    publisher.replies["/rss"] = Reply(status=410)
    assert any("gone" in line for line in run_pass(site).problems)
    again = run_pass(site)
    assert any("remove it from sources.yaml" in line for line in again.problems)
    assert publisher.count("/rss") == 1
    (site / "sources.yaml").write_text("[]\n")
    run_pass(site)
    (site / "sources.yaml").write_text(f"- feed: http://{publisher.place}/rss\n")
    run_pass(site)
    assert publisher.count("/rss") == 2


def test_a_paused_source_is_left_alone(site: Path, publisher: Publisher) -> None:
    (site / "sources.yaml").write_text(f"- feed: http://{publisher.place}/rss\n  paused: true\n")
    assert run_pass(site).polled == 0
    assert publisher.asked == []
    assert [health.standing for health in read_health(site)] == ["paused"]


def test_a_pause_that_a_host_asks_for_outlives_the_process(site: Path, publisher: Publisher) -> None:
    publisher.replies["/rss"] = Reply(status=429, headers={"Retry-After": "3000"})
    run_pass(site)
    publisher.asked.clear()
    second = run_pass(site)
    assert publisher.asked == []
    assert any("pause" in line for line in second.problems)
    state = state_of(site, publisher)
    assert (state.polls, state.failures) == (1, 1)
    assert state.due >= time.time() + 2900
    with HostLedger(site / ".newsloom/index.sqlite") as ledger:
        assert ledger.tell_wait(publisher.place, 1.0)[1] > 2900


def test_a_pass_polls_only_what_its_plan_names(tmp_path: Path, publisher: Publisher) -> None:
    addresses = [f"http://{publisher.place}/{name}" for name in ("one", "two")]
    site = make_site(tmp_path, publisher, "".join(f"- feed: {address}\n" for address in addresses))
    publisher.replies |= {"/one": feed("One robot"), "/two": feed("Two robots")}
    run_pass(site, plan=Plan(remote=frozenset(addresses[1:])))
    assert (publisher.count("/one"), publisher.count("/two")) == (0, 1)


def test_a_stopped_pass_leaves_sources_to_the_next(site: Path, publisher: Publisher) -> None:
    publisher.replies["/rss"] = feed("A robot learns to fold towels")
    stop = Stop()
    stop.give()
    assert run_pass(site, stop=stop).new == 0
    assert run_pass(site).new == 1


def test_what_is_wrong_is_told_in_the_health_of_a_source(site: Path, publisher: Publisher) -> None:
    publisher.replies["/rss"] = feed("A robot learns to fold towels")
    run_pass(site)
    publisher.replies["/rss"] = Reply(body=b"<html><body>We are rebuilding</body></html>")
    run_pass(site)
    (health,) = read_health(site)
    assert (health.standing, health.code, health.success) == ("failing", "not-a-feed", 0.5)
    shown = health_to_json(health)
    assert shown["nextPoll"] and shown["remedy"] and shown["lastNews"]


def test_the_children_of_an_index_are_read_in_the_same_poll_and_keep_its_rhythm(
    tmp_path: Path, publisher: Publisher
) -> None:
    root = f"http://{publisher.place}"
    site = make_site(tmp_path, publisher, f"- sitemap: {root}/index.xml\n")
    publisher.replies["/index.xml"] = sitemap("sitemapindex", "sitemap", [f"{root}/a.xml", f"{root}/b.xml"])
    publisher.replies |= {
        f"/{name}.xml": sitemap("urlset", "url", [f"{root}/news/{name}-{n}" for n in range(2)])
        for name in "ab"
    }
    assert run_pass(site).entries == 4
    assert (publisher.count("/a.xml"), publisher.count("/b.xml")) == (1, 1)
    publisher.replies["/b.xml"] = sitemap("urlset", "url", [f"{root}/news/b-9"])
    assert run_pass(site).entries == 1  # the index and the first child are as they were
    (health,) = read_health(site)
    assert (health.polls, health.entries) == (2, 3)
    (site / "sources.yaml").write_text("[]\n")
    run_pass(site)
    with open_index(site / ".newsloom/index.sqlite") as index:
        assert index.source_states() == {}


def sitemap(root: str, item: str, addresses: list[str]) -> Reply:
    lines = "".join(
        f"<{item}><loc>{address}</loc><lastmod>2026-11-20T08:00:00Z</lastmod></{item}>"
        for address in addresses
    )
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return Reply(body=f'<?xml version="1.0"?><{root} xmlns="{space}">{lines}</{root}>'.encode())


def test_readers_see_how_sources_fare_and_nothing_of_their_addresses(
    site: Path, publisher: Publisher
) -> None:
    publisher.replies["/rss"] = feed("A robot learns to fold towels")
    run_pass(site)
    page = site / "public/sources/index.html"
    assert "answers well" in page.read_text()
    assert publisher.place not in page.read_text()  # the site's owner alone may read it
    assert publisher.place not in (site / "public/sources.opml").read_text()
    before = read_tree(site)
    run_pass(site)
    assert read_tree(site) == before
    (site / "sources.yaml").write_text(f"- feed: http://{publisher.place}/rss\n  paused: true\n")
    run_pass(site)
    assert ">paused<" in page.read_text()
