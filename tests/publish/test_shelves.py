"""Full leaves of lists that are history: counted, ended for good, and never cut anew."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from newsloom.publish.paging import cut_leaves
from newsloom.publish.shelves import Shelves, turn_over
from newsloom.publish.view import Coverage, Edition, Past, compile_edition
from newsloom.records import Record
from tests.builders import CLOCK, record, site_view

SIZE = 3
MIDNIGHT = datetime(2026, 11, 18, 23, tzinfo=UTC)  # in Berlin


def write_stories(count: int) -> list[Record]:
    """One story a day, the newest today."""
    return [record(f"Story {at}", published=CLOCK - timedelta(days=at), heat=-1) for at in range(count)]


def publish(records: list[Record], past: Past) -> Edition:
    return compile_edition(site_view(records, page_size=SIZE, past=past))


def test_leaves_after_those_that_are_given_up_go_on_counting() -> None:
    whole = {leaf.number: (leaf.items, leaf.older, leaf.newer) for leaf in cut_leaves(range(20), SIZE)}
    rest = {leaf.number: (leaf.items, leaf.older, leaf.newer) for leaf in cut_leaves(range(14), SIZE, 2)}
    assert {number: whole[number] for number in rest} == rest
    assert whole.keys() - rest.keys() == {1, 2}


@pytest.mark.parametrize("count", range(0, 40, 3))
def test_lists_of_what_is_in_play_go_on_where_history_ends(count: int) -> None:
    records = write_stories(count)
    horizon = MIDNIGHT
    whole = publish(records, Past(parted=True))
    in_play = [one for one in records if one.article.published >= horizon]
    current = frozenset(one.name for one in in_play)
    shelves = turn_over(Shelves(made_by="", horizon=horizon), whole, current, frozenset())
    tails = {name for name in shelves.list_open(["harbourpost.example"]) if name not in current}
    stories = tuple(Coverage(name=one.name, lead=one) for one in records if one.name in tails)
    part = publish(in_play, shelves.describe(whole.zone, stories))

    assert part.count_topic("AI") == len(records)
    assert (part.count_led("harbourpost.example"), part.days) == (len(records), whole.days)
    before = shelves.topics["AI"].leaves
    for leaf in cut_leaves(part.by_topic.get("AI", ()), SIZE, before):
        same = next(
            one for one in cut_leaves(whole.by_topic.get("AI", ()), SIZE) if one.number == leaf.number
        )
        assert [story.name for story in leaf.items] == [story.name for story in same.items]
        assert (leaf.older, leaf.newer) == (same.older, same.newer)
    assert len(tails) < 3 * SIZE


def test_a_story_that_comes_back_from_history_is_counted_once() -> None:
    records = write_stories(12)
    horizon = MIDNIGHT
    current = frozenset(one.name for one in records[:6])
    first = turn_over(
        Shelves(made_by="", horizon=horizon), publish(records, Past(parted=True)), current, frozenset()
    )
    assert (first.told, first.articles) == (6, 6)
    again = publish(records[:7], first.describe(publish([], Past()).zone, ()))
    recalled = frozenset(one.name for one in records[:7])
    assert turn_over(first, again, current, recalled).told == 6
    taken_up = current | {records[6].name}
    assert turn_over(first, again, taken_up, recalled).told == 5
    later = replace(first, horizon=horizon + timedelta(days=1))
    assert turn_over(later, again, current - {records[5].name}, recalled).told == 7
