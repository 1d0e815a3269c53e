import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from newsloom.errors import DocumentError, StoreError
from newsloom.place import Place
from newsloom.records import Article, Copy, Provider, Record, State
from newsloom.store import (
    HostLedger,
    ImageFailure,
    Index,
    SourceState,
    Stamp,
    Visit,
    open_index,
    opening,
    rebuild_index,
)

DAY = datetime(2026, 11, 20, tzinfo=UTC)
PROVIDER = Provider(name="Gazette", domain="gazette.example")


def make_record(name: str, *, title: str = "A headline", address: str = "") -> Record:
    url = address or f"https://gazette.example/{name}"
    article = Article(
        title=title, excerpt="", published=DAY, original_url=url, web_url=url, provider=PROVIDER
    )
    copy = Copy(url=f"https://mirror.example/{name}", title=title, provider=PROVIDER, published=DAY)
    return Record(name=name, article=article, state=State(seen=DAY, story=name, copies=(copy,)))


def test_records_come_back_whole(index: Index) -> None:
    records = [make_record("2026-11-20-b"), make_record("2026-11-20-a", title="„Ümläute“ 🎉")]
    index.put([(record, Stamp(1, 2)) for record in records])
    assert index.records() == [records[1], records[0]]
    assert index.count() == 2


@pytest.mark.parametrize(
    "wanted",
    [
        "2026-11-20-a",
        "_news/2026-11-20-a.md",
        "https://gazette.example/2026-11-20-a",
        "https://gazette.example/2026-11-20-a?utm_source=feed",
        "https://mirror.example/2026-11-20-a",
    ],
)
def test_a_record_is_found_by_any_of_its_addresses(index: Index, wanted: str) -> None:
    index.put([(make_record("2026-11-20-a"), Stamp(1, 2))])
    found = index.find(wanted)
    assert found is not None
    assert found.name == "2026-11-20-a"
    assert index.find("https://elsewhere.example/") is None


def test_only_files_that_changed_are_read_again(index: Index) -> None:
    reads: list[str] = []

    def read(name: str) -> Record:
        reads.append(name)
        return make_record(name)

    index.synchronise({"a": Stamp(1, 10), "b": Stamp(1, 10)}, read)
    assert sorted(reads) == ["a", "b"]
    reads.clear()
    done = index.synchronise({"a": Stamp(1, 10), "c": Stamp(1, 10)}, read)
    assert reads == ["c"]
    assert (done.read, done.removed) == (1, 1)
    index.synchronise({"a": Stamp(2, 10), "c": Stamp(1, 11)}, read)
    assert sorted(reads) == ["a", "c", "c"]
    assert index.find("https://gazette.example/b") is None


def test_a_document_that_cannot_be_read_is_told_and_the_rest_goes_on(index: Index) -> None:
    def read(name: str) -> Record:
        if name == "bad":
            raise DocumentError("_news/bad.md:3", "is not YAML")
        return make_record(name)

    done = index.synchronise({"bad": Stamp(1, 1), "good": Stamp(1, 1)}, read)
    assert [str(problem) for problem in done.problems] == ["_news/bad.md:3: is not YAML"]
    assert [record.name for record in index.records()] == ["good"]


def test_a_changed_address_leaves_no_trace_of_the_old_one(index: Index) -> None:
    index.put([(make_record("a", address="https://gazette.example/old"), Stamp(1, 1))])
    index.put([(make_record("a", address="https://gazette.example/new"), Stamp(2, 1))])
    assert index.find("https://gazette.example/old") is None
    assert index.find("https://gazette.example/new") is not None


def test_what_polls_and_visits_left_is_remembered(index: Index, place: Place) -> None:
    state = SourceState(address="https://gazette.example/rss", polled=5, etag='W/"1"', entries=3)
    visit = Visit(outcome="rejected", reason="no topic", title="T", visited=5)
    index.put_source_states([state])
    index.put_visits({"k": visit})
    index.add_pass(7, '{"new": 1}')
    with open_index(place) as again:
        assert again.source_states() == {state.address: state}
        assert again.visits() == {"k": visit}
        assert again.last_pass() == '{"new": 1}'


def test_pictures_that_did_not_come_and_idle_copies_are_remembered_until_replaced(index: Index) -> None:
    failure = ImageFailure(address="a", tried=5, failures=2, code="timeout", refused=False, problem="a: slow")
    index.put_image_failures([failure])
    index.put_idle_images({"b": 7})
    assert index.image_failures() == {"a": failure}
    assert index.idle_images() == {"b": 7}
    index.put_image_failures([])
    index.put_idle_images({})
    assert (index.image_failures(), index.idle_images()) == ({}, {})


def test_a_damaged_index_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite"
    path.write_bytes(b"this is not a database" * 100)
    with open_index(path) as index:
        assert index.records() == []


