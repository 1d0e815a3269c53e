import json
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from newsloom.cli import app
from newsloom.errors import BusyError, ConfigError
from newsloom.intake import Plan
from newsloom.lock import hold
from newsloom.pipeline import rebuild_index, run_pass
from newsloom.publish.journal import Changes, commit_changes
from tests.recordings import Answer, make_feed, make_page, make_site, read_tree

TITLES = (
    "A chip that thinks with less power",
    "City council lets robots sweep the streets",
    "Hospital tests artificial intelligence in radiology",
    "Schools write rules for AI tutors in the classroom",
    "Insurers turn to fraud detection by machine learning",
)


def page_answers() -> list[Answer]:
    return [
        Answer(
            url=f"https://news{n}.example/story-{n}",
            body=make_page(title, published=f"2026-11-2{n % 2}T0{n}:00:00Z"),
        )
        for n, title in enumerate(TITLES)
    ]


def feed_answer() -> Answer:
    entries = [
        (f"https://news{n}.example/story-{n}?utm_source=feed", title) for n, title in enumerate(TITLES)
    ]
    entries.append(("https://other.example/only-in-the-feed", "Deep learning maps the ocean floor"))
    return Answer(url="https://feed.example/rss", body=make_feed(entries), content_type="application/rss+xml")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return make_site(tmp_path / "site", [*page_answers(), feed_answer()])


def commits(site: Path) -> int:
    done = subprocess.run(
        ["git", "rev-list", "--count", "HEAD"], cwd=site, capture_output=True, text=True, check=True
    )
    return int(done.stdout)


def test_a_pass_writes_documents_api_and_pages_and_commits_them(site: Path) -> None:
    summary = run_pass(site)
    assert summary.new == len(TITLES) + 1
    assert summary.commit
    assert len(list((site / "_news").glob("*.md"))) == len(TITLES) + 1
    assert json.loads((site / "api/news/index.json").read_text())["page"] == 1
    assert (site / "public/index.html").exists()


def test_the_second_pass_on_the_same_input_writes_nothing(site: Path) -> None:
    run_pass(site)
    stamps = {path: path.stat().st_mtime_ns for path in site.rglob("*") if ".newsloom" not in path.parts}
    second = run_pass(site)
    assert (second.new, second.changed, second.commit) == (0, 0, None)
    assert commits(site) == 1
    after = {path: path.stat().st_mtime_ns for path in site.rglob("*") if ".newsloom" not in path.parts}
    assert {path for path in stamps if ".git" not in path.parts and stamps[path] != after[path]} == set()


def test_without_the_index_nothing_changes_either(site: Path) -> None:
    run_pass(site)
    before = read_tree(site)
    keys = (site / ".newsloom/keys").read_bytes()
    shutil.rmtree(site / ".newsloom")
    (site / ".newsloom").mkdir()
    (site / ".newsloom/keys").write_bytes(keys)
    (site / ".newsloom/keys").chmod(0o600)
    assert rebuild_index(site).read == len(TITLES) + 1
    assert run_pass(site).commit is None
    assert read_tree(site) == before


def test_a_site_without_keys_works(site: Path) -> None:
    (site / ".newsloom/keys").unlink()
    run_pass(site)
    before = read_tree(site)
    assert not any(b"secured:" in content for content in before.values())
    assert rebuild_index(site).lost == len(TITLES) + 1
    run_pass(site)
    assert read_tree(site).keys() == before.keys()


def test_a_story_outlives_lost_keys(tmp_path: Path) -> None:
    titles = (
        "Robot firm Acme of Oslo recalls 400 robots after fires",
        "Robot firm Acme of Oslo recalls 400 robots",
    )
    answers = [
        Answer(url=f"https://paper{n}.example/{n}", body=make_page(title, text=f"{title}. {'Number' * n}"))
        for n, title in enumerate(titles)
    ]
    site = make_site(tmp_path / "site", answers)
    assert run_pass(site).stories == 1
    before = read_tree(site, "_news")
    (site / ".newsloom/keys").unlink()
    done = CliRunner().invoke(app, ["reindex", str(site)])
    assert done.exit_code == 0
    assert "2 documents: private state is missing" in done.output
    assert run_pass(site, plan=Plan(local=False)).stories == 1
    assert read_tree(site, "_news") == before


