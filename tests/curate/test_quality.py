from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsloom.curate import Desk
from newsloom.curate.intake import Offer
from newsloom.curate.judgement import draw_article, draw_state, judge_draft
from newsloom.curate.leanings import Leanings
from newsloom.curate.quality import Assessed, balance_terms, judge_quality, weigh_sides
from newsloom.curate.topics import TopicHit
from newsloom.records import Image, Term
from tests.curate.drafts import CLOCK, TOPICS, draft

PLAIN: dict[str, Any] = {
    "title": "Central bank raises rates by a quarter point",
    "excerpt": "The bank said that prices still rise faster than it would like to see them rise.",
    "domain": "post.example",
    "provider": "The Post",
}


def judge(**fields: Any) -> dict[str, int]:  # noqa: ANN401 - any field
    return {term.name: term.value for term in judge_quality(Assessed(**{**PLAIN, **fields}))}


def total(**fields: Any) -> int:  # noqa: ANN401 - any field
    return sum(judge(**fields).values())


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_better_standing_never_costs(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert total(standing=low) <= total(standing=high)


@given(st.integers(1, 5000), st.integers(1, 5000))
def test_a_longer_text_never_costs(one: int, other: int) -> None:
    low, high = sorted((one, other))
    assert total(words=low) <= total(words=high)


@pytest.mark.parametrize("flag", ["sponsored", "press-release", "paywalled", "opinion"])
def test_what_a_page_admits_costs(flag: str) -> None:
    assert total(flags=(flag,)) < total()


def test_a_picture_a_byline_and_a_date_pay() -> None:
    image = (Image(url="https://post.example/a.jpg", width=1200),)
    assert total(images=image) > total()
    assert total(authors=("Ada Byron",)) > total()
    assert total(dated="page") > total(dated="seen")


def test_a_small_picture_costs_and_one_between_is_between() -> None:
    def picture(width: int | None) -> int:
        return judge(images=(Image(url="https://post.example/a.jpg", width=width),))["image"]

    assert picture(400) == picture(64) < judge()["image"] < 0
    assert picture(400) < picture(500) < picture(600) == picture(1200) == picture(None)


def test_a_provider_whose_logo_is_in_the_registry_counts_as_known() -> None:
    assert judge(known=True)["known"] > 0
    assert "known" not in judge()


def test_a_headline_that_names_two_topics_says_more_than_one_and_four_say_no_more() -> None:
    hits = tuple(
        TopicHit(topic=name, strength=2.0, keyword=name, zone="title", snippet=name) for name in "abcd"
    )
    values = [judge(hits=hits[:count])["relevance"] for count in range(5)]
    assert values[0] < 0 < values[1] < values[2] == values[4]


def test_a_headline_pays_for_each_character_past_seventy_up_to_a_most() -> None:
    values = [judge(title=("word " * 40)[:length]).get("headline length", 0) for length in (69, 90, 129, 190)]
    assert values[0] == 0 > values[1] > values[2] >= values[3]


def test_an_unrated_provider_is_neutral() -> None:
    assert "standing" not in judge()
    assert total() == total(standing=0.5)


def test_clickbait_and_shouting_go_down() -> None:
    assert judge(title="17 Things You Should Never Say To Your Best Friend")["headline"] < -15
    assert judge(title="PRICES EXPLODE ACROSS EUROPE")["shouting"] < -10


def test_an_agency_credit_counts_as_a_reprint_but_not_at_the_agency() -> None:
    text = "LONDON (Reuters) - Prices rose."
    assert judge(text=text)["originality"] < 0
    assert "originality" not in judge(text=text, domain="reuters.com", provider="Reuters")


def test_a_press_release_is_known_by_its_wire() -> None:
    assert judge(text="OSLO, Nov 3 /PRNewswire/ -- Acme is thrilled to announce")["originality"] < 0


def test_a_floor_term_makes_up_for_a_negative_sum() -> None:
    terms = balance_terms((Term(name="base", value=10), Term(name="sponsored", value=-45)))
    assert sum(term.value for term in terms) == 0
    assert terms[-1].name == "floor"


@given(st.text(max_size=120), st.text(max_size=200), st.text(max_size=400))
def test_any_article_has_a_bounded_quality_of_named_terms(title: str, excerpt: str, text: str) -> None:
    terms = balance_terms(
        judge_quality(Assessed(**{**PLAIN, "title": title, "excerpt": excerpt, "text": text}))
    )
    assert 0 <= sum(term.value for term in terms) <= 200
    assert len({term.name for term in terms}) == len(terms)
    assert all(term.evidence for term in terms)


@given(
    st.lists(
        st.tuples(st.sampled_from(["base", "standing", "relevance", "text", "kind"]), st.integers(-50, 50))
    )
)
def test_importance_credibility_and_form_add_up(values: list[tuple[str, int]]) -> None:
    terms = tuple(Term(name=name, value=value) for name, value in values)
    sides = weigh_sides(terms)
    assert list(sides) == ["importance", "credibility", "form"]
    assert sum(sides.values()) == sum(term.value for term in terms)
    assert sides["credibility"] == sum(term.value for term in terms if term.name == "standing")


@given(
    st.text(max_size=90),
    st.text(max_size=300),
    st.lists(st.sampled_from(["sponsored", "press-release", "paywalled", "opinion"]), unique=True),
    st.integers(1, 2_000),
    st.floats(0.34, 3),
    st.floats(-20, 20),
)
def test_terms_add_up_to_the_documents_number(
    title: str, text: str, flags: list[str], width: int, scale: float, points: float
) -> None:
    offered = draft(f"A chip {title}", text=text, flags=tuple(flags), images=(Image(url="x", width=width),))
    offer = Offer(key="k", draft=offered, published=CLOCK, dated="page")
    desk = Desk(
        topics=TOPICS,
        standings={offered.provider.domain: 0.1},
        leanings=Leanings(
            scales={"base": scale, "image": scale},
            providers={offered.provider.domain: points},
            topics={"AI": points},
        ),
    )
    verdict = judge_draft(offer, desk)
    assert draw_article(offer, verdict).quality == sum(term.value for term in verdict.terms) >= 0
    state = draw_state(offer, verdict, "", "s")
    assert sum(weigh_sides(state.terms).values()) == verdict.quality
