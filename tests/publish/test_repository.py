import os
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Timer

import pytest

from newsloom import settings
from newsloom.errors import PublishError
from newsloom.publish.git import Git
from newsloom.publish.repository import Repository


def git(root: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "_news").mkdir()
    (tmp_path / "_news/a.md").write_text("A")
    (tmp_path / "newsloom.yaml").write_text("title: T")
    return tmp_path


def test_the_first_commit_takes_the_configuration_along(site: Path) -> None:
    repository = Repository(site)
    repository.prepare()
    assert repository.commit(["_news"], "First pass")
    assert git(site, "ls-files").split() == ["_news/a.md", "newsloom.yaml"]


def test_nothing_changed_makes_no_commit(site: Path) -> None:
    repository = Repository(site)
    repository.prepare()
    repository.commit(["_news"], "First pass")
    assert repository.commit(["_news", "api"], "Second pass") is None
    assert git(site, "rev-list", "--count", "HEAD").strip() == "1"


def test_later_commits_leave_the_owners_edits_alone(site: Path) -> None:
    repository = Repository(site)
    repository.prepare()
    repository.commit(["_news"], "First pass")
    (site / "newsloom.yaml").write_text("title: Half-written")
    (site / "_news/a.md").unlink()
    assert repository.commit(["_news"], "Second pass")
    assert git(site, "status", "--short").strip() == "M newsloom.yaml"


def test_a_lock_left_behind_is_named_with_its_remedy(site: Path) -> None:
    repository = Repository(site)
    repository.prepare()
    (site / ".git/index.lock").touch()
    with pytest.raises(PublishError, match=r"index\.lock; the next run commits"):
        repository.commit(["_news"], "First pass")


def test_a_site_inside_another_checkout_gets_its_own_repository(site: Path) -> None:
    Repository(site).prepare()
    inner = site / "build" / "demo"
    inner.mkdir(parents=True)
    Repository(inner).prepare()
    assert git(inner, "rev-parse", "--show-toplevel").strip() == str(inner.resolve())


def test_a_git_that_is_still_at_work_is_waited_for(site: Path) -> None:
    Repository(site).prepare()
    lock = site / ".git/index.lock"
    lock.touch()
    done = Timer(0.4, lock.unlink)
    done.start()
    (site / "_news" / "later.md").write_text("later")
    assert Repository(site).commit(["_news"], "later")
    done.join()


def test_a_lock_is_told_with_its_age(site: Path) -> None:
    Repository(site).prepare()
    lock = site / ".git/index.lock"
    lock.touch()
    moment = datetime.now(UTC) - timedelta(minutes=1)
    os.utime(lock, (moment.timestamp(), moment.timestamp()))
    with pytest.raises(PublishError, match=f"lock is there since {moment:%Y-%m-%d %H:%M:%S} UTC"):
        Repository(site).commit(["_news"], "First pass")
    assert lock.exists()


def test_a_lock_from_before_the_machine_started_is_taken_away(site: Path) -> None:
    Repository(site).prepare()
    lock = site / ".git/index.lock"
    lock.touch()
    os.utime(lock, (1_000, 1_000))
    assert Repository(site).commit(["_news"], "First pass")
    assert git(site, "status", "--short") == ""


@pytest.fixture
def repository(site: Path) -> Repository:
    made = Repository(site)
    made.prepare()
    made.commit(["_news"], "First pass")
    return made


def test_files_that_are_named_are_committed_and_no_others(site: Path, repository: Repository) -> None:
    for name in ("b.md", 'quo"te.md', "new\nline.md", "back\\slash.md", "grün.md", "other.md"):
        (site / "_news" / name).write_text(name)
    (site / "_news/link.md").symlink_to("b.md")
    (site / "_news/a.md").unlink()
    (site / "_news/b.md").chmod(0o755)
    names = ("a.md", "b.md", 'quo"te.md', "new\nline.md", "back\\slash.md", "grün.md", "link.md", "none.md")
    assert repository.commit((), "Named", [f"_news/{name}" for name in names])
    assert git(site, "status", "--short") == "?? _news/other.md\n"
    kept = git(site, "ls-tree", "-z", "-r", "HEAD", "_news/").split("\0")
    modes = {line.partition("\t")[2]: line[:6] for line in kept if line}
    assert modes["_news/b.md"] == "100755"
    assert modes["_news/link.md"] == "120000"
    assert modes.keys() == {f"_news/{name}" for name in names[1:-1]}


