"""A story in a list: what a card shows, made once for an edition and used on every page it stands on.

Every outside string is cleaned here, so that templates only have to escape. A card says nothing that
depends on the time of reading.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from newsloom.images import Kept
from newsloom.publish.dates import Moment
from newsloom.publish.embeds import find_player
from newsloom.publish.safety import clean_picture_url, clean_text, clean_url
from newsloom.publish.view import Coverage, Edition, find_provider
from newsloom.publish.words import mark
from newsloom.records import Article, Image, Provider, Record
from newsloom.settings import IMAGE_LEAST

HEAT_STEPS: Final = (25, 60, 100)  # heat from which a story has one, two, three marks
ALSO_NAMED: Final = 3  # providers named under "also covered by"; the rest are counted
LABELS: Final = {  # what a page says of itself, in readers' words and in the order shown
    "live": mark("Live"),
    "opinion": mark("Opinion"),
    "press-release": mark("Press release"),
    "sponsored": mark("Sponsored"),
    "paywalled": mark("Paywall"),
}
TINTS: Final = 6  # colours of the letter that stands in for a missing logo
LOGO_PIXELS: Final = 32  # a logo is shown at 16 to 20 pixels, so the smallest of at least 32 is enough


class Picture(Struct, frozen=True, kw_only=True):
    """A picture to show; sizes in pixels, None when not known.

    Of a kept one `jpeg` and `webp` list its widths as `srcset` has them, and `colour` is shown behind it
    until it is there.
    """

    url: str
    alt: str = ""
    credit: str = ""
    width: int | None = None
    height: int | None = None
    jpeg: str = ""
    webp: str = ""
    colour: str = ""


class ProviderMark(Struct, frozen=True, kw_only=True):
    """A provider by name and logo, or by a tinted letter where there is no logo.

    `href` is None for a provider without a page of its own: one that no record here is by.
    """

    name: str
    domain: str
    href: str | None
    letter: str
    tint: int
    logo: Picture | None = None


class TopicMark(Struct, frozen=True, kw_only=True):
    """A topic's name; `href` is None for a topic the site has no page for."""

    name: str
    href: str | None = None


class Card(Struct, frozen=True, kw_only=True):
    """A story as lists show it: its lead and who else covers it.

    `href` is the story's page, `out` the publisher's, None where its address is not http(s). `heat`
    is 0 to 3 marks, `heat_value` the number behind them, -1 for a story not in the running.
    """

    name: str
    href: str
    out: str | None
    title: str
    excerpt: str
    provider: ProviderMark
    moment: Moment
    topics: tuple[TopicMark, ...]
    picture: Picture | None
    heat: int
    heat_value: int
    video: bool
    language: str | None
    labels: tuple[str, ...] = ()
    also: tuple[ProviderMark, ...] = ()
    also_more: int = 0
    copies: int = 0


def compose_card(story: Coverage, edition: Edition) -> Card:
    """The card of one story."""
    article, state = story.lead.article, story.lead.state
    also = _name_others(story, edition)
    return Card(
        name=story.name,
        href=edition.links.story(story.name),
        out=find_address(article),
        title=clean_text(article.title) or edition.words.say("Untitled"),
        excerpt=clean_text(article.excerpt),
        provider=mark_provider(article.provider, edition),
        moment=edition.moment(article.published),
        topics=mark_topics(_drop_main(article.topics, edition.site.topic), edition),
        picture=choose_picture(article.images, edition),
        heat=sum(article.heat >= step for step in HEAT_STEPS),
        heat_value=article.heat,
        video=article.kind == "video" or find_player(article.featured) is not None,
        language=tell_language(story.lead, edition),
        labels=tell_labels(story.lead, edition),
        also=also[:ALSO_NAMED],
        also_more=len(also) - len(also[:ALSO_NAMED]),
        copies=len(state.copies) if state else 0,
    )


def find_address(article: Article) -> str | None:
    """Where a reader finds an article: the canonical address, else the one its source gave."""
    return clean_url(article.web_url) or clean_url(article.original_url)


def mark_provider(provider: Provider, edition: Edition) -> ProviderMark:
    """A provider as pages name it: the register's name and logo where it is known."""
    found = edition.marks.get(provider)
    if found is None:
        found = edition.marks[provider] = _mark_provider(provider, edition)
    return found


def _mark_provider(provider: Provider, edition: Edition) -> ProviderMark:
    known = find_provider(edition, provider.domain)
    name = clean_text(known.name if known else provider.name) or clean_text(provider.domain)
    name = name or edition.words.say("Unknown")
    images = (*(known.images if known else ()), *provider.images)
    return replace(
        draw_mark(name, provider.domain),
        domain=clean_text(provider.domain),
        href=edition.links.provider(provider.domain) if provider.domain in edition.domains else None,
        logo=_choose_logo(images, edition),
    )


