"""An editor's decisions as examples to learn from: shown or held, who leads, which topics.

They are read off the documents and `stories.yaml`, where they stand anyway: nothing is kept twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from newsloom.curate.contract import Desk
from newsloom.curate.gate import find_bar
from newsloom.curate.judgement import judge_draft, offer_article
from newsloom.curate.leanings import Leanings, undo_leanings
from newsloom.curate.table import story_of
from newsloom.records import Record, Term


class Example(Struct, frozen=True, kw_only=True):
    """A decision: the terms of an article without what was learned, the bar, and whether it was published."""

    name: str
    title: str
    terms: tuple[Term, ...]
    domain: str = ""
    topics: tuple[str, ...] = ()
    bar: int
    published: bool


class Preference(Struct, frozen=True, kw_only=True):
    """A choice of lead: the one an editor pinned, and one that would have led without."""

    better: Example
    worse: Example


def list_examples(records: Sequence[Record], desk: Desk) -> list[Example]:
    """Give the decisions that documents hold.

    A document under a foreign seal, as in a site that was taken over, is judged anew from its public fields.
    """
    return [_draw(record, desk) for record in records if record.article.editorial in {"publish", "hold"}]


def list_preferences(records: Sequence[Record], desk: Desk) -> list[Preference]:
    """Give each pinned record beside those of its story that are better by their terms, and not held."""
    stories: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        stories[story_of(record)].append(record)
    found = []
    for members in stories.values():
        pinned = [record for record in members if record.name in desk.edits.pin]
        others = [record for record in members if record not in pinned and record.article.editorial != "hold"]
        for record in pinned:
            found += [Preference(better=_draw(record, desk), worse=_draw(other, desk)) for other in others]
    return found


def list_told(records: Sequence[Record]) -> list[tuple[str, str]]:
    """Give titles with excerpts and a topic that an editor told of them, one pair for each topic."""
    return [
        (f"{record.article.title}\n{record.article.excerpt}", topic)
        for record in records
        for topic in record.article.editorial_topics or ()
    ]


def list_usual(records: Sequence[Record]) -> list[tuple[str, str]]:
    """Give the same of articles on which no editor has said anything, by the topics they have.

    They say what words are common here: a word tells by being more frequent in a topic than in the others.
    """
    return [
        (f"{record.article.title}\n{record.article.excerpt}", topic)
        for record in records
        if record.article.editorial_topics is None
        for topic in record.article.topics
    ]


def _draw(record: Record, desk: Desk) -> Example:
    article = record.article
    if record.state is not None:
        terms = undo_leanings(record.state.terms, desk.leanings)
    else:
        plain = replace(desk, leanings=Leanings())
        terms = undo_leanings(judge_draft(offer_article(article), plain).terms, Leanings())
    return Example(
        name=record.name,
        title=article.title,
        terms=terms,
        domain=article.provider.domain,
        topics=article.topics,
        bar=find_bar(article, desk.gate)[0],
        published=article.editorial == "publish",
    )
