"""What stands where on the front page.

The hottest story leads, the next three stand beside it, then come the day's others by heat, beside them
the newest by time, and below topics in columns with what is left of theirs. No story stands twice, but that
what is new may be in its topic's column too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from newsloom.publish.cards import Card, TopicMark, mark_topics
from newsloom.publish.dates import Moment, tell_day
from newsloom.publish.dossier import Report, list_others
from newsloom.publish.view import Coverage, Edition

LEAD_REPORTS: Final = 4  # other headlines under the leading story
SECONDS: Final = 3  # stories beside the leading one: about as tall as it is
STREAM: Final = 8  # stories below, by heat: about as tall as the newest beside them
LATEST: Final = 12  # the newest of the rest
COLUMNS: Final = 9  # topics with a column: three rows of three on a wide screen
COLUMN_ROW: Final = 3  # columns of a row; a row that would not be full is left out
COLUMN_STORIES: Final = 5  # stories of a column
COLUMN_LEAST: Final = 2  # stories a column needs, of those that stand nowhere before it
SHIFTS: Final = 3  # stories named among those that rose, and among those that cooled
SHIFT_LEAST: Final = 10  # points of heat in a day from which a change is told


class Column(Struct, frozen=True, kw_only=True):
    """A topic's column: `total` is how many stories the topic has."""

    topic: TopicMark
    cards: tuple[Card, ...]
    total: int


class Shift(Struct, frozen=True, kw_only=True):
    """A story whose heat changed within a day, by so many points."""

    card: Card
    change: int


class Front(Struct, frozen=True, kw_only=True):
    """The front page; `lead` is None when nothing is shown. `reports` are the lead's other headlines."""

    today: str
    updated: Moment
    lead: Card | None
    reports: tuple[Report, ...]
    seconds: tuple[Card, ...]
    stream: tuple[Card, ...]
    latest: tuple[Card, ...]
    columns: tuple[Column, ...]
    risen: tuple[Shift, ...] = ()
    cooled: tuple[Shift, ...] = ()


def compose_front(edition: Edition, cards: Mapping[str, Card]) -> Front:
    """The front page of an edition; `cards` are by story name."""
    ranked = [cards[story.name] for story in edition.front]
    lead, seconds = ranked[:1], _with_pictures_first(ranked[1 : 1 + SECONDS])
    stream = ranked[1 + SECONDS : 1 + SECONDS + STREAM]
    above = {card.name for card in (*lead, *seconds, *stream)}
    fresh = _take((cards[story.name] for story in edition.latest), above, LATEST)
    reports = list_others(edition.front[0], edition)[:LEAD_REPORTS] if lead else ()
    clock = edition.site.clock
    return Front(
        today=tell_day(clock.astimezone(edition.zone).date(), edition.words.locale),
        updated=edition.moment(clock),
        lead=_drop_named(lead[0], reports) if lead else None,
        reports=reports,
        seconds=tuple(seconds),
        stream=tuple(stream),
        latest=fresh,
        columns=_list_columns(edition, cards, above),
        risen=_list_shifts(edition, cards, 1),
        cooled=_list_shifts(edition, cards, -1),
    )


def _drop_named(lead: Card, reports: Sequence[Report]) -> Card:
    """The leading card without its list of other providers, where the reports under it name them all."""
    named = {report.provider.domain for report in reports}
    told = not lead.also_more and all(provider.domain in named for provider in lead.also)
    return replace(lead, also=()) if told else lead


def _list_shifts(edition: Edition, cards: Mapping[str, Card], sign: int) -> tuple[Shift, ...]:
    """The stories that rose most in a day (`sign` 1) or cooled most (-1)."""
    changed = [
        Shift(card=cards[story.name], change=story.change)
        for story in edition.front
        if story.change is not None and sign * story.change >= SHIFT_LEAST
    ]
    return tuple(sorted(changed, key=lambda shift: -sign * shift.change)[:SHIFTS])


def _with_pictures_first(cards: Sequence[Card]) -> list[Card]:
    return sorted(cards, key=lambda card: card.picture is None)


def _take(cards: Iterable[Card], taken: set[str], most: int) -> tuple[Card, ...]:
    chosen: list[Card] = []
    for card in cards:
        if len(chosen) == most:
            break
        if card.name not in taken:
            chosen.append(card)
    return tuple(chosen)


def _list_columns(edition: Edition, cards: Mapping[str, Card], above: set[str]) -> tuple[Column, ...]:
    """The topics with most stories, the main topic left out: the whole page is about it."""
    topics = [topic for topic in edition.site.topics if topic.name != edition.site.topic]
    sizes = {topic.name: edition.count_topic(topic.name) for topic in topics}
    taken, columns = set(above), list[Column]()
    for topic in sorted(topics, key=lambda topic: -sizes[topic.name]):
        stories = sorted(edition.by_topic.get(topic.name, ())[: 10 * COLUMN_STORIES], key=_hottest_first)
        chosen = _take((cards[story.name] for story in stories), taken, COLUMN_STORIES)
        if len(chosen) >= COLUMN_LEAST and len(columns) < COLUMNS:
            taken.update(card.name for card in chosen)
            mark = mark_topics([topic.name], edition)[0]
            columns.append(Column(topic=mark, cards=chosen, total=sizes[topic.name]))
    return tuple(_level_rows(columns))


def _level_rows(columns: Sequence[Column]) -> Iterator[Column]:
    """Full rows of columns alone, and none in a row with more than one story more than another."""
    for row in range(len(columns) // COLUMN_ROW):
        beside = columns[row * COLUMN_ROW : (row + 1) * COLUMN_ROW]
        most = 1 + min(len(column.cards) for column in beside)
        yield from (replace(column, cards=column.cards[:most]) for column in beside)


def _hottest_first(story: Coverage) -> int:
    return -story.lead.article.heat
