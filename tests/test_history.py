"""What is in play: a pass that recalls comes to the same documents as one that loads everything."""

from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from newsloom.config import Config
from newsloom.curate import Outcome, curate
from newsloom.history import Concern, find_horizon, recall
from newsloom.records import Draft, Record
from newsloom.store import Index, Stamp, open_index
from newsloom.store.recall import count_all, list_unopened, read_latest, read_stamps
from tests.curate.drafts import CLOCK, DESK, body, draft, event

CONFIG = Config(history_days=9)


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return open_index(tmp_path / "index.sqlite")


def test_the_horizon_is_a_midnight_of_the_sites_zone_that_cuts_no_rule_short() -> None:
    assert find_horizon(Config(), CLOCK) is None
    horizon = find_horizon(Config(history_days=10, timezone="America/New_York"), CLOCK)
    assert horizon is not None
    assert (horizon.isoformat(), CLOCK - horizon > timedelta(days=12)) == ("2026-11-12T05:00:00+00:00", True)
    embargoed = find_horizon(Config(history_days=1, embargo_hours=720), CLOCK)
    assert embargoed is not None
    assert CLOCK - embargoed > timedelta(days=30)


def week(number: int) -> list[Draft]:
    """The drafts of a week: some of them tell an event together, one says again what an older one said."""
    hours = 24 * 7 * (8 - number)
    return [
        draft(
            f"{event(at)[0]}, week {number}",
            host=host,
            text=f"{event(at, 22)[1]}. {body(f'{host} {at} {number}')}",
            address=f"https://{host}/{number}/{at}",
            hours=hours + at,
            observed=CLOCK - timedelta(hours=hours),
        )
        for at in range(6)
        for host in ("one.example", "two.example")
    ]


def judge(drafts: list[Draft], records: list[Record], number: int) -> Outcome:
    clock = CLOCK - timedelta(hours=24 * 7 * (8 - number))
    return curate(records, drafts, replace(DESK, keep="all"), clock)


def test_weeks_judged_from_what_is_in_play_are_the_same_documents(index: Index) -> None:
    everything: list[Record] = []
    fewest = 10**9
    for number in range(1, 9):
        drafts = week(number)
        if number == 6:  # an old page was edited, and a new one under an old entry's address appears
            drafts.append(replace(week(1)[0], title="The cranes of the harbour, told anew"))
            drafts.append(replace(week(2)[3], excerpt="Another excerpt of it."))
        clock = CLOCK - timedelta(hours=24 * 7 * (8 - number))
        horizon = find_horizon(CONFIG, clock - timedelta(days=7))
        assert horizon is not None
        in_play = recall(index, horizon, drafts, Concern())
        everything = list(judge(drafts, everything, number).records)
        outcome = judge(drafts, in_play, number)
        index.put((record, Stamp(1, 1)) for record in outcome.records if record.name in outcome.changed)
        assert index.records() == everything
        fewest = min(fewest, len(in_play)) if number > 4 else fewest
    assert len(everything) > 2 * fewest
    assert len({record.state.story for record in everything if record.state}) < len(everything)


def test_a_story_is_recalled_whole_for_one_name_of_it(index: Index) -> None:
    outcome = judge(week(1), [], 1)
    index.put((record, Stamp(1, 1)) for record in outcome.records)
    assert recall(index, CLOCK, (), Concern()) == []
    name = outcome.stories[0].members[-1]
    found = {record.name for record in recall(index, CLOCK, (), Concern(names=frozenset({name})))}
    assert found == set(outcome.stories[0].members)
    domains = Concern(domains=frozenset({"one.example"}))
    assert len(recall(index, CLOCK, (), domains)) >= len(outcome.records) // 2


def test_what_a_quota_held_stays_held_where_its_day_is_not_in_play() -> None:
    gate = replace(DESK.gate, provider_quota=1, publish_at=0)
    desk = replace(DESK, keep="all", gate=gate)
    drafts = [draft(event(at)[0], text=event(at)[1] * 3, hours=24 * 20 + at) for at in range(3)]
    first = curate((), drafts, desk, CLOCK)
    held = [record for record in first.records if not record.article.shown]
    assert len(held) == 2
    alone = curate(held, (), replace(desk, counted_from=CLOCK - timedelta(days=9)), CLOCK)
    assert alone.changed == frozenset()


def test_the_index_tells_its_numbers(index: Index) -> None:
    outcome = judge(week(1), [], 1)
    unopened = replace(outcome.records[0], state=None)
    unopened = replace(unopened, article=replace(unopened.article, secured="sealed by another desk"))
    index.put((record, Stamp(1, 1)) for record in (*outcome.records[1:], unopened))
    counts = count_all(index)
    assert counts.documents == len(outcome.records)
    assert counts.published == sum(record.article.shown for record in outcome.records)
    assert list_unopened(index) == [unopened.name]
    assert read_latest(index) == CLOCK - timedelta(hours=24 * 7 * 7)
    names = sorted(record.name for record in outcome.records)
    assert list(read_stamps(index, names[1], until=names[-1], most=2)) == names[1:3]
