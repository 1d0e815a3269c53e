"""The whole site in a folder: what the server answers, and nothing of anybody else's touched."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsloom.errors import ConfigError
from newsloom.exporting import export_site
from newsloom.pipeline import run_pass
from newsloom.publish.outputs import read_ledger
from newsloom.serve.files import Served, Shelf
from newsloom.settling import unsettle
from newsloom.site import read_site
from tests.recordings import Answer, make_page, make_site

URL = "https://news.example/chip-that-thinks"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    root = tmp_path / "site"
    make_site(root, [Answer(url=URL, body=make_page("A chip that thinks"))])
    config = root / "newsloom.yaml"
    config.write_text(config.read_text().replace("publish_at: 70", "publish_at: 0"))
    run_pass(root)
    return root


def _read(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_an_export_holds_what_the_server_answers(site: Path, tmp_path: Path) -> None:
    done = export_site(site, tmp_path / "out")
    shelf = Shelf(site)
    files = _read(tmp_path / "out")
    assert done.changed == len(files) and {"index.html", "feed.rss", "api/news/index.json"} <= files.keys()
    for path, body in files.items():
        served = shelf.find(f"/{path}")
        assert path == ".nojekyll" or (isinstance(served, Served) and served.body == body), path


def test_an_export_again_writes_nothing(site: Path, tmp_path: Path) -> None:
    export_site(site, tmp_path / "out")
    stamps = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")}
    assert export_site(site, tmp_path / "out").changed == 0
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")} == stamps


def test_a_setting_changed_since_the_last_pass_counts(site: Path, tmp_path: Path) -> None:
    export_site(site, tmp_path / "out")
    config = site / "newsloom.yaml"
    config.write_text(config.read_text().replace("Test desk", "Told anew"))
    before = _read(site / "_news")
    assert export_site(site, tmp_path / "out").changed > 0
    assert "Told anew" in (tmp_path / "out" / "index.html").read_text()
    assert _read(site / "_news") == before


def test_what_a_pass_left_is_what_would_be_made(site: Path, tmp_path: Path) -> None:
    copied = export_site(site, tmp_path / "copied")
    unsettle(read_site(site))
    made = export_site(site, tmp_path / "made")
    assert copied == made
    assert _read(tmp_path / "copied") == _read(tmp_path / "made")


def test_copies_and_files_made_anew_are_known_to_each_other(site: Path, tmp_path: Path) -> None:
    out, ledger = tmp_path / "out", read_site(site).private / "outputs"
    export_site(site, out)
    known = {path.name: read_ledger(path) for path in ledger.glob("export-*")}
    unsettle(read_site(site))
    assert export_site(site, out).changed == 0
    assert {path.name: read_ledger(path) for path in ledger.glob("export-*")} == known


@pytest.mark.parametrize("spoilt", ["public/index.html", "api/news/index.json", ".newsloom/outputs/public"])
def test_what_was_changed_after_the_pass_is_not_copied(site: Path, tmp_path: Path, spoilt: str) -> None:
    export_site(site, tmp_path / "whole")
    (site / spoilt).write_bytes(b"spoilt")
    export_site(site, tmp_path / "out")
    assert _read(tmp_path / "out") == _read(tmp_path / "whole")


def test_a_document_changed_after_the_pass_counts(site: Path, tmp_path: Path) -> None:
    document = next((site / "_news").glob("*.md"))
    document.write_text(document.read_text().replace("A chip that thinks", "A chip that dreams"))
    export_site(site, tmp_path / "out")
    assert "A chip that dreams" in (tmp_path / "out" / "index.html").read_text()


def test_a_file_lost_or_changed_in_the_folder_is_written_again(site: Path, tmp_path: Path) -> None:
    export_site(site, tmp_path / "out")
    whole = _read(tmp_path / "out")
    (tmp_path / "out" / "index.html").unlink()
    (tmp_path / "out" / "api" / "news" / "index.json").write_bytes(b"spoilt")
    (tmp_path / "out" / "stray.html").write_bytes(b"stray")
    assert export_site(site, tmp_path / "out").changed == 3
    assert _read(tmp_path / "out") == whole


def test_a_folder_with_files_of_others_is_refused(site: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "letter.txt").write_text("keep me")
    for folder in (mine, site, site.parent, mine / "letter.txt", site / "_news"):
        with pytest.raises(ConfigError):
            export_site(site, folder)
    assert (mine / "letter.txt").read_text() == "keep me"


def test_the_repository_of_a_host_of_pages_stays(site: Path, tmp_path: Path) -> None:
    out = tmp_path / "pages"
    (out / ".git" / "refs").mkdir(parents=True)
    (out / ".git" / "HEAD").write_text("ref: refs/heads/main")
    (out / "CNAME").write_text("news.example")
    export_site(site, out)
    assert export_site(site, out).changed == 0
    assert (out / ".git" / "HEAD").exists() and (out / ".git" / "refs").is_dir() and (out / "CNAME").exists()
