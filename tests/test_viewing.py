"""A search index that was not finished is noticed by all who come to it, and made whole by who may write it."""

import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from newsloom import settings
from newsloom.errors import StoreError
from newsloom.pipeline import read_records
from newsloom.search import drop_search_index, open_searcher, parse_query
from newsloom.searching import find_search
from newsloom.viewing import find_search_index
from tests.curate.drafts import CLOCK
from tests.postgres import make_address
from tests.serve.serving import start_server, stop_server
from tests.serve.test_app import ask
from tests.test_scope import HISTORY, Desk

# `newsloom search --rebuild`, killed at the eighth of the records; PostgreSQL has the oldest five by then.
_REBUILD = """
import os, signal, sys
from pathlib import Path
from newsloom import searching, settings
from newsloom.viewing import find_search_index

settings.SEARCH_BATCH = 5
make, left = searching.make_listing, iter(range(7))

def make_or_die(*words):
    if next(left, None) is None:
        os.kill(os.getpid(), signal.SIGKILL)
    return make(*words)

searching.make_listing = make_or_die
find_search_index(Path(sys.argv[1]), rebuild=True)
"""


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is asked here is not how fast it is answered."""
    monkeypatch.setattr(settings, "SEARCH_SECONDS", 60.0)


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Desk:
    """A site that keeps history apart, after four weekly passes."""
    return fill(tmp_path, HISTORY, "sqlite" if request.param == "sqlite" else make_address())


def fill(folder: Path, history_days: int, store: str) -> Desk:
    desk = Desk(folder, history_days)
    config = desk.root / "newsloom.yaml"
    assert "store: sqlite" in config.read_text()
    config.write_text(config.read_text().replace("store: sqlite", f"store: {store}"))
    for week in range(1, 5):
        desk.poll(week)
    assert is_whole(desk.root)
    return desk


def kill_rebuild(root: Path) -> None:
    done = subprocess.run([sys.executable, "-c", _REBUILD, str(root)], capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr


def is_whole(root: Path) -> bool:
    """Whether there is an index, which knows every record; one that knows some is never to be read."""
    try:
        searcher = open_searcher(find_search(root), held=True)
    except StoreError:
        return False
    with closing(searcher):
        found = searcher.search(parse_query("artificial", CLOCK)).total
    assert found == len(read_records(root))
    return True


def is_answered(port: int) -> bool:
    """Whether a live desk answers from the index; else the site's own page of search does."""
    return b"data-index" not in ask(port, "/search/?q=artificial").body


def test_an_index_whose_making_was_killed_answers_nobody_until_it_is_made_whole(desk: Desk) -> None:
    process, port = start_server(desk.root)
    try:
        assert is_answered(port)
        kill_rebuild(desk.root)
        assert not is_whole(desk.root)
        assert not is_answered(port)
        find_search_index(desk.root)
        assert is_whole(desk.root)
        assert is_answered(port)
    finally:
        stop_server(process)


def test_a_pass_with_news_makes_the_index_whole(desk: Desk) -> None:
    kill_rebuild(desk.root)
    desk.poll(5)
    assert is_whole(desk.root)


def test_a_pass_without_news_makes_the_index_whole(desk: Desk) -> None:
    kill_rebuild(desk.root)
    desk.poll(4)
    assert is_whole(desk.root)


def test_so_does_a_pass_of_a_site_that_keeps_no_history_apart(tmp_path: Path) -> None:
    desk = fill(tmp_path, 0, "sqlite")
    kill_rebuild(desk.root)
    desk.poll(4)
    assert is_whole(desk.root)


def test_an_index_that_was_dropped_is_made_whole_by_the_next_pass(desk: Desk) -> None:
    drop_search_index(find_search(desk.root))
    desk.poll(5)
    assert is_whole(desk.root)
