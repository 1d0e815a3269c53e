"""How each source fares, for people: success, delay, rhythm, the next poll, what is wrong and the way out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import msgspec
from msgspec import Struct

from newsloom.intake.lists import list_sources
from newsloom.intake.signs import SIGNS
from newsloom.site import Site, Source, read_site
from newsloom.store import SourceState, open_index


class Health(Struct, frozen=True, kw_only=True, rename="camel"):
    """How one remote source fares.

    `standing` is "new" (not polled yet), "well", "told" (it answers, but `code` says what is wrong),
    "failing", "gone" or "paused". `success` is the share of polls that were answered, `lag` the usual seconds
    from publication to poll, `usual_gap` those between two entries, `interval` those between two
    polls. `code` is the last cause's short name, with `problem` and `remedy` in words.
    """

    address: str
    name: str
    kind: str
    standing: str
    polls: int = 0
    success: float | None = None
    failures: int = 0
    lag: int | None = None
    entries: int = 0
    entries_a_day: float | None = None
    usual_gap: int | None = None
    interval: int | None = None
    last_poll: datetime | None = None
    last_success: datetime | None = None
    next_poll: datetime | None = None
    newest_entry: datetime | None = None
    last_news: datetime | None = None
    asked: str = ""
    code: str = ""
    problem: str = ""
    remedy: str = ""


def read_health(root: Path) -> list[Health]:
    """How the remote sources of a site fare, in the order of `sources.yaml`.

    Raises ConfigError for a wrong configuration.
    """
    site = read_site(root.resolve())
    with open_index(site.store) as index:
        return assess_sources(site, index.source_states())


def assess_sources(site: Site, states: Mapping[str, SourceState]) -> list[Health]:
    """How the remote sources of a site fare by what is known of them."""
    return [assess(source, states.get(address)) for address, source in list_sources(site).remote.items()]


def assess(source: Source, state: SourceState | None) -> Health:
    """How one source fares."""
    if state is None or not state.polls:
        standing = "paused" if source.paused else "new"
        return Health(address=source.location, name=source.name, kind=source.kind, standing=standing)
    rests = source.paused or state.gone
    return Health(
        address=source.location,
        name=source.name,
        kind=source.kind,
        standing=_tell_standing(source, state),
        polls=state.polls,
        success=round(state.successes / state.polls, 4),
        failures=state.failures,
        lag=round(median(state.lags)) if state.lags else None,
        entries=state.entries,
        entries_a_day=state.daily,
        usual_gap=state.gap,
        interval=state.interval,
        last_poll=_moment(state.polled),
        last_success=_moment(state.answered or (None if state.failures else state.polled)),
        next_poll=None if rests else _moment(state.due),
        newest_entry=_moment(state.newest),
        last_news=_moment(state.news),
        asked=state.asked or source.location,
        code=state.code,
        problem=SIGNS["gone"][0] if state.gone else state.problem,
        remedy=state.remedy,
    )


def health_to_json(health: Health) -> dict[str, object]:
    """The JSON form: names in camelCase, moments as ISO 8601 in UTC."""
    built: dict[str, object] = msgspec.to_builtins(health)
    return built


def _tell_standing(source: Source, state: SourceState) -> str:
    if source.paused:
        return "paused"
    if state.gone:
        return "gone"
    if state.failures:
        return "failing"
    return "told" if state.code else "well"


def _moment(seconds: int | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None
