"""Which records and stories an edition shows, and in what order."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from newsloom.publish.view import compile_edition
from newsloom.records import Provider, Story
from tests.builders import CLOCK, record, site_view


def _story(*members: str) -> Story:
    return Story(name=members[0], lead=members[0], members=members)


def test_only_shown_records_are_seen() -> None:
    edition = compile_edition(site_view([record("Shown"), record("Held", shown=False)]))
    assert [item.article.title for item in edition.shown] == ["Shown"]
    assert [story.lead.article.title for story in edition.latest] == ["Shown"]


def test_a_story_is_shown_when_its_lead_is() -> None:
    lead, other = record("Lead", name="lead"), record("Other", name="other", shown=False)
    edition = compile_edition(site_view([lead, other], stories=(_story("lead", "other"),)))
    assert [[item.name for item in story.others] for story in edition.latest] == [["other"]]
    hidden = record("Lead", name="lead", shown=False)
    assert compile_edition(site_view([hidden, other], stories=(_story("lead", "other"),))).latest == ()


def test_what_an_editor_holds_is_on_no_page() -> None:
    held = record("Withdrawn", name="held", shown=False, editorial="hold")
    edition = compile_edition(
        site_view([record("Lead", name="lead"), held], stories=(_story("lead", "held"),))
    )
    assert edition.latest[0].others == ()


def test_a_shown_record_without_a_story_is_one() -> None:
    edition = compile_edition(site_view([record("Alone", name="alone")]))
    assert edition.latest[0].name == "alone"


def test_members_that_are_missing_do_no_harm() -> None:
    story = Story(name="lead", lead="lead", members=("lead", "gone"))
    lost = Story(name="lost", lead="nowhere", members=("nowhere",))
    edition = compile_edition(site_view([record("Lead", name="lead")], stories=(story, lost)))
    assert [item.name for item in edition.latest] == ["lead"]


def test_the_front_is_by_heat_and_lists_by_time() -> None:
    old_hot = record("Old and hot", name="a", heat=90, published=CLOCK - timedelta(days=1))
    new_cool = record("New and cool", name="b", heat=5, published=CLOCK)
    out_of_it = record(
        "Newest, not in the running", name="c", heat=-1, published=CLOCK + timedelta(minutes=1)
    )
    edition = compile_edition(site_view([out_of_it, new_cool, old_hot]))
    assert [story.name for story in edition.front] == ["a", "b", "c"]
    assert [story.name for story in edition.latest] == ["c", "b", "a"]


def test_the_order_of_input_does_not_matter() -> None:
    records = [record(f"Title {number}", heat=number % 3) for number in range(12)]
    forwards, backwards = compile_edition(site_view(records)), compile_edition(site_view(records[::-1]))
    assert [story.name for story in forwards.front] == [story.name for story in backwards.front]
    assert forwards.shown == backwards.shown


def test_days_are_those_of_the_sites_zone() -> None:
    late = record("Late", published=CLOCK.replace(hour=23, minute=30))
    assert list(compile_edition(site_view([late])).by_day) == [date(2026, 11, 25)]
    assert list(compile_edition(site_view([late], timezone="UTC")).by_day) == [date(2026, 11, 24)]


def test_a_provider_is_among_the_others_of_a_story_once() -> None:
    rival = Provider(name="Rival", domain="rival.example")
    records = [record("Lead", name="lead")] + [
        record(f"Other {number}", name=f"other-{number}", provider=rival, shown=False) for number in range(2)
    ]
    edition = compile_edition(site_view(records, stories=(_story("lead", "other-0", "other-1"),)))
    assert [story.name for story in edition.joined["rival.example"]] == ["lead"]
    assert "harbourpost.example" not in edition.joined


def test_a_story_keeps_its_name_when_its_first_record_no_longer_leads() -> None:
    first, better = record("First", name="first", shown=False), record("Better", name="better")
    story = Story(name="first", lead="better", members=("better", "first"))
    edition = compile_edition(site_view([first, better], stories=(story,)))
    assert [(item.name, item.lead.name) for item in edition.latest] == [("first", "better")]
    assert better.state is not None
    alone = msgspec.structs.replace(better, state=msgspec.structs.replace(better.state, story="first"))
    assert compile_edition(site_view([alone])).latest[0].name == "first"
