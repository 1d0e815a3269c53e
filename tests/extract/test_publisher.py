"""Rules for single publishers: each with a page as that publisher writes it, in our own words, and its record."""

from __future__ import annotations

import pytest
from selectolax.lexbor import LexborHTMLParser

from newsloom.extract import explain, extract
from newsloom.extract.publisher import RULES
from tests.extract.pages import TEXT, news, page

H1 = "<h1>New chip plant opens</h1>"
PAGES = {
    "dw.com": (
        f"{H1}{TEXT}<ul class=smallList><li><strong>Datum</strong> 01.03.2026</li>"
        "<li><strong>Autorin/Autor</strong> Ada Low</li></ul>",
        {"authors": ("Ada Low",)},
    ),
    "mediaindonesia.com": (
        f"{H1}<div class=info><div class=author-1>Ben Hay</div><div class=author-2>Ada Low</div></div>{TEXT}",
        {"authors": ("Ada Low",)},
    ),
    "vnexpress.net": (
        f'{H1}{TEXT}<p class="Normal" style="text-align:right;"><strong>Ada Low</strong></p>',
        {"authors": ("Ada Low",)},
    ),
}


def test_every_rule_has_a_page() -> None:
    assert PAGES.keys() == RULES.keys()


@pytest.mark.parametrize("domain", sorted(PAGES))
def test_a_rule_reads_what_its_publisher_prints(domain: str) -> None:
    body, expected = PAGES[domain]
    stated = '<meta name=author content="The Newsroom Staff"><title>New chip plant opens</title>'
    found = page(news(body, stated), f"https://www.{domain}/chips")
    draft = extract(found)
    assert {name: getattr(draft, name) for name in expected} == expected
    assert any(row[1] == "publisher rule" and row[3] for row in explain(found))


def test_every_selector_is_one() -> None:
    empty = LexborHTMLParser("<p>x</p>")
    for rule in RULES.values():
        for selector in (rule.title, rule.authors, rule.published, rule.drop):
            assert not selector or empty.css(selector) == []
