"""What readers and owners find, in which order, and what stays unsaid."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsloom.errors import LimitError, StoreError
from newsloom.place import Place
from newsloom.search import TIME, Searcher, open_searcher, parse_query
from newsloom.search import searcher as module
from tests.search.listings import CLOCK, listing, numbered, open_index_of, write_index

NEWS = (
    listing(
        "Memory prices rise after a fire",
        name="fire",
        excerpt="Regulators say chip makers were warned. A fab burned for two days.",
        topics=("AI Hardware",),
        keywords=(("fire", 1.0), ("memori", 0.8), ("fab", 0.5)),
    ),
    listing(
        "A chip fab burns, and memory makers pay",
        name="fab",
        excerpt="The fire began at night.",
        topics=("AI Hardware",),
        provider="Circuit Weekly",
        domain="circuitweekly.example",
        published=CLOCK - timedelta(days=2),
        keywords=(("fab", 1.0), ("fire", 0.7), ("memori", 0.4)),
    ),
    listing(
        "Auditors regulate themselves",
        name="audit",
        excerpt="No chip was involved.",
        topics=("AI Ethics",),
        kind="video",
        published=CLOCK - timedelta(days=40),
        keywords=(("audit", 1.0), ("rule", 0.3)),
    ),
    listing("Élections à l’Élysée", name="france", language="fr", published=CLOCK - timedelta(days=400)),
    listing("大統領は東京で演説した", name="tokyo", language="ja", published=CLOCK - timedelta(days=1)),
    listing(
        "Unpublished scoop about a chipmaker named Zorblax",
        name="held",
        shown=False,
        story="",
        keywords=(("fab", 1.0), ("fire", 1.0)),
    ),
)


@pytest.fixture(scope="module")
def news(lasting: Place) -> Place:
    write_index(lasting, NEWS)
    return lasting


@pytest.fixture
def public(news: Place) -> Iterator[Searcher]:
    searcher = open_searcher(news)
    yield searcher
    searcher.close()


@pytest.fixture
def owner(news: Place) -> Iterator[Searcher]:
    searcher = open_searcher(news, held=True)
    yield searcher
    searcher.close()


def ask(searcher: Searcher, text: str, **how: object) -> list[str]:
    results = searcher.search(parse_query(text, CLOCK), **how)
    return [hit.listing.name for hit in results.hits]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("chip", ["fab", "audit", "fire"]),  # in the headline first, then in the shorter text
        ("chips", ["fab", "audit", "fire"]),
        ("regulating", ["audit", "fire"]),
        ("memory fire", ["fire", "fab"]),
        ('"memory prices"', ["fire"]),
        ('"prices memory"', []),
        ("regul*", ["audit", "fire"]),
        ("chip -fire", ["audit"]),
        ("-chip -fire after:7d", ["tokyo"]),
        ("elections elysee", ["france"]),
        ("ÉLECTION", ["france"]),
        ("東京", ["tokyo"]),
        ("大統領", ["tokyo"]),
        ("京", ["tokyo"]),
        ("harbour", ["tokyo", "fire", "audit", "france"]),
        ("circuitweekly", ["fab"]),
        ("zzzz", []),
        ("zzzz*", []),
        ('"memory zzzz"', []),
    ],
)
def test_words(public: Searcher, text: str, names: list[str]) -> None:
    assert ask(public, text) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("topic:ai-hardware", ["fire", "fab"]),
        ("topic:hardware", ["fire", "fab"]),
        ("topic:“AI Hardware” provider:circuit", ["fab"]),
        ("topic:hardware topic:ethics", ["fire", "fab", "audit"]),
        ("chip -topic:hardware", ["audit"]),
        ("-topic:hardware", ["tokyo", "audit", "france"]),
        ("provider:circuitweekly.example", ["fab"]),
        ('provider:"circuit weekly"', ["fab"]),
        ("type:video", ["audit"]),
        ("lang:fr", ["france"]),
        ("lang:FR-ca", ["france"]),
        ("after:2026-11-23", ["fire", "tokyo"]),
        ("before:2026", ["france"]),
        ("after:2026-10 before:2026-11-01", ["audit"]),
        ("chip after:7d", ["fab", "fire"]),
        ("type:podcast", []),
        ("topic:gardening chip", ["fab", "audit", "fire"]),  # told, and otherwise as if it were not there
    ],
)
def test_filters(public: Searcher, text: str, names: list[str]) -> None:
    assert ask(public, text) == names


def test_a_filter_nobody_knows_is_told(public: Searcher) -> None:
    notes = public.search(parse_query("topic:gardening provider:nobody", CLOCK)).notes
    assert notes == ("There is no topic “gardening”.", "There is no provider “nobody”.")


def test_what_is_held_is_the_owners_alone(public: Searcher, owner: Searcher) -> None:
    assert ask(public, "zorblax") == ask(public, "is:hidden zorblax") == ask(public, "is:hidden") == []
    assert ask(owner, "zorblax") == ask(owner, "is:hidden") == ["held"]
    assert "held" not in ask(owner, "is:published")
    assert public.search(parse_query("zorblex", CLOCK)).suggestion == ""
    assert owner.search(parse_query("zorblex", CLOCK)).suggestion == "zorblax"
    assert public.find("held") is None and owner.find("held") is not None
    assert ask(public, "like:held") == [] and "held" not in ask(public, "like:fab")
    assert "held" in ask(owner, "like:fab")


def test_what_is_held_does_not_move_what_is_shown(place: Place, public: Searcher) -> None:
    alone = open_index_of(place, [item for item in NEWS if item.shown])
    for text in ("chip", "memory fire", "regul*", "topic:hardware"):
        query = parse_query(text, CLOCK)
        assert public.search(query) == alone.search(query)


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("memroy prices", "memory prices"),
        ("regulatrs -chip", "regulators -chip"),
        ('"chip makres"', '"chip makers"'),
        ("fiire topic:hardware", "fire topic:hardware"),
        ("memory", ""),
        ("xqzv", ""),
        ("fab", ""),
    ],
)
def test_misspelt_words_are_put_right(public: Searcher, text: str, suggestion: str) -> None:
    assert public.search(parse_query(text, CLOCK)).suggestion == suggestion


def test_similar_ones_share_what_they_are_about(public: Searcher) -> None:
    results = public.search(parse_query("like:fire", CLOCK))
    assert [hit.listing.name for hit in results.hits] == ["fab"]
    assert "Memory prices rise" in results.notes[0] and results.hits[0].score is not None
    assert public.search(parse_query("like:nothing", CLOCK)).notes == ("There is no article “nothing”.",)


def test_found_words_are_marked_by_their_places(public: Searcher) -> None:
    hit = public.search(parse_query("makers burning elections", CLOCK)).hits
    assert hit == ()
    (hit,) = public.search(parse_query("maker burning", CLOCK), size=1).hits
    text = hit.listing.title
    assert [text[start:end] for start, end in hit.title_marks] == ["burns", "makers"]
    (hit,) = public.search(parse_query("京で演", CLOCK)).hits
    assert [hit.listing.title[start:end] for start, end in hit.title_marks] == ["京で演"]


def test_newer_and_better_ones_come_first_among_equals(place: Place) -> None:
    same = "Chip news of the day"
    items = [
        listing(same, name="old", published=CLOCK - timedelta(days=90)),
        listing(same, name="new"),
        listing(same, name="poor", quality=10),
    ]
    searcher = open_index_of(place, items)
    assert ask(searcher, "chip") == ["new", "poor", "old"]
    (first, *_) = searcher.search(parse_query("chip", CLOCK)).hits
    assert first.score is not None and (first.score.recency, first.score.quality) == (0.3, 0.16)
    assert first.score.value == pytest.approx(first.score.match * 1.46)


def test_pages_counts_and_facets(place: Place) -> None:
    searcher = open_index_of(place, [*numbered(45, topics=("AI Hardware",)), *NEWS])
    query = parse_query("number", CLOCK)
    pages = [searcher.search(query, order=TIME, page=page, size=20) for page in (1, 2, 3, 4)]
    assert [len(page.hits) for page in pages] == [20, 20, 5, 0]
    assert {(page.total, page.pages) for page in pages} == {(45, 3)}
    names = [hit.listing.name for page in pages for hit in page.hits]
    assert names == [f"chip-number-{number}" for number in range(45)]
    (facet,) = pages[0].topics
    assert (facet.key, facet.name, facet.count) == ("ai-hardware", "Hardware", 45)
    assert [page.hits for page in pages] == [
        searcher.search(query, order=TIME, page=page, size=20).hits for page in (1, 2, 3, 4)
    ]


def test_of_many_matches_the_newest_are_ranked_and_all_are_counted(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SEARCH_CANDIDATES", 10)
    searcher = open_index_of(place, numbered(30))
    results = searcher.search(parse_query("chip", CLOCK), size=10)
    assert (results.total, results.ranked, results.pages) == (30, 10, 1)
    assert {hit.listing.name for hit in results.hits} == {f"chip-number-{number}" for number in range(10)}
    assert searcher.search(parse_query("chip", CLOCK), order=TIME, size=10).pages == 3


def test_a_search_that_takes_too_long_is_given_up(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    searcher = open_index_of(place, numbered(3_000))
    monkeypatch.setattr("newsloom.settings.SEARCH_SECONDS", 0.0)
    with pytest.raises(LimitError):
        searcher.search(parse_query("chip", CLOCK))


def test_without_an_index_the_way_out_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="newsloom run"):
        open_searcher(tmp_path / "none.sqlite")
    (tmp_path / "broken.sqlite").write_bytes(b"x" * 4_096)
    with pytest.raises(StoreError):
        open_searcher(tmp_path / "broken.sqlite")


SYNTAX = st.lists(
    st.sampled_from(
        ['"', "*", "-", "(", ")", ":", "^", "+", "'", "chip", "fire*", "NEAR", "AND", "NOT", "topic:", "after:",
         "like:", "marks:", "title:", "{title}", "\x00", "東", "\ue000t", "is:hidden", "2026", ";--", "é"]
    )
).map("".join)  # fmt: skip


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.text(), SYNTAX), st.sampled_from([TIME, "relevance"]))
def test_no_query_is_an_error_or_shows_what_is_held(public: Searcher, text: str, order: str) -> None:
    results = public.search(parse_query(text, CLOCK), order=order)
    assert all(hit.listing.shown for hit in results.hits)
    assert len(results.hits) <= results.total <= len(NEWS)
