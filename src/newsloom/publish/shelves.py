"""What is published of history and stays as it is: full leaves of lists, counts, and which files are final.

Lists of topics and providers are cut into leaves from the oldest story on. A leaf whose stories are all
history is full for good, and the shelf of its list remembers how many there are and where the newest of them
ends; the stories after that are named, so that the next pass can recall them. Pure: shelves and an edition
in, the next shelves out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from msgspec import Struct, field
from msgspec.structs import replace

from newsloom.curate.table import story_of
from newsloom.publish.dates import localise
from newsloom.publish.links import make_segment
from newsloom.publish.outputs import Part
from newsloom.publish.view import NO_SHELF, Coverage, Edition, Past, Shelf, newest_first
from newsloom.records import Provider


class Shelves(Struct, frozen=True, kw_only=True):
    """What a pass leaves for the next one to go on from.

    `made_by` is a digest of what all pages are made by, `frame` one of what all of them show. What is
    published before `horizon` is history. `current` names the stories that are not. `register` has a digest
    of each provider, `edited` the names an editor's word was about. The rest is as in `Past`, with days by
    name.
    """

    made_by: str
    horizon: datetime
    frame: bytes = b""
    topics: dict[str, Shelf] = field(default_factory=dict)
    providers: dict[str, Shelf] = field(default_factory=dict)
    joined: dict[str, int] = field(default_factory=dict)
    days: dict[str, int] = field(default_factory=dict)
    names: dict[str, Provider] = field(default_factory=dict)
    told: int = 0
    articles: int = 0
    current: frozenset[str] = frozenset()
    register: dict[str, str] = field(default_factory=dict)
    edited: frozenset[str] = frozenset()

    def describe(self, zone: ZoneInfo, stories: tuple[Coverage, ...]) -> Past:
        """What an edition has to know, with the stories that stand on open leaves."""
        return Past(
            parted=True,
            since=localise(self.horizon, zone).date(),
            stories=stories,
            topics=self.topics,
            providers=self.providers,
            joined=self.joined,
            days={date.fromisoformat(day): count for day, count in self.days.items()},
            names=self.names,
            told=self.told,
            articles=self.articles,
        )

    def list_open(self, domains: Iterable[str]) -> set[str]:
        """The stories on open leaves of all topics' lists and of these providers'."""
        shelves = [*self.topics.values(), *(self.providers.get(domain, NO_SHELF) for domain in domains)]
        return {name for shelf in shelves for name in shelf.open} - self.current


def name_story(story: Coverage) -> str:
    """The story a coverage's lead is of."""
    return story_of(story.lead)


def turn_over(
    before: Shelves, edition: Edition, current: frozenset[str], recalled: frozenset[str]
) -> Shelves:
    """The shelves after a pass: `before` has its horizon already, `current` are the stories still in play.

    `recalled` names the stories that were there before the pass.
    """
    size, horizon = edition.site.page_size, before.horizon
    topics = {
        name: _fill(before.topics.get(name, NO_SHELF), edition.by_topic.get(name, ()), size, horizon)
        for name in edition.topics
    }
    providers = before.providers | {
        domain: _fill(before.providers.get(domain, NO_SHELF), stories, size, horizon)
        for domain, stories in edition.by_provider.items()
    }
    over = [story for story in edition.latest if name_story(story) not in current]
    fresh = [s for s in over if name_story(s) in before.current or name_story(s) not in recalled]
    known = recalled - before.current
    back = [s for s in edition.latest if name_story(s) in current and name_story(s) in known]
    return replace(
        before,
        topics=topics,
        providers=providers,
        joined=_count_joined(before.joined, fresh, back),
        days=before.days | _list_days(edition, horizon),
        names=before.names | _list_names(edition.latest),
        told=before.told + len(fresh) - len(back),
        articles=before.articles + _count_articles(fresh) - _count_articles(back),
        current=current,
    )


