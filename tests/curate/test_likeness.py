"""Topics found by the sense of their descriptions: vectors order and help, and are asked for only by owners."""

from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from newsloom.cli import app
from newsloom.curate import Desk, curate
from newsloom.curate.likeness import Likeness, Vector, Vectors
from newsloom.curate.topics import Tagger
from newsloom.demo import build
from newsloom.errors import ConfigError
from newsloom.judging import make_desk
from newsloom.records import Topic
from newsloom.site import read_site
from newsloom.vectors import has_vectors, open_vectors
from tests.curate.drafts import CLOCK, draft

SPORT = Topic(id="sport", name="Sport", description="Matches, players and clubs.", keywords=("league",))
MONEY = Topic(id="money", name="Money", keywords=("bank",))


def draw(text: str) -> Vector:
    """A vector of two senses: how much of football, how much of banking."""
    words = text.lower()
    senses = np.array(
        [sum(map(words.count, ("match", "striker"))), sum(map(words.count, ("bank", "loan")))], np.float32
    )
    length = float(np.linalg.norm(senses))
    return senses / np.float32(length) if length else senses


VECTORS = Vectors("two senses", draw)


def tag(title: str, *topics: Topic) -> dict[str, str]:
    near = Likeness(topics, VECTORS).measure(title, "", "")
    return {hit.topic: hit.evidence for hit in Tagger(topics).tag(title, near=near)}


def test_a_description_finds_what_its_words_do_not() -> None:
    title = "The striker scored twice"
    assert Tagger((SPORT,)).tag(title) == ()
    assert "near to its description" in tag(title, SPORT, MONEY)["Sport"]
    assert "Money" not in tag("A loan is repaid", SPORT, MONEY)  # it has no description


def test_conditions_win_over_likeness() -> None:
    title = "The striker scored twice"
    for refused in (
        Topic(id="s", name="S", description="A match.", exclude=("striker",)),
        Topic(id="s", name="S", description="A match.", must=("goal",)),
        Topic(id="s", name="S", description="A match.", keywords=("cup",), zones=("text",)),
    ):
        assert tag(title, refused) == {}


def test_likeness_orders_topics_of_equal_words() -> None:
    both = (
        Topic(id="m", name="Money", keywords=("bank", "loan")),
        Topic(id="s", name="Sport", keywords=("league", "match")),
    )
    assert list(tag("League and bank: the match, the striker", *both)) == ["Sport", "Money"]


def test_a_pass_judges_by_vectors_and_again_when_they_change() -> None:
    topics = (SPORT, MONEY)
    offered = [draft("The striker scored twice", excerpt="")]
    assert curate((), offered, Desk(topics=topics), CLOCK).records == ()
    outcome = curate((), offered, Desk(topics=topics, vectors=VECTORS), CLOCK)
    assert outcome.records[0].article.topics == ("Sport",)
    again = curate(outcome.records, offered, Desk(topics=topics, vectors=VECTORS), CLOCK)
    assert again.changed == frozenset()
    assert curate(outcome.records, offered, Desk(topics=topics, keep="all"), CLOCK).changed


def test_a_site_without_the_extra_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build(tmp_path / "demo")
    config = tmp_path / "demo" / "newsloom.yaml"
    assert make_desk(read_site(tmp_path / "demo")).vectors is None
    config.write_text(config.read_text().replace("vectors: false", "vectors: true"))
    monkeypatch.setattr("newsloom.vectors.find_spec", lambda _: None)
    open_vectors.cache_clear()
    with pytest.raises(ConfigError, match=r"newsloom\[vectors\]"):
        make_desk(read_site(tmp_path / "demo"))


@pytest.mark.skipif(not has_vectors(), reason="the extra is not installed")
def test_the_model_tells_senses_apart_and_gives_the_same_again() -> None:
    open_vectors.cache_clear()
    vectors = open_vectors()
    goal, sport, bank = map(vectors.draw, ("The striker scored a goal", "football match", "bank loan"))
    assert goal @ sport > goal @ bank
    assert np.array_equal(goal, vectors.draw("The striker scored a goal"))
    assert not vectors.draw(" ").any()


@pytest.mark.skipif(not has_vectors(), reason="the extra is not installed")
def test_the_plain_tool_tags_by_sense_when_asked(tmp_path: Path) -> None:
    open_vectors.cache_clear()
    (tmp_path / "sport.yaml").write_text("name: Sport\ndescription: Football, tennis and other sports.\n")
    (tmp_path / "a.jsonl").write_text('{"id": 1, "title": "The striker scored twice in the cup final"}\n')
    words = ["topics", "tag", str(tmp_path / "a.jsonl"), "--topics", str(tmp_path)]
    assert '"topics":[]' in CliRunner().invoke(app, words).output
    assert '"topics":["Sport"]' in CliRunner().invoke(app, [*words, "--vectors"]).output
