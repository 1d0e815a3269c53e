"""Sitemaps for search engines, and robots.txt.

The limits are those of sitemaps.org (50,000 addresses a file) and of Google's news sitemaps (articles
of the last two days, 1,000 addresses).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import islice
from typing import Final

from newsloom.publish.dates import write_utc
from newsloom.publish.elements import SITEMAP, SITEMAP_NEWS, Element, make_element, write_xml
from newsloom.publish.safety import clean_text
from newsloom.publish.view import Coverage, Edition

ADDRESSES: Final = 50_000  # of one sitemap file
NEWS_ADDRESSES: Final = 1_000  # of a news sitemap
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}")
_TRADITIONAL: Final = {"hant", "tw", "hk", "mo"}  # subtags of Chinese in traditional characters
NEWS_AGE: Final = timedelta(days=2)  # of the stories of a news sitemap


def build_sitemaps(edition: Edition) -> Iterator[tuple[str, bytes]]:
    """The sitemap (an index with parts where one file is too small), the news sitemap and robots.txt."""
    if edition.site.past.parted:
        yield from _build_by_day(edition)
    else:
        yield from _build_whole(edition)
    yield "news-sitemap.xml", _write_news(edition)
    yield "robots.txt", _write_robots(edition)


def _build_whole(edition: Edition) -> Iterator[tuple[str, bytes]]:
    addresses = [*_list_places(edition), *_list_stories(edition.latest, edition)]
    parts = [addresses[start : start + ADDRESSES] for start in range(0, len(addresses), ADDRESSES)]
    if len(parts) == 1:
        yield "sitemap.xml", _write_addresses(parts[0])
    else:
        for number, part in enumerate(parts, start=1):
            yield f"sitemap-{number}.xml", _write_addresses(part)
        yield "sitemap.xml", _write_index(edition, range(1, len(parts) + 1))


def _build_by_day(edition: Edition) -> Iterator[tuple[str, bytes]]:
    """A part for each day, so that those of days that are history stay as they are."""
    for day, stories in edition.by_day.items():
        yield f"sitemap-{day}.xml", _write_addresses(_list_stories(stories[:ADDRESSES], edition))
    yield "sitemap-0.xml", _write_addresses(_list_places(edition))
    yield "sitemap.xml", _write_index(edition, (0, *sorted(edition.days, reverse=True)[: ADDRESSES - 1]))


def _list_places(edition: Edition) -> Iterator[tuple[str, str | None]]:
    """Every page worth finding but stories, with the time of its last change where that is known."""
    links = edition.links
    newest = edition.latest[0].lead.article.published if edition.latest else None
    yield links.absolute(links.base), write_utc(newest) if newest else None
    for name in ("about", "archive", "figures", "providers", "sources", "topics"):
        yield links.absolute(links.page(name)), None
    yield links.absolute(links.page("about", "api")), None
    for topic in edition.site.topics:
        yield links.absolute(links.topic(topic.id)), None
    for domain in sorted(edition.domains):
        if edition.count_led(domain):
            yield links.absolute(links.provider(domain)), None


def _list_stories(stories: Iterable[Coverage], edition: Edition) -> Iterator[tuple[str, str | None]]:
    links = edition.links
    for story in stories:
        yield links.absolute(links.story(story.name)), write_utc(story.lead.article.published)


def _write_addresses(addresses: Iterable[tuple[str, str | None]]) -> bytes:
    urls = (
        make_element(
            "url", [make_element("loc", address), *([make_element("lastmod", changed)] if changed else [])]
        )
        for address, changed in addresses
    )
    return write_xml(make_element("urlset", urls, xmlns=SITEMAP))


def _write_index(edition: Edition, parts: Iterable[int | date]) -> bytes:
    links = edition.links
    addresses = (links.absolute(links.file(f"sitemap-{part}.xml")) for part in parts)
    maps = (make_element("sitemap", [make_element("loc", address)]) for address in addresses)
    return write_xml(make_element("sitemapindex", maps, xmlns=SITEMAP))


def _write_news(edition: Edition) -> bytes:
    clock = edition.site.clock
    fresh = (story for story in edition.latest if clock - NEWS_AGE <= story.lead.article.published <= clock)
    urls = (_write_news_address(story, edition) for story in islice(fresh, NEWS_ADDRESSES))
    return write_xml(make_element("urlset", urls, xmlns=SITEMAP))


def _write_news_address(story: Coverage, edition: Edition) -> Element:
    links, article, state = edition.links, story.lead.article, story.lead.state
    language = (
        _tell_language(state.language if state else None) or _tell_language(edition.site.locale) or "en"
    )
    name = clean_text(edition.site.title) or "News"
    news = (
        _news("publication", [_news("name", name), _news("language", language)]),
        _news("publication_date", write_utc(article.published)),
        _news("title", clean_text(article.title) or "Untitled"),
    )
    address = links.absolute(links.story(story.name))
    return make_element("url", [make_element("loc", address), _news("news", news)])


def _tell_language(tag: str | None) -> str | None:
    """A language as news sitemaps have it: ISO 639, of Chinese with the script's country; None for no tag."""
    primary, *others = (tag or "").lower().split("-")
    if not _LANGUAGE.fullmatch(primary):
        return None
    if primary == "zh":
        return "zh-tw" if _TRADITIONAL & {*others} else "zh-cn"
    return primary


def _news(name: str, content: str | Iterable[Element] = ()) -> Element:
    return make_element(f"{{{SITEMAP_NEWS}}}{name}", content)


def _write_robots(edition: Edition) -> bytes:
    maps = ("sitemap.xml", "news-sitemap.xml")
    lines = [f"Sitemap: {edition.links.absolute(edition.links.file(name))}" for name in maps]
    return ("User-agent: *\nAllow: /\n\n" + "\n".join(lines) + "\n").encode()
