"""Search over a real port: pages without script, JSON in the API's shape, feeds, and hostile questions."""

from __future__ import annotations

import asyncio
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree

import feedparser
import msgspec
import pytest
from selectolax.lexbor import LexborHTMLParser
from sqlalchemy import Connection, Engine, event

from newsloom.errors import LimitError
from newsloom.publish.view import compile_edition
from newsloom.searching import find_search, update_search
from newsloom.serve.search import SearchDesk
from newsloom.settings import SEARCH_WAITING
from tests.builders import CLOCK, record, sample_site, site_view
from tests.postgres import make_address, open_server
from tests.publish.test_hostile import HOSTILE
from tests.serve.serving import start_server, stop_server, write_site
from tests.serve.test_app import ask


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = write_site(tmp_path_factory.mktemp("site"), sample_site())
    if request.param == "postgresql":
        (root / "newsloom.yaml").write_text(f"store: {make_address()}\n")
    update_search(root, compile_edition(sample_site()))
    return root


@pytest.fixture(scope="module")
def port(site: Path) -> Iterator[int]:
    process, port = start_server(site)
    yield port
    assert stop_server(process) == 0


def look(port: int, query: str) -> LexborHTMLParser:
    reply = ask(port, f"/search/?{query}")
    assert reply.status == 200
    return LexborHTMLParser(reply.body)


def test_results_are_there_without_script(port: int) -> None:
    tree = look(port, "q=traffic+lights")
    assert [node.text() for node in tree.css(".results-list h2 mark")][:2] == ["traffic", "lights"]
    assert tree.css("script[src*=search], [data-index], noscript") == []
    links = [node.attributes["href"] for node in tree.css(".results-list h2 a")]
    assert links and all(ask(port, link or "").status == 200 for link in links)
    field = tree.css_first("input[name=q]")
    assert field is not None and field.attributes["value"] == "traffic lights"
    assert tree.css("meta[name=robots][content=noindex]") and not tree.css("link[rel=canonical]")


def test_the_empty_form_and_a_page_of_nothing(port: int) -> None:
    empty = look(port, "q=")
    assert empty.css(".results-list li") == [] and empty.css_first(".results-count[hidden]") is not None
    nothing = look(port, "q=zzzzz")
    (count,) = nothing.css(".results-count")
    assert count.text() == "No results"
    meant = look(port, "q=trafic").css_first(".did-you-mean a")
    assert meant is not None and meant.text() == "traffic"


def test_pages_turn_and_lead_everywhere_once(port: int) -> None:
    seen: list[str] = []
    query = "q=is:published&sort=time"
    while query:
        tree = look(port, query)
        seen += [node.attributes["href"] or "" for node in tree.css(".results-list h2 a")]
        following = tree.css_first(".pager [rel=next]")
        query = (following.attributes["href"] or "").partition("?")[2] if following else ""
    assert len(seen) == len(set(seen)) == 33


def test_facets_narrow(port: int) -> None:
    tree = look(port, "q=learn*")
    facet = tree.css_first(".rail .tally li")
    assert facet is not None
    link, count = facet.css_first("a"), facet.css_first("span")
    assert link is not None and count is not None
    narrowed = look(port, (link.attributes["href"] or "").partition("?")[2])
    (told,) = narrowed.css(".results-count")
    assert told.text().startswith(f"{count.text()} result")


def test_items_are_those_of_the_api_with_their_highlight(port: int) -> None:
    reply = ask(port, "/api/search/index.json?q=traffic")
    assert reply.headers["content-type"] == "application/json"
    assert reply.headers["access-control-allow-origin"] == "*"
    page = json.loads(reply.body)
    assert list(page) == ["page", "value", "nextPage"] and page["page"] == 1
    known = {}
    for number in (1, 2):
        news = json.loads(ask(port, f"/api/news/page/{number}/index.json").body)
        known |= {item["path"]: item for item in news["value"]}
    for item in page["value"]:
        places = item.pop("highlight")
        assert item == {k: v for k, v in known[item["path"]].items() if k != "highlight"}
        found = [item[part][start:end] for part in ("title", "excerpt") for start, end in places[part]]
        assert found and {word.lower() for word in found} == {"traffic"}


def test_the_api_turns_pages(port: int) -> None:
    first = json.loads(ask(port, "/api/search/?q=is:published").body)
    second = json.loads(ask(port, "/api/search/?q=is:published&page=2").body)
    assert (len(first["value"]), first["nextPage"]) == (20, 2)
    assert (len(second["value"]), second["nextPage"]) == (13, None)
    assert json.loads(ask(port, "/api/search/").body) == {"page": 1, "value": [], "nextPage": None}


