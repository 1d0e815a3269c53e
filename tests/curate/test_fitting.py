"""Weights learned from an editor's decisions: they agree better, stay bounded, and change nothing by themselves."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from typer.testing import CliRunner

from newsloom.cli import app
from newsloom.curate import Desk
from newsloom.curate.examples import Example, Preference, list_examples, list_preferences
from newsloom.curate.fitting import fit_leanings, judge_example
from newsloom.curate.leanings import MOST_POINTS, MOST_SCALE, Leanings, apply_leanings, undo_leanings
from newsloom.curate.quality import balance_terms, sum_terms
from newsloom.demo import build
from newsloom.editorial import set_editorial
from newsloom.errors import ConfigError
from newsloom.judgefile import Judgement, read_judgement, write_judgement
from newsloom.pipeline import read_records, run_pass
from newsloom.records import Article, Provider, Record, State, StoryEdits, Term
from newsloom.site import read_site
from tests.curate.drafts import CLOCK


def example(number: int, *, video: bool, published: bool) -> Example:
    terms = [Term(name="base", value=60 + number % 5)]
    if video:
        terms.append(Term(name="kind", value=25))
    return Example(
        name=f"r{number}", title=f"Piece {number}", terms=tuple(terms), bar=70, published=published
    )


def test_an_editor_who_holds_videos_is_understood() -> None:
    examples = [example(number, video=number % 2 == 0, published=number % 2 == 1) for number in range(24)]
    proposal = fit_leanings(examples)
    assert proposal.after > proposal.before
    assert proposal.leanings.scales["kind"] < 1
    assert len(proposal.changed) >= proposal.after - proposal.before


@given(st.lists(st.tuples(st.integers(-60, 60), st.integers(0, 100), st.booleans()), min_size=8, max_size=30))
def test_scales_stay_bounded_whatever_is_decided(rows: list[tuple[int, int, bool]]) -> None:
    examples = [
        Example(
            name=str(at),
            title="",
            terms=(Term(name="base", value=base), Term(name="kind", value=value)),
            domain=f"{at % 3}.example",
            topics=(f"T{at % 2}",),
            bar=70,
            published=published,
        )
        for at, (value, base, published) in enumerate(rows)
    ]
    proposal = fit_leanings(examples)
    leanings = proposal.leanings
    assert all(0 < scale <= MOST_SCALE for scale in leanings.scales.values())
    points = [*leanings.providers.values(), *leanings.topics.values()]
    assert all(abs(value) <= MOST_POINTS for value in points)
    assert proposal.examples == len(rows)


def test_terms_scaled_and_back_are_the_same() -> None:
    terms = (Term(name="base", value=40), Term(name="kind", value=30), Term(name="floor", value=9))
    leanings = Leanings(scales={"kind": 0.5}, providers={"a.example": 7}, topics={"AI": -3})
    leant = apply_leanings(terms, "a.example", ["AI", "Chips"], leanings)
    assert sum(term.value for term in leant) == 40 + 15 + 9 + 7 - 3
    assert {term.name for term in leant} >= {"favour", "interest"}
    assert undo_leanings(leant, leanings) == terms[:2]


def of(domain: str, topics: tuple[str, ...], base: int, *, published: bool) -> Example:
    terms = (Term(name="base", value=base),)
    return Example(
        name=domain, title="", terms=terms, domain=domain, topics=topics, bar=70, published=published
    )


def test_whom_an_editor_holds_is_learned_and_one_decision_teaches_less_than_six() -> None:
    examples = [of("dull.example", (), 74, published=False) for _ in range(6)]
    examples += [of("once.example", (), 74, published=False)]
    examples += [of(f"{at}.example", (), 74, published=True) for at in range(12)]
    leanings = fit_leanings(examples).leanings
    assert leanings.providers["dull.example"] < -3
    assert "once.example" not in leanings.providers
    assert judge_example(of("dull.example", (), 74, published=False), leanings) < 70


def test_what_an_editor_publishes_is_learned() -> None:
    examples = [of(f"{at}.example", ("Chips",), 66, published=True) for at in range(8)]
    examples += [of(f"{at}.example", ("Games",), 66, published=False) for at in range(8)]
    leanings = fit_leanings(examples).leanings
    assert leanings.topics["Chips"] > leanings.topics.get("Games", 0)


def test_who_is_pinned_says_what_a_better_lead_is() -> None:
    base = Term(name="base", value=80)
    bare = Example(name="bare", title="", terms=(base,), bar=70, published=True)
    video = Example(name="video", title="", terms=(base, Term(name="kind", value=35)), bar=70, published=True)
    decided = [bare, video] * 4
    pins = [Preference(better=bare, worse=video)] * 6
    proposal = fit_leanings(decided, pins)
    assert proposal.leanings.scales["kind"] < fit_leanings(decided).leanings.scales.get("kind", 1.0)
    assert (proposal.preferences, proposal.led_before) == (6, 0)


@given(
    st.lists(st.tuples(st.sampled_from(["base", "kind", "image", "text"]), st.integers(-60, 60)), max_size=6),
    st.floats(0, MOST_SCALE),
    st.floats(-MOST_POINTS, MOST_POINTS),
)
def test_terms_add_up_under_any_leanings(rows: list[tuple[str, int]], scale: float, points: float) -> None:
    terms = tuple(Term(name=name, value=value) for name, value in rows)
    leanings = Leanings(scales={"kind": scale}, providers={"a.example": points}, topics={"AI": points})
    leant = balance_terms(apply_leanings(terms, "a.example", ["AI"], leanings))
    assert sum(term.value for term in leant) == sum_terms(leant) >= 0
    assert all(term.value for term in leant)


def test_a_site_is_judged_by_what_was_accepted(tmp_path: Path) -> None:
    site = tmp_path / "demo"
    build(site)
    run_pass(site)
    run = CliRunner().invoke
    assert run(app, ["judge", "fit", str(site)]).exit_code == 1  # no decisions yet
    records = read_records(site)
    for record in records[:12]:
        set_editorial(site, record.name, "hold" if record.article.images else "publish")
    told = run(app, ["judge", "fit", str(site)])
    assert "nothing is changed without --accept" in told.output
    assert read_judgement(site) == Judgement()
    run(app, ["judge", "fit", str(site), "--accept"])
    assert read_judgement(site).scales
    run_pass(site)
    for record in read_records(site):
        assert record.state is not None
        assert sum(term.value for term in record.state.terms) == record.article.quality
    assert run_pass(site).commit is None


@pytest.mark.parametrize(
    "wrong",
    [
        "scales: [1]",
        "scales: {headline: 9}",
        "scale: {}",
        "scales: {kind: much}",
        "providers: {a.example: 90}",
        "interests: {AI: many}",
        "topics: [a]",
        "topics: {AI: {chip: 9}}",
    ],
)
def test_another_form_is_refused(tmp_path: Path, wrong: str) -> None:
    (tmp_path / "_data").mkdir()
    (tmp_path / "_data" / "judgement.yaml").write_text(wrong)
    with pytest.raises(ConfigError, match=r"judgement\.yaml:1"):
        read_judgement(tmp_path)
    kept = Judgement(
        scales={"kind": 0.5},
        providers={"a.example": -4.5},
        interests={"AI": 3.0},
        topics={'A "B": c': {"word": 0.25}},
    )
    write_judgement(tmp_path, kept)
    assert read_judgement(tmp_path) == kept


def test_told_topics_win_and_teach_words(tmp_path: Path) -> None:
    site = tmp_path / "demo"
    build(site)
    run_pass(site)
    run = CliRunner().invoke
    topics = [topic.name for topic in read_site(site).topics]
    records = [record for record in read_records(site) if record.article.topics][:10]
    for record in records:
        done = run(app, ["edit", record.name, "--topics", topics[-1], "--site", str(site)])
        assert done.exit_code == 0, done.output
    run_pass(site)
    for record in read_records(site):
        if record.name in {told.name for told in records}:
            assert record.article.topics == (topics[-1],)
            assert record.state is not None
            assert sum(term.value for term in record.state.terms) == record.article.quality
    assert run_pass(site).commit is None
    told = run(app, ["judge", "fit", str(site)])
    assert "of 10 examples get theirs" in told.output
    assert read_judgement(site) == Judgement()
    run(app, ["judge", "fit", str(site), "--accept"])
    assert list(read_judgement(site).topics) == [topics[-1]]
    run(app, ["edit", records[0].name, "--auto", "--site", str(site)])
    run_pass(site)
    after = {record.name: record.article for record in read_records(site)}[records[0].name]
    assert after.editorial_topics is None
    assert set(after.topics) >= set(records[0].article.topics)


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        (["--topics", "Nonsense"], "is no topic of this site"),
        (["--topics", "", "--auto"], "takes one of"),
        ([], "needs --publish"),
    ],
)
def test_an_edit_that_cannot_be_is_refused(tmp_path: Path, words: list[str], cause: str) -> None:
    site = tmp_path / "demo"
    build(site)
    run_pass(site)
    name = read_records(site)[0].name
    before = (site / "_news" / f"{name}.md").read_bytes()
    done = CliRunner().invoke(app, ["edit", name, *words, "--site", str(site)])
    assert cause in str(done.exception)
    assert (site / "_news" / f"{name}.md").read_bytes() == before


def test_a_pinned_record_is_an_example_of_a_better_lead() -> None:
    records = [
        Record(name=name, article=article(quality), state=State(seen=CLOCK, story="s", terms=terms(quality)))
        for name, quality in (("a", 90), ("b", 75), ("c", 60))
    ]
    desk = Desk(edits=StoryEdits(pin=("c",)))
    pairs = list_preferences(records, desk)
    assert [(pair.better.name, pair.worse.name) for pair in pairs] == [("c", "a"), ("c", "b")]
    assert list_preferences(records, Desk()) == []


def test_a_document_of_another_desk_is_an_example_too() -> None:
    foreign = Record(name="a", article=replace(article(0), editorial="publish"))
    example = list_examples([foreign], Desk())[0]
    assert example.published
    assert {term.name for term in example.terms} >= {"base", "excerpt"}


def article(quality: int) -> Article:
    return Article(
        title="Ministers meet",
        excerpt="What is known of it so far, in a sentence or two, so that it counts.",
        published=CLOCK,
        original_url="https://a.example/1",
        provider=Provider(name="A", domain="a.example"),
        quality=quality,
    )


def terms(quality: int) -> tuple[Term, ...]:
    return (Term(name="base", value=quality),)
