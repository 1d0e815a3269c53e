"""How hot a story is now: its lead's quality, what others add, how fast they come, what time takes away.

In the units of quality: a fresh story told by one provider is as hot as its lead is good. Heat
fades in steps, so that a document changes a handful of times in its life and not with every pass.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from newsloom.curate.lead import Profile, measure_likeness, profile_record, sort_by_time
from newsloom.curate.quality import is_credited
from newsloom.curate.weights import WEIGHTS, HeatWeights
from newsloom.records import Record, Term

COLD: Final = -1  # the heat of a record that is not in the running
_NEUTRAL: Final = 0.5
_COMPARED: Final = 12  # earlier reports a report is compared with: bounds the cost of a huge story
_REPRINT: Final = 0.25  # independence of a report that credits an agency or another provider
_LEAST_OWN: Final = 0.2  # independence of a report that says what another said: somebody chose to run it
_ALIKE: Final = 0.5  # likeness of terms from which a report repeats another; of one event .3 is usual
_FOLLOW_UP: Final = 0.3  # what a provider's second report counts against its first
_SPAN: Final = timedelta(hours=3)  # in which arrivals are counted
_SLOTS: Final = 8  # of such spans in a day
_PRIOR: Final = 20.0  # reports of the whole day that each of its spans is smoothed with
_STEP: Final = 5  # points of pace come in steps, so that one report more or less seldom matters

Usual = Mapping[int, float]


class Voice(Struct, frozen=True):
    """One report as heat counts it: who, when, how far it is trusted, how much it is the provider's own.

    `standing` and `independence` are from 0 to 1.
    """

    domain: str
    published: datetime
    standing: float = _NEUTRAL
    independence: float = 1.0

    @property
    def weight(self) -> float:
        """What the report counts for: 1 for one of its own by a provider of neutral standing."""
        return 2 * self.standing * self.independence


def latest_publication(members: Iterable[Record]) -> datetime:
    """Give when the newest of a story's records was published."""
    return max(member.article.published for member in members)


def is_active(members: Iterable[Record], clock: datetime, window_days: int) -> bool:
    """Tell whether a story is still open: its newest record is within the window before the clock."""
    return latest_publication(members) >= clock - timedelta(days=window_days)


def measure_usual(publications: Iterable[tuple[str, datetime]]) -> Usual:
    """Give how many reports a story that gets any usually gets in each three hours of the day (UTC).

    `publications` holds the story and the moment of each report. Spans with few are drawn to the mean of all.
    """
    reports: dict[int, int] = defaultdict(int)
    stories: dict[int, set[tuple[str, int]]] = defaultdict(set)
    for story, moment in publications:
        slot = _slot(moment)
        reports[slot] += 1
        stories[slot].add((story, moment.toordinal()))
    held = sum(map(len, stories.values()))
    mean = sum(reports.values()) / held if held else 1.0
    return {
        slot: round((reports[slot] + _PRIOR * mean) / (len(stories[slot]) + _PRIOR), 1)
        for slot in range(_SLOTS)
    }


def _slot(moment: datetime) -> int:
    return moment.hour * _SLOTS // 24


def list_voices(members: Iterable[Record], standings: Mapping[str, float]) -> list[Voice]:
    """Give a story's records as heat counts them, the earliest first."""
    ordered = sort_by_time(members)
    voices = [
        Voice(
            domain=record.article.provider.domain,
            published=record.article.published,
            standing=standings.get(record.article.provider.domain, _NEUTRAL),
            independence=_REPRINT if is_credited(record) else 1.0,
        )
        for record in ordered
    ]
    return weigh_independence(voices, [profile_record(record) for record in ordered])


