"""When a source is polled next, and what one poll makes of what is known of it: decisions without I/O.

    interval = usual gap between entries x (3/4 - share of polls that brought something / 2)

held between what the owner or the server asks for and the bounds of `settings`. A source whose last
news is long ago is asked ever less often; one that fails twice as late each time. Chance is a hash
of the address and the count, so that the same history always gives the same moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from hashlib import blake2b
from itertools import pairwise
from statistics import median
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from newsloom import settings
from newsloom.store.states import SourceState

_WEIGHT: Final = 0.2  # of the latest poll in the running share of fruitful ones
_PATIENCE: Final = 8  # a quiet source is asked again after this part of the time it has been quiet
_DAY: Final = 86_400.0
_DOUBLINGS: Final = 12  # of a wait; 300 s doubled so often is two weeks


class Reading(Struct, frozen=True, kw_only=True):
    """What one poll of a source came to; moments are seconds since 1970, spans seconds.

    `unchanged` means 304 or the same bytes as before. `dates` are those of the entries, `fresh` is
    how many of them are new here, `lags` how late each new one was seen. `wish` is how long the server
    wants its answer kept. With `code` the poll failed, or, when `answered`, brought something to be told.
    `until` is the moment before which the host wants no request.
    """

    moment: int
    answered: bool = True
    unchanged: bool = False
    etag: str | None = None
    last_modified: str | None = None
    digest: str = ""
    reading: str = ""
    follow: tuple[str, ...] = ()
    entries: int = 0
    dates: tuple[int, ...] = ()
    fresh: int = 0
    lags: tuple[int, ...] = ()
    wish: int | None = None
    moved_to: str = ""
    code: str = ""
    problem: str = ""
    remedy: str = ""
    until: float = 0.0


def judge_poll(state: SourceState, reading: Reading, every: int | None = None) -> SourceState:
    """What is known of a source after a poll. `every` is the owner's word on how often it is read."""
    told = replace(
        state,
        polled=reading.moment,
        first=state.first or reading.moment,
        polls=state.polls + 1,
        code=reading.code,
        problem=reading.problem,
        remedy=reading.remedy,
    )
    state = _take_answer(told, reading) if reading.answered else _take_failure(told, reading)
    return set_due(state, reading.moment, every, reading.until)


def postpone(state: SourceState, until: float) -> SourceState:
    """A source whose host wants to be left alone: it was not asked, so it did not fail."""
    return replace(state, due=max(state.due, int(until) + 1))


def adopt_rhythm(state: SourceState, children: Sequence[SourceState]) -> SourceState:
    """A source that only names others (a sitemap index) with the rhythm of what they bring together."""
    gaps = [child.gap for child in children if child.gap is not None]
    longest = [child.longest for child in children if child.longest is not None]
    return replace(
        state,
        entries=sum(child.entries for child in children),
        newest=max((child.newest or 0 for child in children), default=0) or state.newest,
        news=max((child.news or 0 for child in children), default=0) or state.news,
        fruitful=max(child.fruitful for child in children),
        daily=round(sum(child.daily or 0 for child in children), 2),
        gap=min(gaps, default=state.gap),
        longest=min(longest, default=state.longest),
        lags=tuple(lag for child in children for lag in child.lags)[-settings.RHYTHM_LAGS :],
    )


def _take_answer(state: SourceState, reading: Reading) -> SourceState:
    state = _follow_move(state, reading)
    state = replace(state, successes=state.successes + 1, answered=reading.moment, failures=0, gone=False)
    fruitful = (1 - _WEIGHT) * state.fruitful + _WEIGHT * bool(reading.fresh)
    if state.polls > 1:  # the first poll finds everything new and says nothing of the next
        state = replace(state, fruitful=round(fruitful, 4))
    if reading.wish is not None or not reading.unchanged:
        state = replace(state, wish=reading.wish)
    if reading.unchanged:
        return replace(
            state, etag=reading.etag or state.etag, last_modified=reading.last_modified or state.last_modified
        )
    return _take_entries(state, reading)


