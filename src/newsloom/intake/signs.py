"""What is wrong with a source that answers: silence, wrong clocks, moves, told like any failure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from newsloom.errors import SourceError
from newsloom.intake.schedule import is_silent
from newsloom.store.states import SourceState

SIGNS: Final[Mapping[str, tuple[str, str]]] = {
    "gone": ("is gone for good, its server says, and is not asked again", "remove it from sources.yaml"),
    "moved": ("has moved for good", "write its new address into sources.yaml"),
    "no-articles": ("is a feed without a single article", "look for another feed of the same site"),
    "clock": (
        "dates articles into the future, as if its clock were wrong",
        "tell its publisher; such dates are not believed",
    ),
    "silent": (
        "answers, but has brought nothing new for longer than is usual for it",
        "look whether its site has another feed by now",
    ),
}
_SHARE: Final = 4  # one date of so many in the future means the clock, not one announcement


def sign(code: str, address: str, detail: str = "") -> SourceError:
    """The sign of that code for a source: not raised, so that it can be kept as well."""
    cause, remedy = SIGNS[code]
    return SourceError(address, f"{cause}: {detail}" if detail else cause, remedy, code=code)


def find_sign(state: SourceState) -> SourceError | None:
    """What has to be told of a source that answered, the weightiest alone; None for nothing."""
    if state.failures or not state.successes:
        return None
    if state.asked:
        return sign("moved", state.address, f"it is read at {state.asked} now")
    if state.ahead * _SHARE > state.entries:
        return sign("clock", state.address)
    if not state.entries and not state.news:
        return sign("no-articles", state.address)
    if is_silent(state, state.polled):
        latest = datetime.fromtimestamp(max(state.newest or 0, state.news or 0), UTC)
        return sign("silent", state.address, f"since {latest:%Y-%m-%d %H:%M} UTC")
    return None
