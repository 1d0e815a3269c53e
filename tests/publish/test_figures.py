"""The desk in figures: columns stay in their picture, tables have the same numbers."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from newsloom.publish.figures import DAYS, WEEKS, compose_figures
from newsloom.publish.pages import build_pages
from newsloom.publish.view import compile_edition
from newsloom.records import Provider
from tests.builders import CLOCK, TOPICS, record, sample_site, site_view

NAMES = [topic.name for topic in TOPICS]


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 130), st.integers(0, len(NAMES))), max_size=60))
def test_blocks_stay_in_the_picture_and_weeks_are_whole(stories: list[tuple[int, int]]) -> None:
    records = [
        record(
            f"Story {at}",
            published=CLOCK - timedelta(days=days, hours=1),
            topics=("AI", *NAMES[topic : topic + 1]),
        )
        for at, (days, topic) in enumerate(stories)
    ]
    figures = compose_figures(compile_edition(site_view(records)))
    for block in (*figures.days.blocks, *figures.weeks.blocks):
        assert block.left >= 0 and block.left + block.width <= 100.01
        assert block.top >= -0.05 and block.top + block.height <= 100.05
        assert 0 <= block.share <= 6
    for row in figures.weeks.rows:
        assert len(row.numbers) == len(figures.legend) + 1 and sum(row.numbers) > 0
    assert len(figures.days.rows) <= DAYS[1] and len(figures.weeks.rows) <= WEEKS[1]
    recent = [days for days, _ in stories if days < 55]
    assert sum(row.numbers[0] for row in figures.days.rows) >= len(recent)


def test_who_leads_is_counted_by_provider() -> None:
    one, other = (
        Provider(name="One", domain="one.example"),
        Provider(name="Other", domain="other.example"),
    )
    records = [
        record("A", provider=one),
        record("B", provider=one),
        record("C", provider=other),
        record("D", shown=False),
    ]
    leaders = compose_figures(compile_edition(site_view(records))).leaders
    assert [(row.provider.name, row.led) for row in leaders] == [("One", 2), ("Other", 1)]


def test_the_page_has_the_numbers_in_words() -> None:
    pages = dict(build_pages(sample_site()))
    tree = LexborHTMLParser(pages["public/figures/index.html"])
    counted = sum(int(node.text()) for node in tree.css("section:first-of-type .numbers td"))
    assert counted > 0 and len(tree.css("svg.chart rect")) > 2
    assert [node.attributes["aria-hidden"] for node in tree.css("svg.chart")] == ["true", "true"]


def test_an_empty_desk_says_so() -> None:
    page = dict(build_pages(site_view()))["public/figures/index.html"].decode()
    assert "Nothing has been published in these weeks" in page
