from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsloom.errors import DocumentError
from newsloom.records import Article, Copy, Provider, Record, State
from newsloom.store import ImageFailure, Index, SourceState, Stamp, Visit, open_index

DAY = datetime(2026, 11, 20, tzinfo=UTC)
PROVIDER = Provider(name="Gazette", domain="gazette.example")


def make_record(name: str, *, title: str = "A headline", address: str = "") -> Record:
    url = address or f"https://gazette.example/{name}"
    article = Article(
        title=title, excerpt="", published=DAY, original_url=url, web_url=url, provider=PROVIDER
    )
    copy = Copy(url=f"https://mirror.example/{name}", title=title, provider=PROVIDER, published=DAY)
    return Record(name=name, article=article, state=State(seen=DAY, story=name, copies=(copy,)))


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return open_index(tmp_path / ".newsloom" / "index.sqlite")


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


def test_what_polls_and_visits_left_is_remembered(index: Index, tmp_path: Path) -> None:
    state = SourceState(address="https://gazette.example/rss", polled=5, etag='W/"1"', entries=3)
    visit = Visit(outcome="rejected", reason="no topic", title="T", visited=5)
    index.put_source_states([state])
    index.put_visits({"k": visit})
    index.add_pass(7, '{"new": 1}')
    with open_index(tmp_path / ".newsloom" / "index.sqlite") as again:
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
