"""What a store does in a second: records put, read and found, visits and hosts noted."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from newsloom.bench.madeup import NEWEST, make_records
from newsloom.errors import ConfigError
from newsloom.place import Place, find_fault, find_place
from newsloom.records import Record
from newsloom.store import HostLedger, Index, Stamp, Visit, hold_lease, open_index
from newsloom.store.copying import count_rows

_BATCH: Final = 1_000  # records of one transaction: a large pass
_FOUND: Final = 2_000  # addresses looked up
_NOTED: Final = 2_000  # requests noted, each a transaction
_DAY: Final = 86_400


class Rate(Struct, frozen=True):
    """How many of something were done in a second."""

    name: str
    rate: float


class Rates(Struct, frozen=True):
    """The rates of one store."""

    store: str
    rates: tuple[Rate, ...]


def measure_stores(records: int, address: str, tell: Callable[[str], None]) -> list[Rates]:
    """Measure SQLite, and PostgreSQL where an address of an empty schema is given.

    Raises ConfigError where the address is wrong or its schema has rows.
    """
    if address and (fault := find_fault(address)):
        raise ConfigError("newsloom bench store --postgresql", fault)
    made = list(make_records(0, records, NEWEST))
    with tempfile.TemporaryDirectory(prefix="newsloom-bench-") as temporary:
        root = Path(temporary, "bench")
        places = [find_place("sqlite", root), *([find_place(address, root)] if address else [])]
        return [_measure(place, made, tell) for place in places]


def _measure(place: Place, records: Sequence[Record], tell: Callable[[str], None]) -> Rates:
    name = "PostgreSQL, under a lease" if place.shared else "SQLite"
    tell(f"Measuring {name}")
    with ExitStack() as stack:
        lease = stack.enter_context(hold_lease(place, "bench", site="bench")) if place.shared else None
        index = stack.enter_context(open_index(place, lease))
        if any(count_rows(index).values()):
            raise ConfigError(str(place), "holds an index already", "name a schema of its own")
        return Rates(name, tuple(_run(index, place, records)))


def _run(index: Index, place: Place, records: Sequence[Record]) -> Iterator[Rate]:
    pairs = [(record, Stamp(1, 1)) for record in records]
    yield _time("records put", len(pairs), lambda: _put(index, pairs))
    yield _time("the same put again", len(pairs), lambda: _put(index, pairs))
    yield _time("records read", len(pairs), index.records)
    dice = random.Random(1)  # noqa: S311 - repeatable, not secret
    wanted = [dice.choice(records).article.original_url for _ in range(_FOUND)]
    yield _time("addresses found, one by one", _FOUND, lambda: [index.find(one) for one in wanted])
    visits = _make_visits(len(pairs))
    yield _time("visits noted", len(visits), lambda: _note(index, visits))
    yield _time("visits read", len(visits), index.visits)
    with HostLedger(place) as ledger:
        yield _time("turns taken, one by one", _NOTED, lambda: _ask(ledger))
    yield _time("published rows let go of", 2 * len(pairs), lambda: _publish(index))


def _put(index: Index, pairs: Iterable[tuple[Record, Stamp]]) -> None:
    waiting = iter(pairs)
    while batch := list(islice(waiting, _BATCH)):
        index.put(batch)


def _note(index: Index, visits: dict[str, Visit]) -> None:
    waiting = iter(visits.items())
    while batch := dict(islice(waiting, _BATCH)):
        index.put_visits(batch)


def _ask(ledger: HostLedger) -> None:
    for number in range(_NOTED):
        ledger.take(f"host{number % 100}.example:443", 0.0)


def _publish(index: Index) -> None:
    index.finish("publish", index.pending("publish").last)


def _make_visits(count: int) -> dict[str, Visit]:
    """Visits of a year, a day after the other."""
    newest = int(NEWEST.timestamp())
    first = Visit(outcome="rejected", reason="no topic", title="Village fair draws a crowd", visited=newest)
    return {
        f"https://news.example/{number}": replace(first, visited=newest - number % 365 * _DAY)
        for number in range(count)
    }


def _time(name: str, count: int, work: Callable[[], object]) -> Rate:
    start = time.perf_counter()
    work()
    return Rate(name, round(count / (time.perf_counter() - start), 1))


def format_rates(records: int, measured: Sequence[Rates]) -> str:
    """The figures as a table."""
    rows = zip(*(one.rates for one in measured), strict=True)
    lines = [
        f"Store of {records} records, a second",
        "",
        f"| what | {' | '.join(one.store for one in measured)} |",
        f"| --- |{' --- |' * len(measured)}",
        *(f"| {row[0].name} | {' | '.join(f'{rate.rate:,.0f}' for rate in row)} |" for row in rows),
    ]
    return "\n".join(lines)
