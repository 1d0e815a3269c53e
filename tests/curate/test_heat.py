"""Heat: voices by standing and independence, pace against what is usual, and terms that add up."""

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from newsloom.curate import curate
from newsloom.curate.heat import (
    Voice,
    count_coverage,
    count_pace,
    list_voices,
    measure_usual,
    weigh_independence,
)
from tests.curate.drafts import CLOCK, DESK, body, draft

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def voices(*domains: str, minutes: int = 10) -> list[Voice]:
    return [Voice(domain, NOON + timedelta(minutes=minutes * at)) for at, domain in enumerate(domains)]


def test_a_provider_is_one_voice_however_often_it_reports() -> None:
    many = count_coverage(voices("a.example", "b.example", *["b.example"] * 20), "a.example")
    two = count_coverage(voices("a.example", "b.example", "b.example"), "a.example")
    more = count_coverage(voices("a.example", "b.example", "c.example"), "a.example")
    assert many == two < more


def test_copies_of_one_agency_text_count_little() -> None:
    reports = voices("a.example", "b.example", "c.example", "d.example")
    same = [{"plant": 1.0, "opens": 1.0}] * 4
    own = [{"plant": 1.0, word: 1.0, word * 2: 1.0} for word in "abcd"]
    copied = count_coverage(weigh_independence(reports, same), "a.example")
    told = count_coverage(weigh_independence(reports, own), "a.example")
    assert 0 < copied < told
    assert weigh_independence(reports, same)[0].independence == 1


def test_standing_weighs_a_voice() -> None:
    trusted = [Voice("a.example", NOON), Voice("b.example", NOON, standing=0.9)]
    doubted = [Voice("a.example", NOON), Voice("b.example", NOON, standing=0.1)]
    assert count_coverage(trusted, "a.example") > count_coverage(doubted, "a.example")


def test_pace_is_measured_against_the_time_of_day() -> None:
    quiet = measure_usual([(str(at), NOON.replace(hour=4)) for at in range(200)])
    busy = measure_usual([(str(at // 8), NOON.replace(hour=13)) for at in range(800)])
    reports = voices(*(f"{name}.example" for name in "abcdefgh"))
    assert count_pace(reports, quiet)[0] > count_pace(reports, busy)[0] == 0
    points, recent, _ = count_pace(voices(*(f"{name}.example" for name in "abcdefgh"), minutes=600), quiet)
    assert (points, recent) == (0, 1)


def test_only_a_text_that_is_credited_counts_less() -> None:
    text = "(Reuters) - " + body("Orchard frost", 300)
    (record,) = curate(
        [], [draft("Orchard frost", text=text, host="b.example")], replace(DESK, keep="all"), CLOCK
    ).records
    (voice,) = list_voices([record], {})
    assert voice.independence == 0.25


def test_a_story_remembers_how_hot_it_was_a_day_before() -> None:
    desk = replace(DESK, keep="all")
    old = draft("Orchard frost", text=body("Orchard frost", 300), published=CLOCK - timedelta(hours=30))
    new = draft("Vineyard fire", text=body("Vineyard fire", 300), published=CLOCK - timedelta(hours=3))
    before = {
        story.name: (story.heat, story.heat_before) for story in curate([], [old, new], desk, CLOCK).stories
    }
    yesterday = curate([], [old, new], desk, CLOCK - timedelta(days=1)).stories
    then = {story.name: story.heat for story in yesterday}
    (frost,), (fire,) = (
        [pair for name, pair in before.items() if word in name] for word in ("orchard", "vineyard")
    )
    assert frost[0] < (frost[1] or 0) == next(heat for name, heat in then.items() if "orchard" in name)
    assert fire[1] is None
