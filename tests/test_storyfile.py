"""`stories.yaml`: what an editor says from the command line is written, read back and carried out."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from newsloom.checking import check_paths
from newsloom.cli import app
from newsloom.demo import build
from newsloom.editorial import explain_record
from newsloom.errors import ConfigError
from newsloom.pipeline import run_pass
from newsloom.records import StoryEdits
from newsloom.storyfile import forget, isolate, join, part, pin, read_edits, write_edits


def test_words_are_written_and_read_back(tmp_path: Path) -> None:
    edits = StoryEdits(
        join=(("a", "b"),), apart=((("a", "b"), ("c",)), (("d",), ("e",), ("f",))), alone=("g",), pin=("a",)
    )
    write_edits(tmp_path, edits)
    assert read_edits(tmp_path) == edits
    (tmp_path / "stories.yaml").write_text("apart:\n  - [one, [two, three]]\n")
    assert read_edits(tmp_path).apart == ((("one",), ("two", "three")),)


@pytest.mark.parametrize(
    "wrong", ["apart: [one]", "apart:\n  - [one]", "apart:\n  - [one, 3]", "join: one", "- one", "jion: []"]
)
def test_another_form_is_refused_with_its_line(tmp_path: Path, wrong: str) -> None:
    (tmp_path / "stories.yaml").write_text(wrong)
    with pytest.raises(ConfigError, match=r"stories\.yaml:\d"):
        read_edits(tmp_path)


def test_the_last_word_withdraws_what_stood_against_it() -> None:
    parted = part(StoryEdits(join=(("a", "b"), ("c", "d"))), ["a"], ["b"])
    assert parted == StoryEdits(join=(("c", "d"),), apart=((("a",), ("b",)),))
    assert part(parted, ["a"], ["b"]) == parted
    assert join(parted, ["a", "b"]) == StoryEdits(join=(("c", "d"), ("a", "b")))
    alone = isolate(pin(parted, ["a"]), ["a"])
    assert alone == StoryEdits(join=(("c", "d"),), alone=("a",), pin=("a",))
    assert join(alone, ["a", "c"]).alone == ()
    assert forget(alone, ["a", "c"]) == StoryEdits()


def test_an_editor_joins_and_parts_stories_of_a_site(tmp_path: Path) -> None:
    site = tmp_path / "demo"
    build(site)
    run_pass(site)
    names = sorted(path.stem for path in (site / "_news").glob("*.md"))[:2]
    run = CliRunner().invoke
    assert run(app, ["stories", "join", *names, "--site", str(site)]).exit_code == 0
    run_pass(site)
    assert any(f"an editor joined it with {names[1]}" in line for line in explain_record(site, names[0]))
    assert run(app, ["stories", "part", names[0], "--from", names[1], "--site", str(site)]).exit_code == 0
    run_pass(site)
    assert any(f"an editor keeps it apart from {names[1]}" in line for line in explain_record(site, names[0]))
    assert run(app, ["stories", "alone", "no-such-record", "--site", str(site)]).exit_code == 1
    for command in ("alone", "pin", "forget"):
        assert run(app, ["stories", command, names[0], "--site", str(site)]).exit_code == 0
    assert read_edits(site) == StoryEdits()


def test_check_names_records_that_are_not_there(tmp_path: Path) -> None:
    site = tmp_path / "demo"
    build(site)
    write_edits(site, StoryEdits(alone=("2020-01-01-gone",)))
    (problem,) = check_paths([site]).problems
    assert "there is no record 2020-01-01-gone" in str(problem)
    assert (
        CliRunner().invoke(app, ["stories", "forget", "2020-01-01-gone", "--site", str(site)]).exit_code == 0
    )
    assert check_paths([site]).problems == ()
