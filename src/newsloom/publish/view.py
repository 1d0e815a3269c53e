"""What a published site is made from, and the order it is shown in.

`SiteView` is the input of everything readers see; `compile_edition` sorts it once into the lists that
pages, feeds and API files are cut from, so that no page has to look through all records again. Pure:
nothing here reads a file or the time. It does not judge: what is shown was decided in `curate/`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from newsloom.curate.table import story_of
from newsloom.images import Gallery
from newsloom.publish.dates import Moment, localise, tell_moment
from newsloom.publish.links import Links, find_base
from newsloom.publish.words import Words, find_words
from newsloom.records import Image, Provider, Record, Story, Topic

if TYPE_CHECKING:
    from newsloom.publish.cards import ProviderMark

_Key = TypeVar("_Key")

HOLD = "hold"  # an editor's word that keeps a record from every page


class Organization(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is known of a provider beyond its name.

    `standing` is how far it is trusted, 0 to 100, None when nobody has said; `standing_reason` says
    who did and why.
    """

    domain: str
    name: str
    description: str = ""
    images: tuple[Image, ...] = ()
    country: str | None = None
    owner: str | None = None
    standing: int | None = None
    standing_reason: str = ""


class SourceNote(Struct, frozen=True, kw_only=True):
    """A source as readers may be told of it: nothing in it is secret, its figures are rounded.

    `home` is where people read it and `feed` where programs do, "" where that is not for all. `standing`
    is how it fares, as `newsloom sources health` has it, or "local" for the desk's own files; `code` is what
    is wrong. `success` is the percentage of polls answered, `lag` the usual seconds from publication to poll,
    `news` the time of its newest entry.
    """

    name: str
    kind: str
    home: str = ""
    host: str = ""
    feed: str = ""
    provider: str = ""
    standing: str = "new"
    code: str = ""
    success: int | None = None
    daily: float | None = None
    lag: int | None = None
    answered: datetime | None = None
    since: datetime | None = None
    news: datetime | None = None


class Shelf(Struct, frozen=True, kw_only=True):
    """Of a list that is cut into leaves, those that are full for good: how many, and what they end with.

    `last` is the place (`newest_first`) of the newest story on them; `open` names the stories of the list
    that are on none of them.
    """

    leaves: int = 0
    last: tuple[float, str] | None = None
    open: tuple[str, ...] = ()


NO_SHELF = Shelf()


class Past(Struct, frozen=True, kw_only=True):
    """What an edition has to know of stories that are history: they are published, and stay as they are.

    `parted` tells whether the site keeps history apart, `since` is the first day in play. `stories` stand
    on leaves of lists that are still open. `topics` and `providers` tell of lists by name and domain,
    `joined`, `days`, `told` and `articles` count stories and their articles, `names` has the providers with
    a page.
    """

    parted: bool = False
    since: date = date.min
    stories: tuple[Coverage, ...] = ()
    topics: Mapping[str, Shelf] = field(default_factory=dict)
    providers: Mapping[str, Shelf] = field(default_factory=dict)
    joined: Mapping[str, int] = field(default_factory=dict)
    days: Mapping[date, int] = field(default_factory=dict)
    names: Mapping[str, Provider] = field(default_factory=dict)
    told: int = 0
    articles: int = 0


class Coverage(Struct, frozen=True, kw_only=True):
    """A story that is shown: its lead and the other records of it, best first.

    `change` is that of its heat in a day, None where it is not in the running or younger than that.
    """

    name: str
    lead: Record
    others: tuple[Record, ...] = ()
    change: int | None = None


class SiteView(Struct, frozen=True, kw_only=True):
    """A whole site as it is to be published: settings, topics, providers, records, stories.

    `url` is where readers find the site, `timezone` an IANA name, `publish_at` the quality from which
    a record is shown, `topic` the name of the main topic ("" for none), which the front page stands for,
    `clock` the desk's time (the latest moment any input was observed), `formula` the version of the scores,
    `hub` the WebSub hub that is told when feeds change. `past` is what is published beside the records.
    """

    title: str
    url: str
    clock: datetime
    description: str = ""
    locale: str = "en-US"
    timezone: str = "UTC"
    page_size: int = 20
    publish_at: int = 70
    topic: str = ""
    formula: str = ""
    hub: str = ""
    topics: tuple[Topic, ...] = ()
    organizations: Mapping[str, Organization] = field(default_factory=dict)
    records: Sequence[Record] = ()
    stories: Sequence[Story] = ()
    gallery: Gallery = Gallery()
    sources: Sequence[SourceNote] = ()
    past: Past = Past()


