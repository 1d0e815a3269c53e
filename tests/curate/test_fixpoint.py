"""A second pass over the same input changes nothing, and the order of the input does not matter."""

import random
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from newsloom.curate import Desk, curate
from newsloom.records import Draft, Record, StoryEdits
from newsloom.settings import COPIES
from tests.curate.corpora import WORDS, make_corpus, make_desk
from tests.curate.drafts import CLOCK, TOPICS, body, draft

KEEP_ALL = Desk(topics=TOPICS, keep="all")
SEEDS = st.integers(0, 2**32)


def check(known: tuple[Record, ...], drafts: list[Draft], desk: Desk) -> tuple[Record, ...]:
    """The records of a pass after which another one over the same drafts has nothing to do."""
    outcome = curate(known, drafts, desk, CLOCK)
    again = curate(outcome.records, drafts, desk, CLOCK)
    assert not again.changed
    assert again.records == outcome.records
    assert again.stories == outcome.stories
    return outcome.records


@settings(max_examples=25, deadline=None)
@given(SEEDS, st.sampled_from((1, 4)))
def test_a_second_pass_over_near_copies_changes_nothing(seed: int, shards: int) -> None:
    dice = random.Random(seed)
    desk, drafts = make_desk(dice, shards), make_corpus(dice, 16)
    known = check((), drafts[:8], desk) if seed % 2 else ()
    check(known, drafts, desk)


@settings(max_examples=10, deadline=None)
@given(SEEDS)
def test_the_order_of_near_copies_does_not_matter(seed: int) -> None:
    dice = random.Random(seed)
    desk, drafts = make_desk(dice), make_corpus(dice, 16)
    assert curate((), dice.sample(drafts, len(drafts)), desk, CLOCK) == curate((), drafts, desk, CLOCK)


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_nor_does_a_second_pass_where_an_editor_or_another_desk_has_had_a_word(seed: int) -> None:
    dice = random.Random(seed)
    desk, drafts = make_desk(dice), make_corpus(dice, 12)
    known = curate((), drafts[:9], desk, CLOCK).records
    names = tuple(dice.sample([record.name for record in known], len(known)))
    apart = (names[:1], names[1:3])
    edits = StoryEdits(
        join=(names[3:5], names[:2]), apart=(apart, apart[::-1]), alone=names[5:6], pin=names[6:7]
    )
    sealed = tuple(
        replace(record, article=replace(record.article, secured="x;y"), state=None)
        if dice.random() < 0.2
        else record
        for record in known
    )
    check(sealed, drafts, replace(desk, edits=edits))


def test_a_text_printed_more_often_than_is_told_is_known_again() -> None:
    text = " ".join(random.Random(1).choices(WORDS, k=200))
    drafts = []
    for number in range(COPIES + 10):
        cut = " ".join(text.split()[: 200 - number])
        title = "A chip for the harbour" if number else "Robots of Oslo learn to think"
        drafts.append(draft(title, host=f"paper{number}.example", hours=90 - number, text=cut, images=()))
    (record,) = check((), drafts, KEEP_ALL)
    assert record.state is not None
    assert len(record.state.copies) == COPIES
    assert len(record.state.reprints) == len(drafts) - COPIES - 1


def test_the_address_that_led_to_a_page_leads_to_its_copy_when_another_takes_over() -> None:
    """The link came as a page of its own, later in the pass than the record, earlier than the better copy."""
    poor = draft(
        address="https://a.example/new", original="https://a.example/old", hours=5, images=(), authors=()
    )
    old = draft(
        "Quite another headline", address="https://a.example/old", hours=4, text=body("Else"), images=()
    )
    good = draft(address="https://b.example/y", host="b.example", hours=2, text=poor.text)
    records = check((), [poor, old, good], KEEP_ALL)
    assert [record.article.web_url for record in records] == ["https://b.example/y"]


def test_an_address_two_moves_ago_still_leads_to_the_page() -> None:
    fields = {"source": "https://a.example/feed", "guid": "42"}
    first = draft(address="https://a.example/1", **fields)
    known = curate((), [first], KEEP_ALL, CLOCK).records
    for number in (2, 3):
        moved = draft(address=f"https://a.example/{number}", **fields)
        known = curate(known, [moved], KEEP_ALL, CLOCK).records
    records = check(known, [first, moved], KEEP_ALL)
    assert [record.article.web_url for record in records] == ["https://a.example/3"]


def test_an_entry_that_names_a_new_address_of_a_page_is_known_again() -> None:
    page = draft(address="https://a.example/1", hours=5)
    entry = draft(original="https://a.example/1", address="https://a.example/2", origin="entry", text="")
    known = curate((), [page], KEEP_ALL, CLOCK).records
    better = draft(address="https://b.example/y", host="b.example", hours=2, text=page.text)
    poorer = replace(page, images=(), authors=(), modified=CLOCK - timedelta(hours=1))
    check(known, [poorer, better, replace(entry, original="https://a.example/1")], KEEP_ALL)


@pytest.mark.parametrize("link", ["https://t.example/1", "https://a.example/1"])
def test_a_link_belongs_to_one_record_alone(link: str) -> None:
    first = draft(original=link, address="https://a.example/1", hours=5)
    second = draft("The harbour gets robots", original=link, address="https://a.example/2", hours=4)
    records = check((), [first, second], KEEP_ALL)
    assert [record.article.original_url for record in records] == [link, "https://a.example/2"]
