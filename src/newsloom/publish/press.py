"""What every page shares: the site's frame, a page's own head, and how both become bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from markupsafe import Markup
from msgspec import Struct, structs

from newsloom.publish.cards import Card, TopicMark, compose_card, mark_topics
from newsloom.publish.feeds import FEED_FORMS
from newsloom.publish.links import Links
from newsloom.publish.look import digest_look
from newsloom.publish.outputs import Output, make_key
from newsloom.publish.paging import Leaf
from newsloom.publish.previews import SITE, Previews, open_previews
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
    """A page's place among the leaves of its list, with the addresses of its neighbours in time."""

    number: int | None = None
    count: int | None = None
    newer: str | None = None
    older: str | None = None


_ONLY: Final = Turn()


class Page(Struct, frozen=True, kw_only=True):
    """What a page says of itself in its head."""

    path: str
    heading: str
    title: str
    canonical: str
    description: str = ""
    kind: str = "website"
    image: str = ""
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
    previews: Previews
    shared: bytes  # a key of what every page depends on

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
        place = ", " + self.words.say("page %(number)s", number=turn.number) if turn.number else ""
        return f"{heading}{place} · {self.frame.title}"

    def page(
        self,
        path: str,
        heading: str,
        *,
        description: str = "",
        card: Card | None = None,
        preview: str = SITE,
        data: Markup | None = None,
        feeds: tuple[FeedLink, ...] = (),
        section: str = "",
        turn: Turn = _ONLY,
    ) -> Page:
        """The head of a page at a root-absolute path; `card` gives it its picture, else `preview` is it."""
        return Page(
            path=path,
            heading=heading,
            title=self.title(path, heading, turn),
            canonical=self.links.absolute(path),
            description=description or self.frame.description,
            kind="article" if card is not None and card.href == path else "website",
            image=full_address(
                card.picture.url if card and card.picture else self.links.file(preview), self.links
            ),
            data=data,
            feeds=feeds,
            section=section,
            turn=turn,
        )

    def print(
        self, template: str, page: Page, *, describe: Callable[[], Markup] | None = None, **values: object
    ) -> Output:
        """A page that is made from these values alone; `describe` says the same for machines."""

        def make() -> bytes:
            told = structs.replace(page, data=describe()) if describe else page
            return self.render(template, told, **values)

        return Output(self.place(page.path), self.key(template, page, values), make)

    def render(self, template: str, page: Page, **values: object) -> bytes:
        """A page's bytes."""
        shared = {"site": self.frame, "links": self.links, "policy": PAGE_POLICY, "page": page}
        return render(template, self.words, **shared, **values)

    def place(self, path: str) -> str:
        """Where the page at a root-absolute address is, below the site's root."""
        return PUBLIC + path.removeprefix(self.links.base) + "index.html"

    def key(self, template: str, *inputs: object) -> bytes:
        """The key of a page made from these inputs, in this frame and look."""
        return make_key(template, self.shared, inputs)


def open_press(edition: Edition) -> Press:
    """An edition made ready: its cards composed, its frame set."""
    site, frame = edition.site, frame_site(edition)
    year = edition.site.clock.astimezone(edition.zone).year  # dates of another year name it
    cards = {story.name: compose_card(story, edition) for story in edition.listed}
    return Press(
        edition=edition,
        cards=cards,
        previews=open_previews(edition, cards),
        frame=frame,
        shared=make_key(digest_look(), frame, site.url, year),
    )


def frame_site(edition: Edition) -> Frame:
    """What every page of an edition shows of the site."""
    site, links = edition.site, edition.links
    with_stories = (
        topic.name for topic in site.topics if topic.name != site.topic and edition.count_topic(topic.name)
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


def turn_page(leaf: Leaf[Coverage], address: Callable[[int | None], str]) -> Turn:
    """A leaf of a list as a page among its pages, `address` giving where each is."""
    return Turn(
        number=leaf.number,
        newer=address(leaf.newer) if leaf.number else None,
        older=address(leaf.older) if leaf.older else None,
    )


def offer_feeds(press: Press, folder: str, title: str) -> tuple[FeedLink, ...]:
    """The feeds in a folder (below the site's base), in every form."""
    return tuple(
        FeedLink(name=form.name, type=form.type, title=title, href=press.links.file(folder + form.file))
        for form in FEED_FORMS
    )