class Edition(Struct, frozen=True, kw_only=True):
    """A site's shown records and stories, sorted and indexed.

    `shown` are records, newest first. `front` is ordered by heat, then newest; `latest` and the lists
    of the indexes are newest first. `by_provider` has the stories a domain leads, `joined` those in
    which it is among the others. `by_day` has days in the site's own zone, the newest day first. `moved`
    gives for each story that was merged into another the one that has its records now. `listed` are the
    stories that lists name, `domains` the providers with a page, `days` counts stories by day; they hold
    what is history too, as far as lists and counts need it. `marks` keeps how pages name providers.
    """

    site: SiteView
    links: Links
    zone: ZoneInfo
    words: Words
    topics: dict[str, Topic]
    shown: tuple[Record, ...]
    front: tuple[Coverage, ...]
    latest: tuple[Coverage, ...]
    by_topic: dict[str, tuple[Coverage, ...]]
    by_provider: dict[str, tuple[Coverage, ...]]
    joined: dict[str, tuple[Coverage, ...]]
    by_day: dict[date, tuple[Coverage, ...]]
    moved: dict[str, str]
    listed: tuple[Coverage, ...]
    domains: frozenset[str]
    days: dict[date, int]
    marks: dict[Provider, ProviderMark] = field(default_factory=dict)

    def count_topic(self, name: str) -> int:
        """How many stories a topic has."""
        ended = self.site.past.topics.get(name, NO_SHELF)
        return ended.leaves * self.site.page_size + len(self.by_topic.get(name, ()))

    def count_led(self, domain: str) -> int:
        """How many stories a provider leads."""
        ended = self.site.past.providers.get(domain, NO_SHELF)
        stories = self.by_provider.get(domain)
        held = len(stories) if stories is not None else len(ended.open)
        return ended.leaves * self.site.page_size + held

    def count_joined(self, domain: str) -> int:
        """In how many stories a provider is among the others."""
        return self.site.past.joined.get(domain, 0) + len(self.joined.get(domain, ()))

    def moment(self, value: datetime) -> Moment:
        """A time in the site's zone and language."""
        return tell_moment(value, self.zone, self.words.locale, self.site.clock)


def compile_edition(site: SiteView) -> Edition:
    """Sort a site into an edition. O(n log n) in records and topics' mentions."""
    zone = ZoneInfo(site.timezone)
    past = site.past
    latest = cover(site.records, site.stories)
    listed = tuple(sorted((*latest, *past.stories), key=_newest_lead_first)) if past.stories else latest
    joined = _index(_join(latest))
    active = {story.lead.article.provider.domain for story in latest}.union(joined)
    by_day = _index((localise(story.lead.article.published, zone).date(), story) for story in latest)
    by_day = {day: stories for day, stories in by_day.items() if day >= past.since}
    return Edition(
        site=site,
        links=find_base(site.url),
        zone=zone,
        words=find_words(site.locale),
        topics={topic.name: topic for topic in site.topics},
        shown=tuple(sorted((one for one in site.records if one.article.shown), key=newest_first)),
        front=tuple(sorted(latest, key=lambda story: -story.lead.article.heat)),
        latest=latest,
        by_topic=_index(
            (topic, story)
            for story in listed
            for topic in story.lead.article.topics
            if _is_open(story, past.topics.get(topic))
        ),
        by_provider=_index(
            (domain, story)
            for story in listed
            if (domain := story.lead.article.provider.domain) in active
            and _is_open(story, past.providers.get(domain))
        ),
        joined=joined,
        by_day=by_day,
        moved=_follow_moved(latest),
        listed=listed,
        domains=frozenset(active.union(past.names)),
        days={day: len(stories) for day, stories in by_day.items()} | dict(past.days),
    )


def _is_open(story: Coverage, shelf: Shelf | None) -> bool:
    """Whether a story is on none of a list's leaves that are full for good."""
    return shelf is None or shelf.last is None or newest_first(story.lead) < shelf.last


def newest_first(record: Record) -> tuple[float, str]:
    """A sort key: newest first, and by name where two are of the same second."""
    return (-record.article.published.timestamp(), record.name)


def find_provider(edition: Edition, domain: str) -> Organization | None:
    """What the site knows of a domain, None when it is not in the register."""
    return edition.site.organizations.get(domain)


def cover(held_records: Iterable[Record], told: Iterable[Story]) -> tuple[Coverage, ...]:
    """The stories whose lead is shown, and each shown record no story holds as its own; newest first."""
    records = {record.name: record for record in held_records}
    shown = sorted((record for record in records.values() if record.article.shown), key=newest_first)
    stories = [_gather(story, records) for story in told if _is_shown(records.get(story.lead))]
    held = {record.name for story in stories for record in (story.lead, *story.others)}
    names = {story.name for story in stories}
    for record in shown:
        if record.name not in held:
            name = story_of(record)
            stories.append(Coverage(name=record.name if name in names else name, lead=record))
            names.add(stories[-1].name)
    return tuple(sorted(stories, key=_newest_lead_first))


def _newest_lead_first(story: Coverage) -> tuple[float, str]:
    return newest_first(story.lead)


def _gather(story: Story, records: Mapping[str, Record]) -> Coverage:
    others = (records[name] for name in story.members if name != story.lead and name in records)
    return Coverage(
        name=story.name,
        lead=records[story.lead],
        others=tuple(record for record in others if record.article.editorial != HOLD),
        change=story.heat - story.heat_before if story.heat_before is not None and story.heat >= 0 else None,
    )


def _follow_moved(stories: Sequence[Coverage]) -> dict[str, str]:
    names = {story.name for story in stories}
    return {
        record.name: story.name
        for story in stories
        for record in (story.lead, *story.others)
        if record.state is not None and record.state.moved and record.name not in names
    }


def _is_shown(record: Record | None) -> bool:
    return record is not None and record.article.shown


def _join(stories: Iterable[Coverage]) -> Iterable[tuple[str, Coverage]]:
    for story in stories:
        own = story.lead.article.provider.domain
        for domain in dict.fromkeys(record.article.provider.domain for record in story.others):
            if domain != own:
                yield domain, story


def _index(pairs: Iterable[tuple[_Key, Coverage]]) -> dict[_Key, tuple[Coverage, ...]]:
    lists: dict[_Key, list[Coverage]] = defaultdict(list)
    for key, story in pairs:
        lists[key].append(story)
    return {key: tuple(stories) for key, stories in lists.items()}
