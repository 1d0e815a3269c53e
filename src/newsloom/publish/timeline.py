"""How a story's coverage went: its curve over time as a small picture, and who covers it, by provider."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol, TypeVar

from msgspec import Struct

from newsloom.publish.cards import ProviderMark
from newsloom.publish.words import mark

BARS: Final = 24  # columns of the picture
LEAST_REPORTS: Final = 4  # of a story with a picture: fewer are read off the list
LEAST_PEAK: Final = 2  # reports in the picture's highest column: of ones alone it shows nothing
_STEPS: Final = (  # lengths of time a column may stand for; round ones, so that the caption can be told
    (timedelta(hours=1), mark("Reports per hour")),
    (timedelta(hours=3), mark("Reports per 3 hours")),
    (timedelta(hours=6), mark("Reports per 6 hours")),
    (timedelta(hours=12), mark("Reports per 12 hours")),
    (timedelta(days=1), mark("Reports per day")),
    (timedelta(days=7), mark("Reports per week")),
    (timedelta(days=30), mark("Reports per 30 days")),
)


class _Told(Protocol):
    @property
    def provider(self) -> ProviderMark: ...
    @property
    def published(self) -> datetime: ...


_Report = TypeVar("_Report", bound=_Told)


class Column(Struct, frozen=True, kw_only=True):
    """One column: its place, width and height in percent of the picture."""

    start: float
    width: float
    height: float


class Curve(Struct, frozen=True, kw_only=True):
    """Reports of a story over time: columns with at least one, `caption` telling what each stands for."""

    columns: tuple[Column, ...]
    caption: str
    most: int


class Voice(Struct, frozen=True, kw_only=True):
    """One provider's reports of a story."""

    provider: ProviderMark
    reports: tuple[object, ...]


def draw_curve(moments: Sequence[datetime]) -> Curve | None:
    """The picture of a story's reports; None where there are few, or they came all at once or one by one."""
    if len(moments) < LEAST_REPORTS:
        return None
    first, last = min(moments), max(moments)
    fitting = (item for item in _STEPS if last - first < item[0] * BARS)
    length, name = next(fitting, _STEPS[-1])
    places = [min(BARS * 10, int((moment - first) / length)) for moment in moments]
    across = max(places) + 1
    if across < 2:
        return None
    counts = {place: places.count(place) for place in sorted(set(places))}
    most = max(counts.values())
    if most < LEAST_PEAK:
        return None
    columns = tuple(
        Column(
            start=round(100 * place / across + 0.4, 2),
            width=round(max(0.4, 100 / across - 0.8), 2),
            height=round(100 * count / most, 1),
        )
        for place, count in counts.items()
    )
    return Curve(columns=columns, caption=name, most=most)


def group_providers(reports: Sequence[_Report]) -> tuple[Voice, ...]:
    """Reports by provider: who has most first, then who came first."""
    groups: dict[str, list[_Report]] = {}
    for report in reports:
        groups.setdefault(report.provider.domain, []).append(report)
    ordered = sorted(
        groups.values(), key=lambda group: (-len(group), group[0].published, group[0].provider.domain)
    )
    return tuple(Voice(provider=group[0].provider, reports=tuple(group)) for group in ordered)
