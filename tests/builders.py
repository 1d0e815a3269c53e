"""Made-up records and sites for tests: every name, headline and address here is invented.

`record(...)` makes one record with any field set; `site_view(...)` a site around records; and
`sample_site(...)` a desk of some forty records with every kind of thing a reader can meet.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from newsloom.images import Kept, Width
from newsloom.publish.view import Organization, SiteView, SourceNote
from newsloom.records import Article, Copy, Image, Provider, Record, Related, State, Story, Term, Topic

CLOCK = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

TOPICS = (
    Topic(id="ai", name="AI", keywords=("artificial intelligence", "ai"), description="Machines that learn."),
    Topic(id="ai-hardware", name="AI Hardware", shortname="Hardware", parent="AI", keywords=("chip", "gpu")),
    Topic(
        id="machine-learning",
        name="Machine Learning",
        parent="AI",
        keywords=("machine learning", "neural network"),
    ),
    Topic(
        id="ai-in-healthcare",
        name="AI in Healthcare",
        shortname="Healthcare",
        parent="AI",
        keywords=("hospital",),
    ),
    Topic(id="ai-ethics", name="AI Ethics", shortname="Ethics", parent="AI", keywords=("ethics", "bias")),
    Topic(
        id="ai-in-education", name="AI in Education", shortname="Education", parent="AI", keywords=("school",)
    ),
    Topic(id="ai-in-robotics", name="AI in Robotics", shortname="Robotics", parent="AI", keywords=("robot",)),
)

PROVIDERS = (
    ("The Harbour Post", "harbourpost.example"),
    ("Circuit Weekly", "circuitweekly.example"),
    ("Northern Ledger", "northernledger.example"),
    ("Open Bench", "openbench.example"),
    ("Civic Wire", "civicwire.example"),
    ("La Gaceta Digital", "gacetadigital.example"),
    ("Lantern Review", "lanternreview.example"),
    ("Ward & Clinic", "wardandclinic.example"),
)

HEADLINES = (
    ("Harbour city switches its traffic lights to a learning system", "AI Hardware"),
    ("A chip the size of a stamp runs a language model for a week on one battery", "AI Hardware"),
    ("Nurses helped to write the rules for the ward's triage assistant", "AI in Healthcare"),
    ("School board votes to publish every prompt its tutors use", "AI in Education"),
    ("Auditors found the loan model treated two postcodes differently", "AI Ethics"),
    ("Robot arm learns to fold laundry from eleven videos", "AI in Robotics"),
    ("Neural network names bird calls no field guide has", "Machine Learning"),
    (
        "Why the grid's new forecaster gets it wrong on still, foggy mornings, and what keepers do",
        "Machine Learning",
    ),
    ("Second fab delay pushes memory prices up", "AI Hardware"),
    ("Hospital cuts waiting lists after letting the scheduler explain itself", "AI in Healthcare"),
    ("Translators ask to be named beside the machine", "AI Ethics"),
    ("Warehouse robots get a speed limit, and a horn", "AI in Robotics"),
    ("Library opens a reading room for models", "AI in Education"),
    ("Small models, carefully fed, match large ones on court records", "Machine Learning"),
)


SOURCES = (
    SourceNote(
        name="The Harbour Post", kind="feed", home="https://harbourpost.example/", host="harbourpost.example",
        feed="https://harbourpost.example/rss?format=full", standing="well", success=99, daily=20.0, lag=1_200,
        answered=CLOCK - timedelta(hours=1), news=CLOCK - timedelta(hours=2),
    ),
    SourceNote(
        name="Circuit Weekly", kind="sitemap", home="https://circuitweekly.example/", host="circuitweekly.example",
        standing="failing", code="server-error", success=71, daily=0.3, lag=7_200,
        answered=CLOCK - timedelta(days=4), since=CLOCK - timedelta(days=4), news=CLOCK - timedelta(days=5),
    ),
    SourceNote(
        name="Open Bench", kind="listing", home="https://openbench.example/news/", host="openbench.example",
        standing="told", code="silent", success=100, daily=1.0, lag=3_600,
        answered=CLOCK - timedelta(hours=1), news=CLOCK - timedelta(days=9),
    ),
    SourceNote(name="", kind="feed", host="wiki.internal", standing="new"),
    SourceNote(name="Lantern Review", kind="feed", host="lanternreview.example", standing="paused"),
    SourceNote(name="pages.warc.gz", kind="warc", standing="local"),
)  # fmt: skip


def record(
    title: str = "Harbour city switches its traffic lights to a learning system",
    *,
    name: str | None = None,
    provider: Provider | None = None,
    published: datetime = CLOCK - timedelta(hours=3),
    topics: Sequence[str] = ("AI",),
    quality: int = 84,
    heat: int = 72,
    shown: bool = True,
    images: Sequence[Image] = (),
    state: State | None = None,
    **fields: object,
) -> Record:
    """One record; whatever is not said is made up to fit. `fields` are any other fields of `Article`."""
    provider = provider or Provider(name=PROVIDERS[0][0], domain=PROVIDERS[0][1])
    slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "untitled"
    address = fields.pop("original_url", f"https://www.{provider.domain}/{published:%Y/%m/%d}/{slug}")
    article = Article(
        title=title,
        excerpt=fields.pop(
            "excerpt", f"What happened, told in two sentences. {title}: those who were there say why."
        ),
        published=published,
        original_url=address,
        web_url=fields.pop("web_url", address),
        provider=provider,
        quality=quality,
        heat=heat,
        shown=shown,
        topics=tuple(topics),
        images=tuple(images),
        **fields,
    )
    stem = name or f"{published:%Y-%m-%d}-{slug}"
    return Record(name=stem, article=article, state=state or explained(article, stem))


def explained(article: Article, story: str, **fields: object) -> State:
    """A state whose terms add up to the article's quality and heat."""
    quality = (
        Term(name="base", value=40),
        Term(name="headline", value=18, evidence="names who did what in 62 characters"),
        Term(name="provider_standing", value=22, evidence=f"{article.provider.domain}: 72 of 100"),
        Term(name="picture", value=8, evidence="1280 × 720 pixels"),
        Term(name="clickbait", value=-6, evidence="“you will”"),
    )
    rest = article.quality - sum(term.value for term in quality)
    heat = (
        Term(name="coverage", value=article.heat - 20, evidence="4 providers in 6 hours"),
        Term(name="freshness", value=20),
    )
    return State(
        seen=article.published,
        story=fields.pop("story", story),
        authors=fields.pop("authors", ("Ines Okafor", "Tom Lind")),
        terms=(*quality, Term(name="length", value=rest, evidence="640 words")),
        heat_terms=heat if article.heat >= 0 else (),
        topic_evidence=tuple((topic, "“chip” in the headline") for topic in article.topics),
        gate=fields.pop("gate", f"quality {article.quality} reaches the bar of 70"),
        formula=fields.pop("formula", "quality 1, heat 1"),
        **fields,
    )


