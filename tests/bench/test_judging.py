"""`newsloom bench judge`: what is there is measured, what is not is left out."""

import gzip
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from newsloom.bench.foresight import correlate
from newsloom.bench.judging import measure_separation, open_topics, read_labelled, score_classes
from newsloom.cli import app
from newsloom.curate.topics import Tagger
from newsloom.errors import SourceError


def test_what_is_there_is_measured(tmp_path: Path) -> None:
    for folder in ("topics", "headlines", "articles", "providers"):
        (tmp_path / folder).mkdir()
    (tmp_path / "topics" / "bbc.csv").write_text(
        'Text,Category\n"The striker scored in the cup final",sport\n"Broadband and mobile phones",tech\n'
    )
    (tmp_path / "headlines" / "clickbait_data.txt").write_text("You Won't Believe What These 21 Cats Did\n")
    (tmp_path / "headlines" / "non_clickbait_data.txt").write_text("Parliament passes budget after debate\n")
    (tmp_path / "providers" / "domain_pc1.csv").write_text("domain,pc1\ncalm.example,0.9\nloud.example,0.1\n")
    with gzip.open(tmp_path / "articles" / "articles.jsonl.gz", "wt") as file:
        for number in range(40):
            loud = number % 2
            row = {
                "title": f"Telling headline {number}",
                "text": "You will love it! We do! " * 30 if loud else "The minister said so. " * 30,
                "url": f"https://{'loud' if loud else 'calm'}.example/{number}",
                "source_url": "",
            }
            file.write(json.dumps(row) + "\n")
    figures = tmp_path / "figures.json"
    done = CliRunner().invoke(app, ["bench", "judge", "--data", str(tmp_path), "--json", str(figures)])
    assert done.exit_code == 0, done.output
    assert "macro F1 1.000" in done.output
    assert "AUC 1.000" in done.output
    assert "1.000 (Spearman) over 2 providers" in done.output
    assert "documents of another desk" not in done.output
    assert json.loads(figures.read_text())["standing"]["providers"] == 2


def test_a_folder_without_sets_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no labelled topics"):
        read_labelled(tmp_path)


def test_measures() -> None:
    assert measure_separation([3, 2], [1, 0]) == 1
    assert measure_separation([1, 1], [1, 1]) == 0.5
    assert measure_separation([0], [1]) == 0
    assert score_classes(["a", "a", "b"], ["a", "b", "b"]) == pytest.approx({"a": 2 / 3, "b": 2 / 3})
    assert correlate([1, 2, 3], [10, 20, 30]) == pytest.approx(1)
    assert correlate([1, 1, 1], [1, 2, 3]) == 0


def test_the_topics_of_the_bench_are_sound() -> None:
    for name in ("bbc", "agnews"):
        assert Tagger(open_topics(name)).tag("Shares of the company fell on Wall Street")
