"""A site takes in what it wants of archives, once, wherever the work is stopped."""

from __future__ import annotations

import gzip
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

import pytest

import newsloom.archive
from newsloom import settings
from newsloom.backfill import fill, filling
from newsloom.backfill.ledger import Ledger, Progress
from newsloom.errors import BusyError, SourceError
from newsloom.lock import hold
from newsloom.pipeline import read_records, run_pass
from tests.backfill.archives import AI, make_answers, make_site, write_archives
from tests.recordings import Answer, make_page, read_tree, write_recording
from tests.test_scope import Judged


def kept_titles(site: Path) -> list[str]:
    return sorted(record.article.title for record in read_records(site))


def test_what_the_topics_want_becomes_documents(tmp_path: Path) -> None:
    site, folder = make_site(tmp_path / "site"), write_archives(tmp_path / "old", 2, 20)
    account = fill(site, [str(folder)])
    assert (account.records, account.kept, account.documents) == (40, 8, 8)
    assert account.refused == {"words: no topic of this site": 32}
    assert all(title.startswith("Artificial intelligence finds") for title in kept_titles(site))
    assert (account.files, account.files_done, account.problems) == (2, 2, [])


def test_a_record_is_observed_when_it_was_archived(tmp_path: Path) -> None:
    site = make_site(tmp_path / "site")
    answer = make_answers(5, 1)[0]
    fill(site, [str(write_recording(tmp_path / "one.warc.gz", [answer]))])
    (record,) = read_records(site)
    assert record.state is not None
    assert record.state.seen == answer.moment


def test_what_is_done_is_not_read_again(tmp_path: Path) -> None:
    site, folder = make_site(tmp_path / "site"), write_archives(tmp_path / "old", 2, 20)
    fill(site, [str(folder)])
    before = read_tree(site)
    write_recording(folder / "news-77.warc.gz", make_answers(100, 10))
    account = fill(site, [str(folder)])
    assert (account.before, account.records, account.kept, account.documents) == (40, 50, 10, 10)
    assert (
        before.items()
        >= {name: body for name, body in read_tree(site, "_news").items() if name in before}.items()
    )


def test_a_file_with_another_content_is_read_anew(tmp_path: Path) -> None:
    site = make_site(tmp_path / "site")
    path = write_recording(tmp_path / "one.warc.gz", make_answers(0, 5))
    fill(site, [str(path)])
    write_recording(path, make_answers(0, 12))
    account = fill(site, [str(path)])
    assert (account.records, account.documents) == (17, 3)
    assert account.refused["known: the site has it already"] == 1


def test_all_is_read_anew_when_asked(tmp_path: Path) -> None:
    site, folder = make_site(tmp_path / "site"), write_archives(tmp_path / "old", 1, 20)
    fill(site, [str(folder)])
    account = fill(site, [str(folder)], again=True)
    assert (account.records, account.kept, account.refused["known: the site has it already"]) == (20, 0, 4)


def test_an_old_copy_does_not_replace_what_the_site_has(tmp_path: Path) -> None:
    site = make_site(tmp_path / "site")
    new = make_answers(5, 1)[0]
    fill(site, [str(write_recording(tmp_path / "new.warc.gz", [new]))])
    before = read_tree(site, "_news")
    older = Answer(url=new.url, body=make_page("Artificial intelligence: an older headline", text=AI))
    account = fill(site, [str(write_recording(tmp_path / "old.warc.gz", [older]))])
    assert account.refused == {"known: the site has it already": 1}
    assert read_tree(site, "_news") == before


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer(url="https://a.example/tag/ai/", body=make_page("AI", text=AI)), "address: is a list, a service or a file"),
        (
            Answer(url="https://bad.example/2024/05/01-artificial-intelligence", body=make_page("AI", text=AI)),
            "address: its provider is not wanted",
        ),
        (
            Answer(url="https://a.example/2024/ai-does-it-again", body=make_page("AI", text=AI), status="404 Not Found"),
            "answer: has status 404",
        ),
        (
            Answer(url="https://a.example/2024/ai-does-it-again", body=b"%PDF", content_type="application/pdf"),
            "answer: is no page",
        ),
        (
            Answer(url="https://a.example/2024/ai-does-it-again", body=b"{}", content_type="text/html"),
            "answer: is no page",
        ),
        (
            Answer(
                url="https://a.example/2024/ki-macht-das-schon",
                body=make_page(
                    "Künstliche Intelligenz macht das",
                    text="Die Forscher haben ein Netz auf einem eigenen Chip gelernt und erzählen, wie es ihnen dabei "
                    "ergangen ist und was sie als Nächstes in ihrem Labor vorhaben, artificial intelligence.",
                ).replace(b'lang="en"', b'lang="de"'),
            ),
            "language: is not wanted",
        ),
    ],
)  # fmt: skip
def test_each_look_says_why_it_turns_a_page_away(tmp_path: Path, answer: Answer, reason: str) -> None:
    site = make_site(tmp_path / "site", languages=("en",), block_providers=("bad.example",))
    account = fill(site, [str(write_recording(tmp_path / "one.warc.gz", [answer]))])
    assert account.refused == {reason: 1}


