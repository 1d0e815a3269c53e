from __future__ import annotations

import pytest

from newsloom.extract import extract
from tests.extract.pages import TEXT, news, page

H1 = "<h1>New chip plant opens</h1>"


def authors(body: str, head: str = "") -> tuple[str, ...]:
    return extract(page(news(body, head + "<title>New chip plant opens</title>"))).authors


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f"<div>{H1}<p>Von Ada Low</p></div>{TEXT}", ("Ada Low",)),
        (f"<div>{H1}<span>Autor:</span> <span>Ada Low</span></div>{TEXT}", ("Ada Low",)),
        (f"<div>{H1}<p>APA</p></div>{TEXT}", ()),
        (f"{H1}{TEXT}<dl><dt>Autor:</dt> <dd>Ada Low</dd></dl>", ("Ada Low",)),
        (f"{H1}<p>Veröffentlicht von <a rel=author href=/u/1>tobi</a></p>{TEXT}", ("tobi",)),
        (f'{H1}<a href="https://www.daily.example/author/ada-low/">Ada Low</a>{TEXT}', ("Ada Low",)),
        (
            f"{H1}<p><span class=byline-name>Ada Low</span> <span class=byline-name>Ben Hay</span></p>{TEXT}",
            ("Ada Low", "Ben Hay"),
        ),
        (f'{H1}{TEXT}<ol class=comments><li class="comment"><b class="comment-author">Eve Moss</b></ol>', ()),
    ],
)
def test_bylines_are_found_where_pages_print_them(body: str, expected: tuple[str, ...]) -> None:
    assert authors(body) == expected


def test_a_twitter_card_may_state_the_author() -> None:
    head = '<meta name=twitter:label1 content="Verfasst von"><meta name=twitter:data1 content="Ada Low">'
    assert authors(H1 + TEXT, head) == ("Ada Low",)


def test_a_person_in_a_byline_wins_over_the_organisation_in_metadata() -> None:
    linked = '{"@type":"NewsArticle","headline":"New chip plant opens","author":{"@type":"Organization","name":"Daily"}}'
    body = f"{H1}<p class=byline>By Ada Low</p>{TEXT}"
    assert authors(body, f'<script type="application/ld+json">{linked}</script>') == ("Ada Low",)
