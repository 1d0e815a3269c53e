from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsloom.errors import NewsloomError, PageError
from newsloom.extract import draft_to_json, explain, extract, merge, read_entry
from newsloom.records import Candidate, Page

OBSERVED = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ADDRESS = "https://www.daily.example/2026/03/01/chips?utm_source=rss"
PARAGRAPHS = [
    "The first plant to make the new chip opened on Sunday, and its owner expects the second one to follow by June.",
    "Engineers had worked on the machine for nine years, said Ada Low, who leads the team, and few believed in it.",
    "Orders already cover the whole of next year, the company said, though it would not name any of its customers.",
    "Rivals were quick to point out that the yield, the share of chips that work, has not been made public so far.",
]
LINKED = {
    "@context": "https://schema.org",
    "@graph": [
        {"@type": "Organization", "@id": "#org", "name": "The Daily Example"},
        {
            "@type": "NewsArticle",
            "headline": "New chip plant opens",
            "datePublished": "2026-03-01T09:30:00+01:00",
            "dateModified": "2026-03-01T10:00:00+01:00",
            "author": [{"@type": "Person", "name": "By Ada Low"}, {"@type": "Person", "name": "Ben Hay"}],
            "publisher": {"@id": "#org"},
            "isAccessibleForFree": False,
            "image": {"url": "https://img.daily.example/plant.jpg", "width": 1200, "height": 800},
        },
    ],
}


def page(markup: str, **values: object) -> Page:
    parts: dict[str, object] = {"address": ADDRESS, "final": ADDRESS, "observed": OBSERVED, **values}
    return Page(body=markup.encode(), **parts)  # type: ignore[arg-type]  # a test's shorthand


def article(head: str = "", title: str = "New chip plant opens | The Daily Example") -> str:
    body = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    return (
        f"<!doctype html><html lang=en><head><title>{title}</title>{head}</head><body>"
        f"<nav><ul><li><a href=/a>World and national news of the day</a></ul></nav><h1>New chip plant opens</h1>"
        f"<article><div class=story-body>{body}</div></article>"
        f"<div class=newsletter><p>Sign up for the letter that brings you the day's best stories each morning.</p></div>"
        f"<footer><p>Copyright The Daily Example, all rights reserved, in all countries and for all time.</p></footer>"
    )


FULL = article(f'<script type="application/ld+json">{json.dumps(LINKED)}</script>')


def test_a_full_page_gives_a_full_record() -> None:
    draft = extract(page(FULL))
    assert draft.title == "New chip plant opens"
    assert draft.authors == ("Ada Low", "Ben Hay")
    assert draft.published == datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
    assert draft.modified == datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
    assert draft.canonical == "https://www.daily.example/2026/03/01/chips"
    assert (draft.provider.name, draft.provider.domain) == ("The Daily Example", "daily.example")
    assert draft.images[0].url == "https://img.daily.example/plant.jpg"
    assert (draft.images[0].width, draft.images[0].height) == (1200, 800)
    assert draft.text.split("\n\n") == PARAGRAPHS
    assert draft.flags == ("paywalled",)
    assert draft.language == "en"
    assert draft.kind == "article"


def test_the_printed_date_keeps_the_day_the_reader_saw() -> None:
    assert draft_to_json(extract(page(FULL)))["published"] == "2026-03-01T09:30:00+01:00"


def test_a_title_loses_the_sites_name() -> None:
    assert (
        extract(page(article().replace("<h1>New chip plant opens</h1>", ""))).title == "New chip plant opens"
    )


def test_explain_says_what_was_chosen_and_where_it_came_from() -> None:
    rows = explain(page(FULL))
    assert ("title", "json-ld headline", "New chip plant opens", True) in rows
    assert {field for field, *_ in rows} >= {"title", "canonical", "published", "authors", "provider", "text"}