@pytest.mark.parametrize(("file", "version"), [("feed.rss", "rss20"), ("feed.atom", "atom10")])
def test_a_search_can_be_followed(port: int, file: str, version: str) -> None:
    tree = look(port, "q=robot*")
    (link,) = [
        n.attributes["href"] for n in tree.css("link[rel=alternate]") if file in (n.attributes["href"] or "")
    ]
    reply = ask(port, link or "")
    feed = feedparser.parse(io.BytesIO(reply.body))
    assert not feed.bozo and feed.version == version and len(feed.entries) > 2
    assert any(
        link["rel"] == "self" and link["href"].endswith(f"{file}?q=robot%2A") for link in feed.feed.links
    )
    times = [entry.published_parsed for entry in feed.entries]
    assert times == sorted(times, reverse=True)


def test_a_json_feed_of_a_search(port: int) -> None:
    feed = json.loads(ask(port, "/search/feed.json?q=robot*").body)
    assert feed["feed_url"] == "https://desk.example/search/feed.json?q=robot%2A"
    assert feed["home_page_url"] == "https://desk.example/search/?q=robot%2A" and feed["items"]


def test_a_feed_of_a_search_for_what_xml_cannot_hold_parses(port: int) -> None:
    for query in ("%00", "robot%01*", "%EF%BF%BE", "]]%3E"):
        assert ElementTree.fromstring(ask(port, f"/search/feed.atom?q={query}").body) is not None


def test_an_unchanged_answer_is_not_sent_again(port: int) -> None:
    for path in ("/search/?q=chip", "/api/search/?q=chip", "/search/feed.atom?q=chip"):
        first = ask(port, path)
        assert "max-age=60" in first.headers["cache-control"] and first.headers["vary"] == "accept-encoding"
        again = ask(port, path, if_none_match=first.headers["etag"])
        assert (again.status, again.body) == (304, b"")
    assert ask(port, "/search/?q=chip", accept_encoding="gzip").headers["content-encoding"] == "gzip"
    assert ask(port, "/search/?q=chip", "HEAD").body == b""
    assert ask(port, "/search/?q=chip", "POST").status == 405


def test_the_slash_may_be_left_out(port: int) -> None:
    assert ask(port, "/search?q=chip").headers["location"] == "/search/?q=chip"


@pytest.mark.parametrize(
    "query",
    ["page=-1", "page=x&q=chip", "page=99999999999&q=chip", "page=0&q=chip", "sort=x&q=chip", "q", "&&&", "q=%ff%00",
     "q=%ed%a0%80", "&".join(f"a{number}=1" for number in range(500)), "q=" + "x" * 7_000, "q=chip&q=robot"],
)  # fmt: skip
def test_odd_questions_have_an_answer(port: int, query: str) -> None:
    for path in ("/search/", "/api/search/", "/search/feed.rss"):
        assert ask(port, f"{path}?{query}").status == 200


@pytest.mark.parametrize("text", HOSTILE[:-1], ids=range(len(HOSTILE) - 1))
def test_hostile_questions_stay_text(port: int, text: str) -> None:
    query = f"q={quote(text, errors='surrogatepass')}"
    body = ask(port, f"/search/?{query}").body
    tree = LexborHTMLParser(body)
    assert len(tree.css("title")) == len(tree.css("h1")) == len(tree.css("main")) == 1
    assert {script.attributes.get("src", "")[:13] for script in tree.css("script")} == {"/assets/desk."}
    for node in tree.css("*"):
        assert not [name for name in node.attributes if name.startswith("on") or name == "style"]
        assert re.match(r"/|#|https?://", node.attributes.get("href") or "/")
    json.loads(ask(port, f"/api/search/?{query}").body)
    for file in ("feed.rss", "feed.atom"):
        assert not feedparser.parse(io.BytesIO(ask(port, f"/search/{file}?{query}").body)).bozo


@pytest.mark.parametrize("store", ["sqlite", "postgresql"])
def test_hostile_records_come_out_as_text(tmp_path: Path, store: str) -> None:
    records = [record(f"chip {text}", name=f"n-{at}", excerpt=text) for at, text in enumerate(HOSTILE)]
    site = site_view(records)
    write_site(tmp_path, site)
    if store == "postgresql":
        (tmp_path / "newsloom.yaml").write_text(f"store: {make_address()}\n")
    update_search(tmp_path, compile_edition(site))
    process, port = start_server(tmp_path)
    try:
        tree = look(port, "q=chip")
        assert len(tree.css(".results-list > li")) == 20
        assert tree.css("main script, main img, main iframe, main base, main svg:not([aria-hidden])") == []
        assert len(tree.css(".results-list h2 mark")) >= 20
        json.loads(ask(port, "/api/search/?q=chip").body)
        assert not feedparser.parse(io.BytesIO(ask(port, "/search/feed.rss?q=chip").body)).bozo
    finally:
        assert stop_server(process) == 0


