"""The measuring of back-fills: archives that are the same each time, and figures that are right."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from newsloom.backfill.looking import Look, Refusal, read_pages
from newsloom.bench import backfilling
from newsloom.bench.archived import list_wanted, make_page, write_archives
from newsloom.bench.backfilling import format_looks, format_runs, measure_looks, measure_runs
from newsloom.bench.sets import read_sets
from newsloom.curate.gate import Gate
from newsloom.fetch.archive import read_archive
from newsloom.records import Page, Topic
from newsloom.starter import ai_topics
from tests.recordings import MOMENT
from tests.recordings import make_page as make_other_page


def test_archives_are_the_same_each_time_and_can_be_read(tmp_path: Path) -> None:
    assert make_page(7) == make_page(7) != make_page(107)
    size = write_archives(tmp_path, 30)
    (path,) = tmp_path.iterdir()
    records = list(read_archive(path))
    assert sum(len(record.body) for record in records) == size
    assert len({record.address for record in records}) == 30
    assert [record.status for record in records].count(404) == 2


def test_made_up_pages_are_what_they_are_said_to_be() -> None:
    pages = [
        Page(address=address, final=address, body=body, observed=MOMENT)
        for address, _, body in map(make_page, range(100))
    ]
    results = read_pages(Look(topics=ai_topics(), gate=Gate()), pages)
    assert [number for number, result in enumerate(results) if not isinstance(result, Refusal)] == list(
        list_wanted(100)
    )
    assert [str(result) for result in results[3:10]] == ["topics: no topic of this site"] * 7


def test_a_run_is_measured_with_kills_and_without() -> None:
    plain, killed = measure_runs([120], 1, lambda _: None)
    assert (
        (plain.records, plain.kept, plain.wanted)
        == (killed.records, killed.kept, killed.wanted)
        == (120, 6, 6)
    )
    assert plain.killed == 0 < killed.killed and killed.wall > plain.wall
    assert plain.peak_mib > plain.first_mib > 20 and plain.processor > 0
    assert "| 120 |" in format_runs([plain])


def test_looks_count_what_they_lose(tmp_path: Path) -> None:
    pages = {"one": "The wafer is here", "two": "The council met"}
    (tmp_path / "html").mkdir()
    for name, title in pages.items():
        (tmp_path / "html" / f"{name}.html.gz").write_bytes(gzip.compress(make_other_page(title)))
    rows = {
        f"https://a.example/2024/{name}-of-them": {"file": f"{name}.html", "date": "2024-01-01"}
        for name in pages
    }
    (tmp_path / "eval.json").write_text(json.dumps(rows))
    topics = [("chips", (Topic(id="chips", name="Chips", keywords=("wafer",)),))]
    looks = measure_looks(read_sets(tmp_path), topics, lambda _: None)
    assert sum(one.pages for one in looks) == 2
    assert [
        sum(values) for values in zip(*((one.topical, one.lost, one.passed) for one in looks), strict=True)
    ] == [1, 0, 1]
    assert "| chips | worked on |" in format_looks(looks)


def test_a_site_can_have_records_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backfilling, "_FIRST_PAGES", 100)
    (run,) = measure_runs([200], 0, lambda _: None, known=60)
    assert (run.known, run.records, run.kept, run.wanted, run.documents) == (63, 200, 3, 3, 66)
