"""The owner's report: the desk on one page that stands alone, with no script and no request to anyone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from babel.units import format_unit
from msgspec import Struct
from msgspec.structs import replace

from newsloom.publish.cards import ProviderMark, mark_provider
from newsloom.publish.dates import Moment
from newsloom.publish.figures import Chart, Figures, compose_figures, place_block
from newsloom.publish.links import Links
from newsloom.publish.pass_figures import Passes, PassNote, Quantity, count_up, sum_passes
from newsloom.publish.safety import clean_text
from newsloom.publish.sources import SourcePage, compose_sources
from newsloom.publish.theme import render, write_inline_style
from newsloom.publish.view import Edition, SiteView, compile_edition, find_provider
from newsloom.publish.words import mark
from newsloom.records import Record

PROVIDERS: Final = 40  # rows of the table of providers: those with fewer articles are a long tail
_STEP: Final = 10  # points of a column of the picture of quality
_SIDE: Final = 10  # columns to each side of the bar; what lies beyond is in the last
_BELOW: Final = 6  # number of the colour of what is under the bar, and of what reaches it
_ABOVE: Final = 3
_MEGABYTE: Final = 1_000_000

# How reasons of the gate begin or end, as `curate/gate.py` words them; the first that fits counts.
_REASONS: Final = (
    ("quality", " is below ", mark("quality is below the bar")),
    ("quality", " reaches ", mark("quality reaches the bar")),
    ("covered by ", "", mark("listed in the story that another article leads")),
    ("an editor published", "", mark("an editor published it")),
    ("an editor holds", "", mark("an editor holds it")),
    ("held: embargo", "", mark("held until the embargo ends")),
    ("held: provider quota", "", mark("held, as its provider has enough better ones that day")),
    ("held: the language", "", mark("held for its language")),
    ("held: ", "", mark("held for its provider")),
    ("", "", mark("no reason is kept")),
)
_PLACES: Final[Mapping[str, str]] = {
    "_news": mark("documents"),
    "_data": mark("topics, providers, notes"),
    "api": mark("JSON API"),
    "public": mark("pages"),
    "assets": mark("pictures"),
    ".newsloom": mark("index, keys, caches"),
    ".git": mark("history"),
}


class Folder(Struct, frozen=True, kw_only=True):
    """A folder of the site with its files and their bytes."""

    name: str
    files: int
    size: int


class Report(Struct, frozen=True, kw_only=True):
    """Everything the report shows."""

    title: str
    home: str
    moment: Moment
    records: str
    figures: Figures
    bar: int
    quality: Chart
    qualities: tuple[Quantity, ...]
    gate: tuple[Quantity, ...]
    sources: SourcePage
    passes: Passes
    providers: tuple[Quantity, ...]
    more_providers: int
    topics: tuple[Quantity, ...]
    folders: tuple[Quantity, ...]


def print_report(site: SiteView, passes: Sequence[PassNote], folders: Sequence[Folder], days: int) -> bytes:
    """The report as HTML; `passes` are those of the last `days`."""
    home = site.url if site.url.endswith("/") else f"{site.url}/"
    # Links are full addresses: the page may be opened anywhere.
    edition = replace(compile_edition(site), links=Links(origin="", base=home), marks={})
    report = compose_report(edition, passes, folders, days)
    words = edition.words
    return render(
        "report.html",
        words,
        report=report,
        locale=words.tag,
        rtl=words.from_right,
        style=write_inline_style(),
    )


def compose_report(
    edition: Edition, passes: Sequence[PassNote], folders: Sequence[Folder], days: int
) -> Report:
    """The report of an edition."""
    site, figures = edition.site, compose_figures(edition)
    leaders = tuple(replace(row, provider=_bare(row.provider)) for row in figures.leaders)
    providers = _list_providers(edition)
    quality, qualities = _draw_quality(edition)
    return Report(
        title=clean_text(site.title),
        home=edition.links.base,
        moment=edition.moment(site.clock),
        records=count_up(len(site.records), edition),
        figures=replace(figures, leaders=leaders),
        bar=site.publish_at,
        quality=quality,
        qualities=qualities,
        gate=_count_reasons(edition),
        sources=compose_sources(edition),
        passes=sum_passes(passes, edition, days),
        providers=providers[:PROVIDERS],
        more_providers=max(0, len(providers) - PROVIDERS),
        topics=_list_topics(edition),
        folders=_list_folders(folders, edition),
    )


def _draw_quality(edition: Edition) -> tuple[Chart, tuple[Quantity, ...]]:
    """How many articles have which quality: columns of which one begins at the bar, and the numbers."""
    bar = edition.site.publish_at
    places = Counter(
        max(-_SIDE, min(_SIDE - 1, (record.article.quality - bar) // _STEP))
        for record in edition.site.records
    )
    low, high = min([-1, *places]), max([0, *places])
    most = max([1, *places.values()])
    blocks = (
        place_block(at - low, high - low + 1, 0.0, number / most, _BELOW if at < 0 else _ABOVE)
        for at, number in sorted(places.items())
    )
    ends = {at: (str(bar + at * _STEP), str(bar + at * _STEP + _STEP - 1)) for at in range(low, high + 1)}
    ends[-_SIDE] = ("…", str(bar - (_SIDE - 1) * _STEP - 1))
    ends[_SIDE - 1] = (str(bar + (_SIDE - 1) * _STEP), "…")
    rows = (
        Quantity(label=" – ".join(ends[at]), numbers=(count_up(places[at], edition),))
        for at in range(high, low - 1, -1)
    )
    chart = Chart(
        blocks=tuple(blocks),
        rows=(),
        first=str(bar + low * _STEP),
        last=str(bar + (high + 1) * _STEP),
        most=most,
    )
    return chart, tuple(rows)


def _count_reasons(edition: Edition) -> tuple[Quantity, ...]:
    counts = Counter(
        _name_reason(record.state.gate if record.state else "") for record in edition.site.records
    )
    say = edition.words.say
    return tuple(
        Quantity(label=say(reason), numbers=(count_up(number, edition),))
        for reason, number in counts.most_common()
    )


def _name_reason(gate: str) -> str:
    return next(name for start, inside, name in _REASONS if gate.startswith(start) and inside in gate)


def _list_providers(edition: Edition) -> tuple[Quantity, ...]:
    """The providers of the desk with all their articles, those shown, and their standing."""
    groups: dict[str, list[Record]] = {}
    for record in edition.site.records:
        groups.setdefault(record.article.provider.domain, []).append(record)
    ranked = sorted(groups.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    return tuple(_tell_provider(domain, records, edition) for domain, records in ranked)


def _tell_provider(domain: str, records: Sequence[Record], edition: Edition) -> Quantity:
    known, named = find_provider(edition, domain), mark_provider(records[0].article.provider, edition)
    standing = known.standing if known else None
    shown = sum(record.article.shown for record in records)
    return Quantity(
        label=named.name,
        more=clean_text(known.standing_reason) if known else "",
        href=named.href,
        numbers=(
            count_up(len(records), edition),
            count_up(shown, edition),
            "–" if standing is None else count_up(standing, edition),
        ),
    )


def _list_topics(edition: Edition) -> tuple[Quantity, ...]:
    """The topics with all their articles and those shown, in the order of the first number."""
    held = Counter(topic for record in edition.site.records for topic in set(record.article.topics))
    shown = Counter(topic for record in edition.shown for topic in set(record.article.topics))
    ranked = sorted(edition.topics.values(), key=lambda topic: (-held[topic.name], topic.name))
    return tuple(
        Quantity(
            label=clean_text(topic.name),
            href=edition.links.topic(topic.id),
            numbers=(count_up(held[topic.name], edition), count_up(shown[topic.name], edition)),
        )
        for topic in ranked
    )


def _list_folders(folders: Iterable[Folder], edition: Edition) -> tuple[Quantity, ...]:
    say, locale = edition.words.say, edition.words.locale
    return tuple(
        Quantity(
            label=f"{folder.name}/",
            more=say(_PLACES[folder.name]) if folder.name in _PLACES else "",
            numbers=(
                count_up(folder.files, edition),
                str(
                    format_unit(round(folder.size / _MEGABYTE, 1), "digital-megabyte", "short", locale=locale)
                ),
            ),
        )
        for folder in folders
    )


def _bare(provider: ProviderMark) -> ProviderMark:
    """A provider without its logo, which would be a request to someone."""
    return replace(provider, logo=None)
