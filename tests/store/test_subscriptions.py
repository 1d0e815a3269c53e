"""The table that the server and a pass change side by side."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from msgspec.structs import replace

from newsloom.errors import StoreError
from newsloom.place import Place
from newsloom.store import open_index
from newsloom.store.subscriptions import Subscriptions
from newsloom.websub.subscriptions import Subscription

ONE = Subscription(token="t", secret="s", source="a", hub="h", topic="a", callback="c/t", digests=("x", "y"))


@pytest.fixture
def opened(place: Place) -> Place:
    open_index(place).__exit__()
    return place


@pytest.fixture
def private(tmp_path: Path) -> Path:
    open_index(tmp_path / "index.sqlite").__exit__()
    return tmp_path


def test_what_is_put_is_found_changed_and_removed(opened: Place) -> None:
    store = Subscriptions(opened)
    store.put([ONE])
    assert (store.find("t"), store.find("u"), store.all()) == (ONE, None, [ONE])
    changed = store.change("t", lambda one: replace(one, state="active"))
    assert changed == store.find("t") == replace(ONE, state="active")
    assert store.change("t", lambda _: None) is None
    assert store.find("t") == changed
    store.remove(["t"])
    assert store.all() == []


def test_changes_side_by_side_are_all_kept(opened: Place) -> None:
    Subscriptions(opened).put([ONE])

    def work(_: int) -> None:
        store = Subscriptions(opened)
        for _ in range(10):
            store.change("t", lambda one: replace(one, missed=one.missed + 1))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    found = Subscriptions(opened).find("t")
    assert found is not None and found.missed == 80


def test_secrets_are_for_their_owner_only(private: Path) -> None:
    Subscriptions(private / "index.sqlite").put([ONE])
    for path in private.glob("index.sqlite*"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_without_an_index_there_is_nothing_and_none_is_made(tmp_path: Path) -> None:
    store = Subscriptions(tmp_path / "index.sqlite")
    assert (store.find("t"), store.all(), store.change("t", lambda one: one)) == (None, [], None)
    assert list(tmp_path.iterdir()) == []


def test_an_index_thrown_away_and_built_again_is_seen_at_once(private: Path) -> None:
    store = Subscriptions(private / "index.sqlite")
    store.put([ONE])
    for path in private.glob("index.sqlite*"):
        path.unlink()
    assert store.find("t") is None
    open_index(private / "index.sqlite").__exit__()
    assert store.find("t") is None


def test_a_damaged_index_is_named_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "index.sqlite").write_bytes(b"no database" * 1_000)
    with pytest.raises(StoreError, match="newsloom reindex"):
        Subscriptions(tmp_path / "index.sqlite").find("t")
