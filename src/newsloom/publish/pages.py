"""The pages readers see: every file of the rendered site, below `public/`.

`build_pages` is a pure function from a `SiteView` to paths and bytes; the same input gives the same
bytes, whenever and wherever it runs. It writes nothing itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from msgspec import structs

from newsloom.publish.cards import Card, compose_card
from newsloom.publish.dates import tell_day
from newsloom.publish.dossier import compose_dossier
from newsloom.publish.feeds import build_feeds
from newsloom.publish.front import Front, compose_front
from newsloom.publish.listings import (
    describe_provider,
    describe_topic,
    group_days,
    list_months,
    list_topics,
    tally_providers,
)
from newsloom.publish.paging import cut_pages
from newsloom.publish.press import PUBLIC, Press, frame_site, offer_feeds, turn_page
from newsloom.publish.safety import clean_text
from newsloom.publish.search_page import build_search
from newsloom.publish.sitemap import build_sitemaps
from newsloom.publish.structured import describe_list, describe_story
from newsloom.publish.theme import build_assets
from newsloom.publish.view import Coverage, SiteView, compile_edition
from newsloom.records import Topic


def build_pages(site: SiteView) -> Iterator[tuple[str, bytes]]:
    """Every file of the rendered site: its path below the site's root, and its bytes."""
    edition = compile_edition(site)
    cards = {story.name: compose_card(story, edition) for story in edition.latest}
    press = Press(edition=edition, cards=cards, frame=frame_site(edition))
    yield _print_front(press)
    for story in edition.latest:
        yield _print_story(story, press)
    for name, story_name in edition.moved.items():
        yield _print_moved(name, cards[story_name], press)
    for topic in site.topics:
        yield from _print_topic(topic, press)
    yield from _print_providers(press)
    yield from _print_archive(press)
    yield from _print_rest(press)
    yield from build_search(press)
    yield from _below(build_feeds(edition, cards))
    yield from _below(build_sitemaps(edition))
    yield from _below(build_assets())


def _below(built: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    return ((PUBLIC + path, body) for path, body in built)


def _print_front(press: Press) -> tuple[str, bytes]:
    front = compose_front(press.edition, press.cards)
    page = press.page(
        press.links.base,
        press.frame.title,
        description=press.frame.description,
        feeds=offer_feeds(press, "", press.frame.title),
        card=front.lead,
        data=describe_list(press.frame.title, press.links.base, _list_cards(front), press.links),
    )
    return press.print("front.html", page, front=front)


def _list_cards(front: Front) -> list[Card]:
    return [*([front.lead] if front.lead else []), *front.seconds, *front.stream]


def _print_story(story: Coverage, press: Press) -> tuple[str, bytes]:
    dossier = compose_dossier(story, press.edition)
    card = dossier.card
    page = press.page(
        card.href,
        card.title,
        description=card.excerpt,
        card=card,
        data=describe_story(dossier, press.links),
    )
    return press.print("story.html", page, story=dossier)


def _print_moved(name: str, card: Card, press: Press) -> tuple[str, bytes]:
    """The page at the address of a story that became part of another: it leads there."""
    page = structs.replace(press.page(press.links.story(name), card.title), hidden=True)
    return press.print("moved.html", page, target=card.href)


def _print_topic(topic: Topic, press: Press) -> Iterator[tuple[str, bytes]]:
    edition, described = press.edition, describe_topic(topic, press.edition)
    folder = press.links.topic(topic.id)
    feeds = offer_feeds(
        press, folder.removeprefix(press.links.base), f"{described.name} · {press.frame.title}"
    )
    for part in cut_pages(edition.by_topic.get(topic.name, ()), edition.site.page_size):
        path = press.links.topic(topic.id, part.number)
        page = press.page(
            path,
            described.name,
            description=described.description,
            feeds=feeds,
            section=folder,
            data=describe_list(
                described.name, path, [press.cards[story.name] for story in part.items], press.links
            ),
            turn=turn_page(part, partial(press.links.topic, topic.id)),
        )
        days = group_days(part.items, press.cards, edition)
        yield press.print("topic.html", page, topic=described, days=days)


def _print_providers(press: Press) -> Iterator[tuple[str, bytes]]:
    edition = press.edition
    counts = {
        domain: len(edition.by_provider.get(domain, ())) + len(edition.joined.get(domain, ()))
        for domain in sorted(edition.by_provider.keys() | edition.joined.keys())
    }
    page = press.page(press.links.page("providers"), "Providers")
    yield press.print("providers.html", page, providers=tally_providers(counts, edition))
    for domain in counts:
        yield from _print_provider(domain, press)


def _print_provider(domain: str, press: Press) -> Iterator[tuple[str, bytes]]:
    edition, described = press.edition, describe_provider(domain, press.edition, press.cards)
    folder = press.links.provider(domain).removeprefix(press.links.base)
    feeds = offer_feeds(press, folder, f"{described.name} · {press.frame.title}")
    for part in cut_pages(edition.by_provider.get(domain, ()), edition.site.page_size):
        page = press.page(
            press.links.provider(domain, part.number),
            described.name,
            description=described.description,
            feeds=feeds if described.led else (),
            turn=turn_page(part, partial(press.links.provider, domain)),
        )
        days = group_days(part.items, press.cards, edition)
        yield press.print("provider.html", page, provider=described, days=days)


def _print_archive(press: Press) -> Iterator[tuple[str, bytes]]:
    page = press.page(press.links.page("archive"), "Archive")
    yield press.print("archive.html", page, months=tuple(list_months(press.edition)))
    for day, stories in press.edition.by_day.items():
        name = day.isoformat()
        for part in cut_pages(stories, 2 * press.edition.site.page_size):
            turn = turn_page(part, partial(press.links.day, name))
            page = press.page(press.links.day(name, part.number), tell_day(day), turn=turn)
            (group,) = group_days(part.items, press.cards, press.edition)
            yield press.print("day.html", page, day=group)


def _print_rest(press: Press) -> Iterator[tuple[str, bytes]]:
    links, topics = press.links, tuple(list_topics(press.edition))
    yield press.print("topics.html", press.page(links.page("topics"), "Topics"), topics=topics)
    about = press.page(links.page("about"), "How this desk decides", description=press.frame.description)
    yield press.print("about.html", about, topics=topics, formula=clean_text(press.edition.site.formula))
    missing = structs.replace(press.page(links.file("404.html"), "Not found"), hidden=True)
    yield PUBLIC + "404.html", press.print("missing.html", missing)[1]
