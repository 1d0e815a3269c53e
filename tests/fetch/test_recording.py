from __future__ import annotations

import asyncio
import gzip
import shutil
from pathlib import Path

from fastwarc.warc import ArchiveIterator, WarcRecordType

from newsloom.bench.courtesy.gates import WALLS
from newsloom.bench.courtesy.host import Host, redirect, reply
from newsloom.config import Config
from newsloom.errors import FetchError
from newsloom.fetch import (
    Answer,
    Fetcher,
    LiveFetcher,
    RecordingFetcher,
    ReplayFetcher,
    Request,
    answer_or_fault,
)
from newsloom.pipeline import run_pass
from newsloom.starter import init_site
from tests.fetch.servers import QUICK, serving
from tests.recordings import make_feed, make_page, read_tree

FORM = (("hub.mode", "subscribe"), ("hub.topic", "https://feed.example/ü?a=1"))
NOT_FOUND = reply("nothing here", "404 Not Found")
ROUTES = {
    "/robots.txt": reply("User-agent: *\nDisallow: /private\n"),
    "/feed": reply(make_feed([("https://news.example/a", "Ä title")]), ETag='W/"1 é"', Content_Type="application/xml"),
    "/page": reply(make_page("A chip"), Content_Type="text/html; charset=utf-8", X_Robots_Tag="noai"),
    "/packed": reply(gzip.compress(make_page("Packed")), Content_Encoding="gzip", Content_Type="text/html"),
    "/image": reply(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, Content_Type="image/png"),
    "/moved": redirect("/there?x=1#part", "301 Moved"),
    "/there?x=1": redirect("page", "302 Found"),
    "/loop": redirect("/loop"),
    "/inside": redirect("http://127.0.0.1:1/"),
    "/gone": reply("gone", "410 Gone"),
    "/teapot": reply("short and stout", "418 I'm a Teapot"),
    "/same": reply(status="304 Not Modified", ETag='"same"'),
    "/big": reply(b"x" * 40_000_000),
    "/cut": reply(b"short", Content_Length="100"),
    "/none": reply(b""),
    "/no-type": reply(b"<p>" + b"words " * 99),
    "/hub": reply(status="202 Accepted"),
    **{f"/wall{n}": reply(body, Content_Type="text/html") for n, (_, body) in enumerate(WALLS.values())},
    **{f"/refusal{n}": reply(body, "403 No", Content_Type="text/html") for n, (_, body) in enumerate(WALLS.values())},
}  # fmt: skip
KINDS = {"/feed": "feed", "/same": "feed", "/image": "image", "/hub": "hub"}


def requests(host: Host) -> list[Request]:
    asked = [
        Request(
            address=host.url(path), kind=KINDS.get(path, "page"), etag='"same"' if path == "/same" else ""
        )
        for path in (*ROUTES, "/private/x", "/missing")
        if path not in {"/robots.txt", "/hub"}
    ]
    forms = [(("hub.mode", "unsubscribe"),), FORM]
    asked += [Request(address=host.url("/hub"), kind="hub", form=form) for form in forms]
    asked.append(Request(address="http://127.0.0.1:8999/private", kind="feed"))
    return [*asked, Request(address="file:///etc/passwd")]


async def collect(fetcher: Fetcher, asked: list[Request]) -> list[Answer | FetchError]:
    return [await answer_or_fault(fetcher, request) for request in asked]


def shape(results: list[Answer | FetchError]) -> list[object]:
    return [
        (type(result), result.code, str(result)) if isinstance(result, FetchError) else result
        for result in results
    ]


def test_a_replay_gives_all_that_was_given_byte_for_byte(tmp_path: Path) -> None:
    path = tmp_path / "pass.warc.gz"

    async def work() -> tuple[list[object], list[object], list[object]]:
        async with Host(ROUTES) as host, LiveFetcher(allow=[host.place], limits=QUICK) as live:
            asked = requests(host)
            with RecordingFetcher(live, path) as recording:
                first = await collect(recording, asked)
        replay = ReplayFetcher([path])
        assert not replay.problems
        second = await collect(replay, asked)
        again = tmp_path / "again.warc.gz"
        with RecordingFetcher(ReplayFetcher([path]), again) as recording:
            await collect(recording, asked)
        return shape(first), shape(second), shape(await collect(ReplayFetcher([again]), asked))

    first, second, third = asyncio.run(work())
    assert second == first
    assert third == first
    codes = {result[1] for result in first if isinstance(result, tuple)}
    assert {"bot-wall", "consent", "gone", "http-418", "too-big", "cut-short", "redirect-loop"} <= codes
    assert {"blocked-by-robots", "refused-address", "not-found", "empty", "soft-404", "forbidden"} <= codes


