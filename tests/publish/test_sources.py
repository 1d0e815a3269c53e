"""The page of sources tells how each fares, in the site's language, and keeps still while nothing happens."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace
from selectolax.lexbor import LexborHTMLParser

from newsloom.fetch.causes import CAUSES
from newsloom.publish.pages import build_pages
from newsloom.publish.report import print_report
from newsloom.publish.sources import _CAUSE_OF, _OTHER, compose_sources
from newsloom.publish.view import SourceNote, compile_edition
from newsloom.sources.opml import parse_opml
from tests.builders import CLOCK, SOURCES, sample_site, site_view
from tests.publish.test_hostile import HOSTILE


def _print(**fields: object) -> LexborHTMLParser:
    return LexborHTMLParser(dict(build_pages(sample_site(**fields)))["public/sources/index.html"])


def _rows(**fields: object) -> list[str]:
    return [" ".join(row.text().split()) for row in _print(**fields).css("tbody tr")]


def test_the_troubled_ones_stand_first_with_cause_and_way_out() -> None:
    rows = _rows()
    assert len(rows) == len(SOURCES)
    assert rows[0].startswith("Circuit Weekly") and "failing since 20 Nov" in rows[0]
    assert "Its server could not be reached. It is asked again later." in rows[0]
    assert "silent for 9 days" in rows[1]
    assert rows[2].startswith("The Harbour Post") and rows[2].endswith(
        "answers well99% of requests answered · entries a day: 20 · read 20 minutes after publication"
        " · last answered on 24 Nov"
    )
    assert rows[-1].startswith("Lantern Review") and "paused" in rows[-1]


def test_it_is_told_in_the_language_of_the_site() -> None:
    rows = _rows(locale="de")
    assert "ohne Neues: 9 Tage" in rows[1]
    assert "antwortet gut" in rows[2] and "Einträge am Tag: 20" in rows[2]


def test_names_lead_to_sites_and_providers_with_a_page() -> None:
    page = _print()
    links = {node.text(): node.attributes["href"] for node in page.css("tbody th > a")}
    assert links["Open Bench"] == "https://openbench.example/news/"
    assert "wiki.internal" not in links and "wiki.internal" in (page.body.text() if page.body else "")
    hrefs = {node.attributes["href"] for node in page.css("tbody th .quiet a")}
    assert "/providers/harbourpost.example/" in hrefs


def test_the_list_for_readers_has_the_feeds_everyone_may_read() -> None:
    pages = dict(build_pages(sample_site()))
    outlines = parse_opml(pages["public/sources.opml"], "sources.opml")
    assert [(one.address, one.title, one.site) for one in outlines] == [
        ("https://harbourpost.example/rss?format=full", "The Harbour Post", "https://harbourpost.example/")
    ]
    head = LexborHTMLParser(pages["public/sources/index.html"]).css_first('link[type="text/x-opml"]')
    assert head is not None and head.attributes["href"] == "/sources.opml"


def test_an_hour_without_news_leaves_the_page_as_it_is() -> None:
    before, after = sample_site(), sample_site(clock=CLOCK + timedelta(hours=1))
    again = tuple(
        replace(note, answered=note.answered + timedelta(hours=1)) if note.answered else note
        for note in SOURCES
    )
    pages = [
        dict(build_pages(site))["public/sources/index.html"]
        for site in (before, replace(after, sources=again))
    ]
    assert pages[0] == pages[1]


def test_a_desk_without_sources_says_so() -> None:
    pages = dict(build_pages(site_view()))
    assert "No sources yet" in pages["public/sources/index.html"].decode()
    assert parse_opml(pages["public/sources.opml"], "sources.opml") == ()


@pytest.mark.parametrize("code", sorted(CAUSES.keys() - {"silent", "moved", "not-recorded"}))
def test_every_cause_has_words_or_is_the_desks_own(code: str) -> None:
    note = SourceNote(name="X", kind="feed", host="x.example", standing="failing", code=code)
    (row,) = compose_sources(compile_edition(site_view(sources=(note,)))).rows
    assert row.cause and row.remedy
    own = {"bad-address", "bomb", "bad-answer", "coding", "too-big", "unexpected", "clock-wrong"}
    assert (
        _CAUSE_OF.get(code, _OTHER) != _OTHER
        or code in own
        or code.startswith(("refused-", "redirect", "too-many-red", "empty-page", "javascript"))
    )


def test_hostile_names_and_addresses_stay_text() -> None:
    notes = tuple(
        SourceNote(name=text, kind="feed", home=text, host=text, feed=text, provider=text, standing="failing")
        for text in HOSTILE
    )
    pages = dict(build_pages(site_view(sources=notes)))
    page = LexborHTMLParser(pages["public/sources/index.html"])
    assert len(page.css("tbody tr")) == len(HOSTILE) and page.css("main script, main img, main svg a") == []
    hrefs = [node.attributes["href"] or "" for node in page.css("tbody a")]
    assert all(href.startswith(("http://", "https://")) for href in hrefs)
    assert len(parse_opml(pages["public/sources.opml"], "sources.opml")) <= len(HOSTILE)
    report = LexborHTMLParser(print_report(site_view(sources=notes), (), (), 28))
    assert report.css("script, img, iframe") == [] and len(report.css("style")) == 1