def test_a_site_that_keeps_all_asks_for_no_words(tmp_path: Path) -> None:
    site = make_site(tmp_path / "site", keep="all")
    account = fill(site, [str(write_archives(tmp_path / "old", 1, 10))])
    assert (account.kept, account.refused) == (10, {})


def test_a_damaged_file_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    site, folder = make_site(tmp_path / "site"), write_archives(tmp_path / "old", 2, 20)
    first = folder / "news-00.warc.gz"
    first.write_bytes(first.read_bytes()[:-700])
    account = fill(site, [str(folder)])
    assert len(account.problems) == 1
    assert "news-00.warc.gz" in account.problems[0]
    assert account.documents == 8
    assert account.records in {38, 39}
    assert fill(site, [str(folder)]).records == account.records


@pytest.mark.parametrize("whole", [False, True], ids=["plain", "one gzip stream"])
def test_archives_that_are_not_packed_by_record_go_on_where_they_stopped(tmp_path: Path, whole: bool) -> None:
    packed = write_recording(tmp_path / "packed.warc.gz", make_answers(0, 50))
    plain = gzip.decompress(packed.read_bytes())
    path = tmp_path / ("one.warc.gz" if whole else "one.warc")
    path.write_bytes(gzip.compress(plain) if whole else plain)
    site = make_site(tmp_path / "site")
    assert run_apart(site, path, "note", 3) == -signal.SIGKILL
    account = fill(site, [str(path)])
    assert (account.before, account.records, account.documents) == (24, 50, 10)


def test_two_back_fills_of_one_site_do_not_run_at_once(tmp_path: Path) -> None:
    site, folder = make_site(tmp_path / "site"), write_archives(tmp_path / "old", 1, 2)
    with hold(site / ".newsloom" / "backfill.lock"), pytest.raises(BusyError, match="another back-fill"):
        fill(site, [str(folder)])


