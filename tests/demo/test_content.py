from collections import Counter
from pathlib import Path

import pytest

from newsloom.demo.content import Content, read_content
from newsloom.demo.recording import MOMENT
from newsloom.errors import ConfigError
from newsloom.starter import ai_topics

OUTLET = """\
- domain: one.example
  name: One
  description: A paper.
  markup: plain
  address: /{slug}
  title_suffix: ""
  sections: [News]
  colours: ["#000000", "#ffffff"]
"""


def write(folder: Path, piece: str) -> Path:
    (folder / "one.example").mkdir(parents=True)
    (folder / "outlets.yaml").write_text(OUTLET)
    (folder / "one.example" / "piece.md").write_text(piece)
    return folder


def test_there_is_enough_to_fill_a_site(content: Content) -> None:
    assert len(content.outlets) >= 12
    assert 60 <= len(content.pieces) <= 80
    events = Counter(piece.event for piece in content.pieces.values() if piece.event and not piece.copy_of)
    assert len(events) >= 10
    assert min(events.values()) >= 2
    assert max(events.values()) >= 5


def test_every_address_is_on_a_reserved_domain(content: Content) -> None:
    assert all(domain.endswith(".example") for domain in content.outlets)
    addresses = [content.address(piece) for piece in content.pieces.values()]
    assert len(set(addresses)) == len(addresses)
    assert all(address.split("/")[2].endswith(".example") for address in addresses)


def test_headlines_differ_except_in_copies(content: Content) -> None:
    titles = [piece.title for piece in content.pieces.values() if not piece.copy_of]
    assert len(set(titles)) == len(titles)
    sentences = Counter(
        text for piece in content.pieces.values() if not piece.copy_of for text in piece.paragraphs
    )
    assert max(sentences.values()) == 1


def test_every_article_is_of_the_week_before_the_recording(content: Content) -> None:
    dates = [piece.published for piece in content.pieces.values() if piece.published]
    assert len(dates) == len(content.pieces) - 1  # one shows no date
    assert max(dates) < MOMENT
    assert (MOMENT - min(dates)).days <= 6


def test_every_topic_of_the_starting_set_is_touched(content: Content) -> None:
    touched = {"AI"}.union(*(piece.topics for piece in content.pieces.values()))
    assert touched == {topic.name for topic in ai_topics()}


def test_copies_carry_the_text_they_copy(content: Content) -> None:
    copies = [piece for piece in content.pieces.values() if piece.copy_of]
    assert len(copies) == 3
    assert sum(piece.credits_original for piece in copies) == 1
    assert len({piece.title for piece in copies}) == 2
    assert {piece.paragraphs for piece in copies} == {content.pieces[copies[0].copy_of].paragraphs}


@pytest.mark.parametrize(
    ("piece", "told"),
    [
        ("No front matter here.\n", "front matter"),
        ("---\ntitle: A\nsection: B\nexpct: kept\n---\nText.\n", "expct"),
        ("---\ntitle: A\nsection: B\ncopy_of: one.example/gone\n---\n", "one.example/gone"),
    ],
)
def test_a_slip_in_a_piece_is_told_with_its_file(tmp_path: Path, piece: str, told: str) -> None:
    with pytest.raises(ConfigError, match="piece") as caught:
        read_content(write(tmp_path, piece))
    assert told in str(caught.value)


def test_a_piece_is_read_as_written(tmp_path: Path) -> None:
    text = "---\ntitle: A\nsection: B\npublished: 2026-11-18T07:20:00Z\n---\nOne\nline.\n\nAnother.\n"
    piece = read_content(write(tmp_path, text)).pieces["one.example/piece"]
    assert piece.paragraphs == ("One line.", "Another.")
    assert piece.published
    assert piece.published.isoformat() == "2026-11-18T07:20:00+00:00"
