import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from newsloom.bench import picturebook
from newsloom.bench.picturebook import PictureBook
from newsloom.cli import app


@pytest.fixture(autouse=True)
def few_scenes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picturebook, "_BASES", 1)  # drawing them is most of the time


def test_a_picture_book_gives_the_same_picture_for_a_number() -> None:
    book = PictureBook()
    assert book.draw(3) == book.draw(3) != book.draw(24)


def test_keeping_of_pictures_is_measured(tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    done = CliRunner().invoke(
        app, ["bench", "images", "--count", "10", "--workers", "1", "--json", str(figures)]
    )
    assert done.exit_code == 0, done.output
    found = json.loads(figures.read_text())
    assert (found["kept"], found["hostile"], found["refused_by_name"], found["misnamed"]) == (9, 1, 1, [])
    assert found["per_second"] > 0 and found["sized_by_head"] == 9
    assert found["found_again"] == found["disguised"] > 0
    assert "refused by the right name: 1 of 1" in done.output
