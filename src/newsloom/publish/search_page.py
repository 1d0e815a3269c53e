"""The page of search: what it shows, alike in the export, where a script fills it, and on a live desk.

Results are cards made from the listings of the search index alone, so a live desk needs nothing else of the
site. Places of found words come as positions; `<mark>` is written by the template around escaped text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from msgspec import Struct, structs

from newsloom.publish.api import encode_item, write_json
from newsloom.publish.cards import (
    Picture,
    ProviderMark,
    TopicMark,
    draw_mark,
    find_address,
    mark_provider,
    mark_topics,
)
from newsloom.publish.dates import Moment, tell_moment
from newsloom.publish.feeds import FEED_FORMS
from newsloom.publish.links import Links
from newsloom.publish.press import PUBLIC, FeedLink, Frame, Page, Turn
from newsloom.publish.previews import SITE
from newsloom.publish.safety import clean_text
from newsloom.publish.theme import PAGE_POLICY, name_asset, render
from newsloom.publish.view import Edition
from newsloom.publish.words import find_words
from newsloom.records import Record
from newsloom.search import RELEVANCE, TIME, Facet, Hit, Label, Listing, Results
from newsloom.search.export import EXPORT, build_export
from newsloom.search.marking import cut_marks

Pieces = tuple[tuple[str, bool], ...]


class SearchFrame(Struct, frozen=True, kw_only=True):
    """What the pages of search need of a site beside the index; kept in the index itself.

    `topics` are by name, `logos` by the domain of a provider that has one.
    """

    frame: Frame
    links: Links
    topics: Mapping[str, TopicMark]
    main: str
    timezone: str
    clock: datetime
    page_size: int
    logos: Mapping[str, Picture] = {}


class ResultCard(Struct, frozen=True, kw_only=True):
    """A result as the page shows it. `title` and `excerpt` are in pieces, each with whether it is marked."""

    title: Pieces
    excerpt: Pieces
    href: str
    out: str | None
    provider: ProviderMark
    moment: Moment
    topics: tuple[TopicMark, ...]
    language: str | None
    video: bool
    similar: str


class FacetLink(Struct, frozen=True):
    """A way to narrow the search."""

    name: str
    count: int
    href: str


class SearchSheet(Struct, frozen=True, kw_only=True):
    """What the page of search shows: the form, and results where something was asked for.

    `index` is where the exported index is, for a page no desk answers; None on a live one.
    """

    text: str = ""
    order: str = RELEVANCE
    index: str | None = None
    script: str | None = None
    asked: bool = False
    total: int = 0
    ranked: int = 0
    cards: tuple[ResultCard, ...] = ()
    notes: tuple[str, ...] = ()
    problem: str = ""
    suggestion: str = ""
    suggestion_href: str = ""
    other_order: str = ""
    topics: tuple[FacetLink, ...] = ()
    providers: tuple[FacetLink, ...] = ()


def list_entries(edition: Edition) -> Iterator[tuple[Record, str]]:
    """Every record with the name of the story whose page shows it, "" where none does."""
    homes = {record.name: story.name for story in edition.latest for record in (story.lead, *story.others)}
    return ((record, homes.get(record.name, "")) for record in edition.site.records)


def make_listing(record: Record, story: str, edition: Edition, *, with_item: bool = True) -> Listing:
    """A record as search knows it; the exported index has no use for its item."""
    article, state = record.article, record.state
    shown = article.shown and bool(story)
    return Listing(
        name=clean_text(record.name),
        title=clean_text(article.title) or edition.words.say("Untitled"),
        published=article.published,
        excerpt=clean_text(article.excerpt),
        provider=mark_provider(article.provider, edition).name,
        domain=clean_text(article.provider.domain),
        topics=tuple(clean_text(topic) for topic in article.topics),
        kind=clean_text(article.kind),
        language=clean_text((state.language if state else None) or edition.site.locale.split("-")[0]),
        quality=article.quality,
        shown=shown,
        story=story,
        out=find_address(article) or "",
        keywords=state.keywords if state else (),
        item=write_json(encode_item(record, edition)) if shown and with_item else b"",
    )


def label_topics(edition: Edition) -> tuple[Label, ...]:
    """The site's topics as filters name them."""
    return tuple(
        Label(clean_text(topic.id), clean_text(topic.name), clean_text(topic.shortname or ""))
        for topic in edition.site.topics
    )


