import shutil
import subprocess
from pathlib import Path

import pytest

from newsloom.checking import check_paths
from newsloom.editorial import explain_record, set_editorial
from newsloom.errors import ConfigError
from newsloom.folding import fold_site
from newsloom.pipeline import read_records, rebuild_index, run_pass
from newsloom.publish.journal import recover
from tests.recordings import Answer, make_page, make_site, read_tree, write_recording

TITLES = (
    "A chip that thinks with less power",
    "Schools write rules for AI tutors",
    "Robots sweep the streets",
)


def make_answers(*titles: str) -> list[Answer]:
    return [
        Answer(
            url=f"https://news{n}.example/{len(title)}",
            body=make_page(title, text=f"{title}. " * 20, published=f"2026-1{n % 2}-1{n}T0{n}:00:00Z"),
        )
        for n, title in enumerate(titles)
    ]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    root = make_site(tmp_path / "site", make_answers(*TITLES))
    run_pass(root)
    return root


def git(site: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=site, capture_output=True, text=True, check=True).stdout


def set_fold_at(site: Path, count: int) -> None:
    config = (site / "newsloom.yaml").read_text()
    (site / "newsloom.yaml").write_text(config.replace("fold_at: 5000", f"fold_at: {count}"))


def places(site: Path) -> list[str]:
    return sorted(str(path.relative_to(site / "_news")) for path in (site / "_news").rglob("*.md"))


def test_documents_move_into_months_and_nothing_else_changes(site: Path) -> None:
    before, documents = read_tree(site, "api", "public"), read_tree(site, "_news")
    assert fold_site(site) == 3
    assert all(
        len(place.split("/")) == 3 and place[:7] == place[8:15].replace("-", "/") for place in places(site)
    )
    after = read_tree(site, "_news")
    assert {Path(path).name: body for path, body in after.items()} == {
        Path(path).name: body for path, body in documents.items()
    }
    assert run_pass(site).commit is None
    assert read_tree(site, "api", "public") == before


def test_the_move_is_one_commit_of_renames_that_histories_follow(site: Path) -> None:
    (site / "_news/2026-10-10-notes.txt").write_text("an owner's own, not committed yet")
    fold_site(site)
    assert set(git(site, "show", "--format=", "--name-status", "-M").split()[::3]) == {"R100"}
    assert "documents between folders" in git(site, "log", "-1", "--format=%s")
    assert git(site, "status", "--short") == ""
    assert len(git(site, "log", "--follow", "--format=%h", f"_news/{places(site)[0]}").split()) == 2


def test_a_pass_moves_them_once_there_are_more_than_the_owner_wants(site: Path, tmp_path: Path) -> None:
    set_fold_at(site, 3)
    more = [Answer(url="https://late.example/1", body=make_page("One more chip for schools, by robots"))]
    write_recording(site / "recordings" / "two.warc.gz", more)
    assert run_pass(site).new == 1
    assert len(places(site)) == 4
    assert all("/" in place for place in places(site))
    assert git(site, "log", "--format=%s").splitlines()[0].startswith("Move 4 documents")
    assert git(site, "status", "--short") == " M newsloom.yaml\n?? recordings/two.warc.gz\n"
    write_recording(
        site / "recordings" / "three.warc.gz", make_answers("A fifth article on artificial intelligence")
    )
    assert run_pass(site).new == 1
    assert len([place for place in places(site) if "/" in place]) == 5


def test_an_article_is_found_and_edited_in_its_folder(site: Path) -> None:
    fold_site(site)
    place = places(site)[0]
    assert explain_record(site, f"_news/{place}")
    name = set_editorial(site, place, "hold")
    assert "editorial: hold" in (site / "_news" / place).read_text()
    assert not (site / f"_news/{name}.md").exists()
    assert rebuild_index(site).read == 3
    assert not check_paths([site]).problems


def test_they_move_back(site: Path) -> None:
    before = places(site)
    fold_site(site)
    assert fold_site(site, flat=True) == 3
    assert places(site) == before
    assert [path for path in (site / "_news").iterdir() if path.is_dir()] == []
    set_fold_at(site, 2)
    with pytest.raises(ConfigError, match="`fold_at` is 2"):
        fold_site(site, flat=True)


def test_killed_in_the_middle_of_the_move_the_next_pass_completes_it(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def die(source: Path, target: Path) -> Path:
        if calls:
            raise KeyboardInterrupt
        calls.append(target)
        shutil.move(source, target)
        return target

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", die)
        with pytest.raises(KeyboardInterrupt):
            fold_site(site)
    assert len([place for place in places(site) if "/" in place]) == 1
    run_pass(site)
    assert all("/" in place for place in places(site))
    assert git(site, "status", "--short") == ""
    assert set(git(site, "show", "--format=", "--name-status", "-M").split()[::3]) == {"R100"}


def test_a_move_that_could_not_be_committed_is_by_the_next_pass(site: Path) -> None:
    recover(site, site / ".newsloom/journal")
    lock = site / ".git/index.lock"
    lock.touch()
    with pytest.raises(Exception, match=r"index\.lock"):
        fold_site(site)
    lock.unlink()
    fold_site(site)
    assert git(site, "status", "--short") == ""


def test_a_document_in_two_folders_is_named_and_the_months_own_counts(site: Path) -> None:
    fold_site(site)
    place = places(site)[0]
    double = site / "_news" / Path(place).name
    double.write_bytes((site / "_news" / place).read_bytes().replace(b"title: ", b"title:  ", 1))
    problems = run_pass(site).problems
    assert any(str(double) in problem and "counts" in problem for problem in problems)
    assert double.exists()
    assert len(read_records(site)) == 3