def test_a_folder_without_archives_is_told(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    with pytest.raises(SourceError, match="holds no WARC files"):
        fill(make_site(tmp_path / "site"), [str(tmp_path / "old")])


def test_the_next_pass_has_nothing_to_change(tmp_path: Path) -> None:
    site = make_site(tmp_path / "site")
    fill(site, [str(write_archives(tmp_path / "old", 1, 40))])
    before = read_tree(site)
    summary = run_pass(site)
    assert (summary.new, summary.changed) == (0, 0)
    assert read_tree(site) == before


class Death:
    """Kills the process when it is met for the nth time."""

    def __init__(self, left: int) -> None:
        self.left = left

    def meet(self) -> bool:
        """Count; True when this is the time."""
        self.left -= 1
        return self.left == 0

    def behind(self, function: Callable[..., object]) -> Callable[..., object]:
        def run(*arguments: object, **named: object) -> object:
            result = function(*arguments, **named)
            if self.meet():
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        return run

    def ahead(self, function: Callable[..., object]) -> Callable[..., object]:
        def run(*arguments: object, **named: object) -> object:
            if self.meet():
                os.kill(os.getpid(), signal.SIGKILL)
            return function(*arguments, **named)

        return run


class Torn:
    """A file whose last write reaches the disk in part."""

    def __init__(self, file: BinaryIO, death: Death) -> None:
        self.file = file
        self.death = death

    def write(self, data: bytes) -> None:
        last = self.death.meet()
        self.file.write(data[: len(data) // 2] if last else data)
        self.file.flush()
        if last:
            os.kill(os.getpid(), signal.SIGKILL)

    def flush(self) -> None:
        pass

    def close(self) -> None:
        self.file.close()


def set_up(where: str, left: int) -> None:
    """Let this process die at a place, in stretches that are short."""
    settings.BACKFILL_KEPT, settings.BACKFILL_BATCH = 12, 8
    death = Death(left)
    match where:
        case "note":
            Ledger.note = death.behind(Ledger.note)
        case "line":
            Ledger._begin, Ledger._reopen = (
                lambda self, begin=Ledger._begin: Torn(begin(self), death),
                lambda self, reopen=Ledger._reopen: Torn(reopen(self), death),
            )
        case "before the pass":
            filling.run_pass = death.ahead(filling.run_pass)
        case "after the pass":
            filling.run_pass = death.behind(filling.run_pass)
        case "in the pass":
            newsloom.archive.commit_changes = death.behind(newsloom.archive.commit_changes)
        case "turn":
            Ledger._replace = death.behind(Ledger._replace)


def run_apart(site: Path, place: Path, where: str = "", left: int = 0) -> int:
    """A back-fill in a process of its own that may die; its exit status."""
    child = os.fork()
    if child == 0:
        try:
            set_up(where, left)
            fill(site, [str(place)])
        except BaseException:  # noqa: BLE001 - the child must not go on as the test's
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def read_progress(site: Path) -> Progress:
    with closing(Ledger(site / ".newsloom" / "backfill")) as ledger:
        return ledger.progress


DEATHS = [
    *(("note", left) for left in (1, 3, 7, 12)),
    *(("line", left) for left in (1, 4, 9)),
    ("before the pass", 1), ("before the pass", 2), ("after the pass", 1), ("after the pass", 2),
    ("in the pass", 1), ("in the pass", 2), *(("turn", left) for left in (2, 3, 4, 5)),
]  # fmt: skip


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """A site before and after a back-fill that nobody stops, and the archives."""
    base = tmp_path_factory.mktemp("uninterrupted")
    folder, before = write_archives(base / "old", 3, 40), make_site(base / "before")
    after = base / "after"
    shutil.copytree(before, after)
    assert run_apart(after, folder) == 0
    return before, after, folder


@pytest.mark.parametrize(("where", "left"), DEATHS)
def test_a_killed_back_fill_loses_and_doubles_nothing(
    tmp_path: Path, uninterrupted: tuple[Path, Path, Path], where: str, left: int
) -> None:
    before, after, folder = uninterrupted
    site = tmp_path / "site"
    shutil.copytree(before, site)
    assert run_apart(site, folder, where, left) == -signal.SIGKILL
    assert run_apart(site, folder) == 0
    assert read_tree(site, "_news", "api", "public") == read_tree(after, "_news", "api", "public")
    progress = read_progress(site)
    assert progress.refused == read_progress(after).refused
    assert (progress.records, progress.kept) == (120, 24)


def test_a_back_fill_that_dies_again_and_again_gets_there(
    tmp_path: Path, uninterrupted: tuple[Path, Path, Path]
) -> None:
    before, after, folder = uninterrupted
    site = tmp_path / "site"
    shutil.copytree(before, site)
    deaths = 0
    while run_apart(site, folder, "note", 4) != 0:
        deaths += 1
    assert deaths >= 3
    assert read_tree(site, "_news") == read_tree(after, "_news")


def test_the_command_finds_the_site_and_tells_why(tmp_path: Path) -> None:
    site, folder = make_site(tmp_path / "site"), write_archives(tmp_path / "old", 1, 20)
    command = [sys.executable, "-m", "newsloom", "backfill", str(site), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=dict(os.environ))
    assert done.returncode == 0, done.stderr
    assert "words: no topic of this site" in done.stdout
    assert "1 of 1 files, 20 records, 4 kept, 16 refused, 4 documents" in done.stdout
    inside = subprocess.run(
        [*command[:4], str(folder), "--json"], capture_output=True, text=True, check=False, cwd=site
    )
    assert '"before":20' in inside.stdout


def test_a_site_that_keeps_history_apart_judges_what_is_in_play_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, play = make_site(tmp_path / "site", history_days=1, fold_at=0), 24 * 9  # pages are an hour apart
    old = make_answers(play + 100, 70, every=1)
    account = fill(site, [str(write_recording(tmp_path / "old.warc.gz", old))])
    assert account.documents == 70
    judged = Judged(monkeypatch)
    for part in range(3):
        new = make_answers(10 * part, 10, every=1)
        fill(site, [str(write_recording(tmp_path / f"new-{part}.warc.gz", new))])
    assert judged.counts == [0, 10, 20]
    assert not judged.read_all
    assert len(kept_titles(site)) == 100
