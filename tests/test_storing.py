"""A site's index moves between SQLite and PostgreSQL and loses nothing on the way."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from newsloom.cli import app
from newsloom.errors import BusyError, ConfigError
from newsloom.lock import hold
from newsloom.pipeline import read_records, run_pass
from newsloom.search import open_searcher, parse_query
from newsloom.searching import find_search
from newsloom.site import read_site
from newsloom.store import HostLedger, SourceState, Stamp, Visit, open_index
from newsloom.store.copying import count_rows
from newsloom.storing import copy_site
from tests.postgres import make_address
from tests.recordings import make_site, read_tree
from tests.store.test_index import make_record
from tests.store.test_migrating import OLD
from tests.test_pipeline import feed_answer, page_answers


@pytest.fixture
def site(tmp_path: Path) -> Path:
    site = make_site(tmp_path / "site", [*page_answers(), feed_answer()])
    set_store(site, "git: true", "git: false")
    run_pass(site)
    with open_index(read_site(site).store) as index:
        index.put_visits({"k": Visit(outcome="same", reason="", title="T \0 „ü“", visited=1_700_000_000)})
        index.put_source_states([SourceState(address="https://a.example/", polled=5)])
        index.put([(make_record("waiting"), Stamp(1, 1))])
    with HostLedger(read_site(site).store) as ledger:
        ledger.put_robots("https://a.example:443", b"\0\xff")
    return site


def set_store(site: Path, before: str, after: str) -> None:
    text = (site / "newsloom.yaml").read_text()
    assert before in text
    (site / "newsloom.yaml").write_text(text.replace(before, after))


def test_an_index_copied_there_and_back_is_the_same(site: Path) -> None:
    address = make_address()
    with open_index(read_site(site).store) as index:
        counts, passes, visits = count_rows(index), index.passes(0, 9), index.visits()
        waiting, states = index.pending("publish"), index.source_states()
    place, rows = copy_site(site, address)
    assert rows == counts and rows["records"] and rows["visits"] and rows["passes"] and rows["outbox"]
    set_store(site, "store: sqlite", f"store: {address}")
    (site / ".newsloom/index.sqlite").unlink()
    with open_index(place) as index:
        assert (index.passes(0, 9), index.source_states()) == (passes, states)
        assert index.pending("publish") == waiting
        index.add_pass(passes[0][0] + 1, "{}")  # numbered after those that were copied
        index.put([(make_record("after"), Stamp(1, 1))])
        assert index.passes(0, 9)[1:] == passes
        assert index.pending("publish").names[-1] == "after"
    place, rows = copy_site(site, "sqlite")
    set_store(site, f"store: {address}", "store: sqlite")
    with open_index(place) as index:
        assert index.passes(0, 9)[1:] == passes
        assert index.visits().keys() == visits.keys()
    with HostLedger(place) as ledger:
        assert ledger.find_robots("https://a.example:443") == b"\0\xff"
    assert not any(name in {"waiting", "after"} for name in (r.name for r in read_records(site)))


def test_a_pass_after_the_move_has_nothing_to_do(site: Path) -> None:
    run_pass(site)
    before, records = read_tree(site), read_records(site)
    address = make_address()
    copy_site(site, address)
    set_store(site, "store: sqlite", f"store: {address}")
    summary = run_pass(site)
    assert (summary.new, summary.changed) == (0, 0)
    assert (read_tree(site), read_records(site)) == (before, records)
    with closing(open_searcher(find_search(site), held=True)) as searcher:
        assert searcher.search(parse_query("-zzz", searcher.clock())).total == len(records)


def test_what_is_there_is_overwritten_only_when_that_is_asked(site: Path) -> None:
    address = make_address()
    copy_site(site, address)
    with pytest.raises(ConfigError, match=r"holds an index already .--replace"):
        copy_site(site, address)
    assert copy_site(site, address, replace=True)[1]["records"]


def test_nothing_is_copied_while_a_pass_runs(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsloom.settings.LOCK_SECONDS", 0.1)
    with hold(site / ".newsloom/lock"), pytest.raises(BusyError):
        copy_site(site, make_address())


@pytest.mark.parametrize(
    "to", ["mysql://a:hush@b/c", "postgresql://a:hush@b", "postgresql://a:hush@b/c?schema=A b"]
)
def test_a_wrong_address_is_told_without_its_password(site: Path, to: str) -> None:
    with pytest.raises(ConfigError, match="must") as caught:
        copy_site(site, to)
    assert "hush" not in str(caught.value)
    set_store(site, "store: sqlite", f"store: {to}")
    with pytest.raises(ConfigError, match=r"newsloom.yaml:[0-9]+: `store` must") as caught:
        read_site(site)
    assert "hush" not in str(caught.value)


def test_migrate_says_from_what_to_what(tmp_path: Path) -> None:
    site = make_site(tmp_path / "site", [])
    with sqlite3.connect(site / ".newsloom/index.sqlite") as old:
        old.executescript(OLD)
    runner = CliRunner()
    assert "from version 2 to 5" in runner.invoke(app, ["store", "migrate", str(site)]).output
    assert "version 5, up to date" in runner.invoke(app, ["store", "migrate", str(site)]).output
    set_store(site, "store: sqlite", f"store: {make_address()}")
    assert "from nothing to 5" in runner.invoke(app, ["store", "migrate", str(site)]).output


def test_copy_prints_the_rows_of_each_table(site: Path) -> None:
    done = CliRunner().invoke(app, ["store", "copy", str(site), "--to", make_address()])
    assert done.exit_code == 0, done.output
    assert " records" in done.output and "set `store` in newsloom.yaml" in done.output
