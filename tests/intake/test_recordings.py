"""Folders of saved pages and of recordings, from a site's sources to its documents."""

import os
from pathlib import Path

import pytest

from newsloom.pipeline import run_pass
from tests.recordings import MOMENT, Answer, make_page, make_site, write_recording

GOOD = Answer(url="https://good.example/a", body=make_page("A chip that thinks with less power"))
OTHER = "The harbour museum restores a painted ceiling nobody had seen since the great fire. " * 4


def save(path: Path, body: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    os.utime(path, (MOMENT.timestamp(), MOMENT.timestamp()))
    return path


@pytest.fixture
def site(tmp_path: Path) -> Path:
    site = make_site(tmp_path / "site", [GOOD], sources="- folder: saved\n")
    canonical = '<link rel="canonical" href="https://paper.example/ceiling?utm_source=x">'
    save(site / "saved/ceiling.html", make_page("A painted ceiling is found", text=OTHER, head=canonical))
    write_recording(site / "saved/deeper/one.warc.gz", [GOOD])
    return site


def documents(site: Path) -> dict[str, str]:
    return {path.stem[11:]: path.read_text() for path in (site / "_news").glob("*.md")}


def test_saved_pages_and_recordings_of_a_folder_become_documents(site: Path) -> None:
    summary = run_pass(site)
    assert (summary.new, summary.problems) == (2, [])
    text = documents(site)["a-painted-ceiling-is-found"]
    assert "https://paper.example/ceiling" in text
    assert "utm_source" not in text
    assert run_pass(site).commit is None


def test_og_url_and_a_browsers_own_note_name_the_address_too(site: Path) -> None:
    head = '<meta property="og:url" content="https://paper.example/by-og">'
    save(site / "saved/og.htm", make_page("Named by its own metadata here", text=OTHER + " One.", head=head))
    note = b"<!-- saved from url=(0027)https://paper.example/noted -->\n"
    save(site / "saved/note.html", note + make_page("Noted down by the browser", text=OTHER[::-1]))
    run_pass(site)
    said = "\n".join(documents(site).values())
    assert "https://paper.example/by-og" in said
    assert "https://paper.example/noted" in said


def test_a_page_without_an_address_is_refused_by_name_with_the_way_out(site: Path) -> None:
    save(site / "saved/nameless.html", make_page("Who am I"))
    save(site / "saved/relative.html", make_page("Where", head='<link rel="canonical" href="/ceiling">'))
    save(
        site / "saved/home.html",
        make_page("Home", head='<link rel="canonical" href="https://paper.example/">'),
    )
    save(
        site / "saved/script.html", make_page("Js", head='<link rel="canonical" href="javascript:alert(1)">')
    )
    save(site / "saved/empty.html", b"")
    save(site / "saved/.hidden/x.html", make_page("Hidden"))
    save(site / "saved/notes.txt", b"no page")
    summary = run_pass(site)
    assert summary.new == 2
    (problem,) = summary.problems
    for name in ("nameless.html", "relative.html", "home.html", "script.html", "empty.html"):
        assert name in problem
    assert "canonical" in problem
    assert "hidden" not in problem


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    site = make_site(tmp_path / "site", [GOOD], sources="- folder: gone\n- warc: recordings/*.warc.gz\n")
    summary = run_pass(site)
    assert [str(problem) for problem in summary.problems] == [
        "gone: no such folder (check the path in sources.yaml)"
    ]


def test_a_paused_source_on_disk_is_not_read(tmp_path: Path) -> None:
    site = make_site(tmp_path / "site", [GOOD], sources="- warc: recordings/*.warc.gz\n  paused: true\n")
    summary = run_pass(site)
    assert (summary.polled, summary.documents) == (0, 0)
