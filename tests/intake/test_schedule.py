"""When sources are polled: decisions on states and readings, without a network or a clock."""

import pytest
from msgspec.structs import replace

from newsloom import settings
from newsloom.intake.schedule import (
    Reading,
    adopt_rhythm,
    choose_interval,
    is_silent,
    judge_poll,
    postpone,
    read_wish,
    spread_start,
)
from newsloom.intake.signs import find_sign
from newsloom.store import SourceState

NOW = 1_795_000_000
HOUR = 3_600
NEW = SourceState(address="https://news.example/rss", polled=0)


def hourly(moment: int = NOW, *, fresh: int = 0, count: int = 20) -> Reading:
    dates = tuple(moment - HOUR * n for n in range(count))
    return Reading(moment=moment, digest="d", entries=count, dates=dates, fresh=fresh)


def failure(code: str = "server-error", moment: int = NOW, until: float = 0.0) -> Reading:
    return Reading(moment=moment, answered=False, code=code, problem="it failed", until=until)


def moved(target: str = "https://new.example/rss") -> Reading:
    return replace(hourly(), moved_to=target)


def poll(*readings: Reading, every: int | None = None, state: SourceState = NEW) -> SourceState:
    for reading in readings:
        state = judge_poll(state, reading, every)
    return state


def test_the_interval_follows_the_rhythm_of_the_entries() -> None:
    state = poll(hourly(fresh=20))
    assert state.gap == HOUR
    assert state.interval == HOUR // 2
    daily = poll(Reading(moment=NOW, entries=9, dates=tuple(NOW - 24 * HOUR * n for n in range(9)), fresh=9))
    assert daily.interval == 12 * HOUR


def test_polls_that_bring_something_bring_the_next_one_nearer() -> None:
    fruitful = poll(*(hourly(fresh=1) for _ in range(12)))
    idle = poll(*(hourly() for _ in range(12)))
    assert fruitful.interval < HOUR // 2 < idle.interval <= HOUR


def test_the_interval_keeps_its_bounds() -> None:
    rapid = Reading(moment=NOW, entries=9, dates=tuple(NOW - 20 * n for n in range(9)), fresh=9)
    assert poll(rapid).interval == settings.POLL_LEAST
    dead = Reading(moment=NOW, entries=3, dates=(NOW - 9_000 * HOUR, NOW - 9_900 * HOUR), fresh=3)
    assert poll(dead).interval == settings.POLL_MOST
    assert choose_interval(NEW, NOW) == settings.POLL_USUAL


def test_the_next_poll_is_near_the_interval_and_always_the_same_for_the_same_history() -> None:
    state = poll(hourly())
    assert abs(state.due - NOW - state.interval) <= settings.POLL_JITTER * state.interval
    assert poll(hourly()) == state
    others = {poll(hourly(), state=replace(NEW, address=f"https://n{n}.example/")).due for n in range(50)}
    assert len(others) > 40


def test_the_owners_word_wins_over_rhythm_and_wishes() -> None:
    state = poll(replace(hourly(), wish=8 * HOUR), every=600)
    assert (state.interval, state.due) == (600, NOW + 600)


def test_a_server_that_wants_its_answer_kept_is_asked_later() -> None:
    assert poll(replace(hourly(), wish=6 * HOUR)).interval == 6 * HOUR


@pytest.mark.parametrize(
    ("cache_control", "expires", "asked", "wish"),
    [
        ("public, max-age=1800", "", None, 1800),
        ("max-age=1800", "", HOUR, HOUR),
        ("max-age=0, must-revalidate", "", None, None),
        ("no-cache, max-age=1800", "", None, None),
        ("max-age=99999999999999999999", "", None, settings.POLL_MOST),
        ("max-age=soon", "", None, None),
        ("", "Tue, 24 Nov 2026 13:00:00 GMT", None, HOUR),
        ("", "Tue, 24 Nov 2026 11:00:00 GMT", None, None),
        ("", "0", None, None),
        ("", "", HOUR, HOUR),
        ("", "", None, None),
    ],
)
def test_wishes_are_read_from_headers_and_feeds(
    cache_control: str, expires: str, asked: int | None, wish: int | None
) -> None:
    assert read_wish(cache_control, expires, "Tue, 24 Nov 2026 12:00:00 GMT", asked) == wish


