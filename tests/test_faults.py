"""Disks that are full, locks left behind, passes that die: one clear error, and the next run completes."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from newsloom import settings
from newsloom.errors import NewsloomError, PublishError
from newsloom.pipeline import run_pass
from tests.disks import filled, small_disk
from tests.recordings import Answer, make_page, make_site, read_tree, write_recording

TITLES = ("A chip that thinks with less power", "Schools write rules for AI tutors")


def answer(title: str) -> Answer:
    return Answer(url=f"https://news.example/{len(title)}", body=make_page(title, text=f"{title}. " * 20))


def add(site: Path, title: str) -> None:
    write_recording(site / "recordings" / f"{len(title)}.warc.gz", [answer(title)])


def git(site: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=site, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site after its first pass, of which each test has a copy."""
    root = make_site(tmp_path_factory.mktemp("finished") / "site", [answer(title) for title in TITLES])
    with (root / ".gitignore").open("a") as file:
        file.write("recordings/\n")
    config = (root / "newsloom.yaml").read_text()
    (root / "newsloom.yaml").write_text(config.replace("publish_at: 70", "publish_at: 0"))
    run_pass(root)
    return root


@pytest.fixture
def site(finished: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(finished, tmp_path / "site"))


def documents(site: Path) -> int:
    return len(list((site / "_news").glob("*.md")))


def is_committed(site: Path) -> bool:
    git(site, "fsck", "--strict")
    return git(site, "status", "--short") == ""


def test_a_full_disk_below_the_repository_ends_as_one_line_and_the_next_run_commits(
    site: Path, tmp_path: Path
) -> None:
    add(site, "Robots sweep the streets")
    with small_disk(tmp_path / "disk") as disk:
        shutil.move(site / ".git", disk / "git")
        (site / ".git").symlink_to(disk / "git")
        with filled(disk):
            done = subprocess.run(
                [sys.executable, "-m", "newsloom", "run", str(site), "--json"],
                capture_output=True,
                text=True,
                check=False,
            )
        assert done.returncode == 1
        assert len(done.stderr.splitlines()) == 1
        assert "git failed" in done.stderr
        assert "(free disk space: the documents are written; the next run commits them)" in done.stderr
        assert documents(site) == 3
        assert git(site, "rev-list", "--count", "HEAD").strip() == "1"
        assert run_pass(site).commit
        assert is_committed(site)


@pytest.mark.parametrize("folder", ["_news", "api", "public"])
def test_a_full_disk_below_what_is_written_is_told_and_the_next_run_completes(
    site: Path, tmp_path: Path, folder: str
) -> None:
    add(site, "Robots sweep the streets")
    calm = tmp_path / "calm"
    shutil.copytree(site, calm)
    run_pass(calm)
    with small_disk(tmp_path / "disk", "8m") as disk:
        shutil.copytree(site / folder, disk / folder)
        shutil.rmtree(site / folder)
        (site / folder).mkdir()
        subprocess.run(["mount", "--bind", str(disk / folder), str(site / folder)], check=True)
        try:
            with (
                filled(disk),
                pytest.raises(PublishError, match=r"No space left on device \(free disk space"),
            ):
                run_pass(site)
            run_pass(site)
            assert read_tree(site).keys() == read_tree(calm).keys()
            assert is_committed(site)
        finally:
            subprocess.run(["umount", "--lazy", str(site / folder)], check=True)


def test_a_lock_left_behind_ends_as_one_error_and_the_next_run_commits(site: Path) -> None:
    add(site, "Robots sweep the streets")
    lock = site / ".git/index.lock"
    lock.touch()
    with pytest.raises(
        PublishError, match=r"index\.lock: git's lock is there since .* remove \.git/index\.lock"
    ):
        run_pass(site)
    assert documents(site) == 3
    lock.unlink()
    assert run_pass(site).commit
    assert is_committed(site)


@pytest.fixture
def large(site: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A site whose repository counts as large: git looks only at what is noted."""
    monkeypatch.setattr(settings, "GIT_LOOK_FILES", 1)
    ignored = (site / ".gitignore").read_text().replace("api/\n", "")
    (site / ".gitignore").write_text(ignored)
    (site / ".newsloom/uncommitted").unlink()  # as after a day
    add(site, "An article that has git look at everything once")
    assert run_pass(site).commit
    git(site, "commit", "--quiet", "--all", "--message", "The API too")
    return site


def test_in_a_large_repository_what_a_pass_wrote_is_committed(large: Path) -> None:
    add(large, "Robots sweep the streets")
    assert run_pass(large).commit
    changed = git(large, "show", "--name-only", "--format=").split()
    assert any(path.startswith("_news/") for path in changed)
    assert "api/news/index.json" in changed
    assert is_committed(large)


def test_in_a_large_repository_documents_changed_by_hand_are_committed_too(large: Path) -> None:
    first, second, *_ = sorted((large / "_news").glob("*.md"))
    first.write_text(first.read_text().replace("excerpt: ", 'editorNote: "by hand"\nexcerpt: '))
    second.unlink()
    (large / "_data/organizations/hand.example.md").write_text(
        "---\nname: By hand\ndomain: hand.example\n---\n"
    )
    run_pass(large)
    assert git(large, "status", "--short") == ""
    changed = git(large, "log", "-1", "--format=", "--name-status").splitlines()
    assert f"M\t_news/{first.name}" in changed
    assert "A\t_data/organizations/hand.example.md" in changed


def test_in_a_large_repository_other_files_are_found_within_a_day(
    large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (large / "_news/notes.txt").write_text("an owner's own")
    add(large, "Robots sweep the streets")
    run_pass(large)
    assert git(large, "status", "--short") == "?? _news/notes.txt\n"
    monkeypatch.setattr(settings, "GIT_LOOK_SECONDS", 0)
    add(large, "Hospitals test a model that reads pictures")
    run_pass(large)
    assert is_committed(large)


def test_in_a_large_repository_a_pass_that_died_before_its_commit_is_committed_by_the_next(
    large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(large, "Robots sweep the streets")
    with monkeypatch.context() as patch:
        patch.setattr("newsloom.pipeline.commit_pass", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            run_pass(large)
    assert not is_committed(large)
    with pytest.raises(NewsloomError):
        (large / ".git/index.lock").touch()
        run_pass(large)
    (large / ".git/index.lock").unlink()
    run_pass(large)
    assert is_committed(large)
