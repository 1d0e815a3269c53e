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


def test_moves_are_completed_and_empty_folders_go(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / "_news/2026/11").mkdir(parents=True, exist_ok=True)
        (tmp_path / f"_news/2026/11/{name}.md").write_text(name)
    moved = {f"_news/2026/11/{name}.md": f"_news/{name}.md" for name in ("a", "b", "c")}
    (tmp_path / "_news/2026/11/a.md").rename(tmp_path / "_news/a.md")  # as far as a killed one came
    (tmp_path / "_news/c.md").write_text("another, written since")
    commit_changes(tmp_path, tmp_path / "journal", Changes(moved=moved))
    assert (tmp_path / "_news/b.md").read_text() == "b"
    assert (tmp_path / "_news/c.md").read_text() == "another, written since"
    assert (tmp_path / "_news/2026/11/c.md").read_text() == "c"
    commit_changes(tmp_path, tmp_path / "journal", Changes(removed=["_news/c.md"]))
    commit_changes(tmp_path, tmp_path / "journal", Changes(moved={"_news/2026/11/c.md": "_news/c.md"}))
    assert sorted(path.name for path in (tmp_path / "_news").iterdir()) == ["a.md", "b.md", "c.md"]


def test_what_concludes_a_change_is_done_again_until_it_succeeds(tmp_path: Path) -> None:
    calls: list[Changes] = []

    def fail(changes: Changes) -> None:
        calls.append(changes)
        raise RuntimeError("git was locked")

    journal = tmp_path / "journal"
    with pytest.raises(RuntimeError):
        commit_changes(tmp_path, journal, Changes(files={"a.md": b"A"}), fail)
    assert recover(tmp_path, journal, calls.append)
    assert len(calls) == 2
    assert not journal.exists()
