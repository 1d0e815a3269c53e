"""Times as readers see them: absolute, in the site's own zone, without asking what time it is now.

A page that says "3 hours ago" is wrong as soon as it is written and changes at every pass; a date stays
true. Days and months are written as the site's locale does it (CLDR, through Babel), on every machine
the same.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from functools import cache, lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import DateTimePattern, match_skeleton
from msgspec import Struct

from newsloom.settings import PUBLISH_MOMENTS

_DAY_MONTH: Final = "MMMd"  # CLDR's names of forms: which parts are told, in whatever order
_DAY_MONTH_YEAR: Final = "yMMMd"
_MONTH_YEAR: Final = "yMMMM"


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


@lru_cache(maxsize=PUBLISH_MOMENTS)
def tell_moment(value: datetime, zone: ZoneInfo, locale: Locale, now: datetime | None = None) -> Moment:
    """A time in the words readers see, in a zone; `now` is the desk's clock, whose year goes unsaid."""
    local = localise(value, zone)
    day, other_year = local.date(), now is not None and localise(now, zone).year != local.year
    clock = _tell_clock(local.time().replace(second=0, microsecond=0), locale)
    return Moment(
        iso=local.isoformat(timespec="seconds"),
        clock=clock,
        brief=_apply(_find_form(locale, _DAY_MONTH_YEAR if other_year else _DAY_MONTH), day, locale),
        day=day.isoformat(),
        text=f"{_apply(locale.date_formats['long'], day, locale)}, {clock}",
    )


@lru_cache(maxsize=24 * 60)
def _tell_clock(moment: time, locale: Locale) -> str:
    return str(locale.time_formats["short"].apply(moment, locale))


@lru_cache(maxsize=PUBLISH_MOMENTS)
def _apply(form: DateTimePattern, day: date, locale: Locale) -> str:
    return str(form.apply(day, locale))


def tell_brief(day: date, locale: Locale) -> str:
    """A day in short, without its year: 24 Nov."""
    return _apply(_find_form(locale, _DAY_MONTH), day, locale)


def tell_day(day: date, locale: Locale) -> str:
    """A day in full: Tuesday, 24 November 2026."""
    return _apply(locale.date_formats["full"], day, locale)


def tell_month(month: date, locale: Locale) -> str:
    """A month of a year: November 2026."""
    return _apply(_find_form(locale, _MONTH_YEAR), month, locale)


def name_weekdays(locale: Locale) -> tuple[str, ...]:
    """The days of the week in full, from the one a week begins with there."""
    names = locale.days["stand-alone"]["wide"]
    return tuple(names[(locale.first_week_day + place) % 7] for place in range(7))


@cache
def _find_form(locale: Locale, parts: str) -> DateTimePattern:
    """The locale's own pattern for these parts of a date; the medium one where it has none."""
    found = match_skeleton(parts, locale.datetime_skeletons)
    form: DateTimePattern = locale.datetime_skeletons[found] if found else locale.date_formats["medium"]
    return form


def write_local(value: datetime, zone: ZoneInfo) -> str:
    """ISO 8601 to the second with the zone's offset: 2026-11-24T05:30:00+01:00."""
    return localise(value, zone).isoformat(timespec="seconds")


def write_utc(value: datetime) -> str:
    """ISO 8601 to the second in UTC: 2026-11-24T04:30:00Z."""
    return f"{value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def write_mail_date(value: datetime) -> str:
    """The date form of RFC 5322, which RSS asks for: Tue, 24 Nov 2026 04:30:00 +0000."""
    return format_datetime(value.astimezone(UTC))
