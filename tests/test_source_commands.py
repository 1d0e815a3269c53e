"""`newsloom sources`, as a new user would type it, over a publisher on loopback."""

import json
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from typer.testing import CliRunner

from newsloom.cli import app
from newsloom.config import Config
from newsloom.errors import NewsloomError
from newsloom.fetch import LiveFetcher
from newsloom.pipeline import run_pass
from newsloom.site import Source, read_site
from newsloom.sourcelines import add_sources
from newsloom.sources import read_opml
from newsloom.starter import init_site
from newsloom.store import SourceState, open_index
from tests.fetch.servers import QUICK
from tests.recordings import Answer, make_feed, make_page, write_recording
from tests.shared import shared
from tests.sources.listings import HEADLINES, make_blog, page
from tests.sources.publisher import Publisher
from tests.sources.test_opml import HOSTILE
from tests.sources.test_sitemap import NEWS, plain

Call = Callable[..., str]


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with Publisher() as publisher:
        entries = [(publisher.url(f"/story-{n}"), title) for n, title in enumerate(HEADLINES)]
        head = '<link rel="alternate" type="application/rss+xml" title="The Paper" href="/rss">'
        publisher.files = {
            "/": page("The Paper", "", (), head).body,
            "/rss": make_feed(entries),
            "/blog": make_blog().body,
        }
        yield publisher


@pytest.fixture
def site(publisher: Publisher, tmp_path: Path) -> Path:
    config = Config(title="Try", topic="AI", engine="inline", allow=(publisher.place,))
    init_site(tmp_path / "site", config=config)
    return tmp_path / "site"


