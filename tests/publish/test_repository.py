import subprocess
from pathlib import Path
from threading import Timer

import pytest

from newsloom.errors import PublishError
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