def weigh_independence(voices: Sequence[Voice], profiles: Sequence[Profile]) -> list[Voice]:
    """Give reports in order of time with how much each is its provider's own.

    That is, as far as its terms are unlike those of the likest one shortly before it by another provider.
    """
    weighed = []
    for place, voice in enumerate(voices):
        likest = max(
            (
                measure_likeness(profiles[place], profiles[earlier])
                for earlier in range(max(0, place - _COMPARED), place)
                if voices[earlier].domain != voice.domain
            ),
            default=0.0,
        )
        told_before = max(0.0, likest - _ALIKE) / (1 - _ALIKE)
        independence = round(min(voice.independence, 1 - (1 - _LEAST_OWN) * told_before), 2)
        weighed.append(replace(voice, independence=independence))
    return weighed


def count_coverage(voices: Iterable[Voice], own: str, weights: HeatWeights = WEIGHTS.heat) -> int:
    """Give the points other providers add: so many for each doubling of what they weigh together.

    Each counts by its best report, and the next best a little (the lead's own provider by the latter
    alone): ten articles of one house are one voice that insists.
    """
    heard: dict[str, list[float]] = defaultdict(list)
    for voice in voices:
        heard[voice.domain].append(voice.weight)
    weight = 0.0
    for domain, values in heard.items():
        best, *rest = sorted(values, reverse=True)
        weight += best * (domain != own) + _FOLLOW_UP * max(rest, default=0.0)
    return min(weights.coverage, round(weights.provider * math.log2(1 + weight)))


def count_pace(
    voices: Sequence[Voice], usual: Usual, weights: HeatWeights = WEIGHTS.heat
) -> tuple[int, int, float]:
    """Give the points for the rate of arrival, the reports of the last three hours, and how many are usual.

    The last hours end with the newest report. Points grow with the binary logarithm of the ratio.
    """
    newest = max(voice.published for voice in voices)
    recent = [voice for voice in voices if voice.published > newest - _SPAN]
    expected = usual.get(_slot(newest), 1.0)
    providers = len({voice.domain for voice in recent})
    steps = math.floor(weights.pace / _STEP * math.log2(max(1.0, providers / max(1.0, expected))))
    return min(weights.pace_most, _STEP * steps), providers, expected


def judge_heat(
    lead: Record,
    members: Iterable[Record],
    clock: datetime,
    standings: Mapping[str, float],
    usual: Usual,
    weights: HeatWeights = WEIGHTS.heat,
) -> tuple[Term, ...]:
    """Give the terms of an open story's heat; their sum is the heat, 0 upwards.

    Texts that were absorbed as copies are not members and add nothing.
    """
    group = list(members)
    voices = list_voices(group, standings)
    own = lead.article.provider.domain
    coverage = count_coverage(voices, own, weights)
    pace, recent, expected = count_pace(voices, usual, weights)
    warm = lead.article.quality + coverage + pace
    hours = max(0.0, (clock - latest_publication(group)).total_seconds() / 3600)
    share = fade(hours, weights)
    terms = [Term(name="quality", value=lead.article.quality, evidence="of the lead")]
    if coverage:
        evidence = _tell_coverage(voices, own)
        terms.append(Term(name="coverage", value=coverage, evidence=evidence))
    if pace:
        evidence = f"{recent} providers within 3 hours, {expected:g} usual at that time of day"
        terms.append(Term(name="pace", value=pace, evidence=evidence))
    if share < 1:
        evidence = f"{share:.0%} left of {warm}"
        terms.append(Term(name="age", value=round(warm * share) - warm, evidence=evidence))
    return tuple(terms)


def _tell_coverage(voices: Sequence[Voice], own: str) -> str:
    others = sorted({voice.domain for voice in voices} - {own})
    repeated = len(
        {voice.domain for voice in voices if voice.domain != own and voice.independence < _NEUTRAL}
    )
    told = f", {repeated} of them with little of their own" if repeated else ""
    named = f": {', '.join(others[:5])}" if others else f" and a follow-up by {own}"
    return f"{len(others)} other providers{told}{named}"


def fade(hours: float, weights: HeatWeights = WEIGHTS.heat) -> float:
    """Give the share of heat left, 0 to 1, that many hours after the newest record."""
    share = 1.0
    for start, left in weights.fading:
        if hours >= start:
            share = left
    return share