@pytest.fixture
def call(site: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Run `newsloom sources …` on the site; what it printed, or its one error."""
    monkeypatch.setattr("newsloom.sourcing.LiveFetcher", partial(LiveFetcher, limits=QUICK))

    def run(*words: str, answer: str = "") -> str:
        done = CliRunner().invoke(app, ["sources", *words, "--site", str(site)], input=answer)
        if isinstance(done.exception, NewsloomError):
            return f"error: {done.exception}"
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.output

    return run


def written(site: Path) -> list[Source]:
    return list(read_site(site).sources)


def test_a_sites_address_is_enough_to_add_its_feed(site: Path, publisher: Publisher, call: Call) -> None:
    said = call("add", publisher.url(), "--topic", "AI", "--every", "2h", "--yes")
    assert f"feed  {publisher.url('/rss')}: the page names it as its feed" in said
    assert HEADLINES[1] in said
    assert "AI Hardware" in said
    (source,) = written(site)
    assert (source.kind, source.location, source.topics, source.every) == (
        "feed",
        publisher.url("/rss"),
        ("AI",),
        7_200,
    )
    assert not any(path.startswith("/story") for path in publisher.asked)  # its pages are not fetched for it


def test_it_asks_before_it_writes_and_a_dry_run_never_does(
    site: Path, publisher: Publisher, call: Call
) -> None:
    before = (site / "sources.yaml").read_text()
    assert "nothing is written" in call("add", publisher.url(), "--dry-run")
    assert "nothing was written" in call("add", publisher.url(), answer="n\n")
    assert "say --yes" in call("add", publisher.url())
    assert (site / "sources.yaml").read_text() == before
    assert "1 added" in call("add", publisher.url(), answer="\n")


def test_a_source_is_added_once_however_it_is_written(site: Path, publisher: Publisher, call: Call) -> None:
    call("add", publisher.url("/rss"), "--yes")
    for address in (publisher.url("/rss/"), publisher.url("/rss?utm_source=x"), publisher.url("/")):
        assert "is a source already (sources.yaml:" in call("add", address, "--yes")
    assert len(written(site)) == 1


def test_an_address_without_a_scheme_is_tried_with_https_then_without(
    site: Path, publisher: Publisher, call: Call
) -> None:
    assert "1 added" in call("add", f"{publisher.place}/rss", "--yes")
    assert written(site)[0].location == publisher.url("/rss")


def test_a_page_of_links_is_added_by_its_selector(site: Path, publisher: Publisher, call: Call) -> None:
    said = call("add", publisher.url("/blog"), "--select", "h2 > a", "--name", "The Blog", "--yes")
    assert "6 entries" in said
    (source,) = written(site)
    assert (source.kind, source.select, source.name) == ("listing", "h2 > a", "The Blog")


def test_a_plain_sitemap_shows_its_addresses(publisher: Publisher, call: Call) -> None:
    address = publisher.url("/a-story-of-four-words")
    publisher.files["/sitemap.xml"] = plain((address, "2026-11-20")).encode()
    assert f"{address}  (its page will tell the rest)" in call("add", publisher.url("/sitemap.xml"), "--yes")


def test_saved_pages_and_recordings_are_added_by_their_paths(site: Path, call: Call) -> None:
    head = '<link rel="canonical" href="https://paper.example/a-new-chip">'
    (site / "saved").mkdir()
    (site / "saved/one.html").write_bytes(make_page("A new chip is here", head=head))
    write_recording(
        site / "one.warc.gz", [Answer(url="https://paper.example/a", body=make_page("Another chip"))]
    )
    assert "A new chip is here" in call("add", str(site / "saved"), "--yes")
    assert "Another chip" in call("add", str(site / "one.warc.gz"), "--yes")
    assert [(source.kind, source.location) for source in written(site)] == [
        ("folder", "saved"),
        ("warc", "one.warc.gz"),
    ]
    assert "2 sources read, 0 failed" in call("test")


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        (["nohost"], "is neither a file nor a web address"),
        (["gopher://x.example/"], "is neither a file nor a web address"),
        (["http://10.0.0.1/"], "its network address is not a public one"),
        (["https://x.example/", "--every", "3w"], "--every: cannot be '3w'"),
        (["https://x.example/", "--topic", "Art"], "there is no topic 'Art'"),
        (["{home}/missing"], "there is nothing at this address: HTTP 404"),
        (["{home}/words"], "is neither a feed, a sitemap, a list of feeds nor a web page"),
        (["{home}/empty"], "no source was found there"),
        (["{home}/blog", "--select", ">>["], "is no CSS selector"),
        (["{home}/blog", "--select", "h9"], "finds no links"),
    ],
)
def test_what_cannot_be_added_has_one_error_with_the_way_out(
    site: Path, publisher: Publisher, call: Call, words: list[str], cause: str
) -> None:
    publisher.files.pop("/rss")
    publisher.files |= {"/words": b"just words", "/empty": page("Empty", "<p>Hello.</p>", ()).body}
    said = call("add", *(word.replace("{home}", publisher.url("")) for word in words), "--yes")
    assert said.startswith("error: ")
    assert cause in said
    assert said.endswith(")")
    assert "\n" not in said
    assert written(site) == []


def test_names_from_outside_reach_neither_the_terminal_nor_the_file_unescaped(
    site: Path, publisher: Publisher, call: Call
) -> None:
    title = 'Evil\x1b[31m"&lt;b&gt;: - # \u202enews'
    feed = publisher.files["/rss"].decode().replace("<title>Feed</title>", f"<title>{title}</title>")
    publisher.files["/rss"] = feed.replace("\x1b", "").replace(HEADLINES[0], "A chip\u202e&#x9b;31m").encode()
    said = call("add", publisher.url("/rss"), "--yes")
    assert "\x1b" not in said
    assert "\x9b" not in said
    assert "\u202e" not in said
    assert len(written(site)) == 1


def test_subscriptions_come_in_once_and_go_out_again(site: Path, tmp_path: Path, call: Call) -> None:
    outlines = "".join(
        f'<outline text="{name}" xmlUrl="https://{host}.example/rss"/>'
        for host, name in (("a", "A &amp; B: &quot;x&quot;"), ("b", "# B"), ("a", "again"))
    )
    (tmp_path / "in.opml").write_text(f'<opml version="2.0"><body>{outlines}</body></opml>')
    assert "2 added" in call("add", str(tmp_path / "in.opml"), "--yes")
    assert "2 of them sources already" in call("add", str(tmp_path / "in.opml"), "--yes")
    assert [source.name for source in written(site)] == ['A & B: "x"', "# B"]
    assert "2 feeds written; 0 sources" in call("export", str(tmp_path / "out.opml"))
    assert [(outline.address, outline.title) for outline in read_opml(tmp_path / "out.opml")] == [
        (source.location, source.name) for source in written(site)
    ]
    assert "cannot be written" in call("export", str(tmp_path))


def test_a_real_list_of_subscriptions_comes_in_whole(site: Path, call: Call) -> None:
    assert "363 added" in call("add", str(shared("data", "feeds", "subscriptions.opml")), "--yes")
    assert len({source.location for source in written(site)}) == 363


def test_sources_are_paused_resumed_and_removed_by_name_or_address(
    site: Path, publisher: Publisher, call: Call
) -> None:
    call("add", publisher.url("/rss"), "--name", "The Paper", "--yes")
    text = (site / "sources.yaml").read_text()
    assert "paused" in call("pause", "the paper")
    assert written(site)[0].paused
    assert "paused" in call("list")
    assert "0 sources read" in call("test")
    call("resume", publisher.url("/rss/"))
    assert (site / "sources.yaml").read_text() == text
    assert "did you mean `The Paper`?" in call("remove", "The Papper")
    assert "its articles stay" in call("remove", "The Paper")
    assert written(site) == []


def test_a_feed_of_a_list_is_changed_in_its_list(site: Path, tmp_path: Path, call: Call) -> None:
    (site / "list.opml").write_text(
        '<opml><body><outline text="A" xmlUrl="https://a.example/rss"/></body></opml>'
    )
    with (site / "sources.yaml").open("a") as file:
        file.write("- opml: list.opml\n")
    assert "stands in a list of subscriptions" in call("pause", "A")
    assert "is a source already (a list of subscriptions)" in call("add", "https://a.example/rss", "--yes")
    assert "https://a.example/rss" in call("list")
    call("pause", "list.opml")
    assert written(site)[0].paused


def test_testing_tells_what_would_come_and_keeps_nothing(
    site: Path, publisher: Publisher, call: Call
) -> None:
    call("add", publisher.url("/rss"), "--yes")
    with (site / "sources.yaml").open("a") as file:
        file.write(f"- feed: {publisher.url('/gone')}\n")
    said = call("test")
    assert f"feed  6 entries  {publisher.url('/rss')}" in said
    assert "failed: " in said
    assert "HTTP 404" in said
    assert "2 sources read, 1 failed; nothing was kept" in said
    assert list((site / "_news").iterdir()) == []
    assert HEADLINES[1] in call("test", publisher.url("/blog"))  # an address that is no source yet
    assert HEADLINES[1] in call("test", publisher.url())  # nor is the front page, but what it leads to


def test_health_tells_the_troubled_first_with_their_cause(
    site: Path, publisher: Publisher, call: Call
) -> None:
    call("add", publisher.url("/rss"), "--yes")
    with (site / "sources.yaml").open("a") as file:
        file.write("- feed: https://sick.example/rss\n")
    assert call("health").startswith("new")
    moment = int(time.time()) - 60  # health is told as of now
    sick = SourceState(
        address="https://sick.example/rss", polled=moment, polls=4, successes=1, failures=3,
        problem="no \x1banswer", remedy="wait", code="timeout", due=moment + 600,
    )  # fmt: skip
    well = SourceState(
        address=publisher.url("/rss"), polled=moment, polls=8, successes=8, entries=6, daily=2.5,
        lags=(300, 7_300, 9_000), news=moment - 60, due=moment + 600,
    )  # fmt: skip
    with open_index(site / ".newsloom/index.sqlite") as index:
        index.put_source_states([well, sick])
    lines = call("health").splitlines()
    assert lines[0].startswith("failing")
    assert "25% of 4 polls answered, 3 failed in a row" in lines[1]
    assert lines[2].strip() == "no  answer (wait)"
    assert lines[3].startswith("well")
    assert "2.5 entries a day; seen 2 hours after publication" in lines[4]
    told = {line["address"]: line for line in map(json.loads, call("health", "--json").splitlines())}
    assert told[sick.address]["standing"] == "failing" and told[sick.address]["nextPoll"].endswith("Z")
    assert told[well.address]["entriesADay"] == 2.5


def test_a_news_sitemap_becomes_articles_of_the_publication_it_names(
    site: Path, publisher: Publisher, call: Call
) -> None:
    publisher.files["/news.xml"] = NEWS.encode()
    assert "The Paper" in call("add", publisher.url("/news.xml"), "--yes")
    config = (site / "newsloom.yaml").read_text()
    config = config.replace("keep: topical", "keep: all").replace("fetch_pages: true", "fetch_pages: false")
    (site / "newsloom.yaml").write_text(config)
    run_pass(site)
    texts = [path.read_text() for path in (site / "_news").glob("*.md")]
    assert len(texts) == 2
    assert all("The Paper" in text for text in texts)


def test_articles_of_a_lists_feeds_count_for_the_list(site: Path, publisher: Publisher, call: Call) -> None:
    publisher.files["/list.opml"] = (
        f'<opml><body><outline xmlUrl="{publisher.url("/rss")}"/></body></opml>'.encode()
    )
    assert "a list of 1 feeds" in call("add", publisher.url("/list.opml"), "--yes")
    config = (site / "newsloom.yaml").read_text()
    (site / "newsloom.yaml").write_text(
        config.replace("keep: topical", "keep: all").replace("fetch_pages: true", "fetch_pages: false")
    )
    run_pass(site)
    (row, _) = call("list").splitlines()
    assert row.split()[:2] == ["opml", str(len(HEADLINES))]


def test_exported_names_are_escaped(site: Path, call: Call) -> None:
    add_sources(site, [Source(kind="feed", location="https://a.example/rss", name=HOSTILE)])
    assert "<script" not in call("export", "-")
