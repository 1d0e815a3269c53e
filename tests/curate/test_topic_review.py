"""Topics looked at before they are saved, and what their files can say beyond keywords."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from newsloom.curate.topic_review import review_topics, tell_review
from newsloom.curate.topics import Tagger, list_sections
from newsloom.demo import build
from newsloom.documents.taxonomy import parse_topic
from newsloom.errors import ConfigError
from newsloom.pipeline import run_pass
from newsloom.records import Topic

FRUIT = Topic(id="fruit", name="Fruit", keywords=("apple", "pear", "quince"))
FIRM = Topic(id="firm", name="Firm", exact=("Apple",), must=("iphone", "shares"), exclude=("orchard",))


def given(topics: tuple[Topic, ...], title: str, text: str = "", domain: str = "") -> list[str]:
    return [hit.topic for hit in Tagger(topics).tag(title, "", text, (), domain)]


def test_exact_words_conditions_and_exclusions() -> None:
    assert given((FIRM,), "Apple shares fall") == ["Firm"]
    assert given((FIRM,), "An apple for shares") == []
    assert given((FIRM,), "Apple opens") == []
    assert given((FIRM,), "Apple shares its orchard") == []


def test_weights_zones_providers_and_descriptions() -> None:
    light = replace(FRUIT, weights=(("pear", 0.2),), zones=("text",))
    assert given((light,), "A pear", "One pear and nothing else.") == []
    assert given((light,), "An apple") == []
    assert given((light,), "", "An apple.") == ["Fruit"]
    assert given((replace(FRUIT, providers=("orchards.example",)),), "News", domain="orchards.example") == [
        "Fruit"
    ]
    described = Topic(
        id="sea", name="Sea", description="Trawlers, lighthouses, harbours, shipwrecks and tides."
    )
    assert given(
        (described,), "Storm", "The lighthouse keepers saw trawlers leave the harbours before the tides."
    ) == ["Sea"]
    assert given((described,), "Storm", "One lighthouse.") == []


def test_sections_of_an_address_name_topics() -> None:
    sections = list_sections("https://fruit.news.example/world/apple-pie/2026/a-title")
    assert sections == ["fruit", "news", "world", "apple-pie", "2026"]
    assert [hit.topic for hit in Tagger((FRUIT,)).tag("Pie", hints=sections)] == ["Fruit"]


def test_a_review_tells_hits_doubts_misses_and_overlaps() -> None:
    articles = [
        ("Apple and pear", "", "apple pear"),
        ("Weather", "", "An apple fell."),
        ("Apple shares in an orchard", "", ""),
        ("Apple shares rise", "", "iphone"),
    ]
    fruit, firm = review_topics((FRUIT, FIRM), articles)
    assert (fruit.hits, fruit.articles, fruit.unused) == (4, 4, ("quince",))
    assert [example.title for example in fruit.doubtful] == ["Weather"]
    assert firm.hits == 1
    assert "“orchard” excludes it" in [miss.evidence for miss in firm.misses]
    assert firm.overlaps == (("Fruit", 1.0),)
    told = "\n".join(tell_review(firm))
    assert "Firm: 1 of 4 articles" in told
    assert "100% of its articles are of Fruit too" in told


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("keywords: [a]", "single letter"),
        ("keywords: ['']", "empty word"),
        ("weights: {pear: 2}", "no keyword 'pear'"),
        ("keywords: [pear]\nweights: {pear: 99}", "above 0 and at most 10"),
        ("zones: [headline]", "no zone 'headline'"),
        ("bar: high", "must be a quality"),
    ],
)
def test_a_wrong_topic_file_is_named_with_its_line(line: str, cause: str) -> None:
    with pytest.raises(ConfigError, match=cause):
        parse_topic(f"name: Fruit\n{line}\n".encode(), "fruit.yaml")


def test_ten_thousand_keywords_find_the_one() -> None:
    many = Topic(id="many", name="Many", keywords=tuple(f"word{number}" for number in range(10_000)))
    assert given((many,), "About word777 only") == ["Many"]


@pytest.mark.parametrize("word", ["c++", "node.js", "(unclosed", "[a-", "*", "\\d+", "a|b"])
def test_a_keyword_is_no_pattern_whatever_it_looks_like(word: str) -> None:
    topic = Topic(id="t", name="T", keywords=(word,))
    assert given((topic,), f"On {word} today") == ["T"]
    assert given((topic,), "On 77 b today") == []


def test_a_topic_without_keywords_is_found_by_its_name() -> None:
    assert given((parse_topic(b"name: Beekeeping\nkeywords: []\n", "t.yaml"),), "Beekeeping pays") == [
        "Beekeeping"
    ]


@pytest.mark.parametrize("wrong", ["keywords: [a]", "parent: Spare", "name: Main", "keywords: 7"])
def test_a_pass_with_a_wrong_topic_changes_nothing(tmp_path: Path, wrong: str) -> None:
    site = tmp_path / "demo"
    build(site)
    run_pass(site)
    files = {path: path.read_bytes() for path in (site / "_news").iterdir()}
    first = min((site / "_data" / "topics").glob("*.yaml"))
    name = parse_topic(first.read_bytes(), first.name).name
    text = wrong.replace("Main", name) if wrong.startswith("name") else f"name: Spare\n{wrong}"
    (site / "_data" / "topics" / "zz-spare.yaml").write_text(f"{text}\n")
    with pytest.raises(ConfigError, match=r"zz-spare\.yaml"):
        run_pass(site)
    assert {path: path.read_bytes() for path in (site / "_news").iterdir()} == files
