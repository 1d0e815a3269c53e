"""Runs the cases and grades the fetcher by them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from time import monotonic
from typing import Final

from msgspec import Struct

from newsloom.bench.courtesy.range import Case, Range

_CASE_SECONDS: Final = 20.0  # a case that takes longer has failed: the slowest honest one needs three
_GRADES: Final = ((1.0, "A"), (0.99, "B"), (0.97, "C"), (0.9, "D"))  # share of cases passed, and its mark


class Outcome(Struct, frozen=True, kw_only=True):
    """How one case went; `fault` is "" when it passed."""

    group: str
    name: str
    fault: str
    seconds: float


async def run_case(case: Case) -> Outcome:
    """Play one case on a range of its own."""
    started = monotonic()
    try:
        async with asyncio.timeout(_CASE_SECONDS), Range() as field:
            fault = await case.drive(field)
    except Exception as error:  # noqa: BLE001 - whatever a case runs into is its failure, not the others'
        fault = f"{type(error).__name__}: {error}"
    return Outcome(group=case.group, name=case.name, fault=fault, seconds=round(monotonic() - started, 3))


def run_cases(cases: Iterable[Case], *, at_once: int = 24) -> list[Outcome]:
    """Play all cases, many at a time; outcomes in the order of the cases."""

    async def work() -> list[Outcome]:
        gate = asyncio.Semaphore(at_once)

        async def play(number: int, case: Case) -> tuple[int, Outcome]:
            async with gate:
                return number, await run_case(case)

        numbered = list(enumerate(cases))
        found: dict[int, Outcome] = {}
        for timed in (False, True):
            playing = [play(number, case) for number, case in numbered if case.timed is timed]
            found |= dict(await asyncio.gather(*playing))
        return [found[number] for number, _ in numbered]

    return asyncio.run(work())


def grade(outcomes: Sequence[Outcome]) -> str:
    """One letter: A for all, B from 99 %, C from 97 %, D from 90 %, else E."""
    passed = sum(not outcome.fault for outcome in outcomes) / max(1, len(outcomes))
    return next((letter for share, letter in _GRADES if passed >= share), "E")


def count_groups(outcomes: Sequence[Outcome]) -> dict[str, tuple[int, int]]:
    """Cases passed and played of each group."""
    counts: dict[str, tuple[int, int]] = {}
    for outcome in outcomes:
        passed, played = counts.get(outcome.group, (0, 0))
        counts[outcome.group] = (passed + (not outcome.fault), played + 1)
    return counts
