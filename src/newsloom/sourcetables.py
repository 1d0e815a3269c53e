"""Sources in lines for a terminal: the list of them, and how each is doing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from newsloom.records import Record
from newsloom.site import Source
from newsloom.sourcing import plain
from newsloom.store import SourceState

_MOST_NAME = 36  # characters of a name in a table; longer ones end in …


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


def tell_health(states: Mapping[str, SourceState], sources: Sequence[Source]) -> Iterator[str]:
    """A line for each source that is polled, the troubled ones first, with the cause below it."""
    polled = [source for source in sources if source.remote]
    for source in sorted(polled, key=lambda item: _trouble(states.get(item.location)), reverse=True):
        state = states.get(source.location)
        yield f"{_verdict(source, state):<8} {_tell_state(state)}  {plain(source.location)}"
        if state is not None and state.problem:
            yield f"         {plain(state.problem)}"


def _name(source: Source) -> str:
    name = plain(source.name) or "-"
    return name if len(name) <= _MOST_NAME else name[: _MOST_NAME - 1] + "…"


def _trouble(state: SourceState | None) -> int:
    return state.failures if state is not None else 0


def _verdict(source: Source, state: SourceState | None) -> str:
    if source.paused:
        return "paused"
    if state is None:
        return "new"
    return "failing" if state.failures else "well"


def _tell_state(state: SourceState | None) -> str:
    if state is None:
        return "not polled yet"
    moment = f"{datetime.fromtimestamp(state.polled, UTC):%Y-%m-%d %H:%M}"
    failed = f", {state.failures} polls failed in a row" if state.failures else ""
    return f"polled {moment}, {state.entries} entries{failed}"
