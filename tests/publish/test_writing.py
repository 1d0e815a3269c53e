"""Files written in threads: all of them at the end, and a fault is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsloom.publish.writing import open_writers


def test_all_files_are_there_at_the_end_and_their_states_are_told(tmp_path: Path) -> None:
    with open_writers() as write:
        written = {
            number: write(tmp_path / f"{number % 7}" / f"{number}.json", b"%d" % number)
            for number in range(1_000)
        }
    for number, writing in written.items():
        path = tmp_path / f"{number % 7}" / f"{number}.json"
        assert path.read_bytes() == b"%d" % number
        assert writing.result().st_mtime_ns == path.stat().st_mtime_ns
    assert not [path for path in tmp_path.rglob("*") if path.suffix == ".part"]


def test_a_file_that_cannot_be_written_ends_the_writing(tmp_path: Path) -> None:
    (tmp_path / "taken").write_bytes(b"a file where a folder should be")
    with pytest.raises(OSError, match="taken"), open_writers() as write:
        for number in range(10_000):
            write(tmp_path / "taken" / f"{number}.json", b"")
    assert (tmp_path / "taken").is_file()


def test_what_ends_the_block_is_raised_as_it_is(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no more"), open_writers() as write:
        write(tmp_path / "one", b"1")
        raise ValueError("no more")
    assert (tmp_path / "one").read_bytes() == b"1"
