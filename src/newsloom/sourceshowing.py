"""A site's sources as its readers may be told of them: no secrets, and figures so round that they stay.

An address is told only where it is meant for all: not of a host of the owner's own network, not with a user
name, nor with anything in it that looks like a key. Of the others readers learn name and host.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from newsloom.errors import ConfigError, RefusedError
from newsloom.fetch.guard import Allowance, check_address, read_allowance
from newsloom.intake.health import Health, assess
from newsloom.intake.lists import list_sources
from newsloom.publish.view import SourceNote
from newsloom.site import Site, Source
from newsloom.sources.youtube import is_youtube_feed
from newsloom.store import SourceState

_SECRET: Final = re.compile(
    r"(?:^|[_.-])(?:api|auth|code|email|hash|key|pass|pw|pwd|sid|sig|uid|user)(?:$|[_.-])"
    r"|apikey|password|secret|session|signature|token|username",
    re.IGNORECASE,
)
# Made by a program, not by people: long runs of letters with digits among them, and UUIDs.
_DRAWN: Final = re.compile(
    r"(?=\w*\d)(?=\w*[a-z])\w{20,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII
)
_HOUR: Final = 3_600
_DAY: Final = 86_400


def show_sources(site: Site, states: Mapping[str, SourceState]) -> tuple[SourceNote, ...]:
    """What readers may know of a site's sources; `states` is what is known of them, by address."""
    try:
        allowance = read_allowance(site.config.allow)
    except ConfigError:  # a pass that reads anything tells of it
        allowance = Allowance()
    remote = (
        _show(source, states.get(address), allowance) for address, source in list_sources(site).remote.items()
    )
    return (*remote, *_show_local(site))


def is_open(address: str, allowance: Allowance) -> bool:
    """Whether an address may be shown to everyone."""
    try:
        target = check_address(address)
        parts = urlsplit(target.address)
    except (RefusedError, ValueError):
        return False
    covered = target.ip is not None and allowance.covers(target.ip)
    if not target.named or covered or target.place in allowance.places:
        return False
    if is_youtube_feed(address):
        return True  # its identifiers look drawn, and are public
    fields = parse_qsl(parts.query, keep_blank_values=True)
    if any(_SECRET.search(name) for name, _ in fields):
        return False
    return not any(_DRAWN.search(text) for text in (parts.path, *(value for _, value in fields)))


def _show(source: Source, state: SourceState | None, allowance: Allowance) -> SourceNote:
    health, public = assess(source, state), is_open(source.location, allowance)
    return SourceNote(
        name=source.name,
        kind=source.kind,
        home=_find_home(source) if public else "",
        host=_find_host(source.location),
        feed=source.location if public and source.kind == "feed" else "",
        provider=source.provider or "",
        standing=health.standing,
        code=health.code,
        success=int(100 * health.success) if health.success is not None else None,
        daily=_round_daily(health.entries_a_day),
        lag=_round_lag(health.lag),
        answered=health.last_success,
        since=_find_start(health, state),
        news=max(filter(None, (health.newest_entry, health.last_news)), default=None),
    )


def _show_local(site: Site) -> Iterator[SourceNote]:
    for source in site.sources:
        if not source.remote and source.kind != "opml":
            name = source.name or PurePath(source.location).name
            standing = "paused" if source.paused else "local"
            yield SourceNote(name=name, kind=source.kind, provider=source.provider or "", standing=standing)


def _find_home(source: Source) -> str:
    """Where people read what a source gives: a listing is a page itself, of others it is their site."""
    if source.kind == "listing":
        return source.location
    parts = urlsplit(source.location)
    if is_youtube_feed(source.location):
        channel = dict(parse_qsl(parts.query)).get("channel_id")
        return f"https://www.youtube.com/channel/{channel}" if channel else "https://www.youtube.com/"
    return f"{parts.scheme}://{parts.netloc}/"


def _find_host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _find_start(health: Health, state: SourceState | None) -> datetime | None:
    """Since when a source fails: its last answer, or the first poll of one that never gave any."""
    if state is None or not state.failures:
        return None
    if state.successes:
        return health.last_success
    return datetime.fromtimestamp(state.first, UTC) if state.first else None


def _round_daily(entries: float | None) -> float | None:
    """Entries a day to one digit that counts: 0.3, 4, 20."""
    return None if entries is None else float(f"{entries:.1g}") if entries >= 0.05 else 0.0


def _round_lag(seconds: int | None) -> int | None:
    """A delay in tens of minutes below two hours, in hours below two days, in days above."""
    if seconds is None:
        return None
    unit = 600 if seconds < 2 * _HOUR else _HOUR if seconds < 2 * _DAY else _DAY
    return max(unit, round(seconds / unit) * unit)
