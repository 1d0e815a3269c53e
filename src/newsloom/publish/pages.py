"""The pages readers see: every file of the rendered site, below `public/`.

Lists are cut into leaves that never change once they are full, so what such a leaf shows must not grow with
the site: counts and margins stand on the newest leaf alone.

`plan_pages` is a pure function from a `SiteView` to outputs: each page with a key of all it is made from, and
how to make it. The same input gives the same bytes, whenever and wherever it runs; nothing is written here.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from msgspec import structs

from newsloom.publish.cards import Card
from newsloom.publish.dates import tell_day
from newsloom.publish.developers import list_endpoints, list_feeds, list_maps, show_example
from newsloom.publish.dossier import compose_dossier, list_marks
from newsloom.publish.feeds import build_feeds
from newsloom.publish.figures import compose_figures
from newsloom.publish.front import Front, compose_front
from newsloom.publish.listings import (
    describe_provider,
    describe_topic,
    group_days,
    list_months,
    list_topics,
    tally_providers,
)
from newsloom.publish.outputs import Output, hold_bytes
from newsloom.publish.paging import cut_leaves
from newsloom.publish.press import (
    PUBLIC,
    FeedLink,
    Press,
    frame_site,
    offer_feeds,
    open_press,
    turn_page,
)
from newsloom.publish.previews import SITE
from newsloom.publish.safety import clean_text
from newsloom.publish.search_page import build_search
from newsloom.publish.sitemap import build_sitemaps
from newsloom.publish.sources import build_opml, compose_sources
from newsloom.publish.structured import describe_list, describe_story
from newsloom.publish.theme import build_assets
from newsloom.publish.view import NO_SHELF, Coverage, Edition, SiteView, compile_edition
from newsloom.records import Topic


def build_pages(site: SiteView) -> Iterator[tuple[str, bytes]]:
    """Every file of the rendered site, made: its path below the site's root, and its bytes."""
    return ((output.path, output.make()) for output in plan_pages(site))


def plan_pages(site: SiteView) -> Iterator[Output]:
    """Every file of the rendered site, by its path below the site's root."""
    edition = compile_edition(site)
    yield from plan_reading(edition)
    yield from plan_search(edition)


def plan_search(edition: Edition, kept: Path | None = None) -> Iterator[Output]:
    """The page of search and its index, made of every story; `kept` is a file for what was read of them."""
    return (hold_bytes(path, body) for path, body in build_search(edition, frame_site(edition), kept))


def plan_reading(edition: Edition) -> Iterator[Output]:
    """Every file of the rendered site but those of search."""
    press = open_press(edition)
    yield _print_front(press)
    for story in edition.latest:
        yield _plan_story(story, press)
    for name, story_name in edition.moved.items():
        yield _print_moved(name, press.cards[story_name], press)
    for topic in edition.site.topics:
        yield from _print_topic(topic, press)
    yield from _print_providers(press)
    yield from _print_archive(press)
    yield from _print_sources(press)
    yield from _print_rest(press)
    yield from (structs.replace(output, path=PUBLIC + output.path) for output in press.previews.plan())
    for built in (build_feeds(edition, press.cards), build_sitemaps(edition), build_assets()):
        yield from (hold_bytes(PUBLIC + path, body) for path, body in built)


def _print_front(press: Press) -> Output:
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


def _plan_story(story: Coverage, press: Press) -> Output:
    """A story's page: its records, its card and the names of their providers are all it is made from."""
    card = press.cards[story.name]
    marks, preview = list_marks(story, press.edition), press.previews.of_story.get(story.name)
    key = press.key("story.html", card, story.lead, story.others, marks, preview)
    return Output(press.place(card.href), key, partial(_print_story, story, press))


def _print_story(story: Coverage, press: Press) -> bytes:
    card = press.cards[story.name]
    dossier = compose_dossier(story, press.edition, card)
    preview = press.previews.of_story.get(story.name, SITE)
    page = press.page(
        card.href,
        card.title,
        description=card.excerpt,
        card=card,
        preview=preview,
        data=describe_story(dossier, press.links, preview),
    )
    return press.render("story.html", page, story=dossier)


def _print_moved(name: str, card: Card, press: Press) -> Output:
    """The page at the address of a story that became part of another: it leads there."""
    page = structs.replace(press.page(press.links.story(name), card.title), hidden=True)
    return press.print("moved.html", page, target=card.href)


