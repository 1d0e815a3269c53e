"""Feeds of the front page, each topic and provider: RSS 2.0, Atom, JSON Feed 1.1, newest stories first.

An entry links to the publisher; its stable id is the story's page, which is also where its comments
link (RSS) or related link (Atom) leads. XML is made of elements, never of pasted strings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from markupsafe import escape
from msgspec import Struct

from newsloom.publish.cards import Card, mark_provider
from newsloom.publish.dates import write_mail_date, write_utc
from newsloom.publish.elements import ATOM, DUBLIN_CORE, Element, make_element, write_xml
from newsloom.publish.links import Links, find_base
from newsloom.publish.safety import clean_text, clean_url
from newsloom.publish.structured import full_address
from newsloom.publish.view import Coverage, Edition
from newsloom.publish.words import Words

ENTRIES: Final = 40  # of a feed: two days of a busy topic


class Channel(Struct, frozen=True, kw_only=True):
    """A feed to be written: `home` and `folder` are root-absolute; `entries` are stories with their cards."""

    title: str
    description: str
    language: str
    home: str
    updated: datetime
    entries: Sequence[tuple[Coverage, Card]]
    links: Links
    words: Words
    hub: str = ""

    def address(self, file: str) -> str:
        """The full address of one of the channel's files."""
        return self.links.absolute(self.home + file)


class FeedForm(Struct, frozen=True, kw_only=True):
    """A form of feed: its file's name, its media type, and what writes it."""

    name: str
    file: str
    type: str
    write: Callable[[Channel], bytes]


def build_feeds(edition: Edition, cards: Mapping[str, Card]) -> Iterator[tuple[str, bytes]]:
    """Every feed: its path below `public/`, and its bytes."""
    for home, title, description, stories in _list_channels(edition):
        channel = Channel(
            title=title,
            description=description or title,
            language=edition.site.locale,
            home=home,
            updated=max((_touched(story) for story in stories[:ENTRIES]), default=edition.site.clock),
            entries=[(story, cards[story.name]) for story in stories[:ENTRIES]],
            links=edition.links,
            words=edition.words,
            hub=clean_url(edition.site.hub) or "",
        )
        for form in FEED_FORMS:
            yield home.removeprefix(edition.links.base) + form.file, form.write(channel)


def _list_channels(edition: Edition) -> Iterator[tuple[str, str, str, Sequence[Coverage]]]:
    """Where each feed is, its title, its description, and its stories."""
    site, links = edition.site, edition.links
    name = clean_text(site.title) or "News"
    yield links.base, name, clean_text(site.description), edition.latest
    for topic in site.topics:
        title = f"{clean_text(topic.name)} · {name}"
        yield (
            links.topic(topic.id),
            title,
            clean_text(topic.description or ""),
            edition.by_topic.get(topic.name, ()),
        )
    for domain, stories in edition.by_provider.items():
        provider = mark_provider(stories[0].lead.article.provider, edition)
        yield links.provider(domain), f"{provider.name} · {name}", "", stories


def write_rss(channel: Channel) -> bytes:
    """RSS 2.0 as the RSS Advisory Board's profile has it."""
    own = {"rel": "self", "type": "application/rss+xml", "href": channel.address("feed.rss")}
    body = (
        make_element("title", channel.title),
        make_element("link", channel.links.absolute(channel.home)),
        make_element("description", channel.description),
        make_element("language", channel.language.lower()),
        make_element("lastBuildDate", write_mail_date(channel.updated)),
        make_element("generator", "Newsloom"),
        make_element(f"{{{ATOM}}}link", (), **own),
        *([make_element(f"{{{ATOM}}}link", (), rel="hub", href=channel.hub)] if channel.hub else []),
        *(_write_item(story, card, channel) for story, card in channel.entries),
    )
    return write_xml(make_element("rss", [make_element("channel", body)], version="2.0"))


def write_atom(channel: Channel) -> bytes:
    """Atom as RFC 4287 has it."""
    home = channel.links.absolute(channel.home)
    body = (
        make_element("title", channel.title),
        make_element("subtitle", channel.description),
        make_element("id", home),
        make_element("updated", write_utc(channel.updated)),
        make_element("author", [make_element("name", channel.title)]),
        make_element("link", rel="self", type="application/atom+xml", href=channel.address("feed.atom")),
        *([make_element("link", rel="hub", href=channel.hub)] if channel.hub else []),
        make_element("link", rel="alternate", type="text/html", href=home),
        make_element("generator", "Newsloom"),
        *(_write_entry(story, card, channel) for story, card in channel.entries),
    )
    return write_xml(make_element("feed", body, xmlns=ATOM))


