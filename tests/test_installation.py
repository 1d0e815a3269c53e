"""Several sites are run and watched by one command, named one by one or by their folder."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from newsloom.installation import list_sites
from tests.recordings import Answer, make_page, make_site

PAGE = Answer(url="https://a.example/2026/11/a-chip-that-learns", body=make_page("A chip that learns"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("one", "two"):
        make_site(tmp_path / name, [PAGE])
    (tmp_path / "notes").mkdir()
    return tmp_path


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "newsloom", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_sites_are_found_by_name_and_in_folders(folder: Path) -> None:
    one, two = folder / "one", folder / "two"
    assert list_sites([folder]) == [one, two]
    assert list_sites([two, folder]) == [two, one]
    assert list_sites([folder / "notes"]) == [folder / "notes"]


def test_a_folder_of_sites_is_run_site_by_site(folder: Path) -> None:
    (folder / "one" / "newsloom.yaml").write_text("tilte: wrong\n")
    done = run("run", folder, "--json")
    assert done.returncode == 1
    assert "unknown key `tilte`" in done.stderr
    assert done.stdout.count('"new":1') == 1
    assert len(list((folder / "two" / "_news").glob("*.md"))) == 1


def test_a_folder_without_sites_is_told(folder: Path) -> None:
    done = run("run", folder / "notes")
    assert (done.returncode, done.stdout) == (1, "")
    assert "is not a site" in done.stderr


def test_several_sites_are_watched_by_one(folder: Path) -> None:
    command = [sys.executable, "-m", "newsloom", "watch", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(2)]
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    assert [line.partition(": ")[0] for line in lines] == ["one", "two"]
    assert all("new 1" in line for line in lines)