def site_view(records: Iterable[Record] = (), **fields: object) -> SiteView:
    """A site around records; `fields` are any fields of `SiteView`."""
    settings: dict[str, Any] = {
        "title": "The Learning Machine",
        "url": "https://desk.example/",
        "description": "What happens in artificial intelligence, and who says so.",
        "locale": "en-GB",
        "timezone": "Europe/Berlin",
        "topic": "AI",
        "topics": TOPICS,
        "clock": CLOCK,
        "formula": "quality 1, heat 1",
    }
    return SiteView(records=tuple(records), **(settings | fields))


def kept_picture(url: str, **fields: object) -> Kept:
    """What the desk keeps of a picture: two widths, as if files of these names were there."""
    widths = tuple(
        Width(width=across, height=down, jpeg=f"{n}.jpg", webp=f"{n}.webp", jpeg_bytes=1, webp_bytes=1)
        for n, across, down in (("wide", 1200, 675), ("half", 600, 338))
    )
    known: dict[str, Any] = {"kind": "jpeg", "width": 1280, "height": 720, "colour": "#336699"}
    return Kept(url=url, widths=widths, likeness="0" * 32, **(known | fields))


def sample_site(pictures: str = "https://pictures.example", **fields: object) -> SiteView:
    """A desk of some forty records: stories with coverage, copies, a video, RTL, long and plain ones."""
    records = [_numbered(number, pictures) for number in range(30)]
    specials = _specials(pictures)
    held = [_member(records[0], number) for number in range(5)] + [_member(records[1], 6)]
    stories = (
        Story(
            name=records[0].name,
            lead=records[0].name,
            members=tuple(item.name for item in (records[0], *held[:5])),
            heat=140,
        ),
        Story(name=records[1].name, lead=records[1].name, members=(records[1].name, held[5].name), heat=110),
    )
    organizations = {
        domain: Organization(
            domain=domain,
            name=name,
            description=f"{name} is an invented publication.",
            country="Portugal",
            standing=60 + 4 * number,
            standing_reason="rated by two made-up readers",
            images=(Image(url=f"{pictures}/logo-{number}.png", width=64, height=64),) if number % 2 else (),
        )
        for number, (name, domain) in enumerate(PROVIDERS)
    }
    fields.setdefault("sources", SOURCES)
    return site_view((*records, *specials, *held), stories=stories, organizations=organizations, **fields)


