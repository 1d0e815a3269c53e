"""The demo's feeds: RSS 2.0, Atom, JSON Feed and RDF, with the small faults that real ones have."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Final

from msgspec import Struct

from newsloom.demo.content import Content, FeedPlan, Outlet, Piece, Stray
from newsloom.demo.pages import ENVIRONMENT, image_address, write_html

CONTENT_TYPES: Final = {
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "rdf": "application/rdf+xml; charset=utf-8",
    "json": "application/feed+json",
}


class Entry(Struct, frozen=True, kw_only=True):
    """One entry as a feed offers it. `content` is HTML, "" where the feed gives excerpts only."""

    id: str
    title: str
    link: str
    excerpt: str
    content: str = ""
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    modified: datetime | None = None
    image: str = ""
    section: str = ""


class Feed(Struct, frozen=True, kw_only=True):
    """One feed, ready to be written. `built` is when it last changed."""

    outlet: Outlet
    title: str
    address: str
    built: datetime
    entries: tuple[Entry, ...]


def write_feed(content: Content, outlet: Outlet, plan: FeedPlan, built: datetime) -> str:
    """The text of one of an outlet's feeds, newest entry first."""
    title = f"{outlet.name}: {plan.section}" if plan.section else outlet.name
    pieces = [piece for piece in content.list_pieces(outlet.domain) if plan.section in {"", piece.section}]
    entries = [_make_entry(content, outlet, plan, piece) for piece in pieces]
    feed = Feed(
        outlet=outlet,
        title=title,
        address=f"https://{outlet.host}{plan.path}",
        built=built,
        entries=(*entries, *(_make_stray(outlet, stray) for stray in plan.strays)),
    )
    if plan.kind == "json":
        return _write_json(feed)
    return ENVIRONMENT.get_template(f"{plan.kind}.xml").render(feed=feed)


def write_link(content: Content, plan: FeedPlan, piece: Piece) -> str:
    """The address of a piece as a feed gives it, with the feed's tracking query."""
    address = content.address(piece)
    return f"{address}?{plan.tracking}" if plan.tracking else address


def _make_entry(content: Content, outlet: Outlet, plan: FeedPlan, piece: Piece) -> Entry:
    title = piece.earlier_title if plan.earlier and piece.earlier_title else piece.title
    whole = "".join(f"<p>{write_html(paragraph)}</p>" for paragraph in piece.paragraphs)
    return Entry(
        id=f"tag:{outlet.domain},2026:{piece.slug}",
        title=_damage(title) if plan.escaped_twice else title,
        link=write_link(content, plan, piece),
        excerpt=piece.excerpt,
        content=whole if plan.content == "full" else "",
        authors=piece.authors,
        published=piece.published,
        modified=piece.modified,
        image=image_address(outlet, piece),
        section=piece.section,
    )


def _make_stray(outlet: Outlet, stray: Stray) -> Entry:
    return Entry(
        id=f"tag:{outlet.domain},2026:stray", title=stray.title, link=stray.link, excerpt=stray.excerpt
    )


def _damage(title: str) -> str:
    """A title with its typographic characters as entities, which the template escapes once more."""
    return title.encode("ascii", "xmlcharrefreplace").decode()


def _write_json(feed: Feed) -> str:
    items = [
        {
            "id": entry.id,
            "url": entry.link,
            "title": entry.title,
            "summary": entry.excerpt,
            "image": entry.image or None,
            "date_published": entry.published.isoformat() if entry.published else None,
            "date_modified": entry.modified.isoformat() if entry.modified else None,
            "authors": [{"name": author} for author in entry.authors],
            "tags": [entry.section],
        }
        for entry in feed.entries
    ]
    whole = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": f"https://{feed.outlet.host}/",
        "feed_url": feed.address,
        "description": feed.outlet.description,
        "items": [{key: value for key, value in item.items() if value is not None} for item in items],
    }
    return json.dumps(whole, ensure_ascii=False, indent=1)