def _take_entries(state: SourceState, reading: Reading) -> SourceState:
    state = replace(
        state,
        etag=reading.etag,
        last_modified=reading.last_modified,
        digest=reading.digest,
        reading=reading.reading,
        follow=reading.follow,
        entries=reading.entries,
        ahead=sum(date > reading.moment + settings.FUTURE_HOURS * 3_600 for date in reading.dates),
    )
    if reading.lags:
        state = replace(state, lags=(*state.lags, *reading.lags)[-settings.RHYTHM_LAGS :])
    dates = [date for date in reading.dates if date <= reading.moment]
    state = _measure_rhythm(state, sorted(dates)[-settings.RHYTHM_ENTRIES :], reading.moment)
    if not reading.fresh:
        return state
    if not dates and state.news is not None:  # without dates the rhythm is that of arrivals
        gap = max(1, (reading.moment - state.news) // reading.fresh)
        state = replace(state, gap=gap if state.gap is None else (state.gap + gap) // 2, longest=state.gap)
    return replace(state, news=reading.moment)


def _measure_rhythm(state: SourceState, dates: Sequence[int], moment: int) -> SourceState:
    """The newest date, the usual and the longest gap, and entries a day, from a feed's dates in order."""
    if not dates:
        return state
    state = replace(state, newest=max(dates[-1], state.newest or 0))
    gaps = [later - sooner for sooner, later in pairwise(dates)]
    if not gaps or dates[-1] == dates[0]:
        return state
    usual = max(median(gaps), (dates[-1] - dates[0]) / len(gaps) / 4)  # batches of one moment are no rhythm
    daily = len(dates) * _DAY / max(moment - dates[0], 1)
    return replace(state, gap=round(usual), longest=max(gaps), daily=round(daily, 2))


def _take_failure(state: SourceState, reading: Reading) -> SourceState:
    state = replace(state, failures=state.failures + 1, gone=reading.code == "gone")
    if state.asked and reading.code in {"gone", "not-found", "dns"}:
        return replace(state, asked="", moved_to="", moved_seen=0, gone=False)  # the move was a mistake
    return state


def _follow_move(state: SourceState, reading: Reading) -> SourceState:
    """Count redirects for good to one place; the third in a row makes it the address that is asked."""
    if not reading.moved_to:
        return replace(state, moved_to="", moved_seen=0)
    seen = state.moved_seen + 1 if reading.moved_to == state.moved_to else 1
    if seen < settings.MOVE_CONFIRMATIONS:
        return replace(state, moved_to=reading.moved_to, moved_seen=seen)
    return replace(state, asked=reading.moved_to, moved_to="", moved_seen=0)


def set_due(state: SourceState, moment: int, every: int | None, until: float = 0.0) -> SourceState:
    """The state with the interval and moment of its next poll, not before the host may be asked again."""
    interval = choose_interval(state, moment, every)
    wait = interval * (1 + settings.POLL_JITTER * (2 * draw(state.address, state.polls) - 1))
    if every is not None and not state.failures:
        wait = interval
    due = max(moment + round(wait), int(until) + 1 if until else 0)
    return replace(state, interval=interval, due=due)


def choose_interval(state: SourceState, moment: int, every: int | None = None) -> int:
    """Seconds until a source should be polled again: the owner's word first, then its rhythm."""
    base = _choose_calm_interval(state, moment) if every is None else every
    if not state.failures:
        return base
    late = min(base, settings.POLL_USUAL) << min(state.failures - 1, _DOUBLINGS)
    return max(base, min(late, settings.POLL_MOST))


def _choose_calm_interval(state: SourceState, moment: int) -> int:
    wanted = float(settings.POLL_USUAL)
    if state.gap is not None:
        wanted = state.gap * (0.75 - state.fruitful / 2)
    latest = max(state.newest or 0, state.news or 0)
    if latest:
        wanted = max(wanted, (moment - latest) / _PATIENCE)
    return round(min(max(wanted, state.wish or 0, settings.POLL_LEAST), settings.POLL_MOST))


def draw(address: str, count: int) -> float:
    """A chance from 0 to 1 that is always the same for an address and a count."""
    digest = blake2b(f"{count} {address}".encode("utf-8", "replace"), digest_size=4).digest()
    return int.from_bytes(digest) / 2**32


def is_silent(state: SourceState, moment: int) -> bool:
    """Whether a source answers but has long brought nothing, by its own rhythm."""
    latest = max(state.newest or 0, state.news or 0)
    if state.gap is None or not latest:
        return False
    excused = min(state.longest or 0, settings.SILENCE_LONGEST)
    return moment - latest > max(settings.SILENCE_GAPS * state.gap, excused, settings.SILENCE_LEAST)


def spread_start(state: SourceState, start: float, sources: int) -> float:
    """When a watcher first asks a source: what is due at its start is spread, the rest keeps its moment.

    A handful needs no spreading.
    """
    if state.due > start:
        return float(state.due)
    seconds = max(0, sources - settings.WATCH_STARTS) / settings.WATCH_STARTS
    return start + seconds * draw(state.address, 0)


def read_wish(cache_control: str, expires: str, date: str, asked: int | None) -> int | None:
    """How many seconds a server wants its answer kept, by its headers or the feed's own word (`asked`)."""
    wishes = [asked] if asked else []
    directives = {
        name.strip().lower(): value.strip(' "')
        for name, _, value in (part.partition("=") for part in cache_control.split(","))
    }
    kept = directives.get("max-age", "")
    if "no-store" in directives or "no-cache" in directives:
        pass
    elif kept.isascii() and kept.isdigit():
        wishes.append(int(kept[:9]))
    elif (until := _read_date(expires)) is not None and (since := _read_date(date)) is not None:
        wishes.append(round((until - since).total_seconds()))
    longest = max(wishes, default=0)
    return min(longest, settings.POLL_MOST) if longest > 0 else None


def _read_date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None
