"""From the many ways in which pages write a moment to UTC.

Only writes that can mean one moment are read: `03/04/2024` is refused unless one of the numbers is
past 12. Whether a moment may be believed is decided in `dates.py`.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct

_ISO: Final = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]+(\d{1,2})[:.h](\d{2})(?::?(\d{2}))?(?:[.,]\d+)?\s*(Z|UTC|GMT|"
    r"[+-]\d{1,2}:?\d{2}|[+-]\d{2}|[A-Z]{3,4})?)?",
    re.IGNORECASE,
)
_COMPACT: Final = re.compile(r"^(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?(Z|[+-]\d{4})?)?$")
_CLOCK: Final = re.compile(
    r"\b(\d{1,2})[:.h](\d{2})(?:[:.](\d{2}))?\s*(a\.?m\.?|p\.?m\.?)?\s*(?:\(?\s*((?:GMT|"
    r"UTC)(?:\s*[+-]\d{1,2}:?\d{0,2})?|[A-Z]{2,4}|Z|[+-]\d{2}:?\d{2}))?",
    re.IGNORECASE,
)
_HOUR: Final = re.compile(r"\b(\d{1,2})\s*(a\.?m\.?|p\.?m\.?)\b\s*([A-Z]{2,4})?", re.IGNORECASE)
_DAY_MONTH: Final = re.compile(
    r"\b(\d{1,2})(?:st|nd|rd|th|er|\.|º)?[\s/-]+(?:de\s+|of\s+|"
    r"d[ei]\s+)?([^\W\d_]{3,12})\.?,?[\s/-]+(?:de\s+|del\s+)?(\d{4})\b"
)
_MONTH_DAY: Final = re.compile(r"\b([^\W\d_]{3,12})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b")
_NUMERIC: Final = re.compile(r"\b(\d{1,2})([./-])(\d{1,2})\2(\d{4})\b")
_SHORT_YEAR: Final = re.compile(
    r"(?<![\d.])(\d{1,2})\.(\d{1,2})\.(\d{2})(?![\d.])"
)  # day.month.year, as in German
_YEAR_FIRST: Final = re.compile(r"\b(\d{4})[./](\d{1,2})[./](\d{1,2})\b")
_CJK: Final = re.compile(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]")
_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "january jan januar jänner janvier janv enero ene gennaio gen janeiro januari styczeń "
            "stycznia stycz января янв ocak oca leden ledna ianuarie ιανουαρίου januára січня",
            "february feb februar februari février févr fév febrero febbraio fevereiro fev luty lutego "
            "lut февраля фев şubat şub únor února februarie φεβρουαρίου лютого helmikuuta",
            "march mar märz mär mrz mars marzo março maart mrt marzec marca марта mart březen března "
            "martie μαρτίου березня maaliskuuta",
            "april apr avril avr abril abr aprile kwiecień kwietnia kwi апреля апр nisan nis duben "
            "dubna aprilie απριλίου квітня huhtikuuta",
            "may mai mayo maggio mag maio mei maj maja мая май mayıs květen května μαΐου травня toukokuuta",
            "june jun juni juin junio giugno giu junho czerwiec czerwca cze июня июн haziran haz červen "
            "června iunie ιουνίου червня kesäkuuta",
            "july jul juli juillet juil julio luglio lug julho lipiec lipca lip июля июл temmuz tem "
            "červenec července iulie ιουλίου липня heinäkuuta",
            "august aug août aout agosto ago augustus sierpień sierpnia sie августа авг ağustos ağu "
            "srpen srpna αυγούστου серпня elokuuta augusti",
            "september sep sept septembre septiembre settembre set setembro wrzesień września wrz "
            "сентября сен eylül eyl září septembrie σεπτεμβρίου вересня syyskuuta",
            "october oct oktober okt octobre octubre ottobre ott outubro out październik października "
            "paź октября окт ekim eki říjen října octombrie οκτωβρίου жовтня lokakuuta",
            "november nov novembre noviembre novembro listopad listopada lis ноября ноя kasım kas "
            "noiembrie νοεμβρίου листопада marraskuuta",
            "december dec dezember dez décembre déc diciembre dic dicembre dezembro grudzień grudnia "
            "gru декабря дек aralık ara prosinec prosince decembrie δεκεμβρίου грудня joulukuuta",
        ),
        1,
    )
    for name in names.split()
}
_ZONES: Final = {
    "z": 0,
    "gmt": 0,
    "utc": 0,
    "wet": 0,
    "bst": 60,
    "cet": 60,
    "cest": 120,
    "mez": 60,
    "mesz": 120,
    "eet": 120,
    "eest": 180,
    "msk": 180,
    "ist": 330,
    "jst": 540,
    "kst": 540,
    "sgt": 480,
    "hkt": 480,
    "aest": 600,
    "aedt": 660,
    "acst": 570,
    "awst": 480,
    "nzst": 720,
    "nzdt": 780,
    "est": -300,
    "edt": -240,
    "cst": -360,
    "cdt": -300,
    "mst": -420,
    "mdt": -360,
    "pst": -480,
    "pdt": -420,
    "sast": 120,
    "wib": 420,
    "trt": 180,
    "ndt": -150,
    "adt": -180,
    "ast": -240,
}
_GENERAL: Final = {
    "et": "America/New_York",
    "ct": "America/Chicago",
    "mt": "America/Denver",
    "pt": "America/Los_Angeles",
    "uhr": "",
    "est": "America/New_York",
    "pst": "America/Los_Angeles",
    "cst": "America/Chicago",
}


class Moment(Struct, frozen=True):
    """A moment in UTC, and what the page said of it: a time of day, a zone and its minutes east."""

    at: datetime
    timed: bool
    zoned: bool
    offset: int = 0


@lru_cache(maxsize=256)
def zone_named(name: str) -> tzinfo | None:
    """Give a zone by its IANA name; None when this machine does not know it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _zone(text: str | None) -> tzinfo | None:
    if not text:
        return None
    key = text.strip().lower().replace(" ", "")
    if key in _GENERAL:  # pages write EST all summer and mean the zone of New York
        return zone_named(_GENERAL[key])
    if key in _ZONES:
        return timezone(timedelta(minutes=_ZONES[key]))
    match = re.fullmatch(r"(?:gmt|utc)?([+-])(\d{1,2}):?(\d{2})?", key)
    if match is None:
        return None
    minutes = int(match[2]) * 60 + int(match[3] or 0)
    return (
        timezone(timedelta(minutes=minutes if match[1] == "+" else -minutes)) if minutes <= 14 * 60 else None
    )


