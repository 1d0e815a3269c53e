from pathlib import Path

import pytest

from newsloom.publish.journal import Changes, commit_changes, recover


def test_changes_are_made_and_the_journal_goes(tmp_path: Path) -> None:
    (tmp_path / "old.md").write_text("old")
    journal = tmp_path / ".newsloom" / "journal"
    commit_changes(tmp_path, journal, Changes(files={"_news/a.md": b"A"}, removed=["old.md"]))
    assert (tmp_path / "_news/a.md").read_bytes() == b"A"
    assert not (tmp_path / "old.md").exists()
    assert not journal.exists()


def test_a_whole_journal_left_behind_is_carried_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = tmp_path / ".newsloom" / "journal"
    with monkeypatch.context() as patch:
        patch.setattr("newsloom.publish.journal.recover", lambda *_: True)  # died right after the rename
        commit_changes(tmp_path, journal, Changes(files={"_news/a.md": b"A", "_news/b.md": b"B"}))
    assert not (tmp_path / "_news").exists()
    assert recover(tmp_path, journal)
    assert (tmp_path / "_news/b.md").read_bytes() == b"B"
    assert not recover(tmp_path, journal)


def test_a_torn_journal_counts_for_nothing(tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    journal.write_bytes(b"\x00" * 40)
    recover(tmp_path, journal)
    assert not journal.exists()
    assert list(tmp_path.iterdir()) == []
