"""What stands where on the front page."""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace
from selectolax.lexbor import LexborHTMLParser

from newsloom.publish.cards import compose_card
from newsloom.publish.front import SHIFTS, Front, compose_front
from newsloom.publish.pages import build_pages
from newsloom.publish.view import SiteView, compile_edition
from newsloom.records import Story, Topic
from tests.builders import CLOCK, record, sample_site, site_view

CHANGES = (40, 25, 12, 11, 9, 0, -9, -10, -33, -70, -71, None)


def _shifting() -> SiteView:
    records = [
        record(f"Story number {at}", heat=90 - at, published=CLOCK - timedelta(hours=at)) for at in range(12)
    ]
    stories = tuple(
        Story(
            name=item.name,
            lead=item.name,
            members=(item.name,),
            heat=90 - at,
            heat_before=None if change is None else 90 - at - change,
        )
        for at, (item, change) in enumerate(zip(records, CHANGES, strict=True))
    )
    return site_view(records, stories=stories)


def _compose(site: SiteView) -> Front:
    edition = compile_edition(site)
    return compose_front(edition, {story.name: compose_card(story, edition) for story in edition.latest})


def test_the_stories_that_rose_and_cooled_most_are_named() -> None:
    front = _compose(_shifting())
    assert [shift.change for shift in front.risen] == [40, 25, 12]
    assert [shift.change for shift in front.cooled] == [-71, -70, -33]
    assert max(len(front.risen), len(front.cooled)) == SHIFTS


def test_a_change_is_told_in_words_too() -> None:
    pages = dict(build_pages(_shifting()))
    tree = LexborHTMLParser(pages["public/index.html"])
    assert [node.text(strip=True) for node in tree.css(".shifts .change")][:2] == [
        "Hotter by40",
        "Hotter by25",
    ]


def test_without_changes_nothing_is_said_of_them() -> None:
    pages = dict(build_pages(sample_site()))
    assert LexborHTMLParser(pages["public/index.html"]).css(".shifts") == []


def test_columns_come_in_full_rows_that_end_together_and_repeat_nothing_above_them() -> None:
    names = ("AI", "AI Hardware", "AI Ethics", "AI Vision", "AI Robotics", "AI Law")
    topics = [Topic(name=name, id=name.lower().replace(" ", "-"), parent="AI") for name in names]
    records = [
        record(f"Story number {at}", topics=("AI", names[1 + at % 5] if at < 30 else names[1]), heat=90 - at)
        for at in range(40)
    ]
    front = _compose(replace(site_view(records), topics=topics, topic="AI"))
    above = {card.name for card in (front.lead, *front.seconds, *front.stream) if card}
    shown = [card.name for column in front.columns for card in column.cards]
    assert len(front.columns) == 3 and len(shown) == len(set(shown)) and above.isdisjoint(shown)
    lengths = [len(column.cards) for column in front.columns]
    assert max(lengths) - min(lengths) <= 1


def test_who_is_named_under_the_lead_is_not_named_twice() -> None:
    site = sample_site()
    second = compile_edition(site).front[1]
    alone = replace(
        site,
        records=[second.lead, *second.others],
        stories=tuple(story for story in site.stories if story.name == second.name),
    )
    told = _compose(alone)
    assert [report.provider.name for report in told.reports] == ["Ward & Clinic"]
    assert told.lead is not None and told.lead.also == ()
    more = _compose(site)  # with more providers than reports have room
    assert more.lead is not None and len(more.lead.also) == 3 and more.lead.also_more == 2
