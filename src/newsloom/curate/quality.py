"""How good an article is, as a sum of named, bounded terms.

Every term carries what it was judged on, and the terms add up to the number in the document. It
judges form, completeness, source and fit to the site; it does not know whether a claim is true.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from msgspec import Struct

from newsloom.curate.headline import clickbait_probability, measure_shouting, strongest_cues
from newsloom.curate.terms import normalise_title, split_words
from newsloom.curate.topics import TopicHit
from newsloom.curate.weights import WEIGHTS, QualityWeights
from newsloom.records import Image, Record, Term

_AGENCIES: Final = (
    "reuters", "associated press", "ap", "afp", "agence france-presse", "dpa", "bloomberg", "pti", "ians",
    "ani", "xinhua", "upi", "efe", "ansa", "tass", "kyodo", "bernama", "apa", "pa media", "press association",
)  # fmt: skip
_DATELINE: Final = re.compile(r"\((" + "|".join(map(re.escape, _AGENCIES)) + r")\)\s*[-–—]", re.IGNORECASE)
_SOURCE: Final = re.compile(
    r"(?:originally (?:published|appeared) (?:on|in|at)|republished from|this article first appeared on)"
    r"\s+([^.,;\n]{2,40})",
    re.IGNORECASE,
)
# What has to be there for a pattern to fit: looking for it is ten times as fast as the pattern.
_SOURCE_SIGNS: Final = ("originally ", "republished from", "first appeared on")
_PRESS_SIGNS: Final = (
    "ewswire", "NEWSWIRE", "BUSINESS WIRE", "EINPress", "ACCESSWIRE", "Newsfile", "for immediate release",
    " to announce", "SOURCE",
)  # fmt: skip
_PRESS_RELEASE: Final = re.compile(
    r"\b(?:PRNewswire|PR Newswire|BUSINESS WIRE|GLOBE NEWSWIRE|GlobeNewswire|EINPresswire|ACCESSWIRE"
    r"|Newsfile Corp|for immediate release"
    r"|is (?:thrilled|excited|pleased|proud|delighted) to announce|SOURCE:? [A-Z])\b"
)
_NUMBERED: Final = re.compile(
    r"^(?:the |top |these |here are )*(?:\d{1,3})\s+(?:\w+\s+){0,3}"
    r"(?:things|ways|reasons|tips|facts|times|gifts|photos|pictures|deals|signs|products|hacks|best)\b",
    re.IGNORECASE,
)
_EXCERPT_CHARACTERS: Final = 60
_IMAGE_PIXELS: Final = (400, 600)  # of width: of an icon stretched; of what fills a card on a telephone
_TEXT_WORDS: Final = 300
_LONG_HEADLINE: Final = (70, 130)  # characters: results of a search and subjects of mail are cut there
_CREDIT_ZONE: Final = 600  # characters at either end of a text where credits stand
_THIN_WORDS: Final = 400
_TITLED: Final = 2  # topics of a headline that count: more are a list of catchwords
_SURE: Final = 0.75  # probability from which clickbait is blamed: many an announcement reaches a half


class Assessed(Struct, frozen=True, kw_only=True):
    """What quality is judged on. `words` is the length of the text, `standing` 0 to 1."""

    title: str
    excerpt: str
    domain: str
    provider: str
    standing: float | None = None
    known: bool = False
    first_hand: str = ""
    hits: Sequence[TopicHit] = ()
    children: frozenset[str] = frozenset()
    images: Sequence[Image] = ()
    authors: Sequence[str] = ()
    dated: str = "page"
    words: int = 0
    text: str = ""
    kind: str = "article"
    flags: Sequence[str] = ()


_Judge = Callable[[Assessed, QualityWeights], Term | None]


def judge_quality(article: Assessed, weights: QualityWeights = WEIGHTS.quality) -> tuple[Term, ...]:
    """Give the terms of an article's quality, those of value 0 left out. Their sum is the quality."""
    terms = [Term(name="base", value=weights.base, evidence="every readable article")]
    for judge in _JUDGES:
        term = judge(article, weights)
        if term is not None and term.value:
            terms.append(term)
    return tuple(terms)


def is_credited(record: Record) -> bool:
    """Say whether a record's text was judged not to be its provider's own: a reprint or a press release."""
    return record.state is not None and any(term.name == "originality" for term in record.state.terms)


