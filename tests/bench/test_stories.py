from __future__ import annotations

import gzip
import json
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from newsloom.bench.clusters import agree
from newsloom.bench.streams import START, make_stream, plant_copies, read_texts
from newsloom.cli import app
from newsloom.errors import SourceError
from tests.curate.drafts import event


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "stories").mkdir()
    (tmp_path / "articles").mkdir()
    rows = []
    for number in range(12):
        title, text = event(number)
        date = (START + timedelta(minutes=number)).isoformat()
        rows.append({"id": number, "cluster": f"e{number % 6}", "title": title, "text": text, "date": date})
    lines = "\n".join(json.dumps(row) for row in rows)
    (tmp_path / "stories" / "events.jsonl").write_text(lines + "\n", encoding="utf-8")
    with gzip.open(tmp_path / "articles" / "articles.jsonl.gz", "wt", encoding="utf-8") as file:
        for number in range(30):
            words = " ".join(f"word{number}x{place}" for place in range(200))
            row = {"title": f"Headline {number} about a thing", "text": words, "source": "paper"}
            file.write(json.dumps(row) + "\n")
    return tmp_path


def test_stories_copies_and_growth_are_measured(data: Path, tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    done = CliRunner().invoke(
        app, ["bench", "stories", "--data", str(data), "--json", str(figures), "--growth", "200"]
    )
    assert done.exit_code == 0, done.output
    found = json.loads(figures.read_text())
    (events,) = found["events"]
    assert events["ours"]["articles"] == 12
    assert events["ours"]["f1"] == 1
    assert events["shuffled_f1"] == [1, 1]
    assert events["related_first"] == 1
    assert found["copies"]["recall"]["0%"] == 1
    assert found["copies"]["precision"] == 1
    assert found["growth"][0]["articles"] == 200
    assert found["growth"][0]["per_second"] > 0
    assert "each article alone" in done.output


def test_without_articles_only_events_are_measured(data: Path) -> None:
    (data / "articles" / "articles.jsonl.gz").unlink()
    done = CliRunner().invoke(app, ["bench", "stories", "--data", str(data)])
    assert done.exit_code == 0, done.output
    assert "skipped" in done.output


def test_a_folder_without_events_is_told(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["bench", "stories", "--data", str(tmp_path)])
    assert isinstance(done.exception, SourceError)
    with pytest.raises(SourceError, match="cannot be read"):
        read_texts(tmp_path / "none.gz")


def test_agreement_of_partitions() -> None:
    gold = {"a": "1", "b": "1", "c": "2", "d": "2"}
    same = agree(gold, {"a": "x", "b": "x", "c": "y", "d": "y"})
    assert (same.f1, same.pair_f1, same.nmi, same.ari) == pytest.approx((1, 1, 1, 1))
    alone = agree(gold, {})
    assert (alone.precision, alone.recall) == (1, 0.5)
    assert alone.ari == pytest.approx(0)
    one = agree(gold, dict.fromkeys(gold, "x"))
    assert (one.precision, one.recall, one.nmi) == pytest.approx((0.5, 1, 0))


def test_streams_and_copies_are_the_same_at_every_call(data: Path) -> None:
    texts = read_texts(data / "articles" / "articles.jsonl.gz")
    assert list(make_stream(texts, 50)) == list(make_stream(texts, 50))
    assert list(plant_copies(texts, [0.1], 5)) == list(plant_copies(texts, [0.1], 5))
    assert len({article.date for article in make_stream(texts, 50)}) == 50


def test_stories_in_shards_are_measured(data: Path, tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    command = ["bench", "stories", "--data", str(data), "--shards", "1,4", "--growth", "300"]
    done = CliRunner().invoke(app, [*command, "--json", str(figures)])
    assert done.exit_code == 0, done.output
    found = json.loads(figures.read_text())
    assert {(row["part"], row["shards"]) for row in found["events"]} == {
        (part, count) for part in ("all", "tune", "aside") for count in (1, 4)
    }
    plain, sharded = found["stream"]
    assert sharded["same"]
    assert sharded["pooled"] > 0
    assert sharded["asked"] >= 1 > sharded["crossed"]
    assert abs(plain["f1"] - sharded["f1"]) < 0.05
    assert "articles/s of the one step" in done.output


@pytest.mark.parametrize("shards", ["none", "0", "4,-1,0", ","])
def test_shards_that_are_no_numbers_are_named(data: Path, shards: str) -> None:
    done = CliRunner().invoke(app, ["bench", "stories", "--data", str(data), "--shards", shards])
    assert done.exit_code != 0
