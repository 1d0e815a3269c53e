"""`newsloom report` tells of a real site: its passes, its files."""

from __future__ import annotations

from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser
from typer.testing import CliRunner

from newsloom.cli import app
from newsloom.errors import NewsloomError
from newsloom.pipeline import run_pass
from newsloom.reporting import measure_folder, write_report
from newsloom.store import open_index
from tests.recordings import make_site, read_tree
from tests.test_pipeline import page_answers


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    site = make_site(tmp_path_factory.mktemp("report") / "site", page_answers())
    run_pass(site)
    return site


def test_the_report_tells_of_the_last_pass_and_changes_nothing(site: Path, tmp_path: Path) -> None:
    before = read_tree(site)
    out = tmp_path / "report.html"
    done = CliRunner().invoke(app, ["report", str(site), "--out", str(out)])
    assert done.exit_code == 0 and str(out) in done.stdout
    page = LexborHTMLParser(out.read_bytes())
    assert page.css_first("#passes .count").text() == "1"
    assert "make pages" in page.css_first("[aria-labelledby=stages]").text()
    folders = [node.text() for node in page.css("[aria-labelledby=storage] tbody bdi")]
    assert folders[:2] == ["_news/", "_data/"] and ".newsloom/" in folders
    assert read_tree(site) == before


def test_it_stands_where_nothing_is_served_and_passes_of_older_forms_are_passed_over(site: Path) -> None:
    with open_index(site / ".newsloom/index.sqlite") as index:
        index.add_pass(4_000_000_000, '{"old": true}')
    assert write_report(site) == site.resolve() / ".newsloom/report.html"


def test_a_file_that_cannot_be_written_is_told(site: Path) -> None:
    with pytest.raises(NewsloomError, match="cannot be written"):
        write_report(site, site / "newsloom.yaml" / "report.html")


def test_a_folder_is_measured_without_following_links(tmp_path: Path) -> None:
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "a/one").write_bytes(b"12345")
    (tmp_path / "a/b/two").write_bytes(b"123")
    (tmp_path / "a/link").symlink_to("/")
    folder = measure_folder(tmp_path, "a")
    assert (folder.files, folder.size) == (2, 8)
    assert measure_folder(tmp_path, "nothing").files == 0