@pytest.mark.parametrize(
    "date", ["0000-01-01", "9999-12-31T00:00:00Z", "2030-01-01T00:00:00Z", "1970-01-01", "03/04/2026", "soon"]
)
def test_a_date_that_cannot_be_is_no_date(date: str) -> None:
    head = f'<meta property="article:published_time" content="{date}">'
    draft = extract(
        page(article(head), address="https://daily.example/chips", final="https://daily.example/chips")
    )
    assert draft.published is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-02-03T04:05:06Z", datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)),
        ("2026-02-03 04:05 +0200", datetime(2026, 2, 3, 2, 5, tzinfo=UTC)),
        ("Tue, 03 Feb 2026 04:05:06 GMT", datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)),
        ("3. Februar 2026, 14:05 Uhr", datetime(2026, 2, 3, 14, 5, tzinfo=UTC)),
        ("February 3, 2026 at 4:05 pm EST", datetime(2026, 2, 3, 21, 5, tzinfo=UTC)),
        ("3 février 2026", datetime(2026, 2, 3, tzinfo=UTC)),
        ("2026年2月3日", datetime(2026, 2, 3, tzinfo=UTC)),
        ("1770091506", datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)),
    ],
)
def test_dates_in_many_forms_are_read(text: str, expected: datetime) -> None:
    draft = extract(page(article(f'<meta property="article:published_time" content="{text}">')))
    assert draft.published == expected


def test_a_canonical_of_the_home_page_is_not_believed() -> None:
    draft = extract(page(article('<link rel=canonical href="https://www.daily.example/">')))
    assert draft.canonical == "https://www.daily.example/2026/03/01/chips"


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "http://", "//"])
def test_no_address_but_http_gets_into_a_draft(link: str) -> None:
    head = f'<link rel=canonical href="{link}"><link rel=amphtml href="{link}"><meta property="og:image" content="{link}">'
    draft = extract(page(article(head)))
    assert draft.amp is None
    assert draft.images == ()
    assert draft.canonical.startswith("https://")


def test_broken_json_ld_is_repaired() -> None:
    broken = '{"@type": "NewsArticle", "headline": "New chip\nplant opens", "datePublished": "2026-03-01T08:30:00Z",}'
    draft = extract(page(article(f'<script type="application/ld+json"><!-- {broken} --></script>')))
    assert draft.published == datetime(2026, 3, 1, 8, 30, tzinfo=UTC)


def test_the_page_of_a_video_embeds_the_hosts_player() -> None:
    address = "https://www.youtube.com/watch?v=abcdefghijk"
    draft = extract(page("<title>How chips are made - YouTube</title><p>x", address=address, final=address))
    assert draft.kind == "video"
    assert draft.embed is not None
    assert "youtube-nocookie.com/embed/abcdefghijk" in draft.embed


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_encodings_are_told_from_mark_meta_or_content(codec: str) -> None:
    markup = "<meta charset=windows-1252><title>Café für Käufer geöffnet</title><p>Größe"
    draft = extract(Page(address=ADDRESS, final=ADDRESS, body=markup.encode(codec), observed=OBSERVED))
    assert draft.title == "Café für Käufer geöffnet"


@pytest.mark.parametrize(
    ("body", "content_type", "code"),
    [
        (b"", "", "empty"),
        (b"%PDF-1.4 xxx", "application/pdf", "not-html"),
        (b"just words", "text/html", "not-html"),
        (b"<html><body><p>no name", "text/html", "no-title"),
        (b"<title>x</title>" + b"a" * 50_000_000, "text/html", "too-large"),
        (b"<title>x</title>" + b"<div>" * 50_000, "text/html", "too-deep"),
        (b"<title>x</title>" + b"<ul><li>" * 50_000, "text/html", "too-deep"),
    ],
)
def test_what_cannot_be_an_article_is_refused_by_name(body: bytes, content_type: str, code: str) -> None:
    with pytest.raises(PageError) as caught:
        extract(Page(address=ADDRESS, final=ADDRESS, body=body, observed=OBSERVED, content_type=content_type))
    assert caught.value.code == code