def test_objects_come_in_packs_and_packs_are_joined(
    site: Path, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "GIT_PACKS", 3)
    for number in range(6):
        (site / "_news/a.md").write_text(f"version {number}")
        assert repository.commit(["_news"], "Pass")
    figures = dict(line.split(": ") for line in git(site, "count-objects", "-v").splitlines())
    assert figures["count"] == "0"
    assert int(figures["packs"]) <= 3
    git(site, "fsck", "--strict")


def test_what_the_owner_keeps_out_of_git_stays_out(site: Path, repository: Repository) -> None:
    (site / ".gitignore").write_text("api/\n_news/a.md\n")
    (site / "api").mkdir()
    for path in ("api/index.json", "_news/a.md", "_news/b.md"):
        (site / path).write_text("new")
    assert repository.commit((), "Pass", ["api/index.json", "_news/a.md", "_news/b.md"])
    # What git knows already is committed, whatever is said of it later.
    assert git(site, "ls-files", "_news", "api").split() == ["_news/a.md", "_news/b.md"]
    assert git(site, "status", "--short") == "?? .gitignore\n"


def test_hooks_apply(site: Path, repository: Repository) -> None:
    hook = site / ".git/hooks/commit-msg"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text('#!/bin/sh\ngrep -q forbidden "$1" && echo "not this word" >&2 && exit 1\nexit 0\n')
    hook.chmod(0o755)
    (site / "_news/a.md").write_text("B")
    (site / "newsloom.yaml").write_text("title: Half-written")
    with pytest.raises(PublishError, match="not this word"):
        repository.commit(["_news"], "forbidden")
    assert repository.commit(["_news"], "allowed")
    assert git(site, "status", "--short").strip() == "M newsloom.yaml"


def test_line_ends_are_kept_as_the_owners_git_keeps_them(site: Path, repository: Repository) -> None:
    git(site, "config", "core.autocrlf", "input")
    (site / "_news/a.md").write_bytes(b"one\r\ntwo\r\n")
    assert repository.commit(["_news"], "Pass")
    assert git(site, "status", "--short") == ""
    assert git(site, "cat-file", "blob", "HEAD:_news/a.md") == "one\ntwo\n"


def test_what_the_owner_staged_elsewhere_stays_staged(site: Path, repository: Repository) -> None:
    (site / "newsloom.yaml").write_text("title: Staged")
    git(site, "add", "newsloom.yaml")
    (site / "_news/a.md").write_text("B")
    assert repository.commit(["_news"], "Pass")
    assert git(site, "status", "--short") == "M  newsloom.yaml\n"


def test_in_the_middle_of_a_merge_nothing_is_committed(site: Path, repository: Repository) -> None:
    (site / ".git/MERGE_HEAD").write_text(git(site, "rev-parse", "HEAD"))
    (site / "_news/a.md").write_text("B")
    with pytest.raises(PublishError, match="in the middle of a merge"):
        repository.commit(["_news"], "Pass")
    (site / ".git/MERGE_HEAD").unlink()
    assert repository.commit(["_news"], "Pass")


def test_a_commit_that_died_before_the_branch_moved_is_made_by_the_next(
    site: Path, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    (site / "_news/a.md").write_text("B")
    tell = Git.tell
    for command in ("update-index", "update-ref"):

        def die(self: Git, *arguments: str, given: str = "", command: str = command) -> str:
            if arguments[0] == command:
                raise KeyboardInterrupt
            return tell(self, *arguments, given=given)

        with monkeypatch.context() as patch:
            patch.setattr(Git, "tell", die)
            with pytest.raises(KeyboardInterrupt):
                repository.commit(["_news"], "Pass")
    assert git(site, "rev-list", "--count", "HEAD").strip() == "1"
    assert repository.commit(["_news"], "Pass")
    assert git(site, "status", "--short") == ""
    assert git(site, "for-each-ref", "refs/newsloom") == ""
