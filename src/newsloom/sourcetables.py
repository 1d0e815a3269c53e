"""Sources in lines for a terminal: the list of them, and how each is doing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from newsloom.intake.health import Health
from newsloom.records import Record
from newsloom.site import Source
from newsloom.sourcing import plain

_STANDINGS: Final = {
    "gone": 0,
    "failing": 1,
    "told": 2,
    "well": 3,
    "new": 4,
    "paused": 5,
}  # in order of concern
_MOST_NAME: Final = 36  # characters of a name in a table; longer ones end in …


def list_rows(
    sources: Sequence[Source],
    records: Iterable[Record],
    root: Path,
    parents: Mapping[str, str] | None = None,
) -> Iterator[str]:
    """A line for each source: kind, articles, state, name and address.

    `parents` gives the source's address of a child's (a sitemap of an index, a feed of a list).
    """
    known = parents or {}
    origins = (record.state.source for record in records if record.state is not None)
    counts = Counter(known.get(origin, origin) for origin in origins)
    width = max((len(_name(source)) for source in sources), default=0)
    for source in sources:
        articles = counts[source.location]
        if not source.remote:
            articles += counts[str(root / source.location)]
        state = "paused" if source.paused else ""
        yield (
            f"{source.kind:<8}{articles:6} {state:<7} {_name(source):<{width}}  {plain(source.location)}"
        ).rstrip()


def tell_health(found: Sequence[Health]) -> Iterator[str]:
    """How each source on the web fares, the troubled ones first, with cause and way out below it."""
    for health in sorted(found, key=lambda item: (_STANDINGS[item.standing], -item.failures)):
        yield f"{health.standing:<8} {plain(health.name) or '-'}  {plain(health.address)}"
        if health.last_poll is not None:
            yield f"         {'; '.join(_list_facts(health))}"
        if health.problem:
            way = f" ({plain(health.remedy)})" if health.remedy else ""
            yield f"         {plain(health.problem)}{way}"


def _list_facts(health: Health) -> Iterator[str]:
    yield f"polled {_minute(health.last_poll)}"
    if health.next_poll is not None:
        yield f"next {_minute(health.next_poll)}"
    if health.success is not None:
        failed = f", {health.failures} failed in a row" if health.failures else ""
        yield f"{health.success:.0%} of {health.polls} polls answered{failed}"
    if health.entries_a_day is not None:
        yield f"{health.entries_a_day:.1f} entries a day"
    if health.lag is not None:
        yield f"seen {_span(health.lag)} after publication"
    if health.last_news is not None:
        yield f"news {_minute(health.last_news)}"
    if health.asked not in {"", health.address}:
        yield f"asked at {plain(health.asked)} since it moved"


def _minute(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment is not None else "never"


def _span(seconds: int) -> str:
    """A span in the largest unit that leaves two of it."""
    for size, unit in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} seconds"


def _name(source: Source) -> str:
    name = plain(source.name) or "-"
    return name if len(name) <= _MOST_NAME else name[: _MOST_NAME - 1] + "…"
