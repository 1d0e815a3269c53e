"""Times in the site's own zone."""

from __future__ import annotations

from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

from babel import Locale

from newsloom.publish.dates import (
    name_weekdays,
    tell_day,
    tell_moment,
    tell_month,
    write_local,
    write_mail_date,
    write_utc,
)

BERLIN = ZoneInfo("Europe/Berlin")
BRITISH = Locale("en", "GB")


def test_a_moment_is_told_in_the_zone_winter_and_summer() -> None:
    winter = tell_moment(datetime(2026, 11, 24, 23, 30, 59, tzinfo=UTC), BERLIN, BRITISH)
    assert (winter.iso, winter.clock, winter.brief) == ("2026-11-25T00:30:59+01:00", "00:30", "25 Nov")
    assert (winter.text, winter.day) == ("25 November 2026, 00:30", "2026-11-25")
    assert write_local(datetime(2026, 7, 1, tzinfo=UTC), BERLIN) == "2026-07-01T02:00:00+02:00"


def test_another_years_days_name_it() -> None:
    now = datetime(2026, 11, 24, tzinfo=UTC)
    assert tell_moment(datetime(2025, 12, 31, 23, 30, tzinfo=UTC), BERLIN, BRITISH, now).brief == "1 Jan"
    assert (
        tell_moment(datetime(2025, 12, 31, 22, 30, tzinfo=UTC), BERLIN, BRITISH, now).brief == "31 Dec 2025"
    )


def test_machine_forms() -> None:
    value = datetime(2026, 3, 5, 4, 5, 6, 789, tzinfo=BERLIN)
    assert write_utc(value) == "2026-03-05T03:05:06Z"
    assert parsedate_to_datetime(write_mail_date(value)) == value.replace(microsecond=0)


def test_years_have_four_digits() -> None:
    assert write_utc(datetime(990, 1, 2, tzinfo=UTC)) == "0990-01-02T00:00:00Z"


def test_the_edges_of_the_calendar_are_told_too() -> None:
    assert (
        tell_moment(datetime(1, 1, 1, tzinfo=UTC), ZoneInfo("America/New_York"), BRITISH).day == "0001-01-01"
    )
    assert tell_moment(datetime(9999, 12, 31, 23, 59, tzinfo=UTC), BERLIN, BRITISH).clock == "23:59"


def test_days_in_full() -> None:
    assert tell_day(date(2026, 11, 24), BRITISH) == "Tuesday, 24 November 2026"


def test_each_locale_writes_days_its_own_way() -> None:
    value = datetime(2026, 11, 24, 17, 30, tzinfo=UTC)
    told = {tag: tell_moment(value, ZoneInfo("UTC"), Locale.parse(tag)) for tag in ("en_US", "de", "ja")}
    assert [moment.brief for moment in told.values()] == ["Nov 24", "24. Nov.", "11月24日"]
    assert told["en_US"].clock == "5:30\u202fPM"
    assert told["de"].text == "24. November 2026, 17:30"
    assert tell_month(date(2026, 3, 1), Locale("de")) == "März 2026"


def test_weeks_begin_where_the_locale_has_them_begin() -> None:
    assert name_weekdays(Locale("en", "US"))[0] == "Sunday"
    assert name_weekdays(Locale("de", "AT"))[::6] == ("Montag", "Sonntag")
