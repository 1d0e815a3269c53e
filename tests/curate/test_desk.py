import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from newsloom.curate import Desk, Outcome, curate
from newsloom.records import Article, Draft, Provider, Record
from tests.curate.drafts import CLOCK, DESK, TOPICS, body, draft, event

KEEP_ALL = replace(DESK, keep="all")


def only(outcome: Outcome) -> Record:
    assert len(outcome.records) == 1
    return outcome.records[0]


def outcomes(outcome: Outcome) -> list[str]:
    return [decision.outcome for decision in outcome.decisions]


def test_a_good_article_becomes_a_shown_record() -> None:
    outcome = curate([], [draft()], DESK, CLOCK)
    record = only(outcome)
    assert record.name == "2026-11-24-a-chip-that-thinks-with-artificial-intelligence"
    assert record.article.topics == ("AI Hardware", "AI")
    assert record.article.quality >= 70
    assert record.article.shown
    assert record.article.heat == record.article.quality
    assert outcome.changed == {record.name}
    assert record.state is not None
    assert sum(term.value for term in record.state.terms) == record.article.quality


def test_articles_off_topic_are_rejected_or_kept_as_the_site_says() -> None:
    pears = draft("Frost damages pear orchards in the valley", excerpt="", text="")
    assert outcomes(curate([], [pears], DESK, CLOCK)) == ["rejected"]
    assert outcomes(curate([], [pears], KEEP_ALL, CLOCK)) == ["new"]


def test_an_article_without_title_is_rejected_with_the_reason() -> None:
    decision = curate([], [draft(title=" … ")], DESK, CLOCK).decisions[0]
    assert (decision.outcome, decision.reason) == ("rejected", "no title")


@pytest.mark.parametrize(
    "published",
    [None, CLOCK + timedelta(days=3), datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)],
)
def test_a_date_not_believed_is_replaced_by_when_it_was_seen(published: datetime | None) -> None:
    record = only(curate([], [draft(published=published)], DESK, CLOCK))
    assert record.article.published == CLOCK
    assert record.state is not None
    assert record.state.dated == "seen"


def test_page_wins_over_feed_entry_of_the_same_address() -> None:
    page = draft(address="https://a.example/x")
    entry = draft(address="https://a.example/x", origin="entry", excerpt="only the entry", text="")
    outcome = curate([], [entry, page], DESK, CLOCK)
    assert only(outcome).article.excerpt == page.excerpt
    assert sorted(outcomes(outcome)) == ["duplicate", "new"]
    later = curate(outcome.records, [entry], DESK, CLOCK)
    assert not later.changed


def test_an_edited_headline_changes_the_record_and_keeps_its_name() -> None:
    first = curate([], [draft(address="https://a.example/x")], DESK, CLOCK)
    edited = draft("A new AI chip thinks for itself", address="https://a.example/x")
    second = curate(first.records, [edited], DESK, CLOCK)
    assert only(second).name == only(first).name
    assert only(second).article.title == "A new AI chip thinks for itself"
    assert outcomes(second) == ["changed"]


def test_a_reprint_is_absorbed() -> None:
    original = draft(address="https://a.example/x", hours=5)
    reprint = draft(address="https://b.example/y", hours=2, host="b.example", images=())
    outcome = curate([], [reprint, original], DESK, CLOCK)
    record = only(outcome)
    assert record.article.web_url == "https://a.example/x"
    assert record.state is not None
    assert [copy.url for copy in record.state.copies] == ["https://b.example/y"]
    assert sorted(outcomes(outcome)) == ["duplicate", "new"]
    assert not curate(outcome.records, [reprint, original], DESK, CLOCK).changed


def test_a_better_copy_takes_over_and_the_title_stays() -> None:
    poor = draft(address="https://a.example/x", hours=5, images=(), authors=())
    good = draft(
        "Artificial intelligence chip thinks", address="https://b.example/y", hours=2, text=poor.text
    )
    first = curate([], [poor], DESK, CLOCK)
    outcome = curate(first.records, [good, poor], DESK, CLOCK)
    record = only(outcome)
    assert record.name == only(first).name
    assert record.article.title == poor.title
    assert record.article.web_url == "https://b.example/y"
    assert record.article.images == good.images
    assert record.article.quality > only(first).article.quality
    assert not curate(outcome.records, [poor, good], DESK, CLOCK).changed


def story_drafts() -> list[Draft]:
    title = "Robot firm Acme of Oslo recalls 400 robots"
    return [
        draft(f"{title} after fires", host="a.example", hours=6, authors=()),
        draft(f"{title} over battery", host="b.example", hours=4),
        draft(f"{title}, shares fall", host="c.example", hours=2, images=()),
    ]


def test_a_story_has_one_lead_that_is_shown_and_lists_the_others() -> None:
    outcome = curate([], story_drafts(), DESK, CLOCK)
    assert len(outcome.stories) == 1
    story = outcome.stories[0]
    records = {record.name: record for record in outcome.records}
    assert records[story.lead].article.provider.domain == "b.example"
    assert story.name == min(outcome.records, key=lambda r: r.article.published).name
    assert [record.article.shown for record in outcome.records].count(True) == 1
    for name, record in records.items():
        assert len(record.article.related) == 2
        assert (record.article.heat >= 0) == (name == story.lead)
        assert record.state is not None
        if name != story.lead and record.article.quality >= DESK.gate.publish_at:
            assert record.state.gate == f"covered by {story.lead}"


def test_more_providers_make_a_story_hotter() -> None:
    drafts = story_drafts()
    alone = curate([], drafts[1:2], DESK, CLOCK).stories[0].heat
    assert curate([], drafts, DESK, CLOCK).stories[0].heat > alone