def make_search_frame(edition: Edition, frame: Frame) -> SearchFrame:
    """What a live desk's pages of search need of the site."""
    names = [topic.name for topic in edition.site.topics]
    marks = mark_topics(names, edition)
    return SearchFrame(
        frame=frame,
        links=edition.links,
        topics={clean_text(name): mark for name, mark in zip(names, marks, strict=True)},
        main=clean_text(edition.site.topic),
        timezone=edition.site.timezone,
        clock=edition.site.clock,
        page_size=edition.site.page_size,
        logos=_find_logos(edition),
    )


def _find_logos(edition: Edition) -> dict[str, Picture]:
    """The logos of providers that have one, by the domain that listings name."""
    providers = {record.article.provider.domain: record.article.provider for record in edition.site.records}
    marks = (mark_provider(provider, edition) for _, provider in sorted(providers.items()))
    return {mark.domain: mark.logo for mark in marks if mark.logo is not None}


def build_search(edition: Edition, frame: Frame, kept: Path | None = None) -> Iterator[tuple[str, bytes]]:
    """The exported page of search and the index its script asks; what was read for that may be `kept`."""
    site = make_search_frame(edition, frame)
    sheet = SearchSheet(index=site.links.file(EXPORT), script=site.links.file(name_asset("search.js")))
    yield PUBLIC + "search/index.html", print_search(site, sheet)
    listings = [
        make_listing(record, story, edition, with_item=False)
        for record, story in list_entries(edition)
        if record.article.shown and story
    ]
    rows = ((listing, _encode_card(listing, site)) for listing in listings)
    built = build_export(rows, label_topics(edition), site.clock, kept)
    yield from ((PUBLIC + path, body) for path, body in built)


def _encode_card(listing: Listing, site: SearchFrame) -> list[object]:
    """A card as the script reads it; the order of the fields is its contract with `search.js`."""
    provider, moment = _mark_source(listing, site), _tell_moment(listing, site)
    return [
        site.links.story(listing.story),
        listing.out,
        listing.title,
        listing.excerpt,
        provider.name,
        provider.letter,
        provider.tint,
        provider.logo.url if provider.logo else "",
        moment.iso,
        f"{moment.brief}, {moment.clock}",
        [[topic.name, topic.href] for topic in _mark_topics(listing, site)],
        _tell_language(listing, site) or "",
        int(listing.kind == "video"),
    ]


def _mark_source(listing: Listing, site: SearchFrame) -> ProviderMark:
    mark = draw_mark(listing.provider, listing.domain)
    return structs.replace(mark, logo=site.logos.get(listing.domain))


def _tell_moment(listing: Listing, site: SearchFrame) -> Moment:
    locale = find_words(site.frame.locale).locale
    return tell_moment(listing.published, ZoneInfo(site.timezone), locale, site.clock)


def _mark_topics(listing: Listing, site: SearchFrame) -> tuple[TopicMark, ...]:
    """The topics of a result but for the site's own, which goes without saying."""
    topics = tuple(name for name in listing.topics if name != site.main) or listing.topics
    return tuple(site.topics.get(name, TopicMark(name=name)) for name in topics)


def _tell_language(listing: Listing, site: SearchFrame) -> str | None:
    """The language of a result where it is another than the site's, as an attribute may hold it."""
    language = listing.language if listing.language != site.frame.locale.split("-")[0] else ""
    return language if language.replace("-", "").isalnum() and language.isascii() else None


