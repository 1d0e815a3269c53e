"""Pages that are fetched by the workers that read them: the same records, the same pace, whoever dies."""

from __future__ import annotations

import asyncio
from pathlib import Path
from time import monotonic

import pytest
from msgspec import structs

from newsloom import settings
from newsloom.bench.courtesy.host import Host, redirect, reply
from newsloom.errors import FetchError
from newsloom.fetch import ReplayFetcher
from newsloom.intake.account import Intake
from newsloom.intake.errands import Errand, fetch_batch, hand_out, split_errands
from newsloom.intake.fetching import Terms, Web
from newsloom.intake.rounds import Wanted
from newsloom.place import Place
from newsloom.records import Decision, Draft
from tests.fetch.servers import QUICK, serving
from tests.recordings import make_page

PACE = 0.2
PAGES = 6
HOSTS = 7


def make_terms(folder: Path, *hosts: Host, pace: float = 0.0) -> Terms:
    ledger = Place(str(folder / "hosts.sqlite"))
    limits = structs.replace(QUICK, host_seconds=pace)
    allow = tuple(host.place for host in hosts)
    return Terms(contact="", allow=allow, proxy="", limits=limits, hosts=ledger, own=ledger)


def page(title: str) -> bytes:
    return reply(make_page(title), Content_Type="text/html; charset=utf-8")


def test_a_task_gives_drafts_and_says_why_there_is_none(tmp_path: Path) -> None:
    host = Host({"/a": page("A chip that learns"), "/b": redirect("/c"), "/c": page("A robot that folds")})
    host.routes |= {"/robots.txt": reply("User-agent: *\nDisallow: /no\n"), "/empty": reply(b"")}
    with serving(host):
        terms = make_terms(tmp_path, host)
        paths = ("/a", "/b", "/gone", "/no", "/empty")
        found = fetch_batch([Errand(terms=terms, address=host.url(path)) for path in paths])
        refused = fetch_batch([Errand(terms=structs.replace(terms, allow=()), address=host.url("/a"))])
    titles = [reading.found.title for reading in found[:2] if isinstance(reading.found, Draft)]
    assert titles == ["A chip that learns", "A robot that folds"]
    assert [reading.final for reading in found[:2]] == [host.url("/a"), host.url("/c")]
    codes = [one.found.code for one in (*found[2:4], *refused) if isinstance(one.found, FetchError)]
    assert codes == ["not-found", "blocked-by-robots", "refused-address"]
    assert isinstance(found[4].found, Decision | FetchError)
    assert not host.asked("/no")


def test_a_task_whose_time_is_over_asks_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "ERRAND_SECONDS", 0.3)
    host = Host({"*": page("A chip that learns")})
    with serving(host):
        terms = make_terms(tmp_path, host, pace=0.1)
        started = monotonic()
        found = fetch_batch([Errand(terms=terms, address=host.url(f"/{n}")) for n in range(20)])
    assert monotonic() - started < 2
    read = [reading for reading in found if not reading.is_lost]
    assert 1 <= len(read) < 10
    assert len(host.seen) == len(read) + 1  # and robots.txt


def test_addresses_are_dealt_host_by_host_and_no_list_waits_long_for_one(tmp_path: Path) -> None:
    async def draw() -> list[str]:
        names = [f"http://{name}.example/{number}" for name in "ab" for number in range(2)]
        names += [f"http://c.example/{number}" for number in range(70)]
        left = {name: (name, "feed") for name in names}
        wanted = Wanted(left=left, edited={}, stop=asyncio.Event())
        errands = hand_out(make_terms(tmp_path), Web(ReplayFetcher([])), wanted, Intake())
        found = [errand.address async for errand in errands if errand is not None]
        assert not left
        return found

    dealt = asyncio.run(draw())
    assert [address[7:].replace(".example", "") for address in dealt[:7]] == [
        "a/0", "b/0", "c/0", "a/1", "b/1", "c/1", "c/2",
    ]  # fmt: skip
    errands = [Errand(terms=make_terms(tmp_path), address=address) for address in dealt]
    assert [len(batch) for batch in split_errands(errands, 50)] == [34, 30, 10]
    assert [len(batch) for batch in split_errands(errands, 30)] == [30, 30, 14]
