"""Topics, providers, days and the calendar; and the front page that is made of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

import msgspec

from newsloom.publish.cards import Card, compose_card
from newsloom.publish.front import Front, compose_front
from newsloom.publish.listings import describe_provider, describe_topic, group_days, list_months, list_topics
from newsloom.publish.view import Edition, Organization, compile_edition
from newsloom.records import Provider, Record, Topic
from tests.builders import CLOCK, TOPICS, record, sample_site, site_view


def _edition(records: Iterable[Record], **fields: object) -> tuple[Edition, dict[str, Card]]:
    edition = compile_edition(site_view(records, **fields))
    return edition, {story.name: compose_card(story, edition) for story in edition.latest}


def _front(records: Iterable[Record], **fields: object) -> Front:
    return compose_front(*_edition(records, **fields))


def _many(count: int, **fields: object) -> list[Record]:
    return [
        record(
            f"Title {number:02}",
            name=f"r{number:02}",
            heat=100 - number,
            published=CLOCK - timedelta(hours=number),
            **fields,
        )  # type: ignore[arg-type]  # fields of any type
        for number in range(count)
    ]


def test_no_story_stands_twice_above_the_columns() -> None:
    edition = compile_edition(sample_site())
    front = compose_front(edition, {story.name: compose_card(story, edition) for story in edition.latest})
    assert front.lead is not None
    names = [card.name for card in (front.lead, *front.seconds, *front.stream, *front.latest)]
    assert len(names) == len(set(names)) == 1 + 3 + 8 + 12


def test_the_front_page_is_filled_from_the_top() -> None:
    sizes = []
    for count in (0, 1, 3, 7, 20):
        front = _front(_many(count))
        sizes.append((front.lead is not None, len(front.seconds), len(front.stream), len(front.latest)))
    assert sizes == [(False, 0, 0, 0), (True, 0, 0, 0), (True, 2, 0, 0), (True, 3, 3, 0), (True, 3, 8, 8)]


def _with_topics(made: Record, *topics: str) -> Record:
    return msgspec.structs.replace(made, article=msgspec.structs.replace(made.article, topics=topics))


def _on(topics: Sequence[str], count: int = 60) -> list[Record]:
    """Stories on these topics in turn, each on the main topic too."""
    return [
        _with_topics(item, "AI", topics[number % len(topics)]) for number, item in enumerate(_many(count))
    ]


def test_columns_are_of_other_topics_with_enough_stories() -> None:
    records = _on(("AI Ethics", "AI in Robotics", "AI in Healthcare"))
    records.append(record("Alone", name="alone", heat=1, topics=("AI", "AI Hardware")))
    columns = _front(records).columns
    assert [(column.topic.name, column.total, len(column.cards)) for column in columns] == [
        ("Healthcare", 20, 5),
        ("Ethics", 20, 5),
        ("Robotics", 20, 5),
    ]


def test_a_row_of_columns_is_full_or_left_out() -> None:
    few = ("AI Ethics", "AI in Robotics")
    more = (*few, "AI in Healthcare", "AI in Education")
    assert [len(_front(_on(topics)).columns) for topics in (few, more)] == [0, 3]


def test_a_column_repeats_nothing_but_what_is_new() -> None:
    records = _on(("AI Ethics", "AI in Robotics", "AI in Healthcare"), 90)
    both = [_with_topics(item, "AI", "AI Ethics", "AI in Robotics") for item in records[40:60]]
    front = _front([*records[:40], *both, *records[60:]])
    assert front.lead is not None and len(front.columns) == 3
    names = [card.name for card in (front.lead, *front.seconds, *front.stream)]
    names += [card.name for column in front.columns for card in column.cards]
    assert len(names) == len(set(names))


def test_a_country_is_told_by_its_name_in_the_language_of_the_site() -> None:
    told = []
    for locale, country in (("en-GB", "IE"), ("de-DE", "ie"), ("de-DE", "Portugal"), ("en-GB", "XQ")):
        known = Organization(domain="harbourpost.example", name="The Harbour Post", country=country)
        edition, cards = _edition(_many(1), locale=locale, organizations={known.domain: known})
        told.append(describe_provider(known.domain, edition, cards).country)
    assert told == ["Ireland", "Irland", "Portugal", "XQ"]


def test_days_are_grouped_and_linked() -> None:
    edition, cards = _edition(_many(30))
    groups = group_days(edition.latest, cards, edition)
    assert [group.day for group in groups] == ["2026-11-24", "2026-11-23"]
    assert groups[0].href == "/archive/2026-11-24/" and groups[0].text == "Tuesday, 24 November 2026"
    assert sum(len(group.cards) for group in groups) == 30


def test_children_follow_their_parents() -> None:
    topics = (
        Topic(id="b", name="B", parent="A"),
        Topic(id="a", name="A"),
        Topic(id="c", name="C", parent="B"),
        Topic(id="lost", name="Lost", parent="Gone"),
    )
    edition, _ = _edition([], topics=topics)
    assert [(entry.topic.name, entry.depth) for entry in list_topics(edition)] == [
        ("A", 0),
        ("B", 1),
        ("C", 1),
        ("Lost", 0),
    ]


def test_a_topic_knows_its_children_and_busiest_providers() -> None:
    others = [
        record(name=f"o{number}", provider=Provider(name="O", domain="o.example")) for number in range(3)
    ]
    edition, _ = _edition([record(name="one"), *others])
    page = describe_topic(TOPICS[0], edition)
    assert [child.name for child in page.children][:2] == ["Hardware", "Machine Learning"]
    assert [(tally.provider.name, tally.count) for tally in page.providers if tally.provider] == [
        ("O", 3),
        ("The Harbour Post", 1),
    ]


def test_a_provider_outside_the_register_is_told_by_its_articles() -> None:
    edition, cards = _edition([record(name="one", topics=("AI", "AI Ethics"))])
    page = describe_provider("harbourpost.example", edition, cards)
    assert (page.name, page.led, page.joined, page.standing) == ("The Harbour Post", 1, 0, None)
    assert [tally.topic.name for tally in page.topics if tally.topic] == ["AI", "Ethics"]


def test_the_calendar_has_every_day_of_its_months() -> None:
    records = [*_many(3), record("Older", name="older", published=CLOCK - timedelta(days=60))]
    edition, _ = _edition(records)
    months = list(list_months(edition))
    assert [(month.text, month.total) for month in months] == [("November 2026", 3), ("September 2026", 1)]
    cells = [cell for week in months[0].weeks for cell in week]
    assert [cell.number for cell in cells if cell.number] == list(range(1, 31))
    assert {(cell.number, cell.count, cell.level) for cell in cells if cell.href} == {(24, 3, 4)}
    assert all(1 <= cell.level <= 4 for month in months for week in month.weeks for cell in week if cell.href)
