"""What every page shares: the site's frame, a page's own head, and how both become bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from markupsafe import Markup
from msgspec import Struct

from newsloom.publish.cards import Card, TopicMark, mark_topics
from newsloom.publish.feeds import FEED_FORMS
from newsloom.publish.links import Links
from newsloom.publish.paging import Slice
from newsloom.publish.safety import clean_text
from newsloom.publish.structured import full_address
from newsloom.publish.theme import FONTS, PAGE_POLICY, name_asset, render
from newsloom.publish.view import Coverage, Edition
from newsloom.publish.words import Words

PUBLIC: Final = "public/"
SECTIONS: Final = 8  # topics in the head of every page


class Frame(Struct, frozen=True, kw_only=True):
    """What every page shows of the site."""

    title: str
    description: str
    locale: str
    rtl: bool
    timezone: str
    publish_at: int
    sections: tuple[TopicMark, ...]
    style: str
    script: str
    icon: str
    fonts: tuple[str, ...]


class FeedLink(Struct, frozen=True, kw_only=True):
    """A feed a page offers."""

    name: str
    type: str
    title: str
    href: str


class Turn(Struct, frozen=True, kw_only=True):
    """A page's place among the pages of its list, with the addresses of its neighbours."""

    number: int = 1
    count: int = 1
    previous: str | None = None
    following: str | None = None


_ONLY: Final = Turn()


class Page(Struct, frozen=True, kw_only=True):
    """What a page says of itself in its head."""

    path: str
    heading: str
    title: str
    canonical: str
    description: str = ""
    kind: str = "website"
    image: str | None = None
    data: Markup | None = None
    feeds: tuple[FeedLink, ...] = ()
    section: str = ""
    hidden: bool = False
    turn: Turn = _ONLY


class Press(Struct, frozen=True, kw_only=True):
    """An edition ready to print: its cards by story name, and the frame of every page."""

    edition: Edition
    cards: Mapping[str, Card]
    frame: Frame

    @property
    def links(self) -> Links:
        """The site's addresses."""
        return self.edition.links

    @property
    def words(self) -> Words:
        """The site's language."""
        return self.edition.words

    def title(self, path: str, heading: str, turn: Turn = _ONLY) -> str:
        """A page's title as tabs and search engines show it."""
        if path == self.links.base:
            return self.frame.title
        place = ", " + self.words.say("page %(number)s", number=turn.number) if turn.number > 1 else ""
        return f"{heading}{place} · {self.frame.title}"

    def page(
        self,
        path: str,
        heading: str,
        *,
        description: str = "",
        card: Card | None = None,
        data: Markup | None = None,
        feeds: tuple[FeedLink, ...] = (),
        section: str = "",
        turn: Turn = _ONLY,
    ) -> Page:
        """The head of a page at a root-absolute path; `card` gives it its picture."""
        return Page(
            path=path,
            heading=heading,
            title=self.title(path, heading, turn),
            canonical=self.links.absolute(path),
            description=description,
            kind="article" if card is not None and card.href == path else "website",
            image=full_address(card.picture.url, self.links) if card and card.picture else None,
            data=data,
            feeds=feeds,
            section=section,
            turn=turn,
        )

    def print(self, template: str, page: Page, **values: object) -> tuple[str, bytes]:
        """A page's path below the site's root, and its bytes."""
        body = render(
            template, self.words, site=self.frame, links=self.links, policy=PAGE_POLICY, page=page, **values
        )
        return PUBLIC + page.path.removeprefix(self.links.base) + "index.html", body


def frame_site(edition: Edition) -> Frame:
    """What every page of an edition shows of the site."""
    site, links = edition.site, edition.links
    with_stories = (
        topic.name for topic in site.topics if topic.name in edition.by_topic and topic.name != site.topic
    )
    return Frame(
        title=clean_text(site.title) or "News",
        description=clean_text(site.description),
        locale=edition.words.tag,
        rtl=edition.words.from_right,
        timezone=site.timezone,
        publish_at=site.publish_at,
        sections=mark_topics(list(with_stories)[:SECTIONS], edition),
        style=links.file(name_asset("style.css")),
        script=links.file(name_asset("desk.js")),
        icon=links.file(name_asset("icon.svg")),
        fonts=tuple(links.file(name_asset(name)) for name in FONTS),
    )


def turn_page(part: Slice[Coverage], address: Callable[[int], str]) -> Turn:
    """A part of a list as a page among its pages, `address` giving where each is."""
    return Turn(
        number=part.number,
        count=part.count,
        previous=address(part.previous) if part.previous else None,
        following=address(part.following) if part.following else None,
    )


def offer_feeds(press: Press, folder: str, title: str) -> tuple[FeedLink, ...]:
    """The feeds in a folder (below the site's base), in every form."""
    return tuple(
        FeedLink(name=form.name, type=form.type, title=title, href=press.links.file(folder + form.file))
        for form in FEED_FORMS
    )
