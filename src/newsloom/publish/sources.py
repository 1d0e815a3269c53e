"""The page of sources: where the news comes from, how each source fares, and the list for other readers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Final

from babel.dates import format_timedelta
from babel.numbers import format_decimal, format_percent
from babel.units import format_unit
from msgspec import Struct

from newsloom.publish.cards import ProviderMark, mark_provider
from newsloom.publish.dates import localise, tell_brief
from newsloom.publish.safety import clean_text, clean_url
from newsloom.publish.view import Edition, SourceNote
from newsloom.publish.words import mark
from newsloom.records import Provider
from newsloom.sources.opml import Outline, format_opml

_KINDS: Final[Mapping[str, str]] = {
    "feed": mark("feed"),
    "sitemap": mark("sitemap"),
    "listing": mark("page of links"),
    "folder": mark("saved pages"),
    "warc": mark("recording"),
    "opml": mark("list of feeds"),
}
_STANDINGS: Final[Mapping[str, str]] = {
    "well": mark("answers well"),
    "told": mark("answers, but something is wrong"),
    "gone": mark("gone for good"),
    "paused": mark("paused"),
    "local": mark("read from the desk’s own files"),
    "new": mark("not read yet"),
}
_CONCERN: Final = ("gone", "failing", "told", "well", "local", "new", "paused")  # the troubled ones first

_DOWN: Final = (mark("Its server could not be reached."), mark("It is asked again later."))
_REFUSED: Final = (
    mark("Its server refuses programs."),
    mark("The desk can ask its publisher for a feed that may be read."),
)
_CLOSED: Final = (
    mark("It asks for a log-in, a payment or consent."),
    mark("What is not open to everyone is not read here."),
)
_LOST: Final = (
    mark("There is nothing at its address any more."),
    mark("The desk has to find its new address, or remove it."),
)
_OTHER: Final = (mark("It could not be read."), mark("The desk has to look into it."))
_UNREADABLE: Final = (
    mark("What it answers cannot be read as a list of articles."),
    mark("The desk has to check its address."),
)
_EMPTY: Final = (
    mark("None of its entries is an article."),
    mark("The desk can look for another feed of the same site."),
)
_SILENT: Final = (
    mark("It brings nothing new for much longer than is usual for it."),
    mark("The desk can look for another feed of the same site."),
)
_CLOCK: Final = (mark("It dates articles into the future."), mark("Such dates are not believed."))
_MOVED: Final = (mark("It has moved for good."), mark("It is read at its new address."))
_CAUSES: Final = {
    _DOWN: "refused-connection unreachable proxy tls cut-short timeout robots-unreachable retry-later "
    "too-many-requests server-error unavailable empty broken-coding",
    _REFUSED: "blocked-by-robots forbidden bot-wall legal",
    _CLOSED: "login paywall consent",
    _LOST: "dns not-found gone parked soft-404",
    _UNREADABLE: "not-a-feed broken-feed not-a-sitemap broken-sitemap not-a-listing no-entries entities "
    "selector too-deep",
    _EMPTY: "no-articles",
    _SILENT: "silent",
    _CLOCK: "clock",
    _MOVED: "moved",
}
_CAUSE_OF: Final = {code: cause for cause, codes in _CAUSES.items() for code in codes.split()}


class SourceRow(Struct, frozen=True, kw_only=True):
    """A source on the page. `told` is how it fares, `cause` and `remedy` what is wrong and what helps."""

    name: str
    kind: str
    standing: str
    told: str
    home: str | None = None
    host: str = ""
    provider: ProviderMark | None = None
    cause: str = ""
    remedy: str = ""
    facts: tuple[str, ...] = ()


class SourcePage(Struct, frozen=True, kw_only=True):
    """The page of sources: how many there are of each standing, and the sources, the troubled ones first."""

    total: int
    well: int
    failing: int
    paused: int
    rows: tuple[SourceRow, ...]
    listed: int  # in the list for other readers


def compose_sources(edition: Edition) -> SourcePage:
    """The sources of an edition."""
    notes = edition.site.sources
    counts = Counter(note.standing for note in notes)
    rows = (_compose_row(note, edition) for note in notes)
    return SourcePage(
        total=len(notes),
        well=counts["well"] + counts["local"],
        failing=counts["failing"] + counts["gone"],
        paused=counts["paused"],
        rows=tuple(sorted(rows, key=lambda row: (_CONCERN.index(row.standing), row.name.casefold()))),
        listed=sum(1 for note in notes if note.feed),
    )


def build_opml(edition: Edition) -> bytes:
    """The feeds that everyone may read, as OPML 2."""
    outlines = (
        Outline(address=note.feed, title=clean_text(note.name), site=clean_url(note.home) or "")
        for note in edition.site.sources
        if clean_url(note.feed)
    )
    return format_opml(outlines, clean_text(edition.site.title))


def _compose_row(note: SourceNote, edition: Edition) -> SourceRow:
    say, host = edition.words.say, clean_text(note.host)
    troubled = note.standing in {"failing", "gone", "told"}
    cause, remedy = _CAUSE_OF.get(note.code, _OTHER) if troubled else ("", "")
    return SourceRow(
        name=clean_text(note.name) or host or say("Unknown"),
        kind=say(_KINDS.get(note.kind, "feed")),
        standing=note.standing,
        told=_tell_standing(note, edition),
        home=clean_url(note.home),
        host=host,
        provider=_find_provider(note, edition),
        cause=say(cause) if cause else "",
        remedy=say(remedy) if remedy else "",
        facts=tuple(_tell_facts(note, edition)),
    )


def _tell_standing(note: SourceNote, edition: Edition) -> str:
    say, zone, locale = edition.words.say, edition.zone, edition.words.locale
    if note.standing == "failing":
        if note.since is None:
            return say("failing")
        return say("failing since %(day)s", day=tell_brief(localise(note.since, zone).date(), locale))
    if note.standing == "told" and note.code == "silent" and note.news is not None:
        days = max(1, (edition.site.clock - note.news).days)
        return say("silent for %(time)s", time=format_unit(days, "duration-day", locale=locale))
    return say(_STANDINGS[note.standing])


def _tell_facts(note: SourceNote, edition: Edition) -> Iterator[str]:
    say, locale = edition.words.say, edition.words.locale
    if note.success is not None:
        share = format_percent(note.success / 100, locale=locale)
        yield say("%(share)s of requests answered", share=share)
    if note.daily is not None:
        yield say("entries a day: %(number)s", number=format_decimal(note.daily, locale=locale))
    if note.lag is not None:
        span = format_timedelta(timedelta(seconds=note.lag), granularity="minute", threshold=1, locale=locale)
        yield say("read %(time)s after publication", time=span)
    if note.answered is not None:
        day = localise(note.answered, edition.zone).date()
        yield say("last answered on %(day)s", day=tell_brief(day, locale))


def _find_provider(note: SourceNote, edition: Edition) -> ProviderMark | None:
    """The provider a source is of, as far as this site has a page of it."""
    for domain in (note.provider, note.host):
        if domain and domain in edition.domains:
            return mark_provider(Provider(name=domain, domain=domain), edition)
    return None