def _numbered(number: int, pictures: str) -> Record:
    title, topic = HEADLINES[number % len(HEADLINES)]
    again = number // len(HEADLINES)
    picture = Image(url=f"{pictures}/picture-{number}.png", width=1280, height=720)
    made = record(
        title if not again else f"{title}: what changed {'since' if again == 1 else 'in a year'}",
        provider=_provider(number),
        published=CLOCK - timedelta(hours=2 + 5 * number, minutes=7 * number),
        topics=(topic, "AI"),
        quality=72 + number * 7 % 40,
        heat=max(-1, 140 - 9 * number),
        images=(picture,) if number % 4 != 3 else (),
    )
    if number:
        return made
    copies = tuple(
        Copy(
            url=f"https://{domain}/reprint",
            title=title,
            provider=Provider(name=name, domain=domain),
            published=CLOCK - timedelta(hours=1),
            quality=55,
            reason="the same text, word for word",
        )
        for name, domain in PROVIDERS[5:]
    )
    state = made.state
    assert state is not None
    return msgspec.structs.replace(made, state=msgspec.structs.replace(state, copies=copies))


def _specials(pictures: str) -> list[Record]:
    arabic = record(
        "باحثون يدرّبون نموذجًا صغيرًا على لهجات نادرة",
        name="2026-11-23-arabic",
        excerpt="يقول الباحثون إن النموذج يعمل على هاتف قديم، وإن تدريبه كلّف أقل من رحلة بالقطار.",
        published=CLOCK - timedelta(hours=6),
        topics=("Machine Learning", "AI"),
        heat=96,
        images=(Image(url=f"{pictures}/picture-31.png", width=900, height=600),),
    )
    assert arabic.state is not None
    arabic = msgspec.structs.replace(arabic, state=msgspec.structs.replace(arabic.state, language="ar"))
    video = record(
        "Watch a robot learn to pour tea without a single spill",
        published=CLOCK - timedelta(hours=8),
        kind="video",
        topics=("AI in Robotics", "AI"),
        heat=58,
        featured='<iframe src="https://www.youtube.com/embed/abcdefghijk?autoplay=1" onload="x()"></iframe>',
        images=(
            Image(
                url=f"{pictures}/picture-32.png",
                width=1280,
                height=720,
                title="A robot hand",
                attribution="J. Doe",
            ),
        ),
    )
    foreign = record(
        "A record whose seal another desk holds",
        published=CLOCK - timedelta(days=3),
        heat=-1,
        related=(
            Related(
                title="The same event as another paper tells it",
                excerpt="Short.",
                published=CLOCK - timedelta(days=3, hours=1),
                web_url="https://elsewhere.example/same-event",
                provider=Provider(name="Elsewhere", domain="elsewhere.example"),
                quality=41,
            ),
        ),
    )
    foreign = msgspec.structs.replace(foreign, state=None)
    unseen = record("Held back: you will never guess what this chip did", quality=44, heat=-1, shown=False)
    return [arabic, video, foreign, unseen]


def _member(lead: Record, number: int) -> Record:
    endings = (
        "residents say",
        "minute by minute",
        "explained",
        "the bill",
        "a first look",
        "the vote",
        "the maker",
    )
    return record(
        f"{lead.article.title}, {endings[number]}",
        provider=_provider(number + 1),
        published=lead.article.published + timedelta(minutes=40 * (number - 1)),
        topics=lead.article.topics,
        quality=71 - 3 * number,
        heat=-1,
        shown=False,
    )


def _provider(number: int) -> Provider:
    name, domain = PROVIDERS[number % len(PROVIDERS)]
    return Provider(name=name, domain=domain)
