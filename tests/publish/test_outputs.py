"""Outputs are made only where what they are made from has changed, and are always whole."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from newsloom.publish.outputs import Output, Part, make_key, write_outputs, write_part


class Press:
    """Plans outputs of given texts and counts what is made."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "public"
        self.ledger = folder / "ledger"
        self.made: list[str] = []

    def write(self, texts: dict[str, str]) -> int:
        self.made.clear()
        return write_outputs(self.folder, self._plan(texts), self.ledger)

    def write_part(self, texts: dict[str, str], part: Part) -> int:
        self.made.clear()
        return write_part(self.folder, self._plan(texts), self.ledger, part)

    def _plan(self, texts: dict[str, str]) -> Iterable[Output]:
        for path, text in texts.items():
            yield Output(path, make_key(text), lambda path=path, text=text: self._make(path, text))

    def _make(self, path: str, text: str) -> bytes:
        self.made.append(path)
        return text.upper().encode()

    def read(self) -> dict[str, str]:
        files = (path for path in self.folder.rglob("*") if path.is_file())
        return {str(path.relative_to(self.folder)): path.read_text() for path in files}


def test_what_is_as_before_is_not_made_again(tmp_path: Path) -> None:
    press = Press(tmp_path)
    assert press.write({"index.html": "a", "x/y.html": "b"}) == 2
    assert press.write({"index.html": "a", "x/y.html": "b"}) == 0 and press.made == []
    assert press.write({"index.html": "a", "x/y.html": "c"}) == 1 and press.made == ["x/y.html"]
    assert press.read() == {"index.html": "A", "x/y.html": "C"}


def test_a_file_that_was_touched_or_lost_is_made_whole(tmp_path: Path) -> None:
    press = Press(tmp_path)
    press.write({"a": "one", "b": "two", "c": "three"})
    (press.folder / "a").write_text("broken")
    (press.folder / "b").unlink()
    assert press.write({"a": "one", "b": "two", "c": "three"}) == 2
    assert press.read() == {"a": "ONE", "b": "TWO", "c": "THREE"}


def test_without_its_ledger_everything_is_compared_and_nothing_rewritten(tmp_path: Path) -> None:
    press = Press(tmp_path)
    press.write({"a": "one", "b": "two"})
    stamp = (press.folder / "a").stat().st_mtime_ns
    for damage in (b"", b"\xff\x00 not a ledger"):
        press.ledger.write_bytes(damage)
        assert press.write({"a": "one", "b": "two"}) == 0
        assert press.made == ["a", "b"] and (press.folder / "a").stat().st_mtime_ns == stamp


def test_a_new_key_with_the_same_bytes_leaves_the_file_alone(tmp_path: Path) -> None:
    press = Press(tmp_path)
    press.write({"a": "one"})
    stamp = (press.folder / "a").stat().st_mtime_ns
    assert press.write({"a": "ONE"}) == 0 and (press.folder / "a").stat().st_mtime_ns == stamp


def test_what_is_no_longer_wanted_goes_with_its_folder(tmp_path: Path) -> None:
    press = Press(tmp_path)
    press.write({"a": "one", "x/y/z": "two", "x/w": "three"})
    (press.folder / "link").symlink_to(tmp_path)
    (press.folder / "folder").symlink_to(tmp_path, target_is_directory=True)
    press.write({"a": "one", "x/w": "three"})
    assert press.read() == {"a": "ONE", "x/w": "THREE"}
    assert not (press.folder / "x/y").exists() and tmp_path.exists()
    assert {path.name for path in press.folder.iterdir()} == {"a", "x"}


def test_keys_tell_inputs_apart() -> None:
    assert make_key("ab", "c") != make_key("a", "bc")
    assert make_key("\ud800") == make_key("\ud800") != make_key("\ud801")


def test_a_part_leaves_what_is_final_alone_and_removes_what_it_no_longer_plans(tmp_path: Path) -> None:
    press = Press(tmp_path)
    part = Part(
        is_final=lambda path: path.startswith("old/"),
        is_kept=lambda path: path.startswith("kept/"),
        gone=("x/gone.html", "x/never.html"),
    )
    texts = {"old/a.html": "a", "kept/b.html": "b", "x/c.html": "c", "x/d.html": "d", "x/gone.html": "g"}
    press.write_part(texts, part)
    press.write_part({"x/c.html": "c2"}, part)
    assert press.read() == {"old/a.html": "A", "kept/b.html": "B", "x/c.html": "C2"}
    assert press.made == ["x/c.html"]
    press.write_part({"x/c.html": "c2", "old/a.html": "a2"}, part)
    assert press.read()["old/a.html"] == "A2"
