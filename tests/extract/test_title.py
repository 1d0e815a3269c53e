from __future__ import annotations

import pytest

from newsloom.extract import extract
from tests.extract.pages import TEXT, news, page

LONG = "New chip plant opens after nine years of work"


def title(head: str, body: str) -> str:
    return extract(page(news(body + TEXT, head))).title


@pytest.mark.parametrize(
    "shared",
    [
        f"{LONG} | The Daily Example",
        f"{LONG} - daily.example",
        f"{LONG} | Business News",
        f"{LONG} › Northern Edition of the Paper",
        f"01.03.2026 | {LONG}",
        f"{LONG} -",
        "New chip plant opens after nine ye...",
    ],
)
def test_what_is_not_the_headline_is_cut_off(shared: str) -> None:
    assert (
        title(f'<meta property=og:title content="{shared}"><title>{shared}</title>', f"<h1>{LONG}</h1>")
        == LONG
    )


def test_closing_quotes_stay() -> None:
    quoted = "«Wir waren vierzig Tage in Quarantäne»"
    assert title(f"<title>{quoted}</title>", f"<h1>{quoted}</h1>") == quoted


def test_what_readers_see_wins_over_what_is_written_for_sharing() -> None:
    shared = "Nine years, one plant: inside the factory"
    head = f'<meta property=og:title content="{shared}"><meta name=twitter:title content="{shared}">'
    assert title(head, f"<h1>{LONG}</h1>") == LONG


def test_a_blogs_own_name_in_its_first_heading_is_not_the_headline() -> None:
    head = "<title>Interning of small integers – Four Years Remaining</title>"
    assert (
        title(head, "<h1>Four Years Remaining</h1><h2>Interning of small integers</h2>")
        == "Interning of small integers"
    )


def test_a_page_that_is_called_like_its_site_still_has_that_title() -> None:
    assert title("<title>daily.example</title>", "") == "daily.example"
