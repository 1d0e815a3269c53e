"""The lists readers browse: topics, providers, days, and the calendar of the archive."""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Final

from msgspec import Struct

from newsloom.publish.cards import (
    Card,
    Picture,
    ProviderMark,
    TopicMark,
    find_kept_logo,
    mark_provider,
    mark_topics,
)
from newsloom.publish.dates import localise, name_weekdays, tell_day, tell_month
from newsloom.publish.safety import clean_picture_url, clean_text, clean_url
from newsloom.publish.view import Coverage, Edition, find_provider
from newsloom.records import Image, Topic

ACTIVE_PROVIDERS: Final = 8  # of a topic, named beside its stories
COVERED_TOPICS: Final = 8  # of a provider
JOINED_STORIES: Final = 10  # of a provider, listed beside those it leads
SHADES: Final = 4  # of a calendar's days, by number of stories


class DayGroup(Struct, frozen=True, kw_only=True):
    """Stories of one day in a longer list."""

    day: str
    text: str
    href: str
    cards: tuple[Card, ...]


class Tally(Struct, frozen=True, kw_only=True):
    """How many stories a provider or a topic has."""

    count: int
    provider: ProviderMark | None = None
    topic: TopicMark | None = None


class TopicEntry(Struct, frozen=True, kw_only=True):
    """A topic in the directory; `depth` is 1 below another topic."""

    topic: TopicMark
    description: str
    keywords: tuple[str, ...]
    count: int
    depth: int


class TopicPage(Struct, frozen=True, kw_only=True):
    """What a topic's page says of the topic itself."""

    name: str
    description: str
    parent: TopicMark | None
    children: tuple[TopicMark, ...]
    providers: tuple[Tally, ...]


class ProviderPage(Struct, frozen=True, kw_only=True):
    """What a provider's page says of the provider itself."""

    name: str
    domain: str
    home: str | None
    description: str
    portrait: Picture | None
    country: str
    owner: str
    standing: int | None
    standing_reason: str
    led: int
    joined: int
    topics: tuple[Tally, ...]
    others: tuple[Card, ...]


class DayCell(Struct, frozen=True, kw_only=True):
    """A square of the calendar; `number` is None outside the month, `href` where there are no stories."""

    number: int | None = None
    count: int = 0
    href: str | None = None
    level: int = 0


class Month(Struct, frozen=True, kw_only=True):
    """A month of the calendar; `weekdays` are the names of its columns."""

    id: str
    text: str
    total: int
    weeks: tuple[tuple[DayCell, ...], ...]
    weekdays: tuple[str, ...]


def group_days(
    stories: Sequence[Coverage], cards: Mapping[str, Card], edition: Edition
) -> tuple[DayGroup, ...]:
    """Stories that are newest first, parted by day."""
    groups = groupby(stories, key=lambda story: localise(story.lead.article.published, edition.zone).date())
    return tuple(
        DayGroup(
            day=day.isoformat(),
            text=tell_day(day, edition.words.locale),
            href=edition.links.day(day.isoformat()),
            cards=tuple(cards[story.name] for story in group),
        )
        for day, group in groups
    )


def list_topics(edition: Edition) -> Iterator[TopicEntry]:
    """The topics with their stories counted, each topic's children right after it."""
    names = set(edition.topics)
    for topic in edition.site.topics:
        if topic.parent not in names:
            yield _enter(topic, edition, 0)
            yield from (_enter(child, edition, 1) for child in _descend(topic, edition, {topic.name}))


def describe_topic(topic: Topic, edition: Edition) -> TopicPage:
    """The head and the margin of a topic's page."""
    stories = edition.by_topic.get(topic.name, ())
    providers = Counter(story.lead.article.provider.domain for story in stories)
    return TopicPage(
        name=clean_text(topic.name),
        description=clean_text(topic.description or ""),
        parent=mark_topics([topic.parent], edition)[0] if topic.parent else None,
        children=mark_topics(
            (other.name for other in edition.site.topics if other.parent == topic.name), edition
        ),
        providers=tally_providers(dict(providers.most_common(ACTIVE_PROVIDERS)), edition),
    )


def tally_providers(counts: Mapping[str, int], edition: Edition) -> tuple[Tally, ...]:
    """Providers with their numbers of stories, the most first."""
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(Tally(count=count, provider=_mark_domain(domain, edition)) for domain, count in ranked)


