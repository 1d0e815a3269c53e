"""Weights learned from an editor's decisions: they agree better, stay bounded, and change nothing by themselves."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from newsloom.cli import app
from newsloom.curate.fitting import MOST_SCALE, Example, fit_scales, scale_terms, unscale
from newsloom.demo import build
from newsloom.errors import ConfigError
from newsloom.judgefile import Judgement, read_judgement, write_judgement
from newsloom.pipeline import read_records, run_pass, set_editorial
from newsloom.records import Term


def example(number: int, *, video: bool, published: bool) -> Example:
    terms = [Term(name="base", value=60 + number % 5)]
    if video:
        terms.append(Term(name="kind", value=25))
    return Example(f"r{number}", f"Piece {number}", tuple(terms), 70, published)


def test_an_editor_who_holds_videos_is_understood() -> None:
    examples = [example(number, video=number % 2 == 0, published=number % 2 == 1) for number in range(24)]
    proposal = fit_scales(examples)
    assert proposal.after > proposal.before
    assert proposal.scales["kind"] < 1
    assert len(proposal.changed) >= proposal.after - proposal.before


@given(st.lists(st.tuples(st.integers(-60, 60), st.integers(0, 100), st.booleans()), min_size=8, max_size=30))
def test_scales_stay_bounded_whatever_is_decided(rows: list[tuple[int, int, bool]]) -> None:
    examples = [
        Example(str(at), "", (Term(name="base", value=base), Term(name="kind", value=value)), 70, published)
        for at, (value, base, published) in enumerate(rows)
    ]
    proposal = fit_scales(examples)
    assert all(0 < scale <= MOST_SCALE for scale in proposal.scales.values())
    assert proposal.examples == len(rows)


def test_terms_scaled_and_back_are_the_same() -> None:
    terms = (Term(name="base", value=40), Term(name="kind", value=30), Term(name="floor", value=9))
    assert unscale(scale_terms(terms, {"kind": 0.5}), {"kind": 0.5}) == terms[:2]


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
        "topics: [a]",
        "topics: {AI: {chip: 9}}",
    ],
)
def test_another_form_is_refused(tmp_path: Path, wrong: str) -> None:
    (tmp_path / "_data").mkdir()
    (tmp_path / "_data" / "judgement.yaml").write_text(wrong)
    with pytest.raises(ConfigError, match=r"judgement\.yaml:1"):
        read_judgement(tmp_path)
    kept = Judgement(scales={"kind": 0.5}, topics={'A "B": c': {"word": 0.25}})
    write_judgement(tmp_path, kept)
    assert read_judgement(tmp_path) == kept