def print_search(site: SearchFrame, sheet: SearchSheet, turn: Turn | None = None) -> bytes:
    """The page as bytes. Pages of results are not for search engines; the empty form is."""
    links = site.links
    words = find_words(site.frame.locale)
    heading = words.say("Search: %(text)s", text=sheet.text) if sheet.text else words.say("Search")
    path = links.page("search")
    page = Page(
        path=path,
        heading=heading,
        title=f"{heading} · {site.frame.title}",
        canonical=links.absolute(path),
        description=site.frame.description,
        image=links.absolute(links.file(SITE)),
        hidden=bool(sheet.text),
        feeds=_offer_feeds(site, sheet.text) if sheet.asked and not sheet.problem else (),
    )
    page = structs.replace(page, turn=turn) if turn is not None else page
    shared = {"site": site.frame, "links": links, "policy": PAGE_POLICY, "page": page}
    return render("search.html", words, **shared, search=sheet)


def _offer_feeds(site: SearchFrame, text: str) -> tuple[FeedLink, ...]:
    return tuple(
        FeedLink(
            name=form.name,
            type=form.type,
            title=f"{text} · {site.frame.title}",
            href=f"{site.links.page('search')}{form.file}?{urlencode({'q': text})}",
        )
        for form in FEED_FORMS
    )


def compose_sheet(results: Results, order: str, site: SearchFrame) -> tuple[SearchSheet, Turn]:
    """A page of results, and its place among the others."""
    sheet = SearchSheet(
        text=results.text,
        order=order,
        asked=True,
        total=results.total,
        ranked=results.ranked,
        cards=tuple(compose_result(hit, site) for hit in results.hits),
        notes=results.notes,
        suggestion=results.suggestion,
        suggestion_href=_address(site, results.suggestion, order),
        other_order=_address(site, results.text, TIME if order == RELEVANCE else RELEVANCE),
        topics=tuple(_list_facets("topic", results.topics, results, order, site)),
        providers=tuple(_list_facets("provider", results.providers, results, order, site)),
    )
    number, count = results.page, results.pages
    turn = Turn(
        number=number,
        count=count,
        newer=_address(site, results.text, order, number - 1) if number > 1 else None,
        older=_address(site, results.text, order, number + 1) if number < count else None,
    )
    return sheet, turn


def compose_result(hit: Hit, site: SearchFrame) -> ResultCard:
    """The card of one result."""
    listing = hit.listing
    return ResultCard(
        title=tuple(cut_marks(listing.title, hit.title_marks)),
        excerpt=tuple(cut_marks(listing.excerpt, hit.excerpt_marks)) if listing.excerpt else (),
        href=site.links.story(listing.story) if listing.story else listing.out,
        out=listing.out or None,
        provider=_mark_source(listing, site),
        moment=_tell_moment(listing, site),
        topics=_mark_topics(listing, site),
        language=_tell_language(listing, site),
        video=listing.kind == "video",
        similar=_address(site, f"like:{listing.name}", RELEVANCE) if listing.keywords else "",
    )


def _list_facets(
    field: str, facets: Iterable[Facet], results: Results, order: str, site: SearchFrame
) -> Iterator[FacetLink]:
    """Ways to narrow; one that would leave everything or is asked for already is none."""
    for facet in facets:
        piece = f'{field}:"{facet.key}"' if " " in facet.key else f"{field}:{facet.key}"
        if facet.count < results.ranked and piece not in results.text:
            yield FacetLink(facet.name, facet.count, _address(site, f"{results.text} {piece}", order))


def _address(site: SearchFrame, text: str, order: str, page: int = 1) -> str:
    asked = {
        "q": text,
        **({"sort": order} if order != RELEVANCE else {}),
        **({"page": page} if page > 1 else {}),
    }
    return f"{site.links.page('search')}?{urlencode(asked)}"
