"""Which of a site's topics an article is about, and the words that say so.

One automaton finds the keywords of all topics in one walk over the text, so ten thousand keywords
cost no more than ten. Words are matched whole; where a keyword stands decides how much it says.
What topics mean is the owner's business: nothing here knows any topic.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind
from msgspec import Struct

from newsloom.curate.weights import WEIGHTS, ZoneWeights
from newsloom.records import Topic

_SPACES: Final = re.compile(r"[\s\u00a0_]+")
_DASHES: Final = re.compile(r"[-\u2010-\u2015]")
_SHORT: Final = 3  # letters: keywords up to this long ("ai", "ml", "gpu") must be found with a capital
_SNIPPET: Final = 40  # characters of evidence on either side of a hit


class TopicHit(Struct, frozen=True, kw_only=True):
    """One topic an article is about: its strength, the keyword and zone it rests on, and a snippet.

    `zone` is where the keyword weighed most: "title", "excerpt", "text", "source" for a hint of
    the article's source, or "child" for a parent brought along by the topic named in `keyword`.
    """

    topic: str
    strength: float
    keyword: str
    zone: str
    snippet: str = ""

    @property
    def evidence(self) -> str:
        """The hit in words, fit for `State.topic_evidence` and `explain`."""
        if self.zone == "child":
            return f"brought along by {self.keyword}"
        if self.zone == "source":
            return f"the source files it under “{self.keyword}”"
        return f"“{self.keyword}” in the {self.zone}: {self.snippet}"


class _Found(Struct):
    """What was found of one topic while walking the zones."""

    counts: dict[str, int]
    keyword: str = ""
    zone: str = ""
    snippet: str = ""


def flatten(text: str) -> str:
    """Give the text on one line, with hyphens as spaces: "model-driven" is "model driven"."""
    return _SPACES.sub(" ", _DASHES.sub(" ", unicodedata.normalize("NFKC", text))).strip()


def _lower(text: str) -> str:
    """Lower the text without changing its length, so that places in both agree."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(low if len(low := letter.lower()) == 1 else letter for letter in text)


class Tagger:
    """All keywords of a site's topics in one automaton. Build once, use for every article."""

    def __init__(self, topics: Sequence[Topic]) -> None:
        self._topics = {topic.name: topic for topic in topics}
        self._order = {topic.name: place for place, topic in enumerate(topics)}
        self._keywords, self._owners = _list_keywords(topics)
        self._automaton = AhoCorasick(
            [_lower(keyword) for keyword in self._keywords],
            matchkind=MatchKind.Standard,
            implementation=Implementation.ContiguousNFA,
        )
        self._hints = _list_hints(topics)

    def tag(
        self, title: str, excerpt: str = "", text: str = "", hints: Iterable[str] = ()
    ) -> tuple[TopicHit, ...]:
        """Give the topics found, strongest first, a parent right after the child that brought it.

        `hints` are names, ids or hashtags of topics that the source gives. Cost is linear in the
        text, whatever the number of keywords.
        """
        found: dict[str, _Found] = {}
        for zone, body in (("title", title), ("excerpt", excerpt), ("text", text)):
            if body:
                self._search(zone, flatten(body), found)
        for hint in hints:
            for name in self._hints.get(normalise_hint(hint), ()):
                _note(found, name, "source", hint, hint)
        hits = [hit for name, what in found.items() if (hit := _weigh(name, what)) is not None]
        return self._rank({hit.topic: hit for hit in hits})

    def depth(self, name: str) -> int:
        """Give how many ancestors a topic has; a cycle of parents counts each once."""
        return len(self._ancestors(name))

    def _search(self, zone: str, body: str, found: dict[str, _Found]) -> None:
        if not self._keywords:
            return
        shouting = body.islower() or body.isupper()
        seen: set[tuple[str, int]] = set()
        for number, start, end in self._automaton.find_matches_as_indexes(_lower(body), overlapping=True):
            keyword = self._keywords[number]
            if not _stands_alone(body, start, end, keyword) or not _fits_case(
                body[start:end], keyword, shouting
            ):
                continue
            for name in self._owners[number]:
                if (name, start) not in seen:  # a topic's overlapping keywords are one mention
                    seen.add((name, start))
                    _note(found, name, zone, keyword, _cut_snippet(body, start, end))

    def _ancestors(self, name: str) -> list[str]:
        chain: list[str] = []
        parent = self._topics[name].parent if name in self._topics else None
        while parent and parent not in chain and parent != name:
            chain.append(parent)
            parent = self._topics[parent].parent if parent in self._topics else None
        return chain

    def _rank(self, hits: dict[str, TopicHit]) -> tuple[TopicHit, ...]:
        """Bring parents along and order: by strength, no parent before its strongest child."""
        brought: dict[str, float] = {}
        for hit in list(hits.values()):
            for parent in self._ancestors(hit.topic):
                if parent not in self._topics:
                    continue
                brought[parent] = max(brought.get(parent, 0.0), hit.strength)
                if parent not in hits:
                    hits[parent] = TopicHit(
                        topic=parent, strength=hit.strength, keyword=hit.topic, zone="child"
                    )
        return tuple(sorted(hits.values(), key=lambda hit: self._place(hit, brought)))

    def _place(self, hit: TopicHit, brought: Mapping[str, float]) -> tuple[float, int, int]:
        strength = min(hit.strength, brought.get(hit.topic, hit.strength))
        return -strength, -self.depth(hit.topic), self._order[hit.topic]


