"""A story's page: its coverage, its copies, and its scores as pictures."""

from __future__ import annotations

from datetime import timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from newsloom.publish.dossier import Dossier, compose_dossier, measure_quality
from newsloom.publish.view import compile_edition
from newsloom.publish.words import find_words
from newsloom.records import Copy, Provider, Record, Related, Story, Term
from tests.builders import CLOCK, record, site_view

ENGLISH = find_words("en")
RIVAL = Provider(name="Rival", domain="rival.example")


def _dossier(lead: Record, *others: Record) -> Dossier:
    story = Story(name=lead.name, lead=lead.name, members=tuple(item.name for item in (lead, *others)))
    edition = compile_edition(site_view([lead, *others], stories=(story,)))
    return compose_dossier(edition.latest[0], edition)


def _scored(quality: int, values: list[int]) -> Record:
    made = record(quality=quality)
    assert made.state is not None
    terms = tuple(Term(name=f"term_{number}", value=value) for number, value in enumerate(values))
    return msgspec.structs.replace(made, state=msgspec.structs.replace(made.state, terms=terms))


@given(st.integers(-50, 400), st.lists(st.integers(-300, 300), max_size=12), st.integers(0, 1000))
def test_bars_stay_in_their_picture_and_touch_zero(quality: int, values: list[int], bar: int) -> None:
    score = measure_quality(_scored(quality, values), bar, ENGLISH)
    assert 0 <= score.bar <= 100
    assert score.mark is not None and 0 <= score.mark <= 100
    for drawn in score.bars:
        assert 0 <= drawn.start <= 100 and drawn.start + drawn.width <= 100.2
        edge = drawn.start + drawn.width if drawn.negative else drawn.start
        assert abs(edge - drawn.zero) <= 0.2


def test_terms_are_told_in_words_and_signs() -> None:
    bars = measure_quality(_scored(72, [40, -6, 0]), 70, ENGLISH).bars
    assert [(bar.name, bar.value) for bar in bars] == [("term 0", "+40"), ("term 1", "−6"), ("term 2", "0")]


def test_the_timeline_is_in_order_and_says_who_leads() -> None:
    first = record("First", name="first", provider=RIVAL, published=CLOCK - timedelta(hours=9), shown=False)
    last = record("Last", name="last", provider=RIVAL, published=CLOCK, shown=False)
    timeline = _dossier(record("Lead", name="lead"), last, first).timeline
    assert [(report.title, report.lead) for report in timeline] == [
        ("First", False),
        ("Lead", True),
        ("Last", False),
    ]


def test_what_both_a_record_and_the_document_tell_is_listed_once() -> None:
    other = record("Other", name="other", provider=RIVAL, shown=False, web_url="https://rival.example/a")
    related = [
        Related(title="Other", excerpt="", published=CLOCK, web_url=url, provider=RIVAL)
        for url in ("https://rival.example/a", "https://rival.example/b", "https://rival.example/b")
    ]
    lead = record("Lead", name="lead", related=tuple(related))
    assert [report.out for report in _dossier(lead, other).others] == [
        "https://rival.example/a",
        "https://rival.example/b",
    ]


def test_copies_are_folded_oldest_first() -> None:
    lead = record("Lead", name="lead")
    assert lead.state is not None
    copies = tuple(
        Copy(
            url=f"https://{number}.example/",
            title="Lead",
            provider=RIVAL,
            published=CLOCK - timedelta(hours=number),
        )
        for number in range(3)
    )
    made = msgspec.structs.replace(lead, state=msgspec.structs.replace(lead.state, copies=copies))
    assert [copy.out for copy in _dossier(made).copies] == [
        f"https://{number}.example/" for number in (2, 1, 0)
    ]


def test_a_change_before_publication_is_none() -> None:
    lead = record("Lead", name="lead", published=CLOCK)
    assert lead.state is not None
    for hours, told in ((-1, False), (0, False), (1, True)):
        state = msgspec.structs.replace(lead.state, modified=CLOCK + timedelta(hours=hours))
        assert (_dossier(msgspec.structs.replace(lead, state=state)).modified is not None) is told


def test_a_story_out_of_the_running_has_no_heat() -> None:
    assert _dossier(record(heat=-1)).heat is None
    heat = _dossier(record(heat=0)).heat
    assert heat is not None and heat.total == 0


def test_long_evidence_is_cut() -> None:
    made = record()
    assert made.state is not None
    terms = (Term(name="a", value=1, evidence="word " * 500),)
    score = measure_quality(
        msgspec.structs.replace(made, state=msgspec.structs.replace(made.state, terms=terms)), 70, ENGLISH
    )
    assert len(score.bars[0].evidence) == 240 and score.bars[0].evidence.endswith("…")
