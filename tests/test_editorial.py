"""An editor's word on articles, and why an article is as it is."""

from pathlib import Path

import pytest

from newsloom.editorial import explain_record, set_editorial
from newsloom.pipeline import run_pass
from tests.recordings import make_site
from tests.test_pipeline import feed_answer, page_answers


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return make_site(tmp_path / "site", [*page_answers(), feed_answer()])


def test_an_editors_word_wins_and_can_be_taken_back(site: Path) -> None:
    run_pass(site)
    name = set_editorial(site, "https://other.example/only-in-the-feed", "publish")
    run_pass(site)
    assert "published: true\neditorial: publish" in (site / f"_news/{name}.md").read_text()
    set_editorial(site, name, "hold")
    run_pass(site)
    assert "published: false\neditorial: hold" in (site / f"_news/{name}.md").read_text()
    set_editorial(site, name, None)
    assert "editorial" not in (site / f"_news/{name}.md").read_text()


def test_explain_gives_every_term_of_the_quality(site: Path) -> None:
    run_pass(site)
    text = "\n".join(explain_record(site, "https://news0.example/story-0"))
    document = next((site / "_news").glob("*chip-that-thinks*")).read_text()
    quality = document.split("quality: ")[1].split("\n")[0]
    assert f"quality {quality}" in text.lower() or f"quality: {quality}" in text.lower()
    assert "topic" in text.lower()