def test_a_rebuilt_index_keeps_what_documents_cannot_give_back(place: Place) -> None:
    state = SourceState(address="https://gazette.example/rss", polled=5, etag='"1"', lags=(60,))
    visit = Visit(outcome="rejected", reason="no topic", title="T", visited=5)
    with open_index(place) as index:
        index.put([(make_record("a"), Stamp(1, 1))])
        index.put_source_states([state])
        index.put_visits({"k": visit})
    with HostLedger(place) as ledger:
        ledger.put_robots("https://gazette.example:443", b"file")
        ledger.close("gazette.example:443", 99.5)
    with rebuild_index(place) as index:
        assert index.records() == []
        assert index.source_states() == {state.address: state}
        assert index.visits() == {"k": visit}
    with HostLedger(place) as ledger:
        assert ledger.find_robots("https://gazette.example:443") == b"file"
        assert 98 < ledger.tell_wait("gazette.example:443", 1.0)[1] <= 99.5


def test_an_index_of_the_first_version_gives_its_source_states_and_visits_over(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite"
    with sqlite3.connect(path) as old:
        old.executescript(
            """
            CREATE TABLE meta (key VARCHAR PRIMARY KEY, value TEXT NOT NULL);
            INSERT INTO meta VALUES ('schema', '1');
            CREATE TABLE records (name VARCHAR PRIMARY KEY, payload BLOB NOT NULL);
            INSERT INTO records VALUES ('a', x'00');
            CREATE TABLE visits (key VARCHAR PRIMARY KEY, outcome VARCHAR NOT NULL, reason TEXT NOT NULL,
                                 title TEXT NOT NULL, visited BIGINT NOT NULL);
            INSERT INTO visits VALUES ('k', 'same', '', 'T', 5);
            CREATE TABLE sources (address VARCHAR PRIMARY KEY, etag TEXT, last_modified TEXT,
                                  polled BIGINT NOT NULL, entries INTEGER NOT NULL, failures INTEGER NOT NULL,
                                  problem TEXT NOT NULL);
            INSERT INTO sources VALUES ('https://gazette.example/rss', '"1"', NULL, 5, 3, 0, '');
            """
        )
    with open_index(path) as index:
        states = index.source_states()
        assert states["https://gazette.example/rss"].etag == '"1"'
        assert list(index.visits()) == ["k"]
        assert index.records() == []
    with open_index(path) as again:
        assert again.source_states() == states


def test_a_damaged_index_is_kept_beside_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite"
    path.write_bytes(b"this is not a database" * 100)
    with open_index(path):
        assert (tmp_path / "index.sqlite.damaged").read_bytes().startswith(b"this is not")


def test_an_index_that_is_locked_is_not_thrown_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "index.sqlite"
    with open_index(path) as index:
        index.put([(make_record("a"), Stamp(1, 1))])
    monkeypatch.setattr(opening, "_prepare", _fail_as_locked)
    with pytest.raises(StoreError):
        open_index(path)
    monkeypatch.undo()
    with open_index(path) as index:
        assert index.count() == 1


def _fail_as_locked(_index: Index) -> None:
    cause = OperationalError("BEGIN", {}, sqlite3.OperationalError("database is locked"))
    raise StoreError("index.sqlite", "the index failed: database is locked") from cause


def test_what_is_too_old_is_let_go_of(index: Index) -> None:
    now = int(datetime(2026, 11, 25, tzinfo=UTC).timestamp())
    months = [now - days * 86_400 for days in (0, 40, 300, 500, 900)]
    index.put_visits({str(at): Visit(outcome="same", reason="", title="", visited=at) for at in months})
    for at in months:
        index.add_pass(at, "{}")
    index.forget_old(now)
    assert sorted(index.visits()) == sorted(str(at) for at in months[:3])
    assert [at for at, _ in index.passes(0, 10)] == [months[2], months[1], months[0]]


def test_an_address_looked_at_again_has_one_visit_the_last(index: Index) -> None:
    first = Visit(outcome="rejected", reason="no topic", title="T", visited=1_000_000_000)
    again = Visit(outcome="same", reason="", title="T2 \0", visited=1_790_000_000)
    index.put_visits({"k": first, "l": first})
    index.put_visits({"k": again})
    assert index.visits()["l"] == first
    assert index.visits()["k"].title.startswith("T2")
    assert len(index.visits()) == 2


def test_what_is_put_waits_for_publishers_until_they_are_done(index: Index) -> None:
    index.put([(make_record(name), Stamp(1, 1)) for name in ("b", "a")])
    index.put([(make_record("a"), Stamp(2, 1))])
    pending = index.pending("publish")
    assert pending.names == ("a", "b")
    index.remove(["b"])
    index.finish("publish", pending.last, feeds=["https://desk.example/feed.xml"])
    assert index.pending("publish").names == ("b",)
    assert index.pending("announce").names == ("https://desk.example/feed.xml",)
    for publisher in ("publish", "announce"):
        index.finish(publisher, index.pending(publisher).last)
        assert index.pending(publisher).names == ()
    assert index.waiting() == 0
    index.put([(make_record("c"), Stamp(1, 1))])
    assert index.pending("publish").names == ("c",)