def _print_topic(topic: Topic, press: Press) -> Iterator[Output]:
    edition, described = press.edition, describe_topic(topic, press.edition)
    folder = press.links.topic(topic.id)
    feeds = offer_feeds(
        press, folder.removeprefix(press.links.base), f"{described.name} · {press.frame.title}"
    )
    ended = edition.site.past.topics.get(topic.name, NO_SHELF).leaves
    for leaf in cut_leaves(edition.by_topic.get(topic.name, ()), edition.site.page_size, ended):
        path = press.links.topic(topic.id, leaf.number)
        page = press.page(
            path,
            described.name,
            description=described.description,
            feeds=feeds,
            section=folder,
            preview=press.previews.of_topic.get(topic.name, SITE),
            turn=turn_page(leaf, partial(press.links.topic, topic.id)),
        )
        days = group_days(leaf.items, press.cards, edition)
        shown = structs.replace(described, providers=()) if leaf.number else described
        cards = [press.cards[story.name] for story in leaf.items]
        describe = partial(describe_list, described.name, path, cards, press.links)
        yield press.print("topic.html", page, describe=describe, topic=shown, days=days)


def _print_providers(press: Press) -> Iterator[Output]:
    edition = press.edition
    counts = {
        domain: edition.count_led(domain) + edition.count_joined(domain) for domain in sorted(edition.domains)
    }
    page = press.page(press.links.page("providers"), press.words.say("Providers"))
    yield press.print("providers.html", page, providers=tally_providers(counts, edition))
    for domain in sorted(edition.by_provider.keys() | edition.joined.keys()):
        yield from _print_provider(domain, press)


def _print_provider(domain: str, press: Press) -> Iterator[Output]:
    edition, described = press.edition, describe_provider(domain, press.edition, press.cards)
    folder = press.links.provider(domain).removeprefix(press.links.base)
    feeds = offer_feeds(press, folder, f"{described.name} · {press.frame.title}")
    ended = edition.site.past.providers.get(domain, NO_SHELF).leaves
    for leaf in cut_leaves(edition.by_provider.get(domain, ()), edition.site.page_size, ended):
        page = press.page(
            press.links.provider(domain, leaf.number),
            described.name,
            description=described.description,
            feeds=feeds if described.led else (),
            turn=turn_page(leaf, partial(press.links.provider, domain)),
        )
        days = group_days(leaf.items, press.cards, edition)
        shown = (
            structs.replace(described, led=0, joined=0, topics=(), others=()) if leaf.number else described
        )
        yield press.print("provider.html", page, provider=shown, days=days)


def _print_archive(press: Press) -> Iterator[Output]:
    page = press.page(press.links.page("archive"), press.words.say("Archive"))
    yield press.print("archive.html", page, months=tuple(list_months(press.edition)))
    for day, stories in press.edition.by_day.items():
        name = day.isoformat()
        for leaf in cut_leaves(stories, 2 * press.edition.site.page_size):
            turn = turn_page(leaf, partial(press.links.day, name))
            page = press.page(
                press.links.day(name, leaf.number), tell_day(day, press.edition.words.locale), turn=turn
            )
            (group,) = group_days(leaf.items, press.cards, press.edition)
            yield press.print("day.html", page, day=group)


def _print_sources(press: Press) -> Iterator[Output]:
    sources, heading = compose_sources(press.edition), press.words.say("Sources")
    opml = FeedLink(name="OPML", type="text/x-opml", title=heading, href=press.links.file("sources.opml"))
    page = press.page(press.links.page("sources"), heading, feeds=(opml,) if sources.listed else ())
    yield press.print("sources.html", page, sources=sources)
    yield hold_bytes(f"{PUBLIC}sources.opml", build_opml(press.edition))


def _print_rest(press: Press) -> Iterator[Output]:
    links, topics = press.links, tuple(list_topics(press.edition))
    yield press.print(
        "topics.html", press.page(links.page("topics"), press.words.say("Topics")), topics=topics
    )
    figures = press.page(links.page("figures"), press.words.say("The desk in figures"))
    yield press.print("figures.html", figures, figures=compose_figures(press.edition))
    developers = press.page(links.page("about", "api"), press.words.say("For readers’ own programs"))
    yield press.print(
        "developers.html",
        developers,
        feeds=list_feeds(press.edition),
        lists=list_endpoints(press.edition),
        maps=list_maps(press.edition),
        example=show_example(press.edition),
        page_size=press.edition.site.page_size,
    )
    about = press.page(
        links.page("about"), press.words.say("How this desk decides"), description=press.frame.description
    )
    yield press.print("about.html", about, topics=topics, formula=clean_text(press.edition.site.formula))
    missing = structs.replace(press.page(links.file("404.html"), press.words.say("Not found")), hidden=True)
    yield structs.replace(press.print("missing.html", missing), path=f"{PUBLIC}404.html")
