from __future__ import annotations

import pytest

from newsloom.extract import extract
from tests.extract.pages import PARAGRAPHS, TEXT, news, page

TITLE = "<title>New chip plant opens</title>"
H1 = "<h1>New chip plant opens</h1>"
STANDFIRST = "After nine years the first plant of its kind has started work, and more are to come."


def text(body: str, head: str = TITLE) -> str:
    return extract(page(news(body, head))).text


@pytest.mark.parametrize(
    "standfirst",
    [
        f"<header>{H1}<p class=lead>{STANDFIRST}</p></header>",
        f"{H1}<div class=teaser-text><p>{STANDFIRST}</p></div>",
        f"<div>{H1}</div><div class=article-intro>{STANDFIRST}</div>",
        f"<div>{H1}</div><h2 class=subheadline>{STANDFIRST}</h2>",
    ],
)
def test_the_standfirst_belongs_to_the_text(standfirst: str) -> None:
    found = text(f"<main>{standfirst}<figure><img src=/a.jpg></figure><div class=story>{TEXT}</div></main>")
    assert found.startswith(STANDFIRST)
    assert found.endswith(PARAGRAPHS[-1])


@pytest.mark.parametrize(
    "around",
    [
        "<div class=sidebar-right>{}</div>",
        "<form>{}</form>",
        '<div class="post hentry tag-chips category-news">{}</div>',
        '<div class="js-gallery">{}</div>',
        '<div class="elementor-widget-wrap">{}</div>',
    ],
)
def test_what_holds_the_headline_is_no_frame_whatever_it_is_called(around: str) -> None:
    found = text(around.format(H1 + TEXT))
    assert found.split("\n\n") == list(PARAGRAPHS)


@pytest.mark.parametrize(
    "frame",
    [
        "<aside>{}</aside>",
        "<div class=related-stories>{}</div>",
        "<div class=articleComments>{}</div>",
        "<div hidden>{}</div>",
        "<div class=newsletter-signup>{}</div>",
    ],
)
def test_frames_stay_out_of_the_text(frame: str) -> None:
    other = (
        "<p>Another story that has nothing to do with this one and only wants to be clicked by readers.</p>"
    )
    found = text(f"{H1}<div class=story>{TEXT}{frame.format(other)}</div>")
    assert found.split("\n\n") == list(PARAGRAPHS)


def test_small_articles_in_the_text_are_teasers_but_a_text_of_many_is_kept() -> None:
    teaser = "<article><h3>Else</h3><p>Another story altogether, told in a single line of text for clicks.</p></article>"
    assert "Another story" not in text(f"{H1}<div>{TEXT}{teaser}</div>")
    tips = "".join(f"<article><p>{paragraph}</p></article>" for paragraph in PARAGRAPHS)
    assert text(f"{H1}<div>{tips}</div>").split("\n\n") == list(PARAGRAPHS)


def test_text_in_bare_elements_is_read_once() -> None:
    body = "".join(f"<div><span>{paragraph}</span></div>" for paragraph in PARAGRAPHS)
    assert text(f"{H1}<div>{body}</div>").split("\n\n") == list(PARAGRAPHS)


def test_a_headline_in_what_is_thrown_away_does_no_harm() -> None:
    for tag in ("noscript", "template", "svg"):
        assert text(f"<{tag}>{H1}<time>2026-03-01</time></{tag}><div>{TEXT[:300]}</div>") is not None
        assert text(f"<div><{tag}>{H1}</{tag}>{TEXT}</div>").split("\n\n") == list(PARAGRAPHS)


def test_scripts_in_the_text_are_not_text() -> None:
    found = text(
        f"{H1}<div>{TEXT}<p>A last word on it.<script>var a = 1</script><style>p{{}}</style></p></div>"
    )
    assert "var a" not in found
    assert "p{}" not in found


def test_a_japanese_article_is_long_enough() -> None:
    line = "新しい半導体の工場が日曜日に開いた。会社は二つ目の工場を六月までに開く予定だと話している。"
    body = "".join(f"<p>{line}{number}</p>" for number in "一二三四五六七八")
    assert text(f"{H1}<div>{body}</div>").count(line) == 8
