"""Sites of one installation read each address once between them, and each judges for itself."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsloom import settings
from newsloom.config import Config
from newsloom.errors import NewsloomError
from newsloom.intake import references
from newsloom.pipeline import read_records, run_pass
from newsloom.records import Page
from newsloom.starter import init_site
from newsloom.store.shared import SharedStore
from tests.intake.test_rounds import Publisher, Reply
from tests.recordings import make_feed, make_page

TITLES = ("A chip that learns", "A robot that folds towels", "The council met again")


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with Publisher.running() as publisher:
        yield publisher


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "HOST_SECONDS", 0.0)


def offer(publisher: Publisher, *titles: str, edited: str = "") -> None:
    """A feed of pages; `edited` is put behind the titles of all."""
    pages = [(f"/page-{number}", title) for number, title in enumerate(titles)]
    links = [(f"http://{publisher.place}{path}", title + edited) for path, title in pages]
    publisher.replies["/rss"] = Reply(body=make_feed(links), headers={"ETag": f'"{len(titles)}{edited}"'})
    for path, title in pages:
        page = make_page(
            title + edited, text=f"{title}{edited}: artificial intelligence, told at length. " * 9
        )
        publisher.replies[path] = Reply(body=page, headers={"Content-Type": "text/html"})


def make_site(root: Path, publisher: Publisher, shared: Path | None, **options: object) -> Path:
    given = {"title": root.name, "topic": "AI", "keep": "all", "allow": (publisher.place,), **options}
    config = Config(engine="inline", git=False, fetch_images=False, shared=str(shared or ""), **given)
    init_site(root, config=config, feeds=[f"http://{publisher.place}/rss"])
    return root


def tell_documents(site: Path) -> list[tuple[object, ...]]:
    return [
        (
            record.article.title, record.article.excerpt, record.article.published, record.article.topics,
            record.article.quality, record.article.original_url, record.state.content if record.state else "",
        )
        for record in read_records(site)
    ]  # fmt: skip


def test_two_sites_ask_once_and_get_what_separate_ones_do(
    tmp_path: Path, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer(publisher, *TITLES)
    one, two = (make_site(tmp_path / name, publisher, tmp_path / "shared") for name in ("one", "two"))
    run_pass(one)
    with monkeypatch.context() as patch:
        patch.setattr(references, "read_wanted", _refuse)  # what one has read is not read again
        run_pass(two)
    paths = sorted(path for _, path in publisher.asked)
    assert paths == ["/page-0", "/page-1", "/page-2", "/robots.txt", "/rss"]
    alone = make_site(tmp_path / "alone", publisher, None)
    run_pass(alone)
    assert len(publisher.asked) == 2 * len(paths)
    assert len(tell_documents(one)) == 3
    assert tell_documents(one) == tell_documents(two) == tell_documents(alone)


def _refuse(page: Page, look: object = None) -> None:
    raise NewsloomError(page.address, "was read already")


def test_each_site_judges_for_itself(tmp_path: Path, publisher: Publisher) -> None:
    offer(publisher, *TITLES)
    one = make_site(tmp_path / "one", publisher, tmp_path / "shared", publish_at=0)
    two = make_site(tmp_path / "two", publisher, tmp_path / "shared", publish_at=1000)
    assert run_pass(one).published > run_pass(two).published == 0


def test_a_site_is_not_given_its_own_answer_again(tmp_path: Path, publisher: Publisher) -> None:
    offer(publisher, *TITLES)
    site = make_site(tmp_path / "one", publisher, tmp_path / "shared")
    run_pass(site)
    run_pass(site)
    assert publisher.count("/rss") == 2


def test_what_is_too_old_is_asked_for_with_its_validators(
    tmp_path: Path, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer(publisher, *TITLES)
    run_pass(make_site(tmp_path / "one", publisher, tmp_path / "shared"))
    monkeypatch.setattr(settings, "POLL_USUAL", -5)  # as if the interval had passed
    publisher.replies["/rss"] = Reply(status=304, headers={"ETag": '"3"'})
    two = make_site(tmp_path / "two", publisher, tmp_path / "shared")
    summary = run_pass(two)
    assert (publisher.count("/rss"), summary.entries, summary.new) == (2, 3, 3)
    assert publisher.count("/page-0") == 1


def test_an_edited_page_is_read_again_once(tmp_path: Path, publisher: Publisher) -> None:
    offer(publisher, *TITLES)
    one, two = (make_site(tmp_path / name, publisher, tmp_path / "shared") for name in ("one", "two"))
    run_pass(one)
    run_pass(two)
    offer(publisher, *TITLES, edited=", at last")
    _wait_a_second()  # moments are whole seconds
    assert run_pass(one).changed == 3
    assert run_pass(two).changed == 3
    assert publisher.count("/page-0") == 2


def _wait_a_second() -> None:
    second = datetime.now(UTC).second
    while datetime.now(UTC).second == second:
        pass


def test_sites_that_may_read_other_servers_share_nothing(tmp_path: Path, publisher: Publisher) -> None:
    offer(publisher, *TITLES)
    run_pass(make_site(tmp_path / "one", publisher, tmp_path / "shared"))
    run_pass(make_site(tmp_path / "two", publisher, tmp_path / "shared", allow=()))
    three = make_site(
        tmp_path / "three", publisher, tmp_path / "shared", allow=(publisher.place, "10.0.0.0/8")
    )
    assert run_pass(three).new == 3
    assert publisher.count("/rss") == 2


@pytest.mark.parametrize("damage", [b"no database at all" * 900, b"SQLite format 3\x00" + b"\xff" * 9000])
def test_a_damaged_file_begins_anew(tmp_path: Path, publisher: Publisher, damage: bytes) -> None:
    offer(publisher, *TITLES)
    one, two = (make_site(tmp_path / name, publisher, tmp_path / "shared") for name in ("one", "two"))
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "shared.sqlite").write_bytes(damage)
    assert run_pass(one).new == run_pass(two).new == 3
    assert publisher.count("/rss") == 1


def test_a_folder_that_cannot_be_written_is_done_without(tmp_path: Path, publisher: Publisher) -> None:
    offer(publisher, *TITLES)
    (tmp_path / "shared").write_text("a file, not a folder")
    assert run_pass(make_site(tmp_path / "one", publisher, tmp_path / "shared")).new == 3


def test_the_newest_stay_within_bytes_and_age(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    items = {f"key-{number}": bytes(range(200)) for number in range(10)}
    monkeypatch.setattr(settings, "SHARED_BYTES", 1000)
    with SharedStore(tmp_path) as store:
        for key, payload in items.items():
            store.put("answer", [(key, payload)])
        assert len(store.find("answer", list(items))) == 10
    with SharedStore(tmp_path) as store:
        assert list(store.find("answer", list(items))) == ["key-6", "key-7", "key-8", "key-9"]
        monkeypatch.setattr(settings, "SHARED_SECONDS", -1.0)
    with SharedStore(tmp_path) as store:
        assert store.find("answer", list(items)) == {}


def test_two_sites_at_the_same_moment_ask_once(tmp_path: Path, publisher: Publisher) -> None:
    offer(publisher, *TITLES)
    publisher.delay = 0.3
    sites = [make_site(tmp_path / name, publisher, tmp_path / "shared") for name in ("one", "two")]
    with ThreadPoolExecutor(2) as pool:
        assert [summary.new for summary in pool.map(run_pass, sites)] == [3, 3]
    paths = sorted(path for _, path in publisher.asked if path != "/robots.txt")
    assert paths == ["/page-0", "/page-1", "/page-2", "/rss"]


def test_the_claim_of_a_process_that_died_runs_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with SharedStore(tmp_path) as one, SharedStore(tmp_path) as two:
        assert one.claim("key") and not two.claim("key")
        one.release("key")
        assert two.claim("key")
        monkeypatch.setattr(settings, "SHARED_CLAIM_SECONDS", -1.0)
        assert one.claim("key")


def test_who_cannot_be_answered_lets_the_next_ask(tmp_path: Path, publisher: Publisher) -> None:
    offer(publisher, *TITLES)
    body, publisher.replies["/rss"] = publisher.replies["/rss"], Reply(status=500)
    assert run_pass(make_site(tmp_path / "one", publisher, tmp_path / "shared")).problems
    publisher.replies["/rss"] = body
    assert run_pass(make_site(tmp_path / "two", publisher, tmp_path / "shared")).new == 3
