"""One draft judged on its own: topics, quality, keywords and fingerprint, before its place is known."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from newsloom.curate.contract import Desk
from newsloom.curate.duplicates import Fingerprint, encode_signature, take_fingerprint
from newsloom.curate.intake import Offer
from newsloom.curate.leanings import apply_leanings
from newsloom.curate.likeness import Likeness, Vectors
from newsloom.curate.quality import Assessed, balance_terms, judge_quality
from newsloom.curate.standing import measure_sobriety
from newsloom.curate.stories import profile_article
from newsloom.curate.story_index import Profile
from newsloom.curate.terms import count_words, list_stems, pick_keywords
from newsloom.curate.topics import EDITOR, Tagger, TopicHit, list_sections
from newsloom.curate.weights import WEIGHTS
from newsloom.records import Article, Draft, Provider, Record, State, Term, Topic
from newsloom.settings import STATE_KEYWORDS

_SHORT_LABEL: Final = 2  # letters of a domain that are no name


class Verdict(Struct, frozen=True, kw_only=True):
    """What the desk thinks of a draft. `print_` is its fingerprint, `profile` what stories match by."""

    hits: tuple[TopicHit, ...]
    terms: tuple[Term, ...]
    keywords: tuple[tuple[str, float], ...]
    print_: Fingerprint
    profile: Profile

    @property
    def quality(self) -> int:
        """The number the terms add up to."""
        return sum(term.value for term in self.terms)


def judge_draft(
    offer: Offer, desk: Desk, title: str | None = None, topics: Sequence[str] | None = None
) -> Verdict:
    """Judge a draft by the desk's topics and weights.

    `title` replaces the draft's own where a copy is judged for a record whose headline stays, `topics` what
    is found where an editor has told them. The result depends on nothing but the arguments. Cost is linear
    in the text.
    """
    draft = offer.draft
    headline = title or draft.title
    hits, terms = weigh_draft(offer, desk, headline, topics)
    keywords = pick_keywords(headline, draft.excerpt, draft.text, draft.language, STATE_KEYWORDS)
    return Verdict(
        hits=hits,
        terms=terms,
        keywords=keywords,
        print_=take_fingerprint(headline, draft.excerpt, draft.text, offer.published, draft.provider.domain),
        profile=profile_article(headline, keywords, draft.language, offer.published),
    )


def weigh_draft(
    offer: Offer, desk: Desk, headline: str, topics: Sequence[str] | None = None
) -> tuple[tuple[TopicHit, ...], tuple[Term, ...]]:
    """Give the topics of a draft under a headline, and the terms of its quality."""
    draft, taxonomy = offer.draft, _open_taxonomy(_Same(desk.topics, desk.vectors))
    hints = (*draft.topics, *list_sections(draft.canonical))
    hits = find_topics(headline, draft.excerpt, draft.text, hints, desk, draft.provider.domain)
    if topics is not None:
        hits = _overrule(hits, topics)
    assessed = Assessed(
        title=headline,
        excerpt=draft.excerpt,
        domain=draft.provider.domain,
        provider=draft.provider.name,
        standing=desk.standings.get(draft.provider.domain),
        known=is_known(draft.provider, desk),
        first_hand=taxonomy.find_first_hand(draft.provider.domain),
        hits=hits,
        children=taxonomy.children,
        images=draft.images,
        authors=draft.authors,
        dated=offer.dated,
        words=count_words(draft.text),
        text=draft.text,
        kind=draft.kind,
        flags=draft.flags,
    )
    named = (hit.topic for hit in hits)
    terms = apply_leanings(judge_quality(assessed), assessed.domain, named, desk.leanings)
    return hits, balance_terms(terms)


def find_topics(
    title: str, excerpt: str, text: str, hints: tuple[str, ...], desk: Desk, domain: str = ""
) -> tuple[TopicHit, ...]:
    """Give the topics of an article at this desk, strongest first."""
    taxonomy = _open_taxonomy(_Same(desk.topics, desk.vectors))
    near = taxonomy.likeness.measure(title, excerpt, text) if taxonomy.likeness else {}
    return taxonomy.tagger.tag(title, excerpt, text, hints, domain, near)


def _overrule(hits: Sequence[TopicHit], topics: Sequence[str]) -> tuple[TopicHit, ...]:
    """Give the topics an editor told, in that order, each with what was found of it, if anything."""
    found = {hit.topic: hit for hit in hits}
    return tuple(
        found.get(name, TopicHit(topic=name, strength=0.0, keyword=name, zone=EDITOR)) for name in topics
    )


def is_known(provider: Provider, desk: Desk) -> bool:
    """Say whether the site's registry, or a document that was made with one, shows a logo of a provider."""
    registered = desk.providers.get(provider.domain)
    return bool(provider.images or (registered is not None and registered.images))