def describe_provider(domain: str, edition: Edition, cards: Mapping[str, Card]) -> ProviderPage:
    """The head and the margin of a provider's page."""
    known, mark = find_provider(edition, domain), _mark_domain(domain, edition)
    led, joined = edition.by_provider.get(domain, ()), edition.joined.get(domain, ())
    topics = Counter(name for story in led for name in story.lead.article.topics)
    ranked = sorted(topics.items(), key=lambda pair: (-pair[1], pair[0]))[:COVERED_TOPICS]
    return ProviderPage(
        name=mark.name,
        domain=mark.domain,
        home=clean_url(f"https://{domain}/"),
        description=clean_text(known.description) if known else "",
        portrait=_choose_portrait(known.images, edition) if known else mark.logo,
        country=_name_country(known.country, edition) if known and known.country else "",
        owner=clean_text(known.owner or "") if known else "",
        standing=known.standing if known else None,
        standing_reason=clean_text(known.standing_reason) if known else "",
        led=edition.count_led(domain),
        joined=edition.count_joined(domain),
        topics=tuple(Tally(count=count, topic=mark_topics([name], edition)[0]) for name, count in ranked),
        others=tuple(cards[story.name] for story in joined[:JOINED_STORIES]),
    )


def _name_country(country: str, edition: Edition) -> str:
    """A country by its name in the site's language where the register has its code, else as it has it."""
    return str(edition.words.locale.territories.get(country.strip().upper()) or clean_text(country))


def list_months(edition: Edition) -> Iterator[Month]:
    """The archive's calendar, the newest month first; months without a story are left out."""
    counts = edition.days
    most = max(counts.values(), default=1)
    locale = edition.words.locale
    for year, month in sorted({(day.year, day.month) for day in counts}, reverse=True):
        weeks = calendar.Calendar(locale.first_week_day).monthdayscalendar(year, month)
        yield Month(
            id=f"{year:04}-{month:02}",
            text=tell_month(date(year, month, 1), locale),
            weekdays=name_weekdays(locale),
            total=sum(count for day, count in counts.items() if (day.year, day.month) == (year, month)),
            weeks=tuple(
                tuple(_cell((year, month, day), counts, most, edition) for day in week) for week in weeks
            ),
        )


def _cell(when: tuple[int, int, int], counts: Mapping[date, int], most: int, edition: Edition) -> DayCell:
    """One square; the day is 0 where the week reaches into another month."""
    if when[2] == 0:
        return DayCell()
    day = date(*when)
    count = counts.get(day, 0)
    if not count:
        return DayCell(number=day.day)
    level = 1 + (SHADES - 1) * count // most
    return DayCell(number=day.day, count=count, href=edition.links.day(day.isoformat()), level=level)


def _descend(topic: Topic, edition: Edition, seen: set[str]) -> Iterator[Topic]:
    """A topic's children and theirs; a ring of parents ends where it closes."""
    for child in edition.site.topics:
        if child.parent == topic.name and child.name not in seen:
            seen.add(child.name)
            yield child
            yield from _descend(child, edition, seen)


def _enter(topic: Topic, edition: Edition, depth: int) -> TopicEntry:
    return TopicEntry(
        topic=TopicMark(name=clean_text(topic.name), href=edition.links.topic(topic.id)),
        description=clean_text(topic.description or ""),
        keywords=tuple(map(clean_text, topic.keywords)),
        count=edition.count_topic(topic.name),
        depth=depth,
    )


def _mark_domain(domain: str, edition: Edition) -> ProviderMark:
    """A provider by its domain alone: as the register or any of its articles names it."""
    if (known := edition.site.past.names.get(domain)) is not None:
        return mark_provider(known, edition)
    for story in (*edition.by_provider.get(domain, ())[:1], *edition.joined.get(domain, ())[:1]):
        for record in (story.lead, *story.others):
            if record.article.provider.domain == domain:
                return mark_provider(record.article.provider, edition)
    raise LookupError(domain)


def _choose_portrait(images: Iterable[Image], edition: Edition) -> Picture | None:
    """The largest picture of a provider."""
    images = tuple(images)
    kept = find_kept_logo(images, edition)
    if kept is not None:
        return Picture(url=edition.links.file(f"{kept.folder}/{kept.widths[0].webp}"))
    for image in sorted(images, key=lambda image: -(image.width or 0)):
        url = clean_picture_url(image.url, edition.links)
        if url is not None:
            return Picture(url=url, width=image.width, height=image.height)
    return None