SIDES: Final = {
    "importance": frozenset({"relevance", "specificity", "first-hand", "kind", "list", "interest"}),
    "credibility": frozenset(
        {
            "standing",
            "known",
            "originality",
            "byline",
            "date",
            "headline",
            "shouting",
            "sponsored",
            "opinion",
            "favour",
        }
    ),
}


def weigh_sides(terms: Sequence[Term]) -> dict[str, int]:
    """Give what terms say of importance (is it news here?), of credibility, and of form, which is the rest.

    The three add up to the quality.
    """
    sums = dict.fromkeys((*SIDES, "form"), 0)
    for term in terms:
        side = next((name for name, members in SIDES.items() if term.name in members), "form")
        sums[side] += term.value
    return sums


def sum_terms(terms: Sequence[Term]) -> int:
    """Give the number that a list of terms adds up to, at least 0: the form has no negative quality."""
    return max(0, sum(term.value for term in terms))


def balance_terms(terms: tuple[Term, ...]) -> tuple[Term, ...]:
    """Give terms whose plain sum is at least 0, by an explicit last term that makes up for the rest."""
    total = sum(term.value for term in terms)
    if total >= 0:
        return terms
    return (*terms, Term(name="floor", value=-total, evidence="quality does not go below 0"))


def _judge_standing(article: Assessed, weights: QualityWeights) -> Term | None:
    if article.standing is None:
        return None  # no rating is neutral
    value = round(weights.standing * (min(1.0, max(0.0, article.standing)) - 0.5))
    return Term(name="standing", value=value, evidence=f"{article.domain} rated {article.standing:.2f}")


def _judge_known(article: Assessed, weights: QualityWeights) -> Term | None:
    if not article.known:
        return None
    evidence = f"{article.domain} has a logo in the registry"
    return Term(name="known", value=weights.known, evidence=evidence)


def _judge_first_hand(article: Assessed, weights: QualityWeights) -> Term | None:
    if not article.first_hand:
        return None
    evidence = f"{article.domain} speaks for itself: “{article.first_hand}”"
    return Term(name="first-hand", value=weights.first_hand, evidence=evidence)


def _judge_relevance(article: Assessed, weights: QualityWeights) -> Term:
    if not article.hits:
        return Term(name="relevance", value=weights.topic_missing, evidence="none of the site's topics")
    titled = [hit for hit in article.hits if hit.zone == "title"][:_TITLED]
    if not titled:
        best = article.hits[0]
        return Term(
            name="relevance", value=weights.topic_elsewhere, evidence=f"{best.topic}: {best.evidence}"
        )
    evidence = "; ".join(f"{hit.topic}: {hit.evidence}" for hit in titled)
    return Term(name="relevance", value=weights.topic_in_title * len(titled), evidence=evidence)


def _judge_specificity(article: Assessed, weights: QualityWeights) -> Term | None:
    specific = [hit for hit in article.hits if hit.topic in article.children and hit.zone != "child"]
    if not specific:
        return None
    return Term(name="specificity", value=weights.child_topic, evidence=specific[0].topic)


def _judge_clickbait(article: Assessed, weights: QualityWeights) -> Term | None:
    probability = clickbait_probability(article.title)
    if probability <= _SURE:
        return None
    value = round(weights.clickbait * (probability - _SURE) / (1 - _SURE))
    cues = ", ".join(strongest_cues(article.title)) or "no cue"
    return Term(name="headline", value=value, evidence=f"clickbait {probability:.2f} ({cues})")


def _judge_shouting(article: Assessed, weights: QualityWeights) -> Term | None:
    loudness = measure_shouting(article.title)
    if not loudness:
        return None
    return Term(
        name="shouting", value=round(weights.shouting * loudness), evidence=f"loudness {loudness:.2f}"
    )


def _judge_headline_length(article: Assessed, weights: QualityWeights) -> Term | None:
    length = len(article.title)
    if len(split_words(article.title)) < 3:
        return Term(name="headline length", value=weights.headline_short, evidence="fewer than three words")
    start, end = _LONG_HEADLINE
    if length <= start:
        return None
    share = min(1.0, max(0.0, (length - start) / (end - start)))
    return Term(
        name="headline length", value=round(weights.headline_long * share), evidence=f"{length} characters"
    )


def _judge_excerpt(article: Assessed, weights: QualityWeights) -> Term | None:
    length = len(article.excerpt)
    if not length:
        return Term(name="excerpt", value=weights.excerpt_missing, evidence="none")
    if length < _EXCERPT_CHARACTERS or normalise_title(article.excerpt) == normalise_title(article.title):
        return None
    return Term(name="excerpt", value=weights.excerpt, evidence=f"{length} characters")


