from __future__ import annotations

import pytest

from newsloom.extract import draft_to_json, extract
from tests.extract.pages import ADDRESS, TEXT, chosen, news, page

TITLE = "<title>New chip plant opens</title>"
H1 = "<h1>New chip plant opens</h1>"


def day(body: str, head: str = "", address: str = ADDRESS, language: str = "en") -> str:
    draft = draft_to_json(extract(page(news(body, TITLE + head, language), address)))
    return str(draft["published"])[:10]


@pytest.mark.parametrize(
    "body",
    [
        f"<div>{H1}<p>01.03.2026 10:16 Uhr</p></div>{TEXT}",
        f"<div><p>March 1, 2026</p>{H1}</div>{TEXT}",
        f"<div>{H1}<div>So 01.03.26 | 14:07 Uhr</div></div>{TEXT}",
        f"{H1}{TEXT}<p>Erschienen am: 01.03.2026</p>",
        f"{H1}{TEXT}<span property=schema:dateCreated content=2026-03-01T10:00:00+00:00>now</span>",
        f'{H1}{TEXT}<script>var page = {{"publish_date": "2026-03-01"}}</script>',
        f"<article>{H1}<time datetime=2026-03-01>Sunday</time></article>{TEXT}"
        "<ul class=latest><li><time class=published datetime=2026-02-20>Older</time></ul>",
    ],
)
def test_a_day_is_found_where_pages_print_it(body: str) -> None:
    assert day(body) == "2026-03-01"


def test_a_readers_comment_does_not_date_the_article() -> None:
    body = (
        f"{H1}{TEXT}<div class=comments><p><time datetime=2026-02-27T10:00:00Z>Friday</time> Nice!</p></div>"
    )
    assert chosen(news(body, TITLE), "published") is None


def test_day_and_month_follow_the_pages_language() -> None:
    body = f"<div>{H1}<span class=date>02/01/2026</span></div>{TEXT}"
    address = "https://www.daily.com/chips"
    assert day(body, address=address, language="en-US") == "2026-02-01"
    assert day(body, address=address, language="en-GB") == "2026-01-02"
    assert day(body, address=address, language="fr") == "2026-01-02"


@pytest.mark.parametrize(
    ("head", "address"),
    [
        ("<meta property=article:modified_time content=2026-03-01T23:10:00-05:00>", ADDRESS),
        ("<meta name=sailthru.date content='2026-03-01 22:28:00'>", ADDRESS),
        ("", "https://www.daily.example/2026/03/01/chips"),
    ],
)
def test_the_day_readers_saw_is_kept_of_a_moment_in_utc(head: str, address: str) -> None:
    stated = "<meta property=article:published_time content=2026-03-02T03:28:00Z>"
    assert day(H1 + TEXT, stated + head, address) == "2026-03-01"


def test_a_country_tells_the_zone_when_nothing_else_does() -> None:
    stated = "<meta property=article:published_time content=2026-02-28T23:30:00Z>"
    assert day(H1 + TEXT, stated, "https://www.blatt.de/chips") == "2026-03-01"
