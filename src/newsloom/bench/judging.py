"""Measures judgement: topics, headlines, quality, standing, against what people decided."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
import statistics
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from newsloom.bench.foresight import correlate
from newsloom.curate import Desk
from newsloom.curate.gate import pass_gate
from newsloom.curate.headline import clickbait_probability
from newsloom.curate.intake import Offer
from newsloom.curate.judgement import weigh_draft
from newsloom.curate.likeness import Likeness, Vectors
from newsloom.curate.standing import measure_sobriety
from newsloom.curate.terms import clear_words, list_stems, rarity
from newsloom.curate.topic_learning import extend_topics, learn_words
from newsloom.curate.topics import Tagger
from newsloom.documents import read_topics
from newsloom.errors import SourceError
from newsloom.extract.address import host_of, registrable_domain
from newsloom.records import Article, Draft, Provider, Record, Topic

_TELLING: Final = 5.0  # rarity of keywords that an owner would choose: in one article of 150 or fewer
_DRAWS: Final = 3
_EXAMPLES: Final = 20
_FEW: Final = 3  # keywords of a topic that has just been thought of
_ROUNDS: Final = 5
_MOMENT: Final = datetime(2026, 1, 1, tzinfo=UTC)
_LEAST_ARTICLES: Final = 20
_AG_CLASSES: Final = {"1": "World", "2": "Sports", "3": "Business", "4": "Sci-Tech"}


class Labelled(Struct, frozen=True):
    """A text with the topic people gave it."""

    title: str
    text: str
    topic: str


class TopicResult(Struct, frozen=True, kw_only=True):
    """How well topics were found on one set: F1 of each class, their mean, texts a second."""

    name: str
    texts: int
    f1: dict[str, float]
    macro_f1: float
    per_second: float


class VectorResult(Struct, frozen=True, kw_only=True):
    """Macro F1 with vectors: topics as written, with words of twenty examples, and with three keywords.

    `few_words` is that with three keywords, and the description's words, without vectors.
    """

    name: str
    whole: float
    learned: float
    few_words: float
    few: float
    per_second: float


def read_labelled(data: Path) -> dict[str, list[Labelled]]:
    """Read the sets of labelled texts that a folder has.

    Raises:
        SourceError: it has none.
    """
    found: dict[str, list[Labelled]] = {}
    bbc, agnews = data / "topics" / "bbc.csv", data / "topics" / "agnews.csv"
    if bbc.is_file():
        rows = csv.DictReader(io.StringIO(bbc.read_text(encoding="utf-8")))
        found["bbc"] = [Labelled("", row["Text"], row["Category"]) for row in rows]
    if agnews.is_file():
        lines = csv.reader(io.StringIO(agnews.read_text(encoding="utf-8")))
        found["agnews"] = [
            Labelled(row[1], row[2], _AG_CLASSES[row[0]]) for row in lines if row[0] in _AG_CLASSES
        ]
    if not found:
        raise SourceError(str(data), "has no labelled topics", "topics/bbc.csv or topics/agnews.csv")
    return found


def open_topics(name: str) -> tuple[Topic, ...]:
    """Give the topics of a set, written from the names of its classes alone."""
    with as_file(files("newsloom.bench") / "data" / "topics" / name) as folder:
        return read_topics(folder)


def measure_topics(
    name: str, texts: Sequence[Labelled], topics: Sequence[Topic], vectors: Vectors | None = None
) -> TopicResult:
    """Give each text its strongest topic and compare that with its label."""
    tagger = Tagger(topics)
    likeness = Likeness(topics, vectors) if vectors else None
    start = time.perf_counter()
    given = []
    for text in texts:
        near = likeness.measure(text.title, "", text.text) if likeness else {}
        given.append(next((hit.topic for hit in tagger.tag(text.title, "", text.text, near=near)), ""))
    seconds = time.perf_counter() - start
    f1 = score_classes([text.topic for text in texts], given)
    return TopicResult(
        name=name,
        texts=len(texts),
        f1=f1,
        macro_f1=statistics.fmean(f1.values()),
        per_second=len(texts) / seconds,
    )


def measure_learning(
    name: str, texts: Sequence[Labelled], topics: Sequence[Topic], vectors: Vectors | None = None
) -> float:
    """Give macro F1 with words of twenty examples a topic, on the other texts: mean of three draws."""
    scores = []
    for seed in range(_DRAWS):
        dice = random.Random(seed)  # noqa: S311 - repeatable, not secret
        drawn: set[int] = set()
        for topic in topics:
            places = [at for at, text in enumerate(texts) if text.topic == topic.name]
            drawn.update(dice.sample(places, min(_EXAMPLES, len(places) // 2)))
        examples = [(f"{texts[at].title} {texts[at].text}", texts[at].topic) for at in sorted(drawn)]
        learned = extend_topics(topics, learn_words(topics, examples))
        others = [text for at, text in enumerate(texts) if at not in drawn]
        scores.append(measure_topics(name, others, learned, vectors).macro_f1)
    return statistics.fmean(scores)


def measure_vectors(sets: Mapping[str, Sequence[Labelled]], vectors: Vectors | None) -> list[VectorResult]:
    """Measure topics without and with vectors, as written and with few keywords; nothing without vectors."""
    if vectors is None:
        return []
    return [
        VectorResult(
            name=name,
            whole=measure_topics(name, texts, topics, vectors).macro_f1,
            learned=measure_learning(name, texts, topics, vectors),
            few_words=measure_topics(name, texts, few, None).macro_f1,
            few=measure_topics(name, texts, few, vectors).macro_f1,
            per_second=measure_topics(name, texts, topics, vectors).per_second,
        )
        for name, texts in sets.items()
        for topics in [open_topics(name)]
        for few in [[replace(topic, keywords=topic.keywords[:_FEW]) for topic in topics]]
    ]


def score_classes(right: Sequence[str], given: Sequence[str]) -> dict[str, float]:
    """Give the F1 of each class."""
    hits: dict[str, int] = defaultdict(int)
    for one, other in zip(right, given, strict=True):
        hits[one] += one == other
    return {
        label: 2 * hits[label] / (right.count(label) + given.count(label)) for label in sorted(set(right))
    }


def measure_separation(positive: Iterable[float], negative: Iterable[float]) -> float:
    """Give the area under the ROC curve: how often a positive value is above a negative one."""
    values = [(value, True) for value in positive] + [(value, False) for value in negative]
    values.sort(key=lambda pair: pair[0])
    below, ties, area, index = 0, 0, 0.0, 0
    while index < len(values):
        end = index
        while end < len(values) and values[end][0] == values[index][0]:
            end += 1
        block = values[index:end]
        plus = sum(flag for _, flag in block)
        minus = len(block) - plus
        area += plus * (below + minus / 2)
        below += minus
        ties += plus
        index = end
    return area / (ties * below) if ties and below else 0.5


def measure_headlines(data: Path) -> float | None:
    """Give how well the headline term parts clickbait from plain headlines (AUC); None without the set."""
    folder = data / "headlines"
    groups = []
    for name in ("clickbait_data.txt", "non_clickbait_data.txt"):
        if not (folder / name).is_file():
            return None
        lines = (folder / name).read_text(encoding="utf-8").splitlines()
        groups.append([clickbait_probability(line) for line in lines if line.strip()])
    return measure_separation(*groups)


class StandingResult(Struct, frozen=True, kw_only=True):
    """How learned sobriety goes with expert ratings, over providers with twenty articles or more."""

    providers: int
    rank: float


def measure_standing(data: Path) -> StandingResult | None:
    """Compare what is learned from articles alone with ratings by experts; None without the sets."""
    ratings, corpus = data / "providers" / "domain_pc1.csv", data / "articles" / "articles.jsonl.gz"
    if not ratings.is_file() or not corpus.is_file():
        return None
    rated = {
        row["domain"]: float(row["pc1"])
        for row in csv.DictReader(io.StringIO(ratings.read_text(encoding="utf-8")))
    }
    tones: dict[str, list[float]] = defaultdict(list)
    with gzip.open(corpus, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            domain = registrable_domain(host_of(row["url"]) or row["source_url"])
            tones[domain].append(measure_sobriety(row["title"], row["text"]))
    known = [domain for domain in tones if domain in rated and len(tones[domain]) >= _LEAST_ARTICLES]
    learned = [statistics.fmean(tones[domain]) for domain in known]
    return StandingResult(providers=len(known), rank=correlate(learned, [rated[domain] for domain in known]))


def measure_speed(data: Path, count: int = 3_000) -> float | None:
    """Give how many articles a second are judged by a site of 200 topics with 20 keywords, on one core.

    All that judgement is of one article, as a pass does it: topics, the terms of quality, the gate; with
    title, byline and 300 words. The best of five rounds, in processor time.
    """
    corpus = data / "articles" / "articles.jsonl.gz"
    if not corpus.is_file():
        return None
    with gzip.open(corpus, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line, _ in zip(lines, range(count), strict=False)]
    desk = Desk(topics=invent_topics(rows), keep="all")
    offers = [_offer(row) for row in rows]
    weigh_draft(offers[0], desk, offers[0].draft.title)  # builds the automaton, once for a site
    seconds = []
    for _ in range(_ROUNDS):
        clear_words()
        clickbait_probability.cache_clear()
        start = time.process_time()
        for offer in offers:
            _judge(offer, desk)
        seconds.append(time.process_time() - start)
    return len(offers) / min(seconds)


def invent_topics(rows: Iterable[dict[str, str]]) -> tuple[Topic, ...]:
    """Give 200 topics of 20 telling words out of headlines."""
    stems = {word for row in rows for word in list_stems(row["title"]) if word.isalpha()}
    words = sorted(word for word in stems if rarity(word) >= _TELLING)
    return tuple(
        Topic(id=f"t{at}", name=f"Topic {at}", keywords=tuple(words[at * 20 % max(len(words), 1) :][:20]))
        for at in range(200)
    )


def _offer(row: dict[str, str]) -> Offer:
    address = row["url"] or f"https://{row['source_url']}/"
    draft = Draft(
        original=address,
        canonical=address,
        title=row["title"],
        provider=Provider(name="", domain=host_of(address) or ""),
        observed=_MOMENT,
        published=_MOMENT,
        authors=("A. Reporter",),
        text=" ".join(row["text"].split()[:300]),
    )
    return Offer(key=address, draft=draft, published=_MOMENT, dated="page")


def _judge(offer: Offer, desk: Desk) -> bool:
    hits, terms = weigh_draft(offer, desk, offer.draft.title)
    article = Article(
        title=offer.draft.title,
        excerpt="",
        published=offer.published,
        original_url=offer.draft.original,
        provider=offer.draft.provider,
        quality=sum(term.value for term in terms),
        topics=tuple(hit.topic for hit in hits),
    )
    record = Record(name="a", article=article)
    return pass_gate(record, record, 0, desk.gate, _MOMENT)[0]
