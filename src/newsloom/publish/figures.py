"""The desk in figures: what was published by day, and how topics share the weeks, as small pictures.

Pictures are drawn on the server as SVG of plain rectangles; the same numbers stand in a table beside each,
for those who would rather read them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from msgspec import Struct

from newsloom.publish.cards import ProviderMark, TopicMark, mark_provider, mark_topics
from newsloom.publish.dates import localise, tell_brief, tell_day
from newsloom.publish.view import Coverage, Edition

DAYS: Final = (14, 56)  # days of the first picture, fewest and most: eight weeks show weekends coming back
WEEKS: Final = (4, 12)  # weeks of the second: a season; a young site has fewer
SHARES: Final = 6  # topics with a colour of their own; more cannot be told apart
TOP: Final = 10  # providers of the table
_GAP: Final = 0.18  # of a column's width left free beside it


class Block(Struct, frozen=True, kw_only=True):
    """A rectangle of a picture in percent of its width and height; `share` numbers its colour."""

    left: float
    top: float
    width: float
    height: float
    share: int = 0


class Row(Struct, frozen=True, kw_only=True):
    """A line of the table beside a picture."""

    label: str
    numbers: tuple[int, ...]
    href: str | None = None


class Chart(Struct, frozen=True, kw_only=True):
    """A picture with its table. `first` and `last` label its ends, its full height stands for `most`."""

    blocks: tuple[Block, ...]
    rows: tuple[Row, ...]
    first: str
    last: str
    most: int


class ProviderRow(Struct, frozen=True, kw_only=True):
    """A provider with the stories it led, joined, and was first with."""

    provider: ProviderMark
    led: int
    joined: int
    first: int


class Figures(Struct, frozen=True, kw_only=True):
    """The page of figures; `legend` names the topics of the second picture in the order of their colours."""

    stories: int
    articles: int
    providers: int
    days: Chart
    weeks: Chart
    legend: tuple[TopicMark, ...]
    leaders: tuple[ProviderRow, ...]


def compose_figures(edition: Edition) -> Figures:
    """The figures of an edition, up to the day of the desk's clock."""
    today = localise(edition.site.clock, edition.zone).date()
    topics = _rank_topics(edition, today)
    return Figures(
        stories=edition.site.past.told + len(edition.latest),
        articles=edition.site.past.articles + sum(1 + len(story.others) for story in edition.latest),
        providers=len(edition.domains),
        days=_draw_days(edition, today),
        weeks=_draw_weeks(edition, today, topics),
        legend=mark_topics(topics, edition),
        leaders=_list_leaders(edition),
    )


def _draw_days(edition: Edition, today: date) -> Chart:
    count = _fit((today - _find_start(edition, today)).days + 1, DAYS)
    days = [today - timedelta(days=back) for back in range(count - 1, -1, -1)]
    counts = [edition.days.get(day, 0) for day in days]
    most = max([1, *counts])
    blocks = (place_block(at, len(days), 0.0, count / most, 0) for at, count in enumerate(counts) if count)
    locale = edition.words.locale
    rows = (
        Row(label=tell_day(day, locale), numbers=(count,), href=edition.links.day(day.isoformat()))
        for day, count in zip(reversed(days), reversed(counts), strict=True)
        if count
    )
    return Chart(
        blocks=tuple(blocks),
        rows=tuple(rows),
        first=tell_brief(days[0], locale),
        last=tell_brief(days[-1], locale),
        most=most,
    )


def _draw_weeks(edition: Edition, today: date, topics: Sequence[str]) -> Chart:
    """Each week's stories by the topic that tells them best, in shares of the week; the rest on top."""
    monday = today - timedelta(days=today.weekday())
    count = _fit((monday - _find_start(edition, today)).days // 7 + 2, WEEKS)
    weeks = [monday - timedelta(weeks=back) for back in range(count - 1, -1, -1)]
    locale = edition.words.locale
    blocks: list[Block] = []
    rows: list[Row] = []
    for at, week in enumerate(weeks):
        counts = _count_week(edition, week, topics)
        total = sum(counts)
        below = 0
        for share, count in enumerate(counts):
            if count:
                blocks.append(place_block(at, len(weeks), below / total, count / total, share))
                below += count
        if total:
            rows.append(Row(label=tell_brief(week, locale), numbers=tuple(counts)))
    return Chart(
        blocks=tuple(blocks),
        rows=tuple(reversed(rows)),
        first=tell_brief(weeks[0], locale),
        last=tell_brief(weeks[-1], locale),
        most=100,
    )


def _find_start(edition: Edition, today: date) -> date:
    return min((day for day in edition.days if day <= today), default=today)


def _fit(count: int, bounds: tuple[int, int]) -> int:
    return max(bounds[0], min(bounds[1], count))


def place_block(at: int, columns: int, below: float, height: float, share: int) -> Block:
    """A block of one column; `below` and `height` are shares of the picture's height, from its foot."""
    width = 100 / columns
    return Block(
        left=round(at * width + width * _GAP / 2, 2),
        top=round(100 * (1 - below - height), 2),
        width=round(width * (1 - _GAP), 2),
        height=round(100 * height, 2),
        share=share,
    )


def _count_week(edition: Edition, monday: date, topics: Sequence[str]) -> list[int]:
    """The stories of a week by topic, in the order of `topics`, those of no other topic last."""
    counts = [0] * (len(topics) + 1)
    for day in range(7):
        for story in edition.by_day.get(monday + timedelta(days=day), ()):
            topic = _tell_topic(story, edition)
            counts[topics.index(topic) if topic in topics else len(topics)] += 1
    return counts


def _rank_topics(edition: Edition, today: date) -> list[str]:
    """The topics with most stories of the last weeks."""
    since = today - timedelta(weeks=WEEKS[1])
    told = (
        _tell_topic(story, edition)
        for day, stories in edition.by_day.items()
        if day > since
        for story in stories
    )
    counts = Counter(topic for topic in told if topic in edition.topics)
    return sorted(counts, key=lambda topic: (-counts[topic], topic))[:SHARES]


def _tell_topic(story: Coverage, edition: Edition) -> str:
    """The topic that tells a story from others: the first that is not what the whole site is about."""
    topics = story.lead.article.topics
    return next((topic for topic in topics if topic != edition.site.topic), "")


def _list_leaders(edition: Edition) -> tuple[ProviderRow, ...]:
    """The providers that led most stories, with those they were the first to report of several."""
    firsts = Counter(
        min(
            (story.lead, *story.others), key=lambda record: (record.article.published, record.name)
        ).article.provider.domain
        for story in edition.latest
        if story.others
    )
    ranked = sorted(edition.by_provider.items(), key=lambda pair: (-edition.count_led(pair[0]), pair[0]))[
        :TOP
    ]
    return tuple(
        ProviderRow(
            provider=mark_provider(stories[0].lead.article.provider, edition),
            led=edition.count_led(domain),
            joined=edition.count_joined(domain),
            first=firsts[domain],
        )
        for domain, stories in ranked
    )