def write_json(channel: Channel) -> bytes:
    """JSON Feed 1.1 (jsonfeed.org)."""
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": channel.title,
        "description": channel.description,
        "language": channel.language,
        "home_page_url": channel.links.absolute(channel.home),
        "feed_url": channel.address("feed.json"),
        **({"hubs": [{"type": "WebSub", "url": channel.hub}]} if channel.hub else {}),
        "items": [_write_json_item(story, card, channel) for story, card in channel.entries],
    }
    return msgspec.json.format(msgspec.json.encode(feed), indent=2) + b"\n"


FEED_FORMS: Final = (
    FeedForm(name="RSS", file="feed.rss", type="application/rss+xml", write=write_rss),
    FeedForm(name="Atom", file="feed.atom", type="application/atom+xml", write=write_atom),
    FeedForm(name="JSON Feed", file="feed.json", type="application/feed+json", write=write_json),
)
_FILES: Final = frozenset(form.file for form in FEED_FORMS)


def is_feed(path: str) -> bool:
    """Whether a file of the site is a feed."""
    return path.rpartition("/")[2] in _FILES


def list_addresses(feeds: Iterable[str], url: str) -> list[str]:
    """The full addresses of feeds by their paths below `public/`, the site's own first."""
    links = find_base(url)
    ranked = sorted(feeds, key=lambda path: (path.count("/"), path))
    return [links.absolute(links.file(path)) for path in ranked]


def _write_item(story: Coverage, card: Card, channel: Channel) -> Element:
    links, words = channel.links, channel.words
    page = links.absolute(card.href)
    body = (
        make_element("title", card.title),
        make_element("link", card.out or page),
        make_element("guid", page, isPermaLink="true"),
        make_element("comments", page),
        make_element("pubDate", write_mail_date(story.lead.article.published)),
        make_element(f"{{{DUBLIN_CORE}}}creator", card.provider.name),
        *(make_element("category", topic.name) for topic in card.topics),
        make_element("description", _summarise(card, page, words)),
    )
    return make_element("item", body)


def _write_entry(story: Coverage, card: Card, channel: Channel) -> Element:
    links, words = channel.links, channel.words
    page = links.absolute(card.href)
    body = (
        make_element("title", card.title),
        make_element("id", page),
        make_element("link", rel="alternate", type="text/html", href=card.out or page),
        make_element("link", rel="related", type="text/html", href=page),
        make_element("published", write_utc(story.lead.article.published)),
        make_element("updated", write_utc(_touched(story))),
        make_element("author", [make_element("name", card.provider.name)]),
        *(make_element("category", term=topic.name) for topic in card.topics),
        make_element("summary", _summarise(card, page, words), type="html"),
    )
    return make_element("entry", body)


def _write_json_item(story: Coverage, card: Card, channel: Channel) -> dict[str, Any]:
    links, words = channel.links, channel.words
    page = links.absolute(card.href)
    item: dict[str, Any] = {
        "id": page,
        "url": card.out or page,
        "title": card.title,
        "content_html": _summarise(card, page, words),
        "summary": card.excerpt,
        "date_published": write_utc(story.lead.article.published),
        "date_modified": write_utc(_touched(story)),
        "authors": [{"name": card.provider.name}],
        "tags": [topic.name for topic in card.topics],
    }
    if card.picture:
        item["image"] = full_address(card.picture.url, links)
    return item


def _summarise(card: Card, page: str, words: Words) -> str:
    """An entry's HTML: the excerpt, who reports it, and the way to the whole coverage."""
    others = [provider.name for provider in card.also]
    told = ", ".join([card.provider.name, *others])
    if card.also_more:
        told += " " + words.say("and %(more)s more", more=card.also_more)
    excerpt = f"<p>{escape(card.excerpt)}</p>" if card.excerpt else ""
    why = escape(words.say("Coverage and why it is here"))
    return f'{excerpt}<p>{escape(told)} · <a href="{escape(page)}">{why}</a></p>'


def _touched(story: Coverage) -> datetime:
    """When a story last changed: its lead, or the newest article that joined it."""
    state = story.lead.state
    times = [story.lead.article.published, *(record.article.published for record in story.others)]
    return max([*times, state.modified] if state and state.modified else times)
