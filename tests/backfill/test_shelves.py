"""Archives in a bucket are read by ranges from where the last run stopped, and only there."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from newsloom import settings
from newsloom.backfill import fill
from newsloom.backfill.shelves import open_shelf
from newsloom.errors import SourceError
from tests.backfill.archives import Store, make_site, serve_bucket, write_archives
from tests.recordings import read_tree

ROOT = Path(__file__).parents[2]
DYING = (
    "import sys; from pathlib import Path; from newsloom.backfill import fill; "
    "from tests.backfill.test_filling import set_up; from newsloom import settings; settings.BACKFILL_CHUNK = 4096; "
    "set_up('note', 10); fill(Path(sys.argv[1]), ['s3://news'])"
)


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    return monkeypatch


def use(store: Store, environment: pytest.MonkeyPatch, *, keys: bool = True) -> None:
    environment.setenv("AWS_ENDPOINT_URL", store.address)
    if keys:
        environment.setenv("AWS_ACCESS_KEY_ID", "reader")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "secret")


def test_a_bucket_gives_what_a_folder_does(tmp_path: Path, environment: pytest.MonkeyPatch) -> None:
    folder = write_archives(tmp_path / "old", 2, 20)
    one, two = make_site(tmp_path / "one"), make_site(tmp_path / "two")
    keys = (one / ".newsloom" / "keys").read_bytes()
    (two / ".newsloom" / "keys").write_bytes(keys)
    fill(one, [str(folder)])
    with serve_bucket(folder) as store:
        use(store, environment)
        account = fill(two, ["s3://news/news-"])
    assert (account.records, account.documents, account.problems) == (40, 8, [])
    assert read_tree(two, "_news") == read_tree(one, "_news")
    assert all(store.signed)


def test_only_what_the_prefix_names_is_read(tmp_path: Path, environment: pytest.MonkeyPatch) -> None:
    folder = write_archives(tmp_path / "all" / "2024", 2, 5)
    write_archives(tmp_path / "all" / "2025", 1, 5)
    with serve_bucket(folder.parent) as store:
        use(store, environment)
        names = [volume.name for volume in open_shelf("s3://news/2024/news-01").volumes()]
        account = fill(make_site(tmp_path / "site"), ["s3://news/2024/"])
    assert names == ["s3://news/2024/news-01.warc.gz"]
    assert account.files == 2
    assert {key for key, _ in store.ranges} == {"2024/news-00.warc.gz", "2024/news-01.warc.gz"}


def test_without_keys_nothing_is_signed_and_nobody_asked_for_keys(
    tmp_path: Path, environment: pytest.MonkeyPatch
) -> None:
    folder = write_archives(tmp_path / "old", 1, 5)
    with serve_bucket(folder) as store:
        use(store, environment, keys=False)
        assert fill(make_site(tmp_path / "site"), ["s3://news"]).records == 5
    assert not any(store.signed)


def test_a_killed_run_goes_on_within_the_file(tmp_path: Path, environment: pytest.MonkeyPatch) -> None:
    environment.setattr(settings, "BACKFILL_CHUNK", 4096)
    folder, site = write_archives(tmp_path / "old", 1, 100), make_site(tmp_path / "site")
    with serve_bucket(folder) as store:
        use(store, environment)
        # In a process of its own from the start: obstore's threads do not outlive a fork.
        done = subprocess.run([sys.executable, "-c", DYING, str(site)], check=False, cwd=ROOT)
        assert done.returncode == -signal.SIGKILL
        store.ranges.clear()
        account = fill(site, ["s3://news"])
    assert (account.before, account.records, account.documents) == (80, 100, 20)
    assert min(start for _, start in store.ranges) > folder.joinpath("news-00.warc.gz").stat().st_size / 2


def test_a_file_that_cannot_be_reached_is_read_by_the_next_run(
    tmp_path: Path, environment: pytest.MonkeyPatch
) -> None:
    folder, site = write_archives(tmp_path / "old", 2, 10), make_site(tmp_path / "site")
    with serve_bucket(folder) as store:
        use(store, environment)
        store.broken.add("news-00.warc.gz")
        account = fill(site, ["s3://news"])
        assert (account.records, account.files_done, len(account.problems)) == (10, 1, 1)
        assert "news-00.warc.gz" in account.problems[0]
        store.broken.clear()
        account = fill(site, ["s3://news"])
    assert (account.before, account.records, account.files_done, account.problems) == (10, 20, 2, [])


def test_a_file_that_breaks_off_in_its_midst_goes_on_there(
    tmp_path: Path, environment: pytest.MonkeyPatch
) -> None:
    environment.setattr(settings, "BACKFILL_CHUNK", 4096)
    environment.setattr(settings, "BACKFILL_BATCH", 8)
    folder, site = write_archives(tmp_path / "old", 1, 300), make_site(tmp_path / "site")
    with serve_bucket(folder) as store:
        use(store, environment)
        store.patience = 2
        account = fill(site, ["s3://news"])
        assert 0 < account.records < 300
        assert (account.files_done, len(account.problems)) == (0, 1)
        store.patience = None
        account = fill(site, ["s3://news"])
    assert (account.records, account.kept, account.files_done) == (300, 60, 1)


@pytest.mark.parametrize("place", ["s3:///key", "nowhere/at/all"])
def test_a_place_that_is_none_is_told(tmp_path: Path, place: str) -> None:
    with pytest.raises(SourceError, match=r"names no bucket|no such folder"):
        fill(make_site(tmp_path / "site"), [place])


def test_a_bucket_that_cannot_be_listed_is_told(tmp_path: Path, environment: pytest.MonkeyPatch) -> None:
    environment.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    environment.setattr(settings, "BACKFILL_SECONDS", 1)
    with pytest.raises(SourceError, match="cannot be listed"):
        fill(make_site(tmp_path / "site"), ["s3://news"])
