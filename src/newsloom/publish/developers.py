"""What the page for readers' own programs says: every address a program can read, and an example."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from newsloom.publish.api import encode_item, write_json
from newsloom.publish.view import Edition

_SHOWN = ("title", "webUrl", "publishedDateTime", "provider", "topics", "heat")  # of the example's item


class Address(Struct, frozen=True, kw_only=True):
    """An address and what it holds; `href` is None for one that stands for many."""

    path: str
    holds: str
    href: str | None = None


def list_feeds(edition: Edition) -> tuple[Address, ...]:
    """The feeds, of the site and of its parts, and those it is made of."""
    say, links = edition.words.say, edition.links
    return (
        *(
            Address(path=f"/feed.{form}", href=links.file(f"feed.{form}"), holds=say("the whole site"))
            for form in ("rss", "atom", "json")
        ),
        Address(path="/topics/ID/feed.rss", holds=say("one topic; likewise .atom and .json")),
        Address(path="/providers/DOMAIN/feed.rss", holds=say("one provider; likewise .atom and .json")),
        Address(
            path="/sources.opml",
            href=links.file("sources.opml"),
            holds=say("the feeds that are read here, for feed readers"),
        ),
    )


def list_endpoints(edition: Edition) -> tuple[Address, ...]:
    """The API's addresses."""
    say, links = edition.words.say, edition.links
    rows = (
        ("api/news/index.json", say("articles shown, newest first, the first page")),
        ("api/news/page/N/index.json", say("page N of them")),
        ("api/news/TOPIC/index.json", say("articles of one topic, by its id")),
        ("api/stories/index.json", say("stories, the hottest first")),
        (
            "api/stories/NAME/index.json",
            say("one story: its lead, related articles, copies, and the terms of its heat"),
        ),
        ("api/topics/index.json", say("all topics")),
    )
    return tuple(
        Address(path=f"/{path}", holds=holds, href=None if path != path.lower() else links.file(path))
        for path, holds in rows
    )


def list_maps(edition: Edition) -> tuple[Address, ...]:
    """What search engines ask for."""
    say, links = edition.words.say, edition.links
    rows = (
        ("sitemap.xml", say("every page")),
        ("news-sitemap.xml", say("the stories of the last two days")),
        ("robots.txt", say("both sitemaps, and that all may be read")),
    )
    return tuple(Address(path=f"/{path}", holds=holds, href=links.file(path)) for path, holds in rows)


def show_example(edition: Edition) -> str:
    """A page of the API with the newest article, cut to some of its fields, as text."""
    value: list[dict[str, Any]] = []
    for record in edition.shown[:1]:
        item = encode_item(record, edition)
        value.append({name: item[name] for name in _SHOWN})
    page = {"page": 1, "value": value, "nextPage": 2 if len(edition.shown) > edition.site.page_size else None}
    return write_json(page).decode()