def _judge_image(article: Assessed, weights: QualityWeights) -> Term:
    if not article.images:
        return Term(name="image", value=weights.image_missing, evidence="none")
    small, wide = _IMAGE_PIXELS
    widest = max(wide if image.width is None else image.width for image in article.images)
    share = min(1.0, max(0.0, (widest - small) / (wide - small)))
    value = round(weights.image_small + share * (weights.image - weights.image_small))
    evidence = f"{len(article.images)} found" if share == 1 else f"{widest} pixels wide"
    return Term(name="image", value=value, evidence=evidence)


def _judge_byline(article: Assessed, weights: QualityWeights) -> Term | None:
    if not article.authors:
        return None
    return Term(name="byline", value=weights.byline, evidence=article.authors[0][:80])


def _judge_date(article: Assessed, weights: QualityWeights) -> Term:
    if article.dated == "seen":
        return Term(name="date", value=weights.dated_missing, evidence="none believed; first seen stands in")
    return Term(name="date", value=weights.dated, evidence=f"from the {article.dated}")


def _judge_length(article: Assessed, weights: QualityWeights) -> Term:
    if not article.words:
        return Term(name="text", value=weights.text_missing, evidence="not at hand")
    value = round(weights.text * min(1.0, article.words / _TEXT_WORDS))
    return Term(name="text", value=value, evidence=f"{article.words} words")


def _judge_kind(article: Assessed, weights: QualityWeights) -> Term | None:
    if article.kind != "video":
        return None
    return Term(name="kind", value=weights.video, evidence="a video")


def find_credit(article: Assessed) -> str:
    """Give the agency or provider a text credits itself to, "" when to none or to its own provider."""
    ends = f"{article.excerpt}\n{article.text[:_CREDIT_ZONE]}\n{article.text[-_CREDIT_ZONE:]}"
    match = _DATELINE.search(ends)
    if match is None:
        plain = ends.lower()
        match = _SOURCE.search(ends) if any(sign in plain for sign in _SOURCE_SIGNS) else None
    if match is None:
        return ""
    credit = match[1].strip()
    own = f"{article.provider} {article.domain}".casefold()
    return "" if credit.casefold() in own else credit


def _judge_originality(article: Assessed, weights: QualityWeights) -> Term | None:
    start = f"{article.excerpt}\n{article.text[: 4 * _CREDIT_ZONE]}"
    match = _PRESS_RELEASE.search(start) if any(sign in start for sign in _PRESS_SIGNS) else None
    if "press-release" in article.flags or match:
        evidence = f"“{match.group()}”" if match else "the page says so"
        return Term(name="originality", value=weights.press_release, evidence=f"press release: {evidence}")
    credit = find_credit(article)
    return (
        Term(name="originality", value=weights.reprint, evidence=f"credited to {credit}") if credit else None
    )


def _judge_sponsored(article: Assessed, weights: QualityWeights) -> Term | None:
    if "sponsored" not in article.flags:
        return None
    return Term(name="sponsored", value=weights.sponsored, evidence="the page says it is paid for")


def _judge_paywall(article: Assessed, weights: QualityWeights) -> Term | None:
    if "paywalled" not in article.flags:
        return None
    return Term(name="paywall", value=weights.paywalled, evidence="the page says so")


def _judge_opinion(article: Assessed, weights: QualityWeights) -> Term | None:
    if "opinion" not in article.flags:
        return None
    return Term(name="opinion", value=weights.opinion, evidence="the page says so")


def _judge_list(article: Assessed, weights: QualityWeights) -> Term | None:
    match = _NUMBERED.search(article.title)
    if match is None or article.words >= _THIN_WORDS:
        return None
    return Term(
        name="list", value=weights.thin_list, evidence=f"“{match.group()}” with {article.words} words"
    )


_JUDGES: Final[tuple[_Judge, ...]] = (
    _judge_standing,
    _judge_known,
    _judge_first_hand,
    _judge_relevance,
    _judge_specificity,
    _judge_clickbait,
    _judge_shouting,
    _judge_headline_length,
    _judge_excerpt,
    _judge_image,
    _judge_byline,
    _judge_date,
    _judge_length,
    _judge_kind,
    _judge_originality,
    _judge_sponsored,
    _judge_paywall,
    _judge_opinion,
    _judge_list,
)
