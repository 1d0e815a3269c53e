from pathlib import Path

import pytest

from newsloom import settings
from newsloom.publish.uncommitted import Uncommitted


@pytest.fixture
def listed(tmp_path: Path) -> Uncommitted:
    made = Uncommitted(tmp_path)
    made.settle(looked=True)
    return made


def test_without_a_list_nothing_is_known(tmp_path: Path) -> None:
    fresh = Uncommitted(tmp_path)
    fresh.note(["_news/a.md"])
    assert fresh.read() is None
    assert list(tmp_path.iterdir()) == []


def test_paths_are_kept_until_all_is_committed(listed: Uncommitted) -> None:
    listed.note(["_news/a.md", "_news/new\nline.md"])
    listed.note(["api/index.json"], durable=False)
    assert listed.read() == {"_news/a.md", "_news/new\nline.md", "api/index.json"}
    listed.settle(looked=False)
    assert listed.read() == set()


def test_a_path_written_by_half_spoils_no_other(listed: Uncommitted, tmp_path: Path) -> None:
    with (tmp_path / "uncommitted").open("ab") as file:
        file.write(b"\0_news/ha")
    listed.note(["_news/b.md"])
    assert listed.read() == {"_news/ha", "_news/b.md"}


def test_once_a_day_all_files_are_looked_at(listed: Uncommitted, monkeypatch: pytest.MonkeyPatch) -> None:
    listed.note(["_news/a.md"])
    monkeypatch.setattr(settings, "GIT_LOOK_SECONDS", 0)
    assert listed.read() is None


def test_a_list_broken_or_forgotten_has_all_files_looked_at(listed: Uncommitted, tmp_path: Path) -> None:
    (tmp_path / "uncommitted").write_bytes(b"\xff\xfe")
    assert listed.read() is None
    listed.settle(looked=True)
    assert listed.read() == set()
    listed.forget()
    assert listed.read() is None
