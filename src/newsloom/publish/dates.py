"""Times as readers see them: absolute, in the site's own zone, without asking what time it is now.

A page that says "3 hours ago" is wrong as soon as it is written and changes at every pass; a date stays
true. Month and day names are written here because those of the C library depend on the machine.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct

MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_HTTP_DAYS: Final = tuple(day[:3] for day in DAYS)
_HTTP_MONTHS: Final = tuple(month[:3] for month in MONTHS)


class Moment(Struct, frozen=True, kw_only=True):
    """One time in several words: `iso` with offset, `clock` 05:30, `brief` the day alone, `text` in full.

    `brief` is `24 Nov`, and `24 Nov 2025` for a time outside the current year.
    """

    iso: str
    clock: str
    brief: str
    day: str
    text: str


def localise(value: datetime, zone: ZoneInfo) -> datetime:
    """A time in a zone; at the very edges of the calendar, where that has no such time, in UTC."""
    try:
        return value.astimezone(zone)
    except OverflowError:
        return value.astimezone(UTC)


def tell_moment(value: datetime, zone: ZoneInfo, now: datetime | None = None) -> Moment:
    """A time in the words readers see, in a zone; `now` is the desk's clock, whose year goes unsaid."""
    local = localise(value, zone)
    year = f" {local.year}" if now is not None and localise(now, zone).year != local.year else ""
    clock = f"{local.hour:02}:{local.minute:02}"
    return Moment(
        iso=write_local(value, zone),
        clock=clock,
        brief=f"{local.day} {MONTHS[local.month - 1][:3]}{year}",
        day=local.date().isoformat(),
        text=f"{local.day} {MONTHS[local.month - 1]} {local.year}, {clock}",
    )


def tell_day(day: date) -> str:
    """A day in full: Tuesday, 24 November 2026."""
    return f"{DAYS[day.weekday()]}, {day.day} {MONTHS[day.month - 1]} {day.year}"


def write_local(value: datetime, zone: ZoneInfo) -> str:
    """ISO 8601 to the second with the zone's offset: 2026-11-24T05:30:00+01:00."""
    return localise(value, zone).isoformat(timespec="seconds")


def write_utc(value: datetime) -> str:
    """ISO 8601 to the second in UTC: 2026-11-24T04:30:00Z."""
    return f"{value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def write_mail_date(value: datetime) -> str:
    """The date form of RFC 5322, which RSS asks for: Tue, 24 Nov 2026 04:30:00 +0000."""
    utc = value.astimezone(UTC)
    day = f"{_HTTP_DAYS[utc.weekday()]}, {utc.day:02} {_HTTP_MONTHS[utc.month - 1]} {utc.year:04}"
    return f"{day} {utc:%H:%M:%S} +0000"
