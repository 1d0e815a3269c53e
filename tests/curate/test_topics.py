import re

import pytest
import yaml

from newsloom.curate import tag_topics
from newsloom.curate.topics import Tagger
from newsloom.records import Topic
from tests.curate.drafts import TOPICS
from tests.shared import shared


def names(title: str, excerpt: str = "", text: str = "", topics: tuple[Topic, ...] = TOPICS) -> list[str]:
    return [hit.topic for hit in tag_topics(title, excerpt, text, topics)]


@pytest.mark.parametrize(
    "title", ["AI beats doctors", "What AI-powered tools do", "Is this “AI”?", "AIs at work"]
)
def test_an_acronym_is_found_as_a_word(title: str) -> None:
    assert names(title) == ["AI"]


@pytest.mark.parametrize("title", ["The email trail", "J'ai faim", "Vado ai monti", "Said the captain"])
def test_an_acronym_is_not_found_inside_words_or_in_lower_case(title: str) -> None:
    assert names(title) == []


def test_a_child_brings_its_parent_and_stands_before_it() -> None:
    hits = tag_topics("New chips announced", "", "", TOPICS)
    assert [hit.topic for hit in hits] == ["AI Hardware", "AI"]
    assert hits[1].evidence == "brought along by AI Hardware"


def test_topics_come_out_by_strength() -> None:
    assert names("Robot arms fold laundry", "", "a chip in it")[0] == "AI in Robotics"


def test_evidence_names_keyword_place_and_words_around() -> None:
    evidence = tag_topics("Warehouse robot gets a horn", "", "", TOPICS)[0].evidence
    assert "“robot” in the title" in evidence
    assert "Warehouse robot gets" in evidence


def test_evidence_quotes_whole_words() -> None:
    title = "Semiconductor manufacturers of the north present a robot for unusually large warehouses"
    assert (
        tag_topics(title, "", "", TOPICS)[0].evidence
        == "“robot” in the title: …manufacturers of the north present a robot for unusually large warehouses"
    )


def test_hyphens_and_spaces_are_the_same() -> None:
    topics = (Topic(id="m", name="Models", keywords=("model-driven app",)),)
    assert (
        names("A model driven  app", topics=topics) == names("Model‑driven apps", topics=topics) == ["Models"]
    )


def test_hints_of_the_source_count() -> None:
    hits = Tagger(TOPICS).tag("Nothing said", hints=("#AI",))
    assert [(hit.topic, hit.zone) for hit in hits] == [("AI", "source")]


def test_a_cycle_of_parents_ends() -> None:
    topics = (
        Topic(id="a", name="A", parent="B", keywords=("alpha",)),
        Topic(id="b", name="B", parent="A", keywords=("beta",)),
    )
    assert set(names("alpha", topics=topics)) == {"A", "B"}


@pytest.mark.parametrize("keywords", [(), ("",), ("  ",)])
def test_empty_keywords_find_nothing(keywords: tuple[str, ...]) -> None:
    assert names("anything at all", topics=(Topic(id="t", name="T", keywords=keywords),)) == []


def test_ten_thousand_keywords_are_one_walk() -> None:
    topics = tuple(
        Topic(id=f"t{n}", name=f"T{n}", keywords=tuple(f"word{n}x{k} tail" for k in range(50)))
        for n in range(200)
    )
    assert names("a word7x3 tail here", topics=topics) == ["T7"]


def test_the_reference_documents_get_the_topics_their_words_name() -> None:
    topics = []
    for path in sorted(shared("data/documents/_data/topics").glob("*.yaml")):
        row = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
        topics.append(
            Topic(id=row["_id"], name=row["name"], parent=row.get("parent"), keywords=tuple(row["keywords"]))
        )
    right = wrong = missed = 0
    for path in shared("data/documents/_news").glob("*.md"):
        row = yaml.safe_load(re.split(r"^---\r?$", path.read_text(encoding="utf-8-sig"), flags=re.M)[1])
        got, gold = set(names(row["title"], row["excerpt"], topics=tuple(topics))), set(row["topics"])
        right, wrong, missed = right + len(got & gold), wrong + len(got - gold), missed + len(gold - got)
    # 28 of the 98 documents name no topic in title and excerpt: their texts, which did, are not at hand
    assert 2 * right / (2 * right + wrong + missed) > 0.8