def test_an_address_sent_on_to_the_home_page_is_no_article() -> None:
    with pytest.raises(PageError, match="home page"):
        extract(page(article(), final="https://www.daily.example/"))


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 3000), st.integers(0, 400), st.binary(max_size=60))
def test_a_damaged_page_gives_a_draft_or_one_clear_error(start: int, length: int, noise: bytes) -> None:
    body = FULL.encode()
    start %= len(body)
    damaged = body[:start] + noise + body[start + length :]
    try:
        draft = extract(Page(address=ADDRESS, final=ADDRESS, body=damaged, observed=OBSERVED))
    except NewsloomError as error:
        assert error.cause
        return
    assert draft.title
    assert len(draft.excerpt) <= 300
    assert all(image.url.startswith(("http://", "https://")) for image in draft.images)


def entry(**values: object) -> Candidate:
    parts: dict[str, object] = {
        "address": ADDRESS,
        "source": "feed",
        "observed": OBSERVED,
        "title": "Chips &amp; plants",
        **values,
    }
    return Candidate(**parts)  # type: ignore[arg-type]  # a test's shorthand


def test_an_entry_alone_makes_a_draft() -> None:
    content = "<p>One.</p><script>alert(1)</script><p>Two &amp; three.</p><img src=/i.jpg>"
    draft = read_entry(
        entry(content=content, authors=("By Ada Low",), published=datetime(2026, 3, 1, tzinfo=UTC))
    )
    assert (draft.title, draft.text, draft.origin) == ("Chips & plants", "One.\n\nTwo & three.", "entry")
    assert draft.authors == ("Ada Low",)
    assert draft.images[0].url == "https://www.daily.example/i.jpg"
    assert draft.canonical == "https://www.daily.example/2026/03/01/chips"


def test_an_entry_without_a_title_or_with_a_script_for_an_address_is_refused() -> None:
    with pytest.raises(PageError):
        read_entry(entry(title=" "))
    with pytest.raises(PageError):
        read_entry(entry(address="javascript:alert(1)"))


def test_an_entry_fills_gaps_and_its_longer_text_wins() -> None:
    draft = extract(
        page(
            "<title>New chip plant opens</title><p>Subscribe to read on.", final="https://daily.example/chips"
        )
    )
    content = "".join(f"<p>{text}</p>" for text in PARAGRAPHS * 2)
    merged = merge(
        draft,
        entry(
            content=content, authors=("Ada Low",), published=datetime(2026, 3, 1, tzinfo=UTC), topics=("AI",)
        ),
    )
    assert PARAGRAPHS[0] in merged.text
    assert merged.authors == ("Ada Low",)
    assert merged.topics == ("AI",)
    assert merged.title == "New chip plant opens"


def test_a_pages_own_values_are_kept() -> None:
    draft = extract(page(FULL))
    merged = merge(
        draft, entry(authors=("Other",), published=datetime(2020, 1, 1, tzinfo=UTC), content="<p>short</p>")
    )
    assert (merged.authors, merged.published, merged.text) == (draft.authors, draft.published, draft.text)


def test_a_link_to_somebodys_own_page_names_the_author_where_nothing_else_does() -> None:
    byline = '<p class="info">by <a href="/author/ada-low">Ada Low</a> and <a href="/author/ben-hay">Ben Hay</a></p>'
    markup = article().replace("<article>", f"<article>{byline}")
    assert extract(page(markup)).authors == ("Ada Low", "Ben Hay")


def test_the_sites_own_name_is_nobodys_name() -> None:
    linked = {
        "@type": "NewsArticle",
        "headline": "New chip plant opens",
        "author": {"name": "The Daily Example"},
    }
    head = f'<meta property="og:site_name" content="The Daily Example"><script type="application/ld+json">{json.dumps(linked)}</script>'
    byline = '<p class="byline">By Ada Low Staff Writer</p>'
    markup = article(head).replace("<article>", f"<article>{byline}")
    assert extract(page(markup)).authors == ("Ada Low",)