def test_heat_fades_and_ends_with_the_window() -> None:
    records = curate([], [draft()], DESK, CLOCK).records
    heats = [
        curate(records, [], DESK, CLOCK + timedelta(hours=h)).stories[0].heat for h in (0, 10, 50, 24 * 8)
    ]
    assert heats == sorted(heats, reverse=True)
    assert heats[-1] == -1


@pytest.mark.parametrize(("word", "shown"), [("publish", True), ("hold", False)])
def test_an_editors_word_wins(word: str, shown: bool) -> None:
    poor = curate([], [draft(images=(), text="", excerpt="", flags=("sponsored",))], DESK, CLOCK)
    good = curate([], [draft()], DESK, CLOCK)
    records = poor.records if word == "publish" else good.records
    edited = replace(records[0], article=replace(records[0].article, editorial=word))
    assert only(curate([edited], [], DESK, CLOCK)).article.shown is shown


def foreign(title: str = "Robot firm Acme of Oslo recalls 400 robots") -> Record:
    article = Article(
        title=title,
        excerpt="What is known so far about the recall of robots.",
        published=CLOCK - timedelta(hours=7),
        original_url="https://f.example/1",
        web_url="https://f.example/1",
        provider=Provider(name="F", domain="f.example"),
        quality=40,
        heat=12,
        shown=True,
        secured="c2VhbA==;c2VhbA==",
    )
    return Record(name="2026-11-24-foreign", article=article)


def test_a_record_under_a_foreign_seal_is_left_alone() -> None:
    outcome = curate([foreign()], [], DESK, CLOCK)
    assert only(outcome) == foreign()
    assert not outcome.changed


def test_a_record_under_a_foreign_seal_can_be_covered_by_a_new_lead() -> None:
    outcome = curate([foreign()], story_drafts()[1:2], DESK, CLOCK)
    assert len(outcome.stories) == 1
    assert outcome.stories[0].name == "2026-11-24-foreign"
    old = next(record for record in outcome.records if record.name == "2026-11-24-foreign")
    assert (old.article.shown, old.article.heat, old.article.secured) == (
        False,
        -1,
        foreign().article.secured,
    )
    assert old.article.quality == 40


def test_names_taken_elsewhere_are_not_given_again() -> None:
    name = only(curate([], [draft()], DESK, CLOCK)).name
    assert only(curate([], [draft()], DESK, CLOCK, taken={name})).name == f"{name}-2"


def test_thousands_of_equal_headlines_stay_apart() -> None:
    drafts = [
        draft("AI live updates", address=f"https://a.example/{n}", text="", excerpt="", hours=n % 48)
        for n in range(3_000)
    ]
    outcome = curate([], drafts, DESK, CLOCK)
    assert len(outcome.records) == 3_000
    assert max(len(story.members) for story in outcome.stories) == 1


@st.composite
def passes(draw: st.DrawFn) -> list[Draft]:
    """Drafts with copies, edits, clashes of address, wrong dates and shared events."""
    drafts = []
    for _ in range(draw(st.integers(0, 8))):
        title, text = event(draw(st.integers(0, 3)))
        number = draw(st.integers(0, 5))
        drafts.append(
            draft(
                draw(
                    st.sampled_from((title, f"{title} again", "AI live updates", "", "Ein Roboter für alle"))
                ),
                address=f"https://site{number}.example/{draw(st.integers(0, 2))}",
                host=f"site{number}.example",
                hours=draw(st.integers(-40, 300)),
                origin=draw(st.sampled_from(("page", "entry"))),
                text=draw(st.sampled_from((text, body(title), ""))),
                images=draw(st.sampled_from((draft().images, ()))),
                flags=draw(st.sampled_from(((), ("sponsored",)))),
            )
        )
    return drafts


def test_a_page_that_would_win_its_record_back_is_not_taken_over() -> None:
    desk = Desk(topics=TOPICS, keep="all")
    poor = {"address": "https://one.example/1", "host": "one.example", "flags": ("sponsored",), "images": ()}
    known = curate([], [draft(text=body("Railway"), **poor)], desk, CLOCK).records
    entry = draft(address="https://one.example/1", host="one.example", origin="entry", text="")
    copy = draft(
        address="https://two.example/1", host="two.example", flags=("sponsored",), text=body("Railway")
    )
    outcome = curate(known, [entry, copy], desk, CLOCK)
    assert curate(outcome.records, [entry, copy], desk, CLOCK).records == outcome.records


@settings(max_examples=60, deadline=None)
@given(passes(), passes(), st.randoms(use_true_random=False))
def test_a_pass_is_a_fixpoint_whatever_the_order(
    before: list[Draft], drafts: list[Draft], chance: random.Random
) -> None:
    desk = Desk(topics=TOPICS, keep="all")
    known = curate([], before, desk, CLOCK).records
    outcome = curate(known, drafts, desk, CLOCK)
    shuffled = chance.sample(drafts, len(drafts))
    assert curate(chance.sample(known, len(known)), shuffled, desk, CLOCK) == outcome
    again = curate(outcome.records, drafts, desk, CLOCK)
    assert again.records == outcome.records
    assert not again.changed
    assert len(outcome.decisions) == len(drafts)


@settings(max_examples=30, deadline=None)
@given(passes())
def test_every_number_adds_up(drafts: list[Draft]) -> None:
    outcome = curate([], drafts, KEEP_ALL, CLOCK)
    members = [name for story in outcome.stories for name in story.members]
    assert sorted(members) == [record.name for record in outcome.records]
    for record in outcome.records:
        assert record.state is not None
        assert sum(term.value for term in record.state.terms) == record.article.quality
        if record.article.heat >= 0:
            assert sum(term.value for term in record.state.heat_terms) == record.article.heat
        assert record.state.gate
        assert all(other.web_url != record.article.web_url for other in record.article.related)
