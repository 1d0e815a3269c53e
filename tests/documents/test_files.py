import os
from pathlib import Path

import pytest

from newsloom.documents import list_documents, read_document, write_file
from newsloom.errors import DocumentError


def test_a_file_is_written_whole_with_its_mode(tmp_path: Path) -> None:
    write_file(tmp_path / "deep" / "a.md", b"one", mode=0o600)
    assert (tmp_path / "deep" / "a.md").read_bytes() == b"one"
    assert (tmp_path / "deep" / "a.md").stat().st_mode & 0o777 == 0o600


def test_when_writing_fails_the_old_file_stands_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_file(tmp_path / "a.md", b"old")

    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space"):
        write_file(tmp_path / "a.md", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["a.md"]
    assert (tmp_path / "a.md").read_bytes() == b"old"


def test_only_documents_are_listed(tmp_path: Path) -> None:
    for name in ("b.md", "a.md", ".hidden.md", "a.txt"):
        (tmp_path / name).touch()
    (tmp_path / "folder.md").mkdir()
    (tmp_path / "link.md").symlink_to(tmp_path / "a.md")
    assert [path.name for path in list_documents(tmp_path)] == ["a.md", "b.md"]
    assert list_documents(tmp_path / "none") == []


def test_a_missing_document_is_named(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"gone\.md: cannot be read"):
        read_document(tmp_path / "gone.md")
