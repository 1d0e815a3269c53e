"""When an article was published and last changed.

A moment is believed when it lies between `EARLIEST_YEAR` and the moment the page was observed, with
some hours of grace. A moment within minutes of the observation is the page's own clock unless an
article's metadata states it. No date is better than a wrong one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from math import ceil
from typing import Final

from htmldate import find_date
from selectolax.lexbor import LexborNode

from newsloom.extract.address import host_of
from newsloom.extract.frames import is_commentary
from newsloom.extract.jsonld import Linked, as_text
from newsloom.extract.moments import Moment, parse_moment, zone_named
from newsloom.extract.publisher import read_by_rule, rule_of
from newsloom.extract.reading import Reading, choose
from newsloom.extract.rules import METAS, ZONES
from newsloom.extract.tree import Tree
from newsloom.settings import EARLIEST_YEAR, FUTURE_HOURS

_PUBLISHED_METAS: Final = METAS.published
_MODIFIED_METAS: Final = METAS.modified
_IN_PATH: Final = re.compile(
    r"/((?:19|20)\d\d)[/_-]?(0[1-9]|1[0-2]|(?<=[/_-])[1-9])[/_-]?(0[1-9]|[12]\d|3[01]|"
    r"(?<=[/_-])[1-9])(?=[/_.-])"
)
_VISIBLE: Final = ",".join(
    (
        '[itemprop="datePublished"]',
        "time[pubdate]",
        '[class*="publish" i]',
        '[class*="pubdate" i]',
        '[class*="post-date" i]',
        '[class*="entry-date" i]',
        '[class*="article-date" i]',
        '[class*="article__date" i]',
        '[class*="timestamp" i]',
        '[class*="dateline" i]',
        '[class*="byline" i]',
        '[id*="date" i]',
        '[class*="date" i]',
        '[class*="posted" i]',
        '[class*="submitted" i]',
        '[class*="time" i]',
    )
)
_RDFA: Final = ",".join(
    f'[property="{name}"]'
    for name in ("schema:datePublished", "schema:dateCreated", "datePublished", "dc:date", "dcterms:created")
)
_VISIBLE_LIMIT: Final = 30
_TIMES: Final = 20  # `<time>` elements of a page that are read
_LINE_START: Final = 48  # characters at a line's start in which its day stands; running text has others
_LABEL: Final = re.compile(
    r"(?:erschienen am|veröffentlicht am|veröffentlicht:|published on|published:|date published:|"
    r"first published|"
    r"publié le|publicado el|publicado em|pubblicato il|gepubliceerd op|opublikowano|data publikacji|"
    r"(?:fach|presse)?meldung vom|erstellt am)[\s:]{0,6}([^\n]{6,40})",
    re.IGNORECASE,
)
_IN_SCRIPT: Final = re.compile(
    rb"""["']?(?:date_?published|publi(?:sh|cation)_?(?:ed_?)?(?:date|time|at)|pub_?date|first_?published(?:_?at)?|"""
    rb"""date_?created|created_?at|release_?date|date)["']?\s*[:=]\s*["'](\d{4}-\d\d-\d\d[^"']{0,20})["']""",
    re.IGNORECASE,
)
_SEARCHED: Final = 2_000_000  # characters of a page that is searched as a whole
_YEAR_FIRST_LANGUAGES: Final = ("ja", "zh", "ko", "hu", "lt", "en-ca", "en-ph")  # or both orders are in use
_OWN_CLOCK: Final = timedelta(minutes=2)


def local_zone(tree: Tree) -> tzinfo:
    """Give the zone in which this page's publisher writes times that carry none."""
    label = host_of(tree.address).rpartition(".")[2]
    return zone_named(ZONES.get(label, "")) or UTC


def believable(at: datetime, observed: datetime) -> bool:
    """Say whether a moment can be that of a publication seen at `observed`."""
    return at.year >= EARLIEST_YEAR and at <= observed + timedelta(hours=FUTURE_HOURS)


def _moment(text: str, tree: Tree, zone: tzinfo) -> Moment | None:
    if not text:
        return None
    moment = parse_moment(text, zone, month_first=_writes_month_first(tree, zone))
    return moment if moment and believable(moment.at, tree.page.observed) else None