def _list_keywords(topics: Sequence[Topic]) -> tuple[list[str], list[list[str]]]:
    owners: dict[str, list[str]] = {}
    for topic in topics:
        for keyword in topic.keywords:
            plain = flatten(keyword)
            names = owners.setdefault(plain, [])
            if plain and topic.name not in names:
                names.append(topic.name)
    owners.pop("", None)
    return list(owners), list(owners.values())


def normalise_hint(hint: str) -> str:
    """Give a topic's name, id or hashtag in the one form hints are compared in."""
    return re.sub(r"[^\w]+", "", hint.casefold())


def _list_hints(topics: Sequence[Topic]) -> dict[str, list[str]]:
    hints: dict[str, list[str]] = {}
    for topic in topics:
        tags = [tag for given in topic.hashtags for tag in given.split()]
        for form in {normalise_hint(word) for word in (topic.id, topic.name, *tags)} - {""}:
            hints.setdefault(form, []).append(topic.name)
    return hints


def _stands_alone(body: str, start: int, end: int, keyword: str) -> bool:
    """Tell whether a hit is a whole word or phrase; a plural "s" may follow a longer one.

    An apostrophe before the hit belongs to the word ("j'ai" is not "AI").
    """
    if start and (body[start - 1].isalnum() or body[start - 1] in "'’"):
        return False
    if end < len(body) and body[end] == "s" and (len(keyword) > _SHORT or body[start:end].isupper()):
        end += 1
    return end >= len(body) or not body[end].isalnum()


def _fits_case(hit: str, keyword: str, shouting: bool) -> bool:
    """Tell whether a hit's case fits: short words and acronyms need capitals, others do not.

    "AI" as a keyword means "AI"; "ai" also takes "Ai"; neither takes "ai", which is a word in
    several languages. Text all in one case proves nothing and passes.
    """
    if len(keyword) > _SHORT or not keyword.isalpha() or shouting:
        return True
    if keyword.isupper():
        return hit.isupper()
    return hit[0].isupper()


def _cut_snippet(body: str, start: int, end: int) -> str:
    left, right = max(0, start - _SNIPPET), min(len(body), end + _SNIPPET)
    return ("…" if left else "") + body[left:right].strip() + ("…" if right < len(body) else "")


def _note(found: dict[str, _Found], name: str, zone: str, keyword: str, snippet: str) -> None:
    what = found.get(name)
    if what is None:
        found[name] = what = _Found(counts={}, keyword=keyword, zone=zone, snippet=snippet)
    what.counts[zone] = what.counts.get(zone, 0) + 1


def _weigh(name: str, what: _Found, weights: ZoneWeights = WEIGHTS.topics) -> TopicHit | None:
    """Sum the zones, damped (the tenth mention says less than the first); None when too weak."""
    zone_weights = {
        "title": weights.title,
        "excerpt": weights.excerpt,
        "text": weights.text,
        "source": weights.source,
    }
    strength = sum(zone_weights[zone] * (1 + math.log(count)) for zone, count in what.counts.items())
    if strength < weights.bar:
        return None
    return TopicHit(
        topic=name, strength=round(strength, 3), keyword=what.keyword, zone=what.zone, snippet=what.snippet
    )


@lru_cache(maxsize=8)
def build_tagger(topics: tuple[Topic, ...]) -> Tagger:
    """Give the automaton of a set of topics; the same set is built once."""
    return Tagger(topics)


def tag_topics(title: str, excerpt: str, text: str, topics: Sequence[Topic]) -> tuple[TopicHit, ...]:
    """Give the topics of one article with the keyword and place each rests on, strongest first."""
    return build_tagger(tuple(topics)).tag(title, excerpt, text)
