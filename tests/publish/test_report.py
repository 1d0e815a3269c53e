"""The report stands alone, counts right, and lets nothing of what it shows out of its place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from msgspec.structs import replace
from selectolax.lexbor import LexborHTMLParser

from newsloom.curate.gate import Gate, pass_gate, rule_out
from newsloom.publish.pass_figures import PassNote
from newsloom.publish.report import Folder, _name_reason, print_report
from newsloom.publish.view import SiteView
from tests.builders import CLOCK, SOURCES, record, sample_site, site_view

FOLDERS = (Folder(name="_news", files=1_234, size=4_940_000), Folder(name="elsewhere", files=1, size=0))
PASSES = tuple(
    PassNote(
        finished=CLOCK - timedelta(days=number),
        new=number,
        changed=1,
        seconds={"read": 3.0, "judge": 1.0},
        problems=("a.example: its server has a fault <b>",) * (number % 2),
    )
    for number in range(6)
)


def _print(site: SiteView, passes: Sequence[PassNote] = PASSES) -> LexborHTMLParser:
    return LexborHTMLParser(print_report(site, passes, FOLDERS, 28))


def _table(page: LexborHTMLParser, heading: str) -> list[list[str]]:
    (section,) = (node for node in page.css("section") if node.attributes["aria-labelledby"] == heading)
    return [[" ".join(cell.text().split()) for cell in row.css("th, td")] for row in section.css("tbody tr")]


def test_it_asks_nobody_for_anything() -> None:
    page = _print(sample_site("https://pictures.example"))
    assert page.css("script, img, link, iframe, object, source") == []
    assert "url(" not in page.css_first("style").text() and "@font-face" not in page.css_first("style").text()
    hrefs = [node.attributes["href"] or "" for node in page.css("a")]
    assert hrefs and all(href.startswith("https://") for href in hrefs)
    assert "https://desk.example/topics/ai-hardware/" in hrefs


def test_quality_has_a_column_that_begins_at_the_bar() -> None:
    records = [record(f"S {quality}", quality=quality) for quality in (12, 69, 70, 79, 80, 400)]
    rows = dict(_table(_print(site_view(records, publish_at=70)), "quality"))
    assert (rows["60 – 69"], rows["70 – 79"], rows["80 – 89"], rows["160 – …"]) == ("1", "2", "1", "1")
    assert rows["10 – 19"] == "1" and sum(int(number) for number in rows.values()) == len(records)


def test_passes_are_summed_by_day_step_and_problem() -> None:
    page = _print(sample_site())
    assert _table(page, "passes")[0] == ["Tuesday, 24 November 2026", "1", "0", "1", "4", "0"]
    assert _table(page, "stages") == [
        ["read sources and pages", "18", "3", "75%"],
        ["judge", "6", "1", "25%"],
    ]
    assert _table(page, "problems") == [["a.example: its server has a fault <b>", "3"]]


def test_sources_providers_topics_and_sizes_are_listed() -> None:
    page = _print(sample_site())
    assert len(_table(page, "sources")) == len(SOURCES)
    assert _table(page, "providers")[0] == ["The Harbour Post rated by two made-up readers", "8", "7", "60"]
    assert _table(page, "topics")[0][0] == "AI"
    assert _table(page, "storage") == [["_news/ documents", "1,234", "4.9 MB"], ["elsewhere/", "1", "0 MB"]]


def test_it_speaks_the_language_of_the_site() -> None:
    page = _print(sample_site(locale="de"))
    assert page.css_first("h1").text() == "Bericht der Redaktion"
    assert _table(page, "stages")[0] == [
        "Quellen und Seiten lesen",
        "18",
        "3",
        "75\xa0%".replace("\xa0", " "),
    ]
    assert _table(page, "storage")[0][1:] == ["1.234", "4,9 MB"]


def test_a_site_without_anything_has_a_report() -> None:
    page = LexborHTMLParser(print_report(site_view(), (), (), 28))
    assert "No sources yet" in page.css_first("main").text()


@pytest.mark.parametrize(
    ("gate", "told"),
    [
        (Gate(), "quality reaches the bar"),
        (Gate(publish_at=90), "quality is below the bar"),
        (Gate(blocked=("harbourpost.example",)), "held for its provider"),
        (Gate(only=("other.example",)), "held for its provider"),
        (Gate(languages=("de",)), "held for its language"),
        (Gate(embargo_hours=9), "held until the embargo ends"),
    ],
)
def test_every_reason_of_the_gate_is_known(gate: Gate, told: str) -> None:
    one = record()
    assert one.state is not None
    one = replace(one, state=replace(one.state, language="en"))
    assert _name_reason(pass_gate(one, one, 0, gate, CLOCK)[1]) == told


def test_words_of_editors_and_stories_are_reasons_as_well() -> None:
    one, lead = record("One"), record("Lead")
    for editorial, told in (("publish", "an editor published it"), ("hold", "an editor holds it")):
        edited = replace(one, article=replace(one.article, editorial=editorial))
        assert _name_reason(pass_gate(edited, lead, 1, Gate(), CLOCK)[1]) == told
    assert _name_reason(pass_gate(one, lead, 1, Gate(), CLOCK)[1]).startswith("listed in the story")
    assert rule_out(one, Gate(), CLOCK) == "" and _name_reason("") == "no reason is kept"