def _writes_month_first(tree: Tree, zone: tzinfo) -> bool | None:
    """Say whether 03/04/2024 is in March here: on American sites, and in no other country's language."""
    root = tree.parser.root
    language = ((root.attributes.get("lang") or "") if root is not None else "").lower().replace("_", "-")
    if language not in {"", "en", "en-us"}:
        return None if language.startswith(_YEAR_FIRST_LANGUAGES) else False
    return True if zone is UTC and host_of(tree.address).endswith((".com", ".us")) else None


def _stated(
    tree: Tree, linked: Linked, zone: tzinfo, keys: tuple[str, ...], metas: tuple[tuple[str, float], ...]
) -> Iterator[Reading[Moment]]:
    confidence = 0.98
    for key in keys:
        moment = _moment(as_text(linked.article.get(key)), tree, zone)
        if moment:
            yield Reading(moment, f"json-ld {key}", confidence)
        confidence -= 0.12
    for name, trust in metas:
        for text in tree.metas.get(name, ())[:1]:
            moment = _moment(text, tree, zone)
            if moment:
                yield Reading(moment, name, trust)


def _marked_up(tree: Tree, zone: tzinfo) -> Iterator[Reading[Moment]]:
    for node in tree.times[:_TIMES]:
        values = node.attributes
        text = values.get("datetime") or node.text()
        moment = _moment(text, tree, zone)
        if moment is None:
            continue
        hint = f"{values.get('class')} {values.get('itemprop')}".lower()
        if "modif" in hint or ("updat" in hint and "publ" not in hint) or is_commentary(node):
            continue
        near = tree.surroundings.hold(node)
        if "publ" in hint or "pubdate" in values or "entry-date" in hint:
            confidence = 0.75 if near else 0.66
        else:
            confidence = 0.7 if near else 0.56
        yield Reading(moment, "time beside the headline" if near else "time", confidence)


def _written(node: LexborNode) -> str:
    values = node.attributes
    title = values.get("title") if node.tag == "abbr" else None
    return values.get("content") or values.get("datetime") or title or node.text(separator=" ")


def _visible(tree: Tree, zone: tzinfo) -> Iterator[Reading[Moment]]:
    for node in tree.parser.css(_RDFA)[:4]:
        moment = _moment(_written(node), tree, zone)
        if moment:
            yield Reading(moment, "rdfa", 0.78)
    for node in tree.parser.css(_VISIBLE)[:_VISIBLE_LIMIT]:
        text = _written(node)
        if len(text) > 400 or is_commentary(node):
            continue
        moment = _moment(text, tree, zone)
        if moment and moment.at < tree.page.observed - _OWN_CLOCK:
            itemprop = node.attributes.get("itemprop") == "datePublished"
            yield Reading(moment, "visible date", 0.8 if itemprop else 0.55)


def _beside_headline(tree: Tree, zone: tzinfo) -> Iterator[Reading[Moment]]:
    """Read a day at the start of a line just after the headline, or else just before it."""
    for line in (*tree.surroundings.after, *reversed(tree.surroundings.before)):
        moment = _moment(line[:_LINE_START], tree, zone)
        if moment:
            yield Reading(moment, "beside the headline", 0.57)
            return


def _labelled(tree: Tree, zone: tzinfo) -> Iterator[Reading[Moment]]:
    """Read the day that the page's text calls that of its publication, or that its title ends with."""
    for title in (tree.meta("og:title"), *tree.titles[:1]):
        moment = _moment(title, tree, zone)
        if moment:
            yield Reading(moment, "title", 0.56)
    body = tree.parser.body
    text = body.text(separator=" ") if body is not None else ""
    match = _LABEL.search(text) or _LABEL.search(tree.meta("description", "og:description"))
    moment = _moment(match[1], tree, zone) if match else None
    if moment:
        yield Reading(moment, "labelled date", 0.59)


def _in_scripts(tree: Tree, zone: tzinfo) -> Iterator[Reading[Moment]]:
    match = _IN_SCRIPT.search(tree.page.body)
    moment = _moment(match[1].decode("ascii", "replace"), tree, zone) if match else None
    if moment:
        yield Reading(moment, "script", 0.45)


def _in_address(tree: Tree) -> Iterator[Reading[Moment]]:
    match = _IN_PATH.search(tree.address)
    if match:
        moment = _moment(f"{match[1]}-{match[2]}-{match[3]}", tree, UTC)
        if moment:
            yield Reading(moment, "address", 0.58)


