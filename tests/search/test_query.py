"""Any text is a query; what is understood is what a reader would mean."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsloom.search.query import Clause, Filter, parse_query
from newsloom.settings import SEARCH_CHARACTERS, SEARCH_CLAUSES
from tests.search.listings import CLOCK


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("chip prices", [Clause(("chip",)), Clause(("prices",))]),
        ("“chip prices”", [Clause(("chip", "prices"))]),
        ('"chip prices', [Clause(("chip", "prices"))]),
        ("regulat*", [Clause(("regulat",), prefix=True)]),
        ('"chip pri*"', [Clause(("chip", "pri"), prefix=True)]),
        (
            "chip -memory –price",
            [Clause(("chip",)), Clause(("memory",), excluded=True), Clause(("price",), excluded=True)],
        ),
        ("covid-19", [Clause(("covid", "19"))]),
        ("the chip", [Clause(("chip",))]),
        ("re:invent", [Clause(("invent",))]),
        ("AND OR NOT NEAR(chip)", [Clause(("near", "chip"))]),
        ("chip chip", [Clause(("chip",))]),
        ("", []),
        ('"" - * : -', []),
    ],
)
def test_words_phrases_beginnings_and_exclusions(text: str, clauses: list[Clause]) -> None:
    assert list(parse_query(text, CLOCK).clauses) == clauses


def test_fields_are_filters_and_unknown_ones_are_words() -> None:
    query = parse_query('topic:"AI Hardware" -source:x.example kind:video colour:red', CLOCK)
    assert query.filters == (
        Filter("topic", "AI Hardware"),
        Filter("provider", "x.example", excluded=True),
        Filter("type", "video"),
    )
    assert query.clauses == (Clause(("colour", "red")),)


@pytest.mark.parametrize(
    ("text", "after", "before"),
    [
        ("after:2026-11-20", datetime(2026, 11, 20, tzinfo=UTC), None),
        ("since:2026-11 until:2026-12", datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)),
        ("before:2026", None, datetime(2026, 1, 1, tzinfo=UTC)),
        ("after:7d", datetime(2026, 11, 17, tzinfo=UTC), None),
        ("after:9999y", None, None),
        ("after:2026-02-31", None, None),
        ("after:yesterday", None, None),
        ("after:9999-12", datetime(9999, 12, 1, tzinfo=UTC), None),
    ],
)
def test_dates_are_days_months_years_and_spans(
    text: str, after: datetime | None, before: datetime | None
) -> None:
    query = parse_query(text, CLOCK)
    assert (query.after, query.before) == (after, before)
    assert bool(query.notes) == (after is None and before is None)


def test_what_is_left_out_is_told() -> None:
    assert "nearly every text" in parse_query("the and", CLOCK).notes[0]
    assert "is:lost" in parse_query("is:lost", CLOCK).notes[0]
    long = parse_query(" ".join(f"w{number}" for number in range(60)), CLOCK)
    assert len(long.clauses) == SEARCH_CLAUSES and len(long.notes) == 1
    assert len(parse_query("x" * 5_000, CLOCK).text) == SEARCH_CHARACTERS


@given(st.text())
def test_no_text_is_an_error(text: str) -> None:
    query = parse_query(text, CLOCK)
    assert len(query.clauses) + len(query.filters) <= SEARCH_CLAUSES
    assert all(word.isalnum() for clause in query.clauses for word in clause.words)
