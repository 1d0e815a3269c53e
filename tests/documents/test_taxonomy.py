from pathlib import Path

import pytest

from newsloom.documents import read_organizations, read_topics
from newsloom.errors import ConfigError
from tests.shared import shared

TOPIC = "taxonomy: topic\n_id: ai\nname: AI\nkeywords:\n  - ai\nhashtags:\n  - '#AI'\n"


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text)
    return folder


def test_topics_are_read_in_the_order_of_their_files(tmp_path: Path) -> None:
    child = TOPIC.replace("ai\n", "chips\n", 1).replace("name: AI", "name: Chips\nparent: AI")
    topics = read_topics(write(tmp_path, **{"2_yaml": child, "1_yaml": TOPIC}))
    assert [(topic.name, topic.parent, topic.keywords) for topic in topics] == [
        ("AI", None, ("ai",)),
        ("Chips", "AI", ("ai",)),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (TOPIC.replace("keywords", "keyword"), "keywords"),
        (TOPIC.replace("name: AI\n", ""), "`name` is missing"),
        (TOPIC + "parent: Nothing\n", "no topic 'Nothing'"),
        (TOPIC + "parent: AI\n", "circle"),
        (TOPIC.replace("  - ai", "\t- ai"), "tab"),
        (TOPIC.replace("keywords:\n  - ai", "keywords: ai"), "must be a list"),
        ("- a\n", "key: value"),
    ],
)
def test_a_wrong_topic_names_the_file_and_the_fix(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        read_topics(write(tmp_path, a_yaml=text))
    assert "a.yaml" in caught.value.subject


def test_real_topics_and_organisations_are_read() -> None:
    assert len(read_topics(shared("data", "documents", "_data", "topics"))) > 5
    assert read_organizations(shared("data", "documents", "_data", "organizations"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name: X\n", "---"),
        ("---\nname: X\n---\n", "`domain` is missing"),
        ("---\ndomain: x.example\nstanding: 7\n---\n", "from 0 to 1"),
        ("---\ndomain: x.example\nimages: logo.png\n---\n", "must be a list"),
    ],
)
def test_a_wrong_provider_names_the_file_and_the_cause(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        read_organizations(write(tmp_path, x_md=text))
    assert "x.md" in caught.value.subject


def test_a_folder_that_is_missing_is_empty(tmp_path: Path) -> None:
    assert read_topics(tmp_path / "none") == ()
    assert read_organizations(tmp_path / "none") == {}


def test_two_topics_of_one_name_and_longer_circles_are_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"topic 'AI' stands in _data/topics/a.yaml too"):
        read_topics(write(tmp_path, a_yaml=TOPIC, b_yaml=TOPIC))
    circle = {
        f"{one}_yaml": f"name: {one}\nparent: {other}\n"
        for one, other in (("a", "b"), ("b", "c"), ("c", "a"))
    }
    (tmp_path / "circle").mkdir()
    with pytest.raises(ConfigError, match="leads in a circle"):
        read_topics(write(tmp_path / "circle", **circle))
