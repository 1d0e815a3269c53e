"""A disk that is full on the index: one clear error, nothing lost, and the next run goes on."""

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from newsloom.errors import StoreError
from newsloom.pipeline import read_records, run_pass
from newsloom.store import Stamp, connecting, open_index
from tests.recordings import make_site, read_tree
from tests.store.test_index import make_record
from tests.test_pipeline import feed_answer, page_answers

FILLING = """
import resource, sys
from pathlib import Path
from newsloom.errors import StoreError
from newsloom.store import Stamp, open_index
from tests.store.test_index import make_record

resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
with open_index(Path(sys.argv[1])) as index:
    for number in range(10_000):
        try:
            index.put([(make_record(f"n{number:05}"), Stamp(1, 1))])
        except StoreError as error:
            print(number, error)
            break
"""


def test_what_was_written_before_the_disk_was_full_is_there_and_writing_goes_on(tmp_path: Path) -> None:
    """A limit on the size of files, which the system enforces as it would a full disk."""
    path = tmp_path / "index.sqlite"
    done = subprocess.run(
        [sys.executable, "-c", FILLING, str(path), "1000000"], check=True, capture_output=True, text=True
    )
    number, _, error = done.stdout.strip().partition(" ")
    assert "\n" not in error and "the index failed" in error and "free disk space" in error
    assert int(number) > 10
    with open_index(path) as index:
        assert index.count() == int(number)
        assert len(index.records()) == int(number)
        index.put([(make_record("more"), Stamp(1, 1))])
        assert index.find("more") is not None
    with sqlite3.connect(path) as plain:
        assert plain.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def _limit(pages: int) -> Callable[[sqlite3.Connection, object], None]:
    real = connecting._set_pragmas

    def set_pragmas(connection: sqlite3.Connection, record: object) -> None:
        real(connection, record)
        connection.execute(f"PRAGMA max_page_count={pages}")

    return set_pragmas


@pytest.mark.parametrize("free", [0, 4])
def test_a_pass_on_a_full_disk_says_so_and_the_next_completes_it(
    tmp_path: Path, free: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = make_site(tmp_path / "site", [*page_answers(), feed_answer()])
    (site / "newsloom.yaml").write_text(
        (site / "newsloom.yaml").read_text().replace("git: true", "git: false")
    )
    calm = tmp_path / "calm"
    shutil.copytree(site, calm)
    run_pass(calm)
    with open_index(site / ".newsloom/index.sqlite"):
        pass
    pages = (site / ".newsloom/index.sqlite").stat().st_size // 4096
    with monkeypatch.context() as patch:
        patch.setattr(connecting, "_set_pragmas", _limit(pages + free))
        with pytest.raises(StoreError, match=r"the index failed: .*full.*free disk space"):
            run_pass(site)
    run_pass(site)
    assert read_tree(site) == read_tree(calm)
    assert [record.name for record in read_records(site)] == [record.name for record in read_records(calm)]
