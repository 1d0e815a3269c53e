"""Stories whose records lost their private state: what the documents list as related tells them."""

from msgspec.structs import replace

from newsloom.curate import Outcome, curate
from newsloom.curate.kinship import trace_stories
from newsloom.curate.table import story_of
from newsloom.records import Record
from tests.curate.drafts import CLOCK, DESK, draft

KEEP_ALL = replace(DESK, keep="all")
ROBOTS = [
    draft(f"Robot firm Acme of Oslo recalls 400 robots {rest}", host=f"{rest[:2]}.example", hours=hours)
    for rest, hours in (("after fires", 6), ("over battery", 4), ("shares fall", 2))
]
ALONE = draft("A chip for the harbour", hours=3)


def lose(record: Record, seal: str | None = "other;desk") -> Record:
    """A record as it is read back where its seal does not open, or where there is none."""
    return replace(record, article=replace(record.article, secured=seal), state=None)


def read_back(records: list[Record]) -> list[Record]:
    """What the index holds of them once their stories are told by each other."""
    stories = trace_stories(records)
    return [replace(record, story=stories.get(record.name, "")) for record in records]


def tell(outcome: Outcome) -> dict[str, tuple[str, ...]]:
    return {story.name: story.members for story in outcome.stories}


def test_a_story_outlives_the_seals_of_its_records() -> None:
    first = curate((), [*ROBOTS, ALONE], KEEP_ALL, CLOCK)
    assert sorted(map(len, tell(first).values())) == [1, 3]
    records = read_back([lose(record) for record in first.records])
    again = curate(records, (), KEEP_ALL, CLOCK)
    assert tell(again) == tell(first)
    assert [record.article for record in again.records] == [record.article for record in records]
    assert not curate(again.records, (), KEEP_ALL, CLOCK).changed


def test_one_whose_seal_is_lost_stays_with_those_that_know() -> None:
    first = curate((), ROBOTS, KEEP_ALL, CLOCK)
    (story,) = first.stories
    for name in story.members:
        records = read_back([lose(item) if item.name == name else item for item in first.records])
        assert {story_of(record) for record in curate(records, (), KEEP_ALL, CLOCK).records} == {story.name}


def test_a_site_without_keys_goes_on_with_its_stories() -> None:
    first = curate((), [*ROBOTS, ALONE], KEEP_ALL, CLOCK)
    records = read_back([lose(record, None) for record in first.records])
    again = curate(records, [*ROBOTS, ALONE], KEEP_ALL, CLOCK)
    assert tell(again) == tell(first)
    assert not curate(again.records, [*ROBOTS, ALONE], KEEP_ALL, CLOCK).changed