@lru_cache(maxsize=8)
def list_subject(topics: tuple[Topic, ...]) -> frozenset[str]:
    """Give the stems of all topics' keywords: the words every article of the site may hold."""
    return frozenset(stem for topic in topics for word in topic.keywords for stem in list_stems(word))


class _Taxonomy:
    """What judgement looks up of a site's topics for every article, made once."""

    def __init__(self, topics: tuple[Topic, ...], vectors: Vectors | None) -> None:
        self.tagger = Tagger(topics)
        self.likeness = Likeness(topics, vectors) if vectors else None
        self.children = frozenset(topic.name for topic in topics if topic.parent)
        self._phrases: dict[str, str] = {}
        for topic in topics:
            for keyword in topic.keywords:
                words = keyword.lower().split()
                for word in words if len(words) > 1 else ():
                    self._phrases.setdefault(word, keyword)

    def find_first_hand(self, domain: str) -> str:
        """Give the keyword that names a provider as what the site is about, "" when none does.

        Only keywords of several words count ("Google AI" for google.com): a single word is more often a
        subject than a name.
        """
        label = domain.partition(".")[0].lower()
        return self._phrases.get(label, "") if len(label) > _SHORT_LABEL else ""


class _Same:
    """Topics as a key that is the same only for the very same tuple: their own hash walks all words."""

    def __init__(self, topics: tuple[Topic, ...], vectors: Vectors | None) -> None:
        self.topics = topics
        self.vectors = vectors

    def __hash__(self) -> int:
        return hash((id(self.topics), id(self.vectors)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.topics is self.topics and other.vectors is self.vectors


@lru_cache(maxsize=8)
def _open_taxonomy(same: _Same) -> _Taxonomy:
    return _Taxonomy(same.topics, same.vectors)


def draw_article(offer: Offer, verdict: Verdict, title: str | None = None) -> Article:
    """Give the public fields of a draft that was judged; story, heat and gate come later."""
    draft = offer.draft
    return Article(
        title=title or draft.title,
        excerpt=draft.excerpt,
        published=offer.published,
        original_url=draft.original,
        web_url=draft.canonical,
        amp_url=draft.amp,
        cdn_amp_url=draft.amp_cache,
        kind=draft.kind,
        quality=verdict.quality,
        featured=draft.embed,
        provider=Provider(
            name=draft.provider.name, domain=draft.provider.domain, images=draft.provider.images
        ),
        topics=tuple(hit.topic for hit in verdict.hits),
        images=draft.images,
    )


def tell_topics(record: Record, topics: Sequence[str] | None, desk: Desk) -> Record:
    """Give a record with the topics an editor told, None for those its public words have.

    Its draft counts as unread, so that its quality follows when it is next seen.
    """
    article, state = record.article, record.state
    if topics is None and article.editorial_topics is None:
        return record
    given = topics
    if given is None:
        hits = find_topics(article.title, article.excerpt, "", state.hints if state else (), desk)
        given = [hit.topic for hit in hits]
    told = None if topics is None else tuple(topics)
    return replace(
        record,
        article=replace(article, topics=tuple(given), editorial_topics=told),
        state=replace(state, content="") if state else None,
    )


def offer_article(article: Article) -> Offer:
    """Give the public fields of a document as an offer, to judge what came without its page."""
    draft = Draft(
        original=article.original_url,
        canonical=article.web_url or article.original_url,
        title=article.title,
        excerpt=article.excerpt,
        provider=article.provider,
        observed=article.published,
        published=article.published,
        kind=article.kind,
        images=article.images,
    )
    return Offer(key=draft.canonical, draft=draft, published=article.published, dated="page")


def draw_state(offer: Offer, verdict: Verdict, content: str, story: str) -> State:
    """Give the private state of a draft that was judged. `content` is the draft's digest."""
    draft = offer.draft
    return State(
        seen=draft.observed.replace(microsecond=0),
        story=story,
        content=content,
        origin=draft.origin,
        source=draft.source,
        dated=offer.dated,
        language=draft.language,
        authors=draft.authors,
        modified=draft.modified,
        words=verdict.print_.words,
        flags=draft.flags,
        hints=draft.topics,
        keywords=verdict.keywords,
        signature=encode_signature(verdict.print_),
        terms=verdict.terms,
        topic_evidence=tuple((hit.topic, hit.evidence) for hit in verdict.hits),
        sobriety=measure_sobriety(draft.title, draft.text) if draft.text else None,
        formula=WEIGHTS.formula,
        guid=draft.guid,
    )