def _fill(shelf: Shelf, stories: Sequence[Coverage], size: int, horizon: datetime) -> Shelf:
    """A list's shelf with the leaves that are history now; `stories` are those on none before, newest first.

    The newest full leaf stays open: the address of the one after it is not known yet.
    """
    full = max(0, len(stories) // size - 1)
    ended, last = 0, shelf.last
    for number in range(1, full):
        start = len(stories) - number * size
        leaf = stories[start : start + size]
        if any(story.lead.article.published >= horizon for story in leaf):
            break
        ended, last = number, newest_first(leaf[0].lead)
    left = stories[: len(stories) - ended * size]
    return Shelf(leaves=shelf.leaves + ended, last=last, open=tuple(name_story(story) for story in left))


def _count_joined(
    before: Mapping[str, int], fresh: Iterable[Coverage], back: Iterable[Coverage]
) -> dict[str, int]:
    counts = Counter(before)
    counts.update(domain for story in fresh for domain in _list_joined(story))
    counts.subtract(domain for story in back for domain in _list_joined(story))
    return {domain: count for domain, count in counts.items() if count > 0}


def _list_joined(story: Coverage) -> set[str]:
    others = {record.article.provider.domain for record in story.others}
    return others - {story.lead.article.provider.domain}


def _count_articles(stories: Iterable[Coverage]) -> int:
    return sum(1 + len(story.others) for story in stories)


def _list_days(edition: Edition, horizon: datetime) -> dict[str, int]:
    """The days that are history now."""
    since = localise(horizon, edition.zone).date()
    return {day.isoformat(): len(stories) for day, stories in edition.by_day.items() if day < since}


def _list_names(stories: Iterable[Coverage]) -> dict[str, Provider]:
    return {
        record.article.provider.domain: record.article.provider
        for story in stories
        for record in (story.lead, *story.others)
    }


def part_pages(after: Shelves, edition: Edition, gone: Iterable[str]) -> Part:
    """What to leave alone below `public/`; `gone` are stories that are history no more."""
    over = _list_over(after, edition)
    since = localise(after.horizon, edition.zone).date().isoformat()
    leaves = {("topics", make_segment(t.id)): after.topics[t.name].leaves for t in edition.site.topics}
    leaves |= {("providers", make_segment(d)): shelf.leaves for d, shelf in after.providers.items()}
    idle = {make_segment(domain) for domain in after.names.keys() - _list_active(after, edition)}

    def is_final(path: str) -> bool:
        kind, name, *rest = path.split("/") if "/" in path else ("", path)
        if kind in {"stories", "previews"}:
            return (rest[0].removesuffix(".png") if kind == "previews" and rest else name) in over
        if kind == "archive":
            return len(name) == len(since) and name < since
        if kind == "providers" and name in idle:
            return True
        if rest[:1] == ["page"]:
            return int(rest[1]) <= leaves.get((kind, name), 0)
        return name.startswith("sitemap-") and "sitemap-0" < name.removesuffix(".xml") < f"sitemap-{since}"

    return Part(is_final=is_final, is_kept=_keep_providers(edition), gone=[*_list_pages(gone)])


def _keep_providers(edition: Edition) -> Callable[[str], bool]:
    """Pages of providers of whom nothing is in play stay, as long as they lead or join a story."""
    planned = {make_segment(domain) for domain in (*edition.by_provider, *edition.joined)}
    kept = {make_segment(domain) for domain in edition.domains} - planned

    def is_kept(path: str) -> bool:
        kind, _, rest = path.partition("/")
        return kind == "providers" and rest.partition("/")[0] in kept

    return is_kept


def _list_active(after: Shelves, edition: Edition) -> set[str]:
    """The providers of whom a story stays in play."""
    return {
        record.article.provider.domain
        for story in edition.latest
        if name_story(story) in after.current
        for record in (story.lead, *story.others)
    }


def part_api(after: Shelves, edition: Edition, gone: Iterable[str]) -> Part:
    """What to leave alone below `api/`."""
    over = _list_over(after, edition)

    def is_final(path: str) -> bool:
        kind, name, *_ = path.split("/")
        return kind == "stories" and name in over

    files = [f"stories/{make_segment(name)}/index.json" for name in gone]
    return Part(is_final=is_final, is_kept=lambda _: False, gone=files)


def _list_over(after: Shelves, edition: Edition) -> frozenset[str]:
    """The segments of stories, and of those merged into them, that are history from now on."""
    over = {story.name for story in edition.latest if name_story(story) not in after.current}
    moved = {name for name, story in edition.moved.items() if story in over}
    return frozenset(map(make_segment, over | moved))


def _list_pages(gone: Iterable[str]) -> Iterator[str]:
    for name in gone:
        yield f"stories/{make_segment(name)}/index.html"
        yield f"previews/stories/{make_segment(name)}.png"