def test_a_page_in_two_recordings_is_one_document(tmp_path: Path) -> None:
    answers = page_answers()
    tracked = Answer(url=answers[0].url + "?utm_medium=social#top", body=answers[0].body)
    site = make_site(tmp_path / "site", [*answers, tracked])
    assert run_pass(site).documents == len(TITLES)


def test_off_topic_articles_are_turned_away_with_a_reason(tmp_path: Path) -> None:
    page = make_page("Village fair draws record crowd", text="The fair had a wheel, cake and music. " * 12)
    site = make_site(
        tmp_path / "site", [Answer(url="https://village.example/fair", body=page)], keep="topical"
    )
    summary = run_pass(site)
    assert summary.documents == 0
    assert any("topic" in reason for reason in summary.rejected)


def test_a_document_broken_by_hand_is_named_and_left_alone(site: Path) -> None:
    run_pass(site)
    broken = next((site / "_news").glob("*.md"))
    broken.write_text("---\ntitle: [half\n---\n")
    summary = run_pass(site)
    assert any(broken.name in problem for problem in summary.problems)
    assert broken.read_text() == "---\ntitle: [half\n---\n"


def test_a_seal_changed_by_hand_is_refused_by_name(site: Path) -> None:
    run_pass(site)
    changed = next((site / "_news").glob("*.md"))
    head, seal, tail = changed.read_text().partition("\nsecured: ")
    changed.write_text(head + seal + ("B" if tail[0] == "A" else "A") + tail[1:])
    summary = run_pass(site)
    assert any(changed.stem in problem and "seal" in problem for problem in summary.problems)
    assert f"\nsecured: {'B' if tail[0] == 'A' else 'A'}{tail[1:20]}" in changed.read_text()


def test_a_journal_left_by_a_killed_pass_is_carried_out(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("newsloom.publish.journal.recover", lambda *_: True)
        commit_changes(site, site / ".newsloom/journal", Changes(files={"_news/2026-11-20-x.md": b"not yet"}))
    run_pass(site)
    assert (site / "_news/2026-11-20-x.md").read_bytes() == b"not yet"


def test_half_written_files_of_a_killed_pass_are_swept_up(site: Path) -> None:
    run_pass(site)
    left = [site / "_news/.x1.part", site / "assets/images/news/.x2.part"]
    for path in left:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"half")
    assert run_pass(site).commit is None
    assert not any(path.exists() for path in left)


def test_two_passes_at_once_are_refused(site: Path) -> None:
    with hold(site / ".newsloom/lock"), pytest.raises(BusyError):
        run_pass(site)


def test_a_folder_that_is_no_site_says_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="newsloom init"):
        run_pass(tmp_path)


def test_killed_at_twenty_moments_a_pass_ends_as_if_undisturbed(tmp_path: Path) -> None:
    """`kill -9` at any moment, then a run: the documents are those of an undisturbed run."""
    pristine = make_site(tmp_path / "pristine", [*page_answers(), feed_answer()])
    calm = tmp_path / "calm"
    shutil.copytree(pristine, calm)
    start = time.monotonic()
    _finish(calm)
    seconds = time.monotonic() - start
    expected = read_tree(calm)
    moments = random.Random(20)
    for number in range(20):
        site = tmp_path / f"killed-{number}"
        shutil.copytree(pristine, site)
        # The first half of a run loads modules, where there is nothing to disturb yet.
        _kill_after(site, seconds * moments.uniform(0.45, 1.05))
        run_pass(site)
        assert read_tree(site) == expected
        assert commits(site) >= 1
        shutil.rmtree(site)


def _finish(site: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "newsloom", "run", str(site), "--json"], check=True, capture_output=True
    )


def _kill_after(site: Path, seconds: float) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "newsloom", "run", str(site), "--json"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