@lru_cache(maxsize=1_024)
def draw_mark(name: str, domain: str) -> ProviderMark:
    """A provider by the tinted letter that stands for it where there is no logo."""
    return ProviderMark(
        name=name,
        domain=domain,
        href=None,
        letter=next((letter.upper() for letter in name if letter.isalnum()), "?")[:1],
        tint=hashlib.sha256(domain.encode("utf-8", "replace")).digest()[0] % TINTS,
    )


def mark_topics(names: Iterable[str], edition: Edition) -> tuple[TopicMark, ...]:
    """Topics as links, in the order given; a name outside the site's topics has no page."""
    return tuple(
        TopicMark(
            name=clean_text(edition.topics[name].shortname or name)
            if name in edition.topics
            else clean_text(name),
            href=edition.links.topic(edition.topics[name].id) if name in edition.topics else None,
        )
        for name in names
    )


def choose_picture(images: Iterable[Image], edition: Edition) -> Picture | None:
    """The first picture the desk keeps, else the first that may be shown from its publisher.

    Placeholders, what was refused, and what is known to be a mere icon are passed over.
    """
    gallery = edition.site.gallery
    fit = [
        image
        for image in images
        if image.url not in gallery.placeholders
        and image.url not in gallery.refused
        and (image.width or IMAGE_LEAST) >= IMAGE_LEAST
    ]
    for image in fit:
        kept = gallery.album.get(image.url)
        if kept is not None and not kept.logo:
            return _frame_kept(image, kept, edition)
    for image in fit:
        url = clean_picture_url(image.url, edition.links)
        if url is not None:
            return _frame(image, url)
    return None


def tell_language(record: Record, edition: Edition) -> str | None:
    """A record's language as a tag where it differs from the site's, so that pages can mark it."""
    language = record.state.language if record.state else None
    if not language or not language.replace("-", "").isascii() or not language.replace("-", "").isalnum():
        return None
    return language if language.split("-")[0].lower() != edition.site.locale.split("-")[0].lower() else None


def tell_labels(record: Record, edition: Edition) -> tuple[str, ...]:
    """What a reader should know before following the link: opinion, paywall and the like."""
    flags = record.state.flags if record.state else ()
    return tuple(edition.words.say(label) for flag, label in LABELS.items() if flag in flags)


def _drop_main(names: tuple[str, ...], main: str) -> tuple[str, ...]:
    """The topics that tell a story from others: not the one that the whole site is about."""
    return tuple(name for name in names if name != main) or names


def _choose_logo(images: Iterable[Image], edition: Edition) -> Picture | None:
    kept = find_kept_logo(images, edition)
    if kept is not None:
        return Picture(url=edition.links.file(f"{kept.folder}/{kept.widths[-1].webp}"))
    fitting = sorted(images, key=lambda image: ((image.width or 0) < LOGO_PIXELS, image.width or 0))
    for image in fitting:
        url = clean_picture_url(image.url, edition.links)
        if url is not None:
            return _frame(image, url)
    return None


def find_kept_logo(images: Iterable[Image], edition: Edition) -> Kept | None:
    """The kept copy of a provider's logo, None where there is none."""
    found = (edition.site.gallery.album.get(image.url) for image in images)
    return next((kept for kept in found if kept is not None and kept.logo), None)


def _frame_kept(image: Image, kept: Kept, edition: Edition) -> Picture:
    """A kept picture in all its widths; feeds and other sites are given the widest JPEG."""
    widest = kept.widths[0]

    def list_widths(form: str) -> str:
        files = ((width, getattr(width, form)) for width in reversed(kept.widths))
        return ", ".join(
            f"{edition.links.file(f'{kept.folder}/{name}')} {width.width}w" for width, name in files
        )

    return replace(
        _frame(image, edition.links.file(f"{kept.folder}/{widest.jpeg}")),
        width=widest.width,
        height=widest.height,
        jpeg=list_widths("jpeg"),
        webp=list_widths("webp"),
        colour=kept.colour,
    )


def _frame(image: Image, url: str) -> Picture:
    return Picture(
        url=url,
        alt=clean_text(image.title or ""),
        credit=clean_text(image.attribution or ""),
        width=image.width if image.width and image.width > 0 else None,
        height=image.height if image.height and image.height > 0 else None,
    )


def _name_others(story: Coverage, edition: Edition) -> tuple[ProviderMark, ...]:
    """The other providers of a story, each once, in the order of the story's members."""
    article, own = story.lead.article, story.lead.article.provider.domain
    providers = [record.article.provider for record in story.others] + [
        item.provider for item in article.related
    ]
    distinct: dict[str, Provider] = {}
    for provider in providers:
        if provider.domain != own:
            distinct.setdefault(provider.domain, provider)
    return tuple(mark_provider(provider, edition) for provider in distinct.values())
