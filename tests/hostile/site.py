"""Sites made of hostile strings: each of them is every outside text of two records, a provider and a topic."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from newsloom.publish.view import Organization, SiteView, SourceNote
from newsloom.records import (
    Copy,
    Image,
    Provider,
    Record,
    Related,
    Revision,
    State,
    Story,
    Term,
    Topic,
)
from tests.builders import CLOCK, record, site_view

PICTURES = "https://pictures.example"


def hostile_site(
    texts: Sequence[str],
    pictures: str = PICTURES,
    *,
    topics: Sequence[str] | None = None,
    page_size: int = 20,
) -> SiteView:
    """A site of all `texts`; `topics` are those with a topic of that name, all unless said."""
    named = tuple(texts if topics is None else topics)
    leads = [hostile_lead(text, number, pictures, named) for number, text in enumerate(texts)]
    others = [
        record(
            text,
            name=f"other-{make_name(text)}",
            provider=lead.article.provider,
            shown=False,
            original_url=text,
            web_url=text,
        )
        for text, lead in zip(texts, leads, strict=True)
    ]
    return site_view(
        [*leads, *others],
        title=texts[0],
        description=texts[0],
        formula=texts[0],
        page_size=page_size,
        sources=tuple(_hostile_source(text) for text in texts),
        topics=(
            Topic(id="ai", name="AI"),
            *(Topic(id=text, name=text, parent="AI", description=text, keywords=(text,)) for text in named),
        ),
        organizations={text: _hostile_organization(text, pictures) for text in texts},
        stories=tuple(
            Story(name=lead.name, lead=lead.name, members=(lead.name, other.name))
            for lead, other in zip(leads, others, strict=True)
        ),
    )


def hostile_lead(text: str, number: int, pictures: str, topics: Sequence[str]) -> Record:
    """A shown record with the text wherever text or an address may come from outside."""
    provider = Provider(name=text, domain=text)
    published = CLOCK - timedelta(minutes=7 * number)
    related = Related(title=text, excerpt=text, published=CLOCK, web_url=text, provider=provider)
    return record(
        text,
        name=f"lead-{make_name(text)}",
        excerpt=text,
        provider=provider,
        published=published,
        topics=(text, "AI") if text in topics else ("AI",),
        heat=number % 140,
        images=(
            Image(url="" if text.startswith("http") else text),
            Image(url=f"{pictures}/{text}", width=900, height=600, title=text, attribution=text),
            Image(url=f"{pictures}/{number}.png", width=900, height=600, title=text, attribution=text),
        ),
        original_url=text,
        web_url=f"https://paper.example/{text}",
        amp_url=text,
        cdn_amp_url=text,
        featured=f'{text}<iframe src="https://youtu.be/dQw4w9WgXcQ" {text}>',
        kind=text,
        category=text,
        related=(related,),
        state=_hostile_state(text, provider),
    )


def make_name(text: str) -> str:
    """The text as far as it can be the name of a file."""
    return text.encode("utf-8", "replace").decode()


def _hostile_state(text: str, provider: Provider) -> State:
    return State(
        seen=CLOCK,
        authors=(text, text),
        language=text,
        flags=(text,),
        gate=text,
        formula=text,
        modified=CLOCK,
        terms=(Term(name=text, value=5, evidence=text),),
        heat_terms=(Term(name=text, value=-5, evidence=text),),
        topic_evidence=((text, text),),
        copies=(Copy(url=text, title=text, provider=provider, published=CLOCK, reason=text),),
        revisions=(Revision(noticed=CLOCK, edited=text, before=text),),
    )


def _hostile_organization(text: str, pictures: str) -> Organization:
    return Organization(
        domain=text,
        name=text,
        description=text,
        country=text,
        owner=text,
        standing=1,
        standing_reason=text,
        images=(Image(url=f"{pictures}/logo.png", width=64, height=64, title=text, attribution=text),),
    )


def _hostile_source(text: str) -> SourceNote:
    return SourceNote(
        name=text, kind="feed", home=text, host=text, feed=text, provider=text, standing="failing", code=text
    )