def published_readings(tree: Tree, linked: Linked) -> list[Reading[Moment]]:
    """Give every moment the page names as that of its publication."""
    zone = local_zone(tree)
    ruled = [
        Reading(moment, reading.source, reading.confidence)
        for reading in read_by_rule(tree, rule_of(tree).published)
        if (moment := _moment(reading.value, tree, zone))
    ]
    found = ruled + list(
        _stated(tree, linked, zone, ("datePublished", "uploadDate", "dateCreated"), _PUBLISHED_METAS)
    )
    if not found or max(reading.confidence for reading in found) < 0.8:
        found += [*_marked_up(tree, zone), *_in_address(tree)]
        if not any(reading.confidence >= 0.6 for reading in found):
            found += [*_visible(tree, zone), *_beside_headline(tree, zone)]
        if not any(reading.confidence >= 0.57 for reading in found):
            found += _labelled(tree, zone)
    return found or list(_in_scripts(tree, zone)) or list(_searched(tree))


def _searched(tree: Tree) -> Iterator[Reading[Moment]]:
    """Search the whole page for a day with htmldate: slow, so only where nothing names one.

    The day of the observation itself is not taken: pages print today's date. Nor is the first of
    January, which htmldate answers when it found no more than a year.
    """
    markup = tree.parser.html
    if not markup or len(markup) > _SEARCHED:
        return
    latest = tree.page.observed - timedelta(days=1)
    day = find_date(markup, original_date=True, url=tree.address, max_date=latest.strftime("%Y-%m-%d"))
    moment = _moment(day, tree, UTC) if day and not day.endswith("-01-01") else None
    comments = (_moment(_written(node), tree, UTC) for node in tree.times[:_TIMES] if is_commentary(node))
    if moment and moment.at.date() not in {other.at.date() for other in comments if other}:
        yield Reading(moment, "htmldate", 0.35)


def modified_readings(tree: Tree, linked: Linked) -> list[Reading[Moment]]:
    """Give every moment the page names as that of its last change."""
    zone = local_zone(tree)
    return [*_stated(tree, linked, zone, ("dateModified",), _MODIFIED_METAS), *_revised(tree, zone)]


def _revised(tree: Tree, zone: tzinfo) -> Iterator[Reading[Moment]]:
    for node in tree.times[:_TIMES]:
        if node.attributes.get("itemprop") == "dateModified":
            moment = _moment(node.attributes.get("datetime") or node.text(), tree, zone)
            if moment:
                yield Reading(moment, "microdata dateModified", 0.8)


_ZONE_STEP: Final = 30  # minutes: zones lie whole half hours apart
_ZONE_MINUTES: Final = 14 * 60
_HALF_DAY: Final = timedelta(hours=12)


def local_offset(chosen: Moment, readings: list[Reading[Moment]], tree: Tree) -> int:
    """Give the minutes east of UTC of the zone in which the publisher's readers saw a moment.

    Many pages state moments in UTC and betray their zone elsewhere: by another moment with a zone, by the
    same moment on a clock without one, by the day in their address, or at least by their country.
    Only the day that readers saw depends on it.
    """
    if chosen.offset or not chosen.timed:
        return chosen.offset
    for reading in readings:
        other = reading.value
        if other.zoned and other.offset:
            return other.offset
        minutes = round((other.at - chosen.at).total_seconds() / 60)
        if other.timed and minutes and minutes % _ZONE_STEP == 0 and abs(minutes) <= _ZONE_MINUTES:
            return minutes
    return _offset_of_day(chosen.at, tree)


def _offset_of_day(at: datetime, tree: Tree) -> int:
    stated = next(_in_address(tree), None)
    if stated is None:
        return _minutes(local_zone(tree).utcoffset(at.replace(tzinfo=None)))
    day, end = stated.value.at, stated.value.at + timedelta(days=1)
    if day - _HALF_DAY <= at < day:
        return 60 * ceil((day - at) / timedelta(hours=1))
    if end <= at < end + _HALF_DAY:
        return -60 * (int((at - end) / timedelta(hours=1)) + 1)
    return 0


def _minutes(offset: timedelta | None) -> int:
    return int(offset.total_seconds()) // 60 if offset is not None else 0


def choose_moment(readings: list[Reading[Moment]]) -> Reading[Moment] | None:
    """Choose by confidence; a day without a time takes the time another reading gives for that day."""
    best = choose(readings)
    if best is None or best.value.timed:
        return best
    for reading in sorted(readings, key=lambda item: -item.confidence):
        if (
            reading.value.timed
            and abs(reading.value.at - best.value.at) < timedelta(hours=24)
            and reading.confidence >= 0.6
        ):
            return reading
    return best