def test_without_an_index_the_sites_own_page_answers(tmp_path: Path) -> None:
    write_site(tmp_path, sample_site(url="https://x.example/desk/"))
    process, port = start_server(tmp_path, "/desk/")
    try:
        assert b"data-index" in ask(port, "/desk/search/?q=chip").body
        assert ask(port, "/desk/api/search/?q=chip").status == 404
        update_search(tmp_path, compile_edition(sample_site(url="https://x.example/desk/")))
        live = ask(port, "/desk/search/?q=chip").body
        assert b"data-index" not in live and b'href="/desk/stories/' in live
        assert ask(port, "/search/?q=chip").status == 404
    finally:
        assert stop_server(process) == 0


def test_a_pass_beside_it_is_seen(site: Path, port: int) -> None:
    assert "No results" in look(port, "q=quetzal").html
    fresh = record("A quetzal is seen in the city", published=CLOCK, name="2026-11-24-quetzal")
    view = sample_site()
    update_search(site, compile_edition(msgspec.structs.replace(view, records=(*view.records, fresh))))
    tree = look(port, "q=quetzal")
    assert len(tree.css(".results-list > li")) == 1
    update_search(site, compile_edition(sample_site()))


def test_a_new_name_of_the_site_is_on_the_next_page(site: Path, port: int) -> None:
    look(port, "q=traffic")
    view = sample_site()
    update_search(site, compile_edition(msgspec.structs.replace(view, title="Another desk")))
    title = look(port, "q=traffic").css_first("title")
    assert title is not None and "Another desk" in title.text()
    update_search(site, compile_edition(view))


def test_a_question_to_postgresql_is_one_transaction(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "newsloom.serve.search.SEARCH_WORKERS", 1
    )  # it opens the index with the first question
    (write_site(tmp_path, sample_site()) / "newsloom.yaml").write_text(f"store: {make_address()}\n")
    update_search(tmp_path, compile_edition(sample_site()))
    desk = SearchDesk(find_search(tmp_path))
    begun: list[str] = []

    def note(_connection: Connection) -> None:
        begun.append(path)

    def close() -> None:
        desk._held.reader.searcher.close()  # which only its own thread knows

    paths = ["/search/", "/search/", "/api/search/", "/search/feed.rss"]
    event.listen(Engine, "begin", note)
    try:
        for path in paths:
            reply = asyncio.run(desk.answer("GET", path, "q=traffic", {}))
            assert reply is not None and reply.status == 200
    finally:
        event.remove(Engine, "begin", note)
        desk._pool.submit(close).result()
    assert begun == ["/search/", *paths]  # one more for the first question, which opens the index


def test_a_server_elsewhere_searches_what_the_passes_put_there(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    config = f"store: {make_address()}\n"
    for root in (here, there):
        write_site(root, sample_site())
        (root / "newsloom.yaml").write_text(config)
    update_search(here, compile_edition(sample_site()))
    process, port = start_server(there)
    try:
        assert len(look(port, "q=traffic").css(".results-list > li")) > 0
        assert not list(there.rglob("*.sqlite"))
    finally:
        assert stop_server(process) == 0


def test_a_database_that_is_gone_closes_search_alone(tmp_path: Path) -> None:
    root = write_site(tmp_path, sample_site())
    with open_server() as server:
        (root / "newsloom.yaml").write_text(f"store: {server.address('desk')}\n")
        update_search(root, compile_edition(sample_site()))
        process, port = start_server(root)
        try:
            assert len(look(port, "q=traffic").css(".results-list > li")) > 0
            server.control("stop", "-m", "immediate")
            for path in ("/search/?q=traffic", "/api/search/?q=traffic"):
                reply = ask(port, path)
                assert reply.status == 503 and reply.headers["retry-after"] == "5"
                assert reply.body.startswith(b"Search is away") and reply.body.count(b"\n") <= 1
            assert ask(port, "/").status == 200
            server.start()
            assert len(look(port, "q=traffic").css(".results-list > li")) > 0
        finally:
            assert stop_server(process) == 0


def test_too_many_at_once_are_asked_to_come_back(site: Path) -> None:
    desk = SearchDesk(find_search(site))
    desk._waiting = SEARCH_WAITING
    reply = asyncio.run(desk.answer("GET", "/search/", "q=chip", {}))
    assert reply is not None and reply.status == 503 and (b"retry-after", b"5") in reply.headers


def test_a_search_that_takes_too_long_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def give_up(*_: object, **__: object) -> None:
        raise LimitError("search", "took longer than 1 s and was given up", "ask for rarer words")

    monkeypatch.setattr("newsloom.search.Searcher.search", give_up)
    update_search(write_site(tmp_path, sample_site()), compile_edition(sample_site()))
    desk = SearchDesk(find_search(tmp_path))
    page = asyncio.run(desk.answer("GET", "/search/", "q=chip", {}))
    assert page is not None and page.status == 503 and b"took longer than 1 s" in page.body
    assert (b"cache-control", b"no-store") in page.headers
    items = asyncio.run(desk.answer("GET", "/api/search/", "q=chip", {}))
    assert items is not None and items.status == 503 and items.body.startswith(b"This search took longer")
