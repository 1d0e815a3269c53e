"""The demo end to end: build, one pass, and what the front matter says must have come of it."""

import shutil
from pathlib import Path

import pytest

from newsloom.archive import Archive
from newsloom.demo.content import Content
from newsloom.pipeline import run_pass
from newsloom.records import Record
from newsloom.site import read_site
from tests.demo.truth import list_faults, list_story_faults, score_stories


@pytest.fixture(scope="module")
def passed_site(demo_site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("passed") / "site"
    shutil.copytree(demo_site, root)
    run_pass(root)
    return root


@pytest.fixture(scope="module")
def records(passed_site: Path) -> list[Record]:
    archive = Archive(read_site(passed_site))
    return [archive.read(name) for name in sorted(archive.names())]


def test_every_article_came_out_as_its_source_says(content: Content, records: list[Record]) -> None:
    assert list_faults(content, records) == []


def test_stories_follow_the_events(content: Content, records: list[Record]) -> None:
    precision, recall = score_stories(content, records)
    assert precision >= 0.95
    assert recall >= 0.9
    assert list_story_faults(records) == []


def test_every_field_of_the_record_shows(records: list[Record]) -> None:
    articles = [record.article for record in records]
    assert any(article.amp_url and article.cdn_amp_url for article in articles)
    assert any(article.kind == "video" and article.featured for article in articles)
    assert any(article.images and article.images[0].cached for article in articles)
    assert any(article.provider.images for article in articles)
    assert any(len(article.related) >= 3 for article in articles)
    assert any(len(article.topics) >= 3 for article in articles)
    assert any(record.state and record.state.copies for record in records)
    assert {article.shown for article in articles} == {True, False}
    assert {article.heat >= 0 for article in articles} == {True, False}
    assert all(article.secured for article in articles)


def test_the_trap_link_is_nowhere(passed_site: Path) -> None:
    for path in [*passed_site.glob("_news/*.md"), *passed_site.glob("public/**/*.html")]:
        assert "javascript:" not in path.read_text(), path.name


def test_a_second_pass_changes_nothing(passed_site: Path) -> None:
    def read() -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in passed_site.glob("_news/*.md")}

    before = read()
    assert run_pass(passed_site).commit is None
    assert read() == before
