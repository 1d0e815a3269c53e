"""The dates of feeds: RFC 822 and ISO 8601 as they should be, and the many ways in which they are written."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from newsloom import settings
from newsloom.extract.moments import parse_moment

_CHARACTERS: Final = 80  # of a date; longer ones are text by mistake
_MONTHS: Final = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_ZONES: Final = {  # minutes east; RFC 822 knows no more, and letters of the military's count as UTC
    "ut": 0, "gmt": 0, "utc": 0, "est": -300, "edt": -240, "cst": -360, "cdt": -300, "mst": -420,
    "mdt": -360, "pst": -480, "pdt": -420,
}  # fmt: skip
# The weekday is not looked at: many are wrong, and the date without it is whole.
_RFC: Final = re.compile(
    r"(?:[^\W\d_]+\.?,?\s*)?(\d{1,2})[ -]([A-Za-z]{3})[a-z]*\.?,?[ -](\d{4}|\d{2}),?\s+"
    r"(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.\d+)?)?\s*(?:([+-])(\d{2}):?(\d{2})|([A-Za-z]{1,3}))?"
    r"(?:\s*\([^)]*\))?",
    re.ASCII,
)
_ISO: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?\s*(?:([+-])(\d\d):?(\d\d)|(Z))?)?",
    re.ASCII | re.IGNORECASE,
)
_UNIX: Final = re.compile(
    r"[^\W\d_]+\.?,?\s+([^\W\d_]+)\s+(\d{1,2})\s+([\d:]{4,8})\s+(?:(\S{1,9})\s+)?(\d{4})"
)
_SHORT_YEAR: Final = re.compile(r"(\d{1,2}[\s-]+[^\W\d_]{3,12}\.?[\s-]+)(\d\d)(?=[\s,]|$)")
_MIDNIGHT: Final = re.compile(r"\b24:00(?::00)?\b")
_LATEST_ZONE: Final = 14 * 60  # minutes
_DAY: Final = timedelta(days=1)


def read_moment(text: str | None, observed: datetime) -> datetime | None:
    """Give a feed's date in UTC; None when there is none, or none to believe."""
    text = " ".join(text.split()) if text else ""
    if not text or len(text) > _CHARACTERS:
        return None
    found = _read_rfc(text) or _read_iso(text) or _read_odd(text)
    if found is None or found.year < settings.EARLIEST_YEAR:
        return None
    return found if found <= observed + timedelta(days=settings.FEED_FUTURE_DAYS) else None


def _read_rfc(text: str) -> datetime | None:
    match = _RFC.fullmatch(text)
    month = _MONTHS.get(match[2].lower()) if match else None
    if match is None or month is None:
        return None
    name = (match[10] or "").lower()
    minutes = _ZONES.get(name) if len(name) > 1 else 0
    if minutes is None:
        return None
    if match[7]:
        minutes = _count_minutes(match[7], match[8], match[9])
    clock = (int(match[4]), int(match[5]), int(match[6] or 0))
    return _build(_full_year(match[3]), month, int(match[1]), clock, minutes)


def _read_iso(text: str) -> datetime | None:
    match = _ISO.fullmatch(text)
    if match is None:
        return None
    clock = (int(match[4] or 0), int(match[5] or 0), int(match[6] or 0))
    minutes = _count_minutes(match[7], match[8], match[9]) if match[7] else 0
    return _build(int(match[1]), int(match[2]), int(match[3]), clock, minutes)


def _read_odd(text: str) -> datetime | None:
    """Read any other way of writing: months in other languages, Unix' `date`, seconds since 1970."""
    text = _UNIX.sub(r"\2 \1 \5 \3 \4", text, count=1)
    text = _SHORT_YEAR.sub(lambda match: f"{match[1]}{_full_year(match[2])}", text, count=1)
    text, midnights = _MIDNIGHT.subn("00:00:00", text, count=1)
    moment = parse_moment(text)
    if moment is None:
        return None
    try:
        return moment.at.replace(microsecond=0) + midnights * _DAY
    except OverflowError:
        return None


def _full_year(text: str) -> int:
    year = int(text)
    return year if len(text) > 2 else year + (2000 if year < 70 else 1900)


def _count_minutes(sign: str, hours: str, minutes: str) -> int:
    found = 60 * int(hours) + int(minutes)
    found = found if found <= _LATEST_ZONE else 0
    return found if sign == "+" else -found


def _build(year: int, month: int, day: int, clock: tuple[int, int, int], minutes: int) -> datetime | None:
    """Give the moment of these numbers; midnight may be written as 24:00, and a leap second is the last."""
    hour, minute, second = clock
    late = hour == 24 and minute == 0
    zone = timezone(timedelta(minutes=minutes)) if minutes else UTC
    try:
        at = datetime(year, month, day, 0 if late else hour, minute, min(second, 59), tzinfo=zone)
        return (at + _DAY if late else at).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
