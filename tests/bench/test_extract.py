from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from newsloom.bench.scoring import count_segments, score, word_f1
from newsloom.bench.sets import Gold, read_sets
from newsloom.cli import app
from newsloom.errors import SourceError
from tests.extract.test_extract import FULL, PARAGRAPHS


@pytest.fixture
def data(tmp_path: Path) -> Path:
    news, marked, dated = (tmp_path / "pages" / name for name in ("news", "marked", "dated"))
    for folder in (news, marked, dated):
        (folder / "html").mkdir(parents=True)
        (folder / "html" / "one.html.gz").write_bytes(gzip.compress(FULL.encode()))
    gold = {
        "title": "New chip plant opens",
        "author": ["Ada Low", "Somebody Else"],
        "date": "2026-03-01T09:30:00+01:00",
        "text": " ".join(PARAGRAPHS),
        "image": "http://www.img.daily.example/plant.jpg?w=1",
    }
    row = {
        "id": "one",
        "url": "https://www.daily.example/one",
        "html": "html/one.html.gz",
        "crawl_date": "2026-03-02 12:00:00",
        "gold": gold,
    }
    (news / "gold.jsonl").write_text(json.dumps(row) + "\n")
    segments = {"file": "one.html", "with": [PARAGRAPHS[0][:40], "not there"], "without": ["Sign up for"]}
    (marked / "evaldata.json").write_text(json.dumps({"hard::one.html": segments}))
    lost = {"file": "lost.html", "date": "2026-03-01"}
    rows = {
        "https://www.daily.example/1": {"file": "one.html", "date": "2026-03-01"},
        "https://a.example/": lost,
    }
    (dated / "eval_default.json").write_text(json.dumps(rows))
    return tmp_path


def test_every_set_is_scored_and_timed(data: Path, tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    command = [
        "bench",
        "extract",
        "--data",
        str(data),
        "--json",
        str(figures),
        "--rivals",
        str(tmp_path / "none"),
    ]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.output
    results = {row["name"]: row for row in json.loads(figures.read_text())["results"]}
    own = results["newsloom"]["sets"]
    shares = {field: share for field, (share, _) in own["news"]["fields"].items()}
    assert shares == {"title": 1, "authors": 0, "day": 1, "minute": 1, "text": 1, "image": 1}
    assert own["marked"]["fields"]["segments"] == [2 / 3, 2]
    assert own["dated"]["fields"]["day"] == [1, 1]
    assert own["news"]["pages_per_second"] > 0
    assert own["news"]["peak_mib"] > 10
    assert results["parse"]["sets"]["news"]["fields"] == {}
    assert "make rivals" in results["trafilatura"]["note"]
    assert "trafilatura: skipped" in done.output
    assert "of the parse alone" in done.output
    assert "own reader 3" in done.output


def test_what_was_wrong_is_written_down(data: Path, tmp_path: Path) -> None:
    misses = tmp_path / "misses.jsonl"
    done = CliRunner().invoke(app, ["bench", "extract", "--data", str(data), "--misses", str(misses)])
    assert done.exit_code == 0, done.output
    rows = [json.loads(line) for line in misses.read_text().splitlines()]
    assert {(row["set"], row["field"]) for row in rows} == {("news", "authors"), ("marked", "segments")}


def test_a_folder_without_a_set_and_an_unknown_part_are_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"gold\.jsonl"):
        read_sets(tmp_path)
    done = CliRunner().invoke(app, ["bench", "extract", "--data", str(tmp_path), "--part", "half"])
    assert done.exit_code == 1
    assert "tune" in str(done.exception)


def test_a_set_that_is_not_json_is_named(tmp_path: Path) -> None:
    (tmp_path / "gold.jsonl").write_text("{")
    with pytest.raises(SourceError, match=r"gold\.jsonl"):
        read_sets(tmp_path)


def test_scores() -> None:
    assert word_f1("one two three", "three two") == pytest.approx(0.8)
    assert word_f1("one", "") == 0
    gold = Gold(wanted=("a b", "c"), unwanted=("d",))
    assert count_segments(gold, {"text": "a\n\nb and d"}) == (1, 1, 1)
    found = {"published": "2026-03-01T23:30:00-05:00", "title": "It’s  “new”"}
    gold = Gold(published="2026-03-01", title='it\'s "NEW"')
    assert dict(score(gold, found)) == {"title": 1, "day": 1}
