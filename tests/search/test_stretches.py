"""What is read of records' words is kept stretch by stretch: it spares work, and changes no byte."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from newsloom.search import stretches
from newsloom.search.export import build_export
from newsloom.search.records import Listing
from tests.search.listings import CLOCK, TOPICS, listing, numbered


@pytest.fixture(autouse=True)
def _short_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stretches, "_RECORDS", 8)


def export(items: list[Listing], kept: Path | None = None) -> dict[str, bytes]:
    return dict(build_export([(item, [item.title]) for item in items], TOPICS, CLOCK, kept))


def test_what_is_kept_gives_the_same_index(tmp_path: Path) -> None:
    kept = tmp_path / "private" / "words"
    first = export(numbered(40), kept)
    assert first == export(numbered(40), kept) == export(numbered(40))


def test_only_stretches_with_something_new_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, read = tmp_path / "words", list[int]()
    items = numbered(40)
    export(items, kept)
    original = stretches.read_stretch

    def count(stretch: list[Listing]) -> stretches.Stretch:
        read.append(len(stretch))
        return original(stretch)

    monkeypatch.setattr(stretches, "read_stretch", count)
    newcomer = listing("A newcomer of another kind", published=CLOCK)
    edited = [replace(items[0], title="Written anew"), *items[1:], newcomer]
    assert export(edited, kept) == export(edited)
    assert read[:2] == [8, 1]  # the one with the edit, and the newest; then all of them without what is kept


def test_what_is_kept_and_damaged_is_read_again(tmp_path: Path) -> None:
    kept = tmp_path / "words"
    first = export(numbered(40), kept)
    kept.write_bytes(kept.read_bytes()[:-7])
    assert export(numbered(40), kept) == first
    assert len(kept.read_bytes()) > 7
