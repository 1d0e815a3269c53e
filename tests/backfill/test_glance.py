"""What a page says is found without parsing it, whatever its bytes are."""

from __future__ import annotations

import time

import pytest

from newsloom.backfill.glance import glance
from newsloom.backfill.looking import Look, Refusal, read_pages
from newsloom.curate.gate import Gate
from newsloom.extract.words import read_words
from newsloom.records import Draft, Page, Topic
from tests.recordings import MOMENT, make_page

CHIPS = Topic(id="chips", name="Chips", keywords=("wafer",))


def read(body: bytes, *topics: Topic, gate: Gate | None = None) -> Draft | Refusal:
    page = Page(
        address="https://a.example/2024/what-was-told", final="https://a.example/2024/what-was-told", body=body, observed=MOMENT
    )  # fmt: skip
    (result,) = read_pages(Look(topics=topics or (CHIPS,), gate=gate or Gate()), [page])
    return result


def test_the_head_names_title_excerpt_tags_address_and_language() -> None:
    found = glance(
        b"<html lang=de-AT><head><title>One &amp; all</title><META content='Two' property='og:title'>"
        b'<meta name="description" content="Three"><meta name=keywords content="a, b"><meta name="og:locale" content="en_GB">'
        b'<link rel="canonical" href="https://a.example/x"></head><body><title>not this</title>'
    )
    assert (found.title, found.excerpt, found.hints) == ("One & all\nTwo", "Three", ("a", "b"))
    assert (found.canonical, found.languages) == ("https://a.example/x", {"de", "en"})


@pytest.mark.parametrize(
    "body",
    [
        b"<script" * 400_000, b"<" * 3_000_000, b"<!--" * 700_000, b"<meta content=" * 200_000,
        b"<p>" * 900_000, b"<title" * 400_000, b"<a b='" * 400_000, b"&amp" * 700_000,
    ],
)  # fmt: skip
def test_no_page_takes_long_to_glance_at(body: bytes) -> None:
    started = time.process_time()
    glance(b"<html>" + body)
    read_words(b"<html>" + body)
    read(b"<html>" + body, gate=Gate(languages=("en",)))
    assert time.process_time() - started < 5


def test_a_word_deep_in_the_text_is_enough() -> None:
    body = make_page(
        "The council met", text="It spoke of roads. " * 200 + "At last a wafer was shown, a wafer of its own."
    )
    assert isinstance(read(body), Draft)
    assert read(make_page("The council met")) == Refusal(stage="words", reason="no topic of this site")


def test_a_word_beside_the_article_does_not_make_a_topic() -> None:
    body = make_page("The council met").replace(b"<article>", b"<nav><a href='/w'>wafer</a></nav><article>")
    assert read(body) == Refusal(stage="topics", reason="no topic of this site")


def test_what_excludes_a_topic_beside_the_article_does_not_turn_it_away() -> None:
    topic = Topic(id="chips", name="Chips", keywords=("wafer",), exclude=("biscuit",))
    body = make_page("A wafer of silicon").replace(
        b"<article>", b"<nav><a href='/b'>biscuit</a></nav><article>"
    )
    assert isinstance(read(body, topic), Draft)
    assert isinstance(read(make_page("A wafer biscuit"), topic), Refusal)


def test_a_topic_of_titles_alone_is_found_in_a_heading() -> None:
    topic = Topic(id="chips", name="Chips", keywords=("wafer",), zones=("title",))
    body = b"<html><head><title>a.example</title></head><body><h1>A wafer of silicon is here</h1><p>Text of it.</p></body>"
    assert isinstance(read(body, topic), Draft)


def test_a_page_is_of_the_language_its_letters_say() -> None:
    body = make_page(
        "A wafer of silicon", text="A wafer of silicon is what the engineers showed to those who came. " * 5
    )
    english = Gate(languages=("en",))
    assert isinstance(read(body.replace(b'lang="en"', b'lang="de"'), gate=english), Draft)
    assert read(body, gate=Gate(languages=("de",))) == Refusal(stage="language", reason="is not wanted")
