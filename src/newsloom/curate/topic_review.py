"""What a topic would do to articles, before it is saved: hits, doubtful ones, near misses, overlaps."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct

from newsloom.curate.topics import Found, Tagger, flatten, measure_strength
from newsloom.curate.weights import WEIGHTS
from newsloom.records import Topic

_DOUBT: Final = 1.5  # strength below which a hit is doubtful: one mention in the text, or a few common words
_MOST_SHARED: Final = 0.5  # share of a topic's articles that another one has too, from which they overlap
SHOWN: Final = 5  # examples of each kind


class Example(Struct, frozen=True):
    """An article with what was found in it, or what was missing."""

    title: str
    strength: float
    evidence: str


class Review(Struct, frozen=True, kw_only=True):
    """One topic on a set of articles. `unused` are keywords that were found nowhere.

    `overlaps` gives other topics with the share of this one's articles that they have as well.
    """

    topic: str
    articles: int
    hits: int
    doubtful: tuple[Example, ...]
    misses: tuple[Example, ...]
    best: tuple[Example, ...]
    unused: tuple[str, ...]
    busiest: tuple[tuple[str, int], ...]
    overlaps: tuple[tuple[str, float], ...]


def review_topics(topics: Sequence[Topic], articles: Iterable[tuple[str, str, str]]) -> list[Review]:
    """Look at every topic on articles (title, excerpt, text); parents count where their own words are found.

    Cost is that of tagging the articles once.
    """
    tagger = Tagger(topics)
    gathered: dict[str, _Gathered] = {topic.name: _Gathered() for topic in topics}
    shared: Counter[tuple[str, str]] = Counter()
    total = 0
    for title, excerpt, text in articles:
        total += 1
        given = _gather(tagger, title, tagger.find(title, excerpt, text), gathered)
        shared.update((one, other) for one in given for other in given if one != other)
    return [_conclude(topic, gathered[topic.name], shared, total) for topic in topics]


class _Gathered(Struct):
    hits: list[Example] = []
    misses: list[Example] = []
    words: dict[str, int] = {}


def _gather(tagger: Tagger, title: str, found: dict[str, Found], gathered: dict[str, _Gathered]) -> list[str]:
    given = []
    for name, what in found.items():
        into = gathered[name]
        for words in what.counts.values():
            for word in words:
                into.words[word] = into.words.get(word, 0) + 1
        strength, _ = measure_strength(what)
        evidence = f"“{what.keyword}” in the {what.zone}: {what.snippet}"
        refusal = tagger.tell_refusal(name, what)
        if refusal or strength < WEIGHTS.topics.bar:
            if strength > 0:
                into.misses.append(Example(title, round(strength, 2), refusal or f"too weak; {evidence}"))
        else:
            into.hits.append(Example(title, round(strength, 2), evidence))
            given.append(name)
    return given


def _conclude(topic: Topic, found: _Gathered, shared: Counter[tuple[str, str]], total: int) -> Review:
    ordered = sorted(found.hits, key=lambda hit: (-hit.strength, hit.title))
    doubtful = [hit for hit in reversed(ordered) if hit.strength < _DOUBT]
    overlaps: dict[str, float] = defaultdict(float)
    for (one, other), count in shared.items():
        if one == topic.name and count >= _MOST_SHARED * len(found.hits):
            overlaps[other] = round(count / len(found.hits), 2)
    known = {word.lower() for word in found.words}
    return Review(
        topic=topic.name,
        articles=total,
        hits=len(found.hits),
        best=tuple(ordered[:SHOWN]),
        doubtful=tuple(doubtful[:SHOWN]),
        misses=tuple(sorted(found.misses, key=lambda miss: (-miss.strength, miss.title))[:SHOWN]),
        unused=tuple(word for word in (*topic.exact, *topic.keywords) if not _is_known(word, known)),
        busiest=tuple(sorted(found.words.items(), key=lambda item: (-item[1], item[0]))[:SHOWN]),
        overlaps=tuple(sorted(overlaps.items(), key=lambda item: (-item[1], item[0]))),
    )


def _is_known(word: str, known: set[str]) -> bool:
    """Say whether a keyword was found; a plural is found as its singular where that is a keyword too."""
    plain = flatten(word).lower()
    return plain in known or plain.removesuffix("s") in known


def tell_review(review: Review) -> Iterable[str]:
    """Give a review in lines fit for a terminal."""
    yield f"{review.topic}: {review.hits} of {review.articles} articles"
    for head, examples in (
        ("surest", review.best),
        ("doubtful", review.doubtful),
        ("near misses", review.misses),
    ):
        if examples:
            yield f"  {head}"
        for example in examples:
            yield f"    {example.strength:5.2f}  {example.title}  ({example.evidence})"
    if review.busiest:
        yield f"  busiest words: {', '.join(f'{word} {count}' for word, count in review.busiest)}"
    if review.unused:
        yield f"  found nowhere: {', '.join(review.unused)}"
    for other, share in review.overlaps:
        yield f"  {share:.0%} of its articles are of {other} too"
