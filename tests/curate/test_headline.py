from hypothesis import given
from hypothesis import strategies as st

from newsloom.curate.headline import clickbait_probability, measure_shouting, strongest_cues
from tests.shared import shared


def test_teasers_and_reports_are_told_apart() -> None:
    assert clickbait_probability("17 Things You Should Never Say To Your Best Friend") > 0.9
    assert clickbait_probability("Central bank raises interest rates by a quarter point") < 0.1


def test_the_evidence_names_the_cues() -> None:
    assert "you" in strongest_cues("What You Need To Know")


def test_shouting_leaves_acronyms_alone() -> None:
    assert measure_shouting("NASA and ESA launch probe") == 0
    assert measure_shouting("SHOCKING FIGURES REVEALED!!!") == 1


@given(st.text(max_size=200))
def test_any_title_gives_shares(title: str) -> None:
    assert 0 <= clickbait_probability(title) <= 1
    assert 0 <= measure_shouting(title) <= 1


def test_clickbait_ranks_above_plain_headlines() -> None:
    bait = shared("data/headlines/clickbait_data.txt").read_text(encoding="utf-8").splitlines()[::20]
    plain = shared("data/headlines/non_clickbait_data.txt").read_text(encoding="utf-8").splitlines()[::20]
    scores = [[clickbait_probability(title) for title in titles if title.strip()] for titles in (bait, plain)]
    wins = sum(b > p for b in scores[0] for p in scores[1])
    assert wins / (len(scores[0]) * len(scores[1])) > 0.97
