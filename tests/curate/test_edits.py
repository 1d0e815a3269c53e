"""An editor's word on stories: honoured by every pass, and by one that starts from the documents alone."""

from msgspec.structs import replace

from newsloom.curate import Outcome, curate, explain
from newsloom.records import StoryEdits
from tests.curate.drafts import CLOCK, DESK, draft, event

KEEP_ALL = replace(DESK, keep="all")
DRAFTS = [draft(*_event[:1], text=_event[1], excerpt="", host=f"paper{n}.example", hours=9 - n)
          for n, _event in enumerate([event(0), event(1), event(2)])]  # fmt: skip


def stories(outcome: Outcome) -> dict[str, tuple[str, ...]]:
    return {story.name: story.members for story in outcome.stories}


def test_joined_parted_and_pinned_stories_stay_so() -> None:
    first = curate([], DRAFTS, KEEP_ALL, CLOCK)
    harbour, orchard, museum = sorted(
        stories(first), key=lambda name: ("harbour" not in name, "museum" in name)
    )
    assert len(stories(first)) == 3

    joined = replace(KEEP_ALL, edits=StoryEdits(join=((orchard, harbour), ("no-such-record", museum))))
    second = curate(first.records, DRAFTS, joined, CLOCK)
    assert sorted(map(sorted, stories(second).values())) == sorted([sorted([harbour, orchard]), [museum]])
    assert curate(second.records, DRAFTS, joined, CLOCK).changed == frozenset()

    pinned = replace(joined, edits=replace(joined.edits, pin=(orchard,)))
    third = curate(second.records, DRAFTS, pinned, CLOCK)
    (story,) = [story for story in third.stories if len(story.members) == 2]
    assert story.lead == orchard
    lead = next(record for record in third.records if record.name == orchard)
    assert [related.title for related in lead.article.related] == [DRAFTS[0].title]

    told = "\n".join(explain(lead, third.records, pinned, CLOCK))
    assert f"an editor joined it with {harbour}" in told
    assert "an editor has it lead its story" in told
    assert f"lead {orchard}" in told

    alone = replace(pinned, edits=replace(pinned.edits, alone=(harbour,)))
    fourth = curate(third.records, DRAFTS, alone, CLOCK)
    assert sorted(map(len, stories(fourth).values())) == [1, 1, 1]
    assert curate(fourth.records, DRAFTS, alone, CLOCK).changed == frozenset()
    assert stories(curate([], DRAFTS, alone, CLOCK)).keys() == stories(fourth).keys()


def test_the_rest_of_a_story_keeps_together_when_its_first_is_parted() -> None:
    first = curate([], DRAFTS, KEEP_ALL, CLOCK)
    names = tuple(record.name for record in first.records)
    one = curate(first.records, [], replace(KEEP_ALL, edits=StoryEdits(join=(names,))), CLOCK)
    (story,) = one.stories
    parted = curate(one.records, [], replace(KEEP_ALL, edits=StoryEdits(alone=(story.name,))), CLOCK)
    assert sorted(len(story.members) for story in parted.stories) == [1, 2]
    assert story.name in stories(parted)
