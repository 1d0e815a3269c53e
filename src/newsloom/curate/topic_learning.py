"""Words of topics learned from labelled examples: what twenty articles of a topic say that others do not.

Log-odds of a word being in a topic's examples against the others' (D. Jurafsky and J. Martin, Speech and
Language Processing, ch. on naive Bayes), turned into keywords of little weight. The owner accepts them.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from msgspec.structs import replace

from newsloom.curate.terms import STOP_WORDS, split_words
from newsloom.records import Topic

_WORDS: Final = 80  # new words of a topic; with 30 or 200 it was not better on either of two sets
_LEAST: Final = 2  # examples of a topic that must have a word
_SURE: Final = 1.0  # log-odds from which a word is taken
_WEIGHT: Final = 0.2  # weight of a word for each unit of log-odds, at most that of a keyword
_SMOOTH: Final = 0.3  # examples that are taken to have every word
_LETTERS: Final = 4  # of a word that is learned: shorter ones mean too much

Learned = Mapping[str, Mapping[str, float]]


def learn_words(topics: Sequence[Topic], examples: Iterable[tuple[str, str]]) -> dict[str, dict[str, float]]:
    """Give words with weights for each topic that has examples: texts with the name of theirs.

    Cost is linear in the texts.
    """
    names = {topic.name for topic in topics}
    seen: dict[str, Counter[str]] = {name: Counter() for name in names}
    sizes: Counter[str] = Counter()
    for text, name in examples:
        if name in names:
            sizes[name] += 1
            seen[name].update({word for word in split_words(text) if _may_tell(word)})
    every = sum(seen.values(), Counter[str]())
    return {
        topic.name: _pick(seen[topic.name], every, sizes[topic.name], sizes.total(), topic)
        for topic in topics
        if sizes[topic.name]
    }


def _may_tell(word: str) -> bool:
    return len(word) >= _LETTERS and word.isalpha() and word not in STOP_WORDS


def _pick(own: Counter[str], every: Counter[str], size: int, total: int, topic: Topic) -> dict[str, float]:
    odds = {
        word: math.log((count + _SMOOTH) / (size + 2 * _SMOOTH))
        - math.log((every[word] - count + _SMOOTH) / (total - size + 2 * _SMOOTH))
        for word, count in own.items()
        if count >= _LEAST and word not in topic.keywords
    }
    told = sorted(odds, key=lambda word: (-odds[word] * math.sqrt(own[word]), word))
    sure = [word for word in told if odds[word] > _SURE][:_WORDS]
    return {word: round(min(1.0, _WEIGHT * odds[word]), 2) for word in sure}


def extend_topics(topics: Iterable[Topic], learned: Learned) -> tuple[Topic, ...]:
    """Give topics with learned words beside their own, which stand above them."""
    return tuple(_extend(topic, learned.get(topic.name, {})) for topic in topics)


def _extend(topic: Topic, learned: Mapping[str, float]) -> Topic:
    new = {word: weight for word, weight in learned.items() if word not in {*topic.keywords, *topic.exact}}
    if not new:
        return topic
    return replace(topic, keywords=(*topic.keywords, *new), weights=(*topic.weights, *new.items()))
