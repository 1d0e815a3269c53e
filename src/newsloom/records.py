"""The types of a record's way: Candidate, Page, Draft, Record, Story.

One frozen type for each stage. Every step of a pass is a function from batches of one to batches
of the next; nothing here does I/O, and nothing is changed in place. All times are aware and in UTC.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache

from msgspec import Struct, structs


class Image(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A picture of an article, or a logo of a provider. Sizes are in pixels, None when not known."""

    url: str
    width: int | None = None
    height: int | None = None
    title: str | None = None
    attribution: str | None = None
    cached: bool = False


class Provider(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who published an article: a name for readers and the registrable domain."""

    name: str
    domain: str
    images: tuple[Image, ...] = ()


class Candidate(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An address that a source offers, with what the source says about it.

    `address` is as the source gave it, made absolute. `content` and `excerpt` may hold HTML as
    it came: whoever shows or stores them cleans them. `observed` is when the source was read.
    """

    address: str
    source: str
    observed: datetime
    id: str = ""
    title: str = ""
    excerpt: str = ""
    content: str = ""
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    modified: datetime | None = None
    image: str | None = None
    language: str | None = None
    topics: tuple[str, ...] = ()
    provider: str | None = None
    video: bool = False


class Page(Struct, frozen=True, kw_only=True):
    """The bytes an address gave, and how they came.

    `address` is the one asked for, `final` the one that answered after redirects. `content_type`
    is the header's value, "" when there was none. `body` is decoded (no gzip) but not yet text.
    """

    address: str
    final: str
    body: bytes
    observed: datetime
    content_type: str = ""
    status: int = 200
    source: str = ""


class Draft(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was read off one page or feed entry, before any judgement.

    `origin` is "page" or "entry". `flags` are facts the page states of itself: "paywalled",
    "live", "opinion", "sponsored", "press-release". `text` is plain, paragraphs parted by a
    blank line. `published_offset` is the minutes east of UTC of the zone the page wrote `published` in.
    `guid` is the name that `source` gives it, which stays when its address changes.
    """

    original: str
    canonical: str
    title: str
    provider: Provider
    observed: datetime
    origin: str = "page"
    source: str = ""
    amp: str | None = None
    amp_cache: str | None = None
    excerpt: str = ""
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    published_offset: int = 0
    modified: datetime | None = None
    kind: str = "article"
    language: str | None = None
    images: tuple[Image, ...] = ()
    embed: str | None = None
    text: str = ""
    flags: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    guid: str = ""

    def __reduce__(self) -> tuple[object, ...]:
        # msgspec leaves out a field that is its default, not one that equals it. A draft out of a worker has
        # to be written like one made here, or digests and seals would tell which engine made a site.
        said = {
            field.name: value
            for field in _list_fields(type(self))
            if (value := getattr(self, field.name)) is not field.default
        }
        return _make_draft, (said,)


_list_fields = cache(structs.fields)


def _make_draft(said: dict[str, object]) -> Draft:
    return Draft(**said)  # type: ignore[arg-type]  # names and types are those of the fields


class Related(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Another article of the same story, as listed inside a document."""

    title: str
    excerpt: str
    published: datetime
    web_url: str
    provider: Provider
    kind: str = "article"
    amp_url: str | None = None
    cdn_amp_url: str | None = None
    quality: int | None = None
    images: tuple[Image, ...] = ()


class Article(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The public fields of one document, in the order in which they are written.

    `editorial` and `editorial_topics` are Newsloom's own additions to the reference's fields: an editor's
    word, "publish" or "hold", which wins over the gate; and topics, which win over tagging. `secured` is the
    sealed private state as it stands.
    """

    title: str
    excerpt: str
    published: datetime
    original_url: str
    provider: Provider
    category: str = "news"
    web_url: str | None = None
    amp_url: str | None = None
    cdn_amp_url: str | None = None
    kind: str = "article"
    quality: int = 0
    heat: int = -1
    shown: bool = False
    editorial: str | None = None
    editorial_topics: tuple[str, ...] | None = None
    featured: str | None = None
    topics: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    related: tuple[Related, ...] = ()
    secured: str | None = None


class Term(Struct, frozen=True, kw_only=True):
    """One named part of a score, with what it was judged on."""

    name: str
    value: int
    evidence: str = ""


class Copy(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The same text under another address, absorbed into a record (a reprint, a mirror)."""

    url: str
    title: str
    provider: Provider
    published: datetime
    quality: int = 0
    reason: str = ""


class Revision(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An edit of an article that was noticed: when, what was edited, and the headline before."""

    noticed: datetime
    edited: str
    before: str = ""


class State(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the desk must remember of a record beyond its public fields; sealed in the document.

    `seen` is when the record was first observed, `dated` where its date came from ("page",
    "entry" or "seen"). `content` is a digest of the draft last taken in, so that an unchanged
    draft is known without being judged again. `terms` add up to the quality. `keywords` are the
    text's strongest terms with weights, `signature` its MinHash in base64: what later passes
    match against when the text itself is no longer at hand. `moved` marks a record whose own story, named
    after it, was merged into another: the story's address still leads there. `sobriety` is how soberly the
    text is written, 0 to 1. `guid` is what `source` calls it, an identity beside its addresses. `aliases` and
    `reprints` are the keys of further addresses: of its own page, and of copies beyond those in `copies`.
    """

    seen: datetime
    story: str = ""
    content: str = ""
    origin: str = "page"
    source: str = ""
    dated: str = "page"
    language: str | None = None
    authors: tuple[str, ...] = ()
    modified: datetime | None = None
    words: int = 0
    flags: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    keywords: tuple[tuple[str, float], ...] = ()
    signature: str = ""
    terms: tuple[Term, ...] = ()
    topic_evidence: tuple[tuple[str, str], ...] = ()
    heat_terms: tuple[Term, ...] = ()
    gate: str = ""
    copies: tuple[Copy, ...] = ()
    revisions: tuple[Revision, ...] = ()
    moved: bool = False
    sobriety: float | None = None
    formula: str = ""
    guid: str = ""
    aliases: tuple[str, ...] = ()
    reprints: tuple[str, ...] = ()


class Record(Struct, frozen=True, kw_only=True):
    """One curated article: its file name under `_news/` without `.md`, public fields, private state.

    `state` is None where the document's seal cannot be opened (another desk's, or a lost key), or there is
    none. `story` is then the story that related coverage tells, "" where it tells none.
    """

    name: str
    article: Article
    state: State | None = None
    story: str = ""


class Story(Struct, frozen=True, kw_only=True):
    """The records of one event. `name` is that of its first record and stays; `lead` is a member's name.

    `members` are names, the lead first, then by value to a reader who has read the lead. `heat_before` is
    how hot it was a day before the desk's clock, None where it is closed or nothing of it was out then.
    """

    name: str
    lead: str
    members: tuple[str, ...]
    heat: int = -1
    heat_before: int | None = None


class Topic(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One topic of a site's taxonomy. `parent` is a topic's name.

    `keywords` are looked for as whole words; `exact` as they are written, capitals and all. `weights` says
    what a keyword counts for, 1 where nothing is said. Of `must` one word has to be there, of `exclude`
    none. `zones` are where words count ("title", "excerpt", "text"), all when empty. `providers` are domains
    whose articles are of the topic. The words of `description` count a little. `bar` is the topic's own
    quality from which an article is shown.
    """

    id: str
    name: str
    shortname: str | None = None
    parent: str | None = None
    description: str | None = None
    keywords: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()
    weights: tuple[tuple[str, float], ...] = ()
    must: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()
    bar: int | None = None
    hashtags: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    services: tuple[tuple[str, str], ...] = ()


class Decision(Struct, frozen=True, kw_only=True):
    """What became of one candidate or draft: "new", "changed", "same", "duplicate" or "rejected", and why."""

    address: str
    outcome: str
    reason: str = ""
    record: str = ""


class StoryEdits(Struct, frozen=True, kw_only=True):
    """An editor's word on stories, by names of records.

    `join` holds groups that are one story each, `apart` sides that never share one (each side being one
    story), `alone` who never shares one with anybody, `pin` who leads.
    """

    join: tuple[tuple[str, ...], ...] = ()
    apart: tuple[tuple[tuple[str, ...], ...], ...] = ()
    alone: tuple[str, ...] = ()
    pin: tuple[str, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """All records whose place in a story an editor has decided."""
        joined = {name for group in self.join for name in group}
        return frozenset(joined.union(self.alone, *(side for sides in self.apart for side in sides)))
