"""A site of any number of records, made up of the demo's articles: for measuring what is made of documents.

A record's headline is half of one article's and half of another's, its excerpt a sentence of each, its
keywords come from both: the words and their frequencies are those of news. The same number of records is the
same site at every call.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final

from newsloom.archive import Archive
from newsloom.config import Config
from newsloom.curate.terms import pick_keywords
from newsloom.demo.content import Content, Piece, read_content
from newsloom.documents.names import slugify
from newsloom.records import Article, Image, Provider, Record, State, Term
from newsloom.settings import EXCERPT_CHARACTERS, STATE_KEYWORDS
from newsloom.site import read_site
from newsloom.starter import ai_topics, init_site

NEWEST: Final = datetime(2026, 11, 24, 6, tzinfo=UTC)
EVERY: Final = timedelta(minutes=36)  # forty records a day, as a busy topic has
_JOINED: Final = 4  # of so many records one is told by the story of the one before
_PICTURED: Final = 3  # of so many one has no picture


def make_site(root: Path, count: int) -> None:
    """Make a site of `count` records that reads no source; `add_records` adds newer ones."""
    init_site(root, config=Config(title="Made-up desk", url="http://127.0.0.1/", topic="AI", git=False))
    add_records(root, 0, count, NEWEST - EVERY * count)


def add_records(root: Path, first: int, count: int, since: datetime = NEWEST) -> None:
    """Add the records of these numbers, each published a while after the one before."""
    Archive(read_site(root)).write(make_records(first, count, since))


def make_records(first: int, count: int, since: datetime) -> Iterator[Record]:
    """Give the records of these numbers."""
    content = read_content()
    pieces = [piece for piece in content.pieces.values() if not piece.language and piece.excerpt]
    before = ""
    for number in range(first, first + count):
        record = _make_record(number, since + EVERY * (number - first), pieces, content, before)
        before = record.state.story if record.state is not None else ""
        yield record


def _make_record(
    number: int, published: datetime, pieces: Sequence[Piece], content: Content, before: str
) -> Record:
    dice = random.Random(number)  # noqa: S311 - repeatable, not secret
    one, two = dice.sample(pieces, 2)
    head, tail = one.title.split(), two.title.split()
    title = " ".join([*head[: len(head) // 2 + 1], *tail[len(tail) // 2 :]])
    excerpt = " ".join(dice.choice([piece.excerpt, *piece.paragraphs[:3]])[:180] for piece in (one, two))
    outlet = content.outlets[one.domain]
    name = f"{published:%Y-%m-%d}-{slugify(title)[:60]}-{number}"
    joins = bool(before) and number % _JOINED == 0
    picture = Image(url=f"https://pictures.example/{number}.jpg", width=1280, height=720)
    article = Article(
        title=title,
        excerpt=excerpt[:EXCERPT_CHARACTERS],
        published=published,
        original_url=f"https://{outlet.host}/{number}/{slugify(title)}",
        web_url=f"https://{outlet.host}/{number}/{slugify(title)}",
        provider=Provider(name=outlet.name, domain=outlet.domain),
        quality=dice.randint(70, 110),
        shown=not joins,
        topics=tuple(dict.fromkeys(("AI", dice.choice(ai_topics()).name))),
        images=(picture,) if number % _PICTURED else (),
    )
    return Record(name=name, article=article, state=_make_state(article, before if joins else name, one, two))


@cache
def _pick_keywords(one: Piece, two: Piece) -> tuple[tuple[str, float], ...]:
    text = " ".join((*one.paragraphs[::2], *two.paragraphs[1::2]))
    return pick_keywords(one.title, two.title, text, "en", STATE_KEYWORDS)


def _make_state(article: Article, story: str, one: Piece, two: Piece) -> State:
    """A state whose terms add up, with keywords of both articles."""
    return State(
        seen=article.published,
        story=story,
        language="en",
        authors=one.authors,
        words=sum(len(text.split()) for text in one.paragraphs),
        keywords=_pick_keywords(one, two),
        terms=(
            Term(name="base", value=40),
            Term(name="headline", value=article.quality - 40, evidence="says who did what"),
        ),
        topic_evidence=tuple((topic, "“ai” in the headline") for topic in article.topics),
        gate="kept: it was made up",
    )