def test_each_answer_has_its_request_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "pass.warc.gz"

    async def work() -> Host:
        async with Host(ROUTES) as host, LiveFetcher(allow=[host.place], limits=QUICK) as live:
            with RecordingFetcher(live, path) as recording:
                for address in ("/moved", "/same", "/hub"):
                    form = FORM if address == "/hub" else ()
                    etag = '"same"' if address == "/same" else ""
                    await answer_or_fault(recording, Request(address=host.url(address), etag=etag, form=form))
        return host

    host = asyncio.run(work())
    answers: dict[str, str] = {}
    asked: list[tuple[str, bytes]] = []
    with path.open("rb") as stream:
        for record in ArchiveIterator(stream, parse_http=False, record_types=WarcRecordType.any_type):
            if record.record_type in (WarcRecordType.response, WarcRecordType.revisit):
                answers[record.record_id.strip("<>")] = record.headers["WARC-Target-URI"]
            elif record.record_type == WarcRecordType.request:
                asked.append((record.headers["WARC-Concurrent-To"].strip("<>"), record.reader.read()))
    assert [answers[name] for name, _ in asked] == [
        host.url(path) for path in ("/moved", "/there?x=1", "/page", "/same", "/hub")
    ]
    assert asked[1][1].startswith(b"GET /there?x=1 HTTP/1.1\r\nHost: 127.0.0.1:")
    assert b'If-None-Match: "same"' in asked[3][1]
    head, body = asked[4][1].split(b"\r\n\r\n")
    assert head.startswith(b"POST /hub HTTP/1.1\r\n")
    assert body == b"hub.mode=subscribe&hub.topic=https%3A%2F%2Ffeed.example%2F%C3%BC%3Fa%3D1"


def test_forms_to_one_address_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "pass.warc.gz"

    async def work() -> list[int]:
        async with Host({"/hub": reply(status="202 Accepted"), "*": NOT_FOUND}) as host:
            async with LiveFetcher(allow=[host.place], limits=QUICK) as live:
                with RecordingFetcher(live, path) as recording:
                    await recording.fetch(Request(address=host.url("/hub"), kind="hub", form=FORM))
                    host.routes["/hub"] = NOT_FOUND
                    await recording.fetch(Request(address=host.url("/hub"), kind="hub", form=FORM[:1]))
            replay = ReplayFetcher([path])
            asked = [Request(address=host.url("/hub"), kind="hub", form=form) for form in (FORM, FORM[:1])]
            return [(await replay.fetch(request)).status for request in asked]

    assert asyncio.run(work()) == [202, 404]


def test_a_recorded_pass_is_replayed_whole(tmp_path: Path) -> None:
    """Documents and problems are the same, through feeds, pages, redirects, walls and failures."""
    host, *others = (Host(ROUTES) for _ in range(4))
    with serving(host, *others):
        links = [other.url(path) for other in others for path in ("/page", "/moved")]
        links += [host.url(path) for path in ("/wall0", "/gone")]
        links += ["http://10.0.0.1/inner", "http://[::1]:9999/"]
        entries = [(link, f"Researchers describe chip number {number}") for number, link in enumerate(links)]
        host.routes["/feed"] = reply(make_feed(entries), ETag='"1"', Content_Type="application/rss+xml")
        places = tuple(one.place for one in (host, *others))
        config = Config(keep="all", engine="inline", git=False, allow=places)
        feeds = [host.url("/feed"), *(one.url(f"/wall{number}") for number, one in enumerate(others))]
        sources = "".join(f"- feed: {feed}\n" for feed in feeds)
        init_site(tmp_path / "live", config=config, sources=sources)
        shutil.copytree(tmp_path / "live", tmp_path / "again")
        live = run_pass(tmp_path / "live", record=tmp_path / "pass.warc.gz")
        asked = [len(one.seen) for one in (host, *others)]
        again = run_pass(tmp_path / "again", replay=[tmp_path / "pass.warc.gz"])
        assert [len(one.seen) for one in (host, *others)] == asked
    assert live.new >= 2
    assert any("test for people: Cloudflare" in problem for problem in live.problems)
    assert sorted(again.problems) == sorted(live.problems)
    assert read_tree(tmp_path / "again", "_news", "api") == read_tree(tmp_path / "live", "_news", "api")
