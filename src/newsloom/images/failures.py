"""When a picture that could not be had is asked for again. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from newsloom import settings
from newsloom.errors import ImageError, NewsloomError
from newsloom.store import ImageFailure

_HOUR: Final = 3_600
_GONE: Final = frozenset({"not-found", "gone"})  # answers after which the next picture is taken at once
_SILENT: Final = "not-recorded"  # a recording made without pictures says nothing of their servers


def note_failure(
    before: ImageFailure | None, url: str, error: NewsloomError, clock: datetime
) -> ImageFailure:
    """What to remember of a picture that could not be had, by the desk's clock."""
    return ImageFailure(
        address=url,
        tried=int(clock.timestamp()),
        failures=before.failures + 1 if before else 1,
        code=error.code,
        refused=isinstance(error, ImageError) or error.code in _GONE,
        problem=str(error),
    )


def is_silent(error: NewsloomError) -> bool:
    """Whether an error tells nothing of the picture and is not to be remembered."""
    return error.code == _SILENT


def is_resting(failure: ImageFailure, clock: datetime) -> bool:
    """Whether it is too early to ask again; the pause doubles with each failure."""
    hours = settings.IMAGE_REFUSED_HOURS
    if not failure.refused:
        doubled = settings.IMAGE_RETRY_HOURS << min(failure.failures - 1, 16)
        hours = min(doubled, settings.IMAGE_RETRY_MOST_HOURS)
    return clock.timestamp() < failure.tried + hours * _HOUR


def is_refused(failure: ImageFailure | None, clock: datetime) -> bool:
    """Whether a picture cannot be shown, and it is too early to ask for it again."""
    return failure is not None and failure.refused and is_resting(failure, clock)


def describe_failures(failures: list[ImageFailure]) -> list[str]:
    """One line for each kind of failure, with the first address it met."""
    groups: dict[str, list[ImageFailure]] = {}
    for failure in sorted(failures, key=lambda item: item.address):
        groups.setdefault(failure.code, []).append(failure)
    return [
        group[0].problem + (f", and {len(group) - 1} more pictures like it" if len(group) > 1 else "")
        for _, group in sorted(groups.items())
    ]