def _build(
    day: tuple[int, int, int], clock: tuple[int, int, int] | None, zone: tzinfo | None, local: tzinfo
) -> Moment | None:
    hour, minute, second = clock or (0, 0, 0)
    if clock is None:
        local = UTC  # a day without a time stays that day whatever the zone
    try:
        at = datetime(*day, hour % 24, minute, min(second, 59), tzinfo=zone or local)
        offset = at.utcoffset() or timedelta()
        at = at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return Moment(at, clock is not None, zone is not None, int(offset.total_seconds() // 60))


def _number(text: str | None) -> int:
    return int(text) if text else 0


def _clock(text: str) -> tuple[tuple[int, int, int] | None, tzinfo | None]:
    match = _CLOCK.search(text)
    if match:
        hour, half, zone = int(match[1]), match[4], _zone(match[5])
        minute, second = int(match[2]), _number(match[3])
    else:
        plain = _HOUR.search(text)
        if plain is None:
            return None, None
        hour, half, zone, minute, second = int(plain[1]), plain[2], _zone(plain[3]), 0, 0
    if half and hour <= 12:
        hour = hour % 12 + (12 if half[0] in "pP" else 0)
    return ((hour, minute, second), zone) if hour < 25 and minute < 60 else (None, None)


def _parse_iso(match: re.Match[str], local: tzinfo) -> Moment | None:
    day = (int(match[1]), int(match[2]), int(match[3]))
    clock = (int(match[4]), int(match[5]), _number(match[6])) if match[4] else None
    if clock and (clock[0] > 24 or clock[1] > 59):
        clock = None
    return _build(day, clock, _zone(match[7]), local)


def _parse_epoch(text: str) -> Moment | None:
    seconds = int(text) / (1000 if len(text) >= 13 else 1)
    try:
        return Moment(datetime.fromtimestamp(seconds, UTC), True, True)
    except (OverflowError, OSError, ValueError):
        return None


def _numeric_day(match: re.Match[str], month_first: bool | None) -> tuple[int, int, int] | None:
    first, second, year = int(match[1]), int(match[3]), int(match[4])
    if match[2] == "." or first > 12:
        return (year, second, first)
    if second > 12 or month_first:
        return (year, first, second)
    return (year, second, first) if first == second or month_first is False else None


def _find_day(text: str, month_first: bool | None) -> tuple[tuple[int, int, int], int, int] | None:
    for pattern, order in ((_DAY_MONTH, (3, 2, 1)), (_MONTH_DAY, (3, 1, 2))):
        for match in pattern.finditer(text):
            month = _MONTHS.get(match[order[1]].lower())
            if month:
                return (int(match[order[0]]), month, int(match[order[2]])), match.start(), match.end()
    for pattern in (_CJK, _YEAR_FIRST):
        found = pattern.search(text)
        if found:
            return (int(found[1]), int(found[2]), int(found[3])), found.start(), found.end()
    found = _NUMERIC.search(text)
    day = _numeric_day(found, month_first) if found else None
    if found is None and (found := _SHORT_YEAR.search(text)):
        day = (2000 + int(found[3]), int(found[2]), int(found[1]))
    return (day, found.start(), found.end()) if found and day else None


def parse_moment(text: str, local: tzinfo = UTC, *, month_first: bool | None = None) -> Moment | None:
    """Read a moment; `local` stands in for a missing zone. None when the text names no one day.

    `month_first` says how 03/04/2024 is meant on this page, None where nobody knows.

    Cost is linear in the text, of which only the first 200 characters are read.
    """
    text = " ".join(text[:200].split())
    if not text:
        return None
    if text.isdigit() and len(text) in {10, 13} and text[0] in "123456789":
        return _parse_epoch(text)
    match = _ISO.search(text)
    if match:
        return _parse_iso(match, local)
    match = _COMPACT.match(text)
    if match:
        clock = (int(match[4]), int(match[5]), _number(match[6])) if match[4] else None
        return _build((int(match[1]), int(match[2]), int(match[3])), clock, _zone(match[7]), local)
    found = _find_day(text, month_first)
    if found is None:
        return None
    day, start, end = found
    clock, zone = _clock(text[end:])
    if clock is None:
        clock, zone = _clock(text[:start])
    return _build(day, clock, zone, local)