def test_failures_come_twice_as_late_each_time_and_one_answer_forgives_them() -> None:
    state = poll(hourly())
    waits = []
    for _ in range(9):
        state = poll(failure(), state=state)
        waits.append(state.interval)
    assert waits[:4] == [1800, 3600, 7200, 14400]
    assert waits[-1] == settings.POLL_MOST
    assert (state.polls, state.successes, state.failures) == (10, 1, 9)
    assert poll(hourly(), state=state).failures == 0


def test_a_pause_that_a_host_asks_for_is_kept() -> None:
    assert poll(failure("too-many-requests", until=NOW + 50_000.5)).due == NOW + 50_001
    waiting = postpone(poll(hourly()), NOW + 90_000)
    assert waiting.due == NOW + 90_001
    assert waiting.failures == 0


def test_a_move_for_good_counts_from_the_third_poll_in_a_row() -> None:
    state = poll(moved(), moved())
    assert (state.asked, state.moved_seen) == ("", 2)
    assert poll(hourly(), moved(), state=state).asked == ""
    state = poll(moved(), state=state)
    assert state.asked == "https://new.example/rss"
    sign = find_sign(state)
    assert sign is not None and sign.code == "moved" and "sources.yaml" in str(sign)


def test_a_move_to_another_place_each_time_never_counts() -> None:
    assert poll(*(moved(f"https://n{n}.example/") for n in range(9))).asked == ""


def test_a_new_address_that_is_no_more_gives_way_to_the_old_one() -> None:
    state = poll(moved(), moved(), moved(), failure("gone"))
    assert (state.asked, state.gone) == ("", False)


def test_gone_is_for_good_and_not_found_is_not() -> None:
    assert poll(failure("gone")).gone
    assert not poll(failure("not-found")).gone


def test_silence_is_told_after_three_usual_gaps_and_not_in_the_night() -> None:
    daily = Reading(moment=NOW, entries=9, dates=tuple(NOW - 24 * HOUR * n for n in range(9)), fresh=9)
    state = poll(daily)
    assert not is_silent(state, NOW + 71 * HOUR)
    assert is_silent(state, NOW + 73 * HOUR)
    assert not is_silent(poll(hourly()), NOW + 10 * HOUR)
    assert is_silent(poll(hourly()), NOW + 13 * HOUR)
    later = poll(Reading(moment=NOW + 73 * HOUR, unchanged=True), state=state)
    sign = find_sign(later)
    assert sign is not None and sign.code == "silent"


def test_a_gap_that_was_seen_before_is_no_silence() -> None:
    weekend = [NOW - HOUR * n for n in range(10)] + [NOW - HOUR * (70 + n) for n in range(10)]
    state = poll(Reading(moment=NOW, entries=20, dates=tuple(weekend), fresh=20))
    assert not is_silent(state, NOW + 60 * HOUR)
    assert is_silent(state, NOW + 80 * HOUR)


def test_a_feed_without_dates_has_the_rhythm_of_its_arrivals() -> None:
    state = poll(*(Reading(moment=NOW + 4 * HOUR * n, entries=5, fresh=2) for n in range(4)))
    assert state.gap == 2 * HOUR


def test_clocks_that_run_ahead_and_feeds_without_articles_are_told() -> None:
    ahead = find_sign(poll(Reading(moment=NOW, entries=3, dates=(NOW + 99 * HOUR,) * 3)))
    assert ahead is not None and ahead.code == "clock"
    empty = find_sign(poll(Reading(moment=NOW)))
    assert empty is not None and empty.code == "no-articles"
    assert find_sign(poll(hourly())) is None


def test_a_source_with_children_has_their_rhythm() -> None:
    children = [poll(hourly(fresh=20), state=replace(NEW, address=f"https://c{n}.example/")) for n in "ab"]
    index = adopt_rhythm(poll(Reading(moment=NOW, follow=("a", "b"))), children)
    assert (index.gap, index.entries, index.newest) == (HOUR, 40, NOW)
    assert find_sign(index) is None


def test_a_watcher_spreads_what_is_due_when_it_starts() -> None:
    states = [replace(NEW, address=f"https://n{n}.example/") for n in range(1_000)]
    moments = [spread_start(state, NOW, 1_000) for state in states]
    seconds = 1_000 / settings.WATCH_STARTS
    assert NOW <= min(moments) < NOW + 5 and NOW + seconds - 5 < max(moments) <= NOW + seconds
    assert max(sum(m // 1 == second for m in moments) for second in range(NOW, NOW + 100)) < 30
    assert spread_start(replace(NEW, due=NOW + 900), NOW, 1_000) == NOW + 900
    assert [spread_start(state, NOW, 10) for state in states[:10]] == [NOW] * 10
