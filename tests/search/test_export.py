"""The exported index: small parts, the same bytes for the same records, old parts left alone."""

from __future__ import annotations

import json
from datetime import timedelta

from newsloom.search.export import CARDS, EXPORT, build_export
from newsloom.search.records import Listing
from newsloom.settings import SEARCH_SHARD_BYTES
from tests.search.listings import CLOCK, TOPICS, listing, numbered


def export(items: list[Listing]) -> dict[str, bytes]:
    built = build_export([(item, [item.title]) for item in items], TOPICS, CLOCK)
    return {path.removeprefix(EXPORT): body for path, body in built}


def test_each_word_is_in_the_part_that_its_beginning_names() -> None:
    words = [f"{first}{second}ord{number}" for first in "abmz" for second in "ew" for number in range(300)]
    items = [
        listing(" ".join(words[at : at + 8]), published=CLOCK - timedelta(minutes=at))
        for at in range(0, len(words), 2)
    ]
    files = export(items)
    meta = json.loads(files["meta.json"])
    assert len(meta["parts"]) > 1 and meta["parts"] == sorted(meta["parts"])
    for number, first in enumerate(meta["parts"]):
        part = json.loads(files[f"words/{number}.json"])
        last = meta["parts"][number + 1] if number + 1 < len(meta["parts"]) else "\U0010ffff"
        assert all(first <= word < last for kind in ("words", "stems") for word in part[kind])
        assert len(files[f"words/{number}.json"]) < 1.5 * SEARCH_SHARD_BYTES


def test_ranking_has_a_character_for_each_record() -> None:
    meta = json.loads(export(numbered(40))["meta.json"])
    assert meta["count"] == len(meta["lengths"]) == len(meta["gains"]) == 40
    assert sum(count for _, count in meta["days"]) == 40


def test_new_records_leave_the_cards_of_old_ones_alone() -> None:
    before = export(numbered(40))
    after = export([*numbered(40), listing("A newcomer", published=CLOCK)])
    same = [name for name in before if name.startswith("cards/") and before[name] == after[name]]
    assert len(same) == 40 // CARDS
    assert export(numbered(40)) == before


def test_held_records_and_marks_are_not_told() -> None:
    files = export(numbered(3, topics=("AI Hardware",)))
    assert b"\\ue000" not in b"".join(files.values())
    assert json.loads(files["meta.json"])["topics"][0] == ["AI Hardware", "Hardware", "ai-hardware"]


def test_nothing_to_search_is_an_index_as_well() -> None:
    files = export([])
    assert json.loads(files["meta.json"])["count"] == 0 and "words/0.json" in files
