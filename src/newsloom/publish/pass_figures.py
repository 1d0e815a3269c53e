"""The passes of the last weeks in figures: what they brought, what took their time, what went wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from babel.numbers import format_decimal, format_percent
from msgspec import Struct

from newsloom.publish.dates import localise, tell_brief, tell_day
from newsloom.publish.figures import Chart, place_block
from newsloom.publish.safety import clean_text
from newsloom.publish.view import Edition
from newsloom.publish.words import mark

TROUBLES: Final = 12  # kinds of problems told, the commonest
_STAGES: Final[Mapping[str, str]] = {
    "prepare": mark("prepare"),
    "read": mark("read sources and pages"),
    "judge": mark("judge"),
    "pictures": mark("keep pictures"),
    "write": mark("write documents"),
    "publish": mark("make pages"),
    "commit": mark("commit"),
    "announce": mark("tell the hub"),
}


class PassNote(Struct, frozen=True, kw_only=True):
    """A pass that was made: when it ended, what it brought, its seconds by stage, its problems in lines."""

    finished: datetime
    new: int
    changed: int
    seconds: Mapping[str, float]
    problems: Sequence[str] = ()


class Quantity(Struct, frozen=True, kw_only=True):
    """A line of a table: what is counted, with a few words more below, and its numbers as they are told."""

    label: str
    numbers: tuple[str, ...]
    more: str = ""
    href: str | None = None


class Passes(Struct, frozen=True, kw_only=True):
    """The passes of the last weeks: new articles by day, seconds by stage, problems by how often."""

    count: int
    new: Chart
    days: tuple[Quantity, ...]
    stages: tuple[Quantity, ...]
    problems: tuple[Quantity, ...]
    more_problems: int


def sum_passes(passes: Sequence[PassNote], edition: Edition, days: int) -> Passes:
    """The passes of the last `days`, told by day, by stage and by what went wrong."""
    by_day: dict[date, list[PassNote]] = {}
    for one in passes:
        by_day.setdefault(localise(one.finished, edition.zone).date(), []).append(one)
    problems = Counter(clean_text(line) for one in passes for line in one.problems)
    return Passes(
        count=len(passes),
        new=_draw_new(by_day, edition, days),
        days=tuple(_sum_day(day, made, edition) for day, made in sorted(by_day.items(), reverse=True)),
        stages=_sum_stages(passes, edition),
        problems=tuple(
            Quantity(label=line, numbers=(count_up(number, edition),))
            for line, number in problems.most_common(TROUBLES)
        ),
        more_problems=max(0, len(problems) - TROUBLES),
    )


def _draw_new(by_day: Mapping[date, Sequence[PassNote]], edition: Edition, count: int) -> Chart:
    last = max(by_day, default=localise(edition.site.clock, edition.zone).date())
    days = [last - timedelta(days=back) for back in range(count - 1, -1, -1)]
    counts = [sum(one.new for one in by_day.get(day, ())) for day in days]
    most = max([1, *counts])
    return Chart(
        blocks=tuple(
            place_block(at, count, 0.0, number / most, 0) for at, number in enumerate(counts) if number
        ),
        rows=(),
        first=tell_brief(days[0], edition.words.locale),
        last=tell_brief(days[-1], edition.words.locale),
        most=most,
    )


def _sum_day(day: date, made: Sequence[PassNote], edition: Edition) -> Quantity:
    seconds = sum(sum(one.seconds.values()) for one in made)
    numbers = (
        len(made),
        sum(one.new for one in made),
        sum(one.changed for one in made),
        round(seconds, 1),
        sum(len(one.problems) for one in made),
    )
    return Quantity(
        label=tell_day(day, edition.words.locale),
        numbers=tuple(count_up(number, edition) for number in numbers),
    )


def _sum_stages(passes: Sequence[PassNote], edition: Edition) -> tuple[Quantity, ...]:
    """Each stage's seconds in all passes, in the longest of them, and its share."""
    names = dict.fromkeys(name for one in passes for name in one.seconds)
    spent = {name: [one.seconds.get(name, 0.0) for one in passes] for name in names}
    total = sum(sum(seconds) for seconds in spent.values()) or 1.0
    return tuple(
        Quantity(
            label=edition.words.say(_STAGES[name]) if name in _STAGES else clean_text(name),
            numbers=(
                count_up(round(sum(seconds), 1), edition),
                count_up(round(max(seconds), 1), edition),
                str(format_percent(sum(seconds) / total, locale=edition.words.locale)),
            ),
        )
        for name, seconds in spent.items()
    )


def count_up(number: float, edition: Edition) -> str:
    """A number as the site's language writes it."""
    return str(format_decimal(number, locale=edition.words.locale))
