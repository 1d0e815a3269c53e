"""The measuring of search: made of given articles, the same each time, every kind of query asked."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from newsloom.bench import finding, searching
from newsloom.bench.finding import format_finding, measure_forms, measure_likeness
from newsloom.bench.searching import format_search, make_listings, make_queries, measure_search, read_pieces
from newsloom.errors import ConfigError, SourceError
from tests.postgres import make_address


@pytest.fixture(scope="module")
def articles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    subjects = ("turbine", "harbour", "vaccine", "orchard")
    words = [
        f"{first}{second}"
        for first in ("wind", "salt", "milk", "corn")
        for second in ("mill", "works", "land", "field")
    ]
    rows = []
    for number in range(120):
        subject = subjects[number % 4]
        text = " ".join(
            f"The {subject} {words[(number * 7 + at) % 16]} was {subject}s again in the {words[(number + at * 3) % 16]}."
            for at in range(8)
        )
        rows.append({"title": f"{subject.title()} {words[number % 16]} opens beside {words[number * 5 % 16]}", "text": text,
                     "topic": subject, "source": "Post", "source_url": "www.post.example"})  # fmt: skip
    path = tmp_path_factory.mktemp("data") / "articles.jsonl.gz"
    path.write_bytes(gzip.compress("\n".join(map(json.dumps, rows)).encode()))
    return path


def test_every_kind_of_query_is_timed(articles: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "_EACH", 4)
    monkeypatch.setattr(searching, "_COMMONEST", 3)
    pieces = read_pieces(articles)
    address = make_address()
    both = measure_search(pieces, 300, lambda _: None, address)
    assert [figures.store for figures in both] == ["SQLite", "PostgreSQL"]
    for figures in both:
        assert [item.kind for item in figures.timings] == list(make_queries(pieces))
        assert all(0 < item.p50 <= item.p95 <= item.p99 for item in figures.timings)
        assert figures.bytes > 0 and f"{figures.store}, 300 records" in format_search(both)
    with pytest.raises(ConfigError, match="holds an index already"):
        measure_search(pieces, 300, lambda _: None, address)


def test_records_are_the_same_at_every_call(articles: Path) -> None:
    pieces = read_pieces(articles)
    assert list(make_listings(pieces, 20)) == list(make_listings(pieces, 20))
    assert len({item.published for item in make_listings(pieces, 20)}) == 20


def test_forms_are_found_and_similar_ones_are_of_one_topic(
    articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "_ASKED", 20)
    pieces = read_pieces(articles)
    forms, likeness = measure_forms(pieces), measure_likeness(pieces)
    assert forms[-1].found == 1.0 >= forms[0].found
    assert likeness.same_topic > likeness.by_chance
    assert "by chance" in format_finding(forms, likeness)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError):
        read_pieces(tmp_path / "none.gz")
