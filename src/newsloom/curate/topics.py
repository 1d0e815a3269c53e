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

from newsloom.curate.terms import list_stems, rarity, split_words
from newsloom.curate.weights import WEIGHTS, ZoneWeights
from newsloom.records import Topic

_BREAKS: Final = "-_\u2010\u2011\u2012\u2013\u2014\u2015"  # the dashes of Unicode
_SHORT: Final = 3  # letters: keywords up to this long ("ai", "ml", "gpu") must be found with a capital
_COMMON: Final = 3.5  # rarity below which a word of a description tells nothing: in more than 3 % of articles
_MOST_TELLING: Final = 1.3
_LEAST_TELLING: Final = 0.2
_RARE: Final = 6.0  # rarity from which it counts in full
_NOWHERE: Final[Mapping[str, float]] = {}
EDITOR: Final = "editor"  # the zone of a topic that an editor gave
_SNIPPET: Final = 40  # characters of evidence on either side of a hit


class TopicHit(Struct, frozen=True, kw_only=True):
    """One topic an article is about: its strength, the keyword and zone it rests on, and a snippet.

    `zone` is where the keyword weighed most: "title", "excerpt", "text", "source" for a hint of
    the article's source, "child" for a parent brought along by the topic named in `keyword`,
    "description" where only vectors say so, or "editor".
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
        if self.zone == EDITOR:
            return "an editor gave it"
        if self.zone == "description":
            return f"near to its description ({self.keyword})"
        if self.zone == "source":
            return f"the source files it under “{self.keyword}”"
        return f"“{self.keyword}” in the {self.zone}: {self.snippet}"


class _Sought(Struct, frozen=True):
    """What a word found means for one topic: `role` is "for", "must" or "against".

    `telling` is how rare the word is, around 1: it orders an article's topics, and decides none.
    """

    topic: str
    role: str = "for"
    weight: float = 1.0
    telling: float = 1.0
    exact: bool = False
    zones: tuple[str, ...] = ()


class _Mentions(Struct):
    """How often a word was found, and what it is worth."""

    weight: float
    telling: float
    count: int = 0


class Found(Struct):
    """What was found of one topic while walking the zones: mentions and weight of each word, by zone."""

    counts: dict[str, dict[str, _Mentions]]
    keyword: str = ""
    zone: str = ""
    snippet: str = ""
    weight: float = 0.0
    must: bool = False
    against: str = ""


def flatten(text: str) -> str:
    """Give the text on one line, with hyphens as spaces: "model-driven" is "model driven"."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    for mark in _BREAKS:  # one by one: a table or a pattern takes five times as long
        text = text.replace(mark, " ")
    return " ".join(text.split())


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
        self._needy = {topic.name for topic in topics if topic.must}
        self._described = {topic.name for topic in topics if topic.description and not topic.zones}
        self._provided = _list_providers(topics)
        self._automaton = AhoCorasick(
            [_lower(keyword) for keyword in self._keywords],
            matchkind=MatchKind.Standard,
            implementation=Implementation.DFA,
        )
        self._hints = _list_hints(topics)

    def tag(
        self,
        title: str,
        excerpt: str = "",
        text: str = "",
        hints: Iterable[str] = (),
        domain: str = "",
        near: Mapping[str, float] = _NOWHERE,
    ) -> tuple[TopicHit, ...]:
        """Give the topics found, strongest first, a parent right after the child that brought it.

        `hints` are names, ids or hashtags of topics that the source gives, `domain` is the provider's.
        `near` is how near the article is to topics by vectors, 0 to 1: it orders topics, and helps those
        that have a description where words do not suffice.
        Cost is linear in the text, whatever the number of keywords.
        """
        found = self.find(title, excerpt, text, hints, domain)
        for name in near:
            if name in self._described and name not in found:
                found[name] = Found(counts={})
        hits = [
            hit
            for name, what in found.items()
            if not self.tell_refusal(name, what)
            and (hit := _weigh(name, what, near.get(name, 0.0), name in self._described)) is not None
        ]
        return self._rank({hit.topic: hit for hit in hits})

    def tell_refusal(self, name: str, what: Found) -> str:
        """Give why a topic is not given in spite of its keywords, "" when nothing speaks against it."""
        if what.against:
            return f"“{what.against}” excludes it"
        if name in self._needy and not what.must:
            return "none of the words it must have"
        return ""

    def can_tag(self, everything: Mapping[str, Found]) -> bool:
        """Say whether an article can have a topic whose words are among those that were found (`find`).

        What would exclude a topic is passed over: it may stand beside the article.
        """
        for name, found in everything.items():
            found.against = ""
            if measure_strength(found)[0] >= WEIGHTS.topics.bar and not self.tell_refusal(name, found):
                return True
        return False

    def find(
        self,
        title: str,
        excerpt: str = "",
        text: str = "",
        hints: Iterable[str] = (),
        domain: str = "",
        *,
        cased: bool = True,
    ) -> dict[str, Found]:
        """Give all that is found of any topic, enough or not.

        Unless `cased`, words that want capitals need none, as they do not in an article all of small letters.
        """
        found: dict[str, Found] = {}
        for zone, body in (("title", title), ("excerpt", excerpt), ("text", text)):
            if body:
                self._search(zone, flatten(body), found, cased=cased)
        for hint in hints:
            for name in self._hints.get(normalise_hint(hint), ()):
                sought = _Sought(name)
                _prove(_note(found, name, "source", sought, hint), "source", sought, hint, hint)
        for name in self._provided.get(domain, ()):
            _prove(
                _note(found, name, "source", _Sought(name), domain), "source", _Sought(name), domain, domain
            )
        return found

    def depth(self, name: str) -> int:
        """Give how many ancestors a topic has; a cycle of parents counts each once."""
        return len(self._ancestors(name))

    def _search(self, zone: str, body: str, found: dict[str, Found], *, cased: bool) -> None:
        if not self._keywords:
            return
        shouting = not cased or body.islower() or body.isupper()
        seen: set[tuple[str, int]] = set()
        keywords, owners = self._keywords, self._owners
        for number, start, end in self._automaton.find_matches_as_indexes(_lower(body), overlapping=True):
            # An apostrophe before the hit belongs to the word ("j'ai" is not "AI").
            if start and (body[start - 1].isalnum() or body[start - 1] in "'’"):
                continue  # within a word: most hits end here, so it is asked without a call
            keyword = keywords[number]
            if not _ends_alone(body, start, end, keyword):
                continue
            fits = _fits_case(body[start:end], keyword, shouting)
            for sought in owners[number]:
                if sought.zones and zone not in sought.zones:
                    continue
                if not (body[start:end] == keyword if sought.exact else fits):
                    continue
                name = sought.topic
                if sought.role != "for":
                    _note_condition(found, name, sought.role, keyword)
                elif (name, start) not in seen:  # a topic's overlapping keywords are one mention
                    seen.add((name, start))
                    what = _note(found, name, zone, sought, keyword)
                    if sought.weight > what.weight:  # the strongest word is the evidence, of equals the first
                        _prove(what, zone, sought, keyword, _cut_snippet(body, start, end))

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


def _list_keywords(topics: Sequence[Topic]) -> tuple[list[str], list[list[_Sought]]]:
    """Give all words that are looked for, and what each means for whom; keywords before descriptions."""
    owners: dict[str, list[_Sought]] = {}
    for topic in topics:
        weights = dict(topic.weights)
        said: set[str] = set()
        for words, exact in ((topic.exact, True), (topic.keywords, False)):
            for word in words:
                weight, telling = weights.get(word, 1.0), measure_telling(word)
                sought = _Sought(topic.name, "for", weight, telling, exact, topic.zones)
                said.update(_add_word(owners, word, sought))
        for words, role in ((topic.must, "must"), (topic.exclude, "against")):
            for word in words:
                _add_word(owners, word, _Sought(topic.name, role))
        for word, weight in weigh_description(topic):
            if not said.intersection(_lower(word).split()):
                _add_word(
                    owners, word, _Sought(topic.name, "for", weight, measure_telling(word), zones=topic.zones)
                )
    return list(owners), list(owners.values())


def measure_telling(word: str) -> float:
    """Give how much a word or phrase tells by its rarest part, 0.2 to 1.3: 1 for one article in 400."""
    rarest = max((rarity(stem) for stem in list_stems(word)), default=_RARE)
    return round(min(_MOST_TELLING, max(_LEAST_TELLING, rarest / _RARE)), 3)


def _add_word(owners: dict[str, list[_Sought]], word: str, sought: _Sought) -> list[str]:
    plain = flatten(word)
    same = ((known.topic, known.role) for known in owners.get(plain, ()))
    if plain and (sought.topic, sought.role) not in same:
        owners.setdefault(plain, []).append(sought)
    return _lower(plain).split()


def weigh_description(topic: Topic, weights: ZoneWeights = WEIGHTS.topics) -> list[tuple[str, float]]:
    """Give the telling words of a topic's name and description, each worth a part of a keyword by its rarity.

    The name is a keyword where the topic has none.
    """
    words = dict.fromkeys(_singular(word) for word in split_words(topic.description or ""))
    found = [
        (word, round(weights.description * min(1.0, rarity(stem) / _RARE), 3))
        for word in words
        for stem in list_stems(word)[:1]
        if len(word) > _SHORT and rarity(stem) >= _COMMON
    ]
    return found if topic.keywords or topic.exact else [(topic.name, 1.0), *found]


def _singular(word: str) -> str:
    """Give a word without a plural's "s", which may follow a word that is found."""
    return word[:-1] if len(word) > _SHORT + 1 and word.endswith("s") and not word.endswith("ss") else word


def _list_providers(topics: Sequence[Topic]) -> dict[str, list[str]]:
    provided: dict[str, list[str]] = {}
    for topic in topics:
        for domain in topic.providers:
            provided.setdefault(domain, []).append(topic.name)
    return provided


@lru_cache(maxsize=4096)  # hosts and folders of addresses come again and again
def normalise_hint(hint: str) -> str:
    """Give a topic's name, id or hashtag in the one form hints are compared in."""
    return re.sub(r"[^\w]+", "", hint.casefold())


def list_sections(address: str) -> list[str]:
    """Give the parts of an address that may name a topic: labels of the host, folders of the path."""
    # By hand: canonical addresses have one form, and urlsplit takes a tenth of the time of all judgement.
    host, _, rest = address.partition("://")[2].partition("/")
    path = rest.partition("?")[0].partition("#")[0]
    return [*host.lower().partition(":")[0].split(".")[:-1], *filter(None, path.split("/")[:-1])]


def _list_hints(topics: Sequence[Topic]) -> dict[str, list[str]]:
    hints: dict[str, list[str]] = {}
    for topic in topics:
        tags = [tag for given in topic.hashtags for tag in given.split()]
        for form in {normalise_hint(word) for word in (topic.id, topic.name, *tags)} - {""}:
            hints.setdefault(form, []).append(topic.name)
    return hints


def _ends_alone(body: str, start: int, end: int, keyword: str) -> bool:
    """Tell whether a word or phrase ends where a hit does; a plural "s" may follow a longer one."""
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
    """The words around a hit; a word that the limit would part is left out."""
    left, right = max(0, start - _SNIPPET), min(len(body), end + _SNIPPET)
    before, after = body[left:start], body[end:right]
    if left and body[left - 1] != " " and " " in before:
        before = before.partition(" ")[2]
    if right < len(body) and body[right] != " " and " " in after:
        after = after.rpartition(" ")[0]
    snippet = (before + body[start:end] + after).strip()
    return ("…" if left else "") + snippet + ("…" if right < len(body) else "")


def _note_condition(found: dict[str, Found], name: str, role: str, word: str) -> None:
    what = found.setdefault(name, Found(counts={}))
    what.must = what.must or role == "must"
    what.against = what.against or (word if role == "against" else "")


def _note(found: dict[str, Found], name: str, zone: str, sought: _Sought, keyword: str) -> Found:
    what = found.get(name)
    if what is None:
        what = found[name] = Found(counts={})
    words = what.counts.setdefault(zone, {})
    mentions = words.get(keyword)
    if mentions is None:
        mentions = words[keyword] = _Mentions(sought.weight, sought.telling)
    mentions.count += 1
    return what


def _prove(what: Found, zone: str, sought: _Sought, keyword: str, snippet: str) -> None:
    """Make a word the evidence for a topic, unless a weightier one is."""
    if sought.weight > what.weight:
        what.keyword, what.zone, what.snippet, what.weight = keyword, zone, snippet, sought.weight


def measure_strength(what: Found, weights: ZoneWeights = WEIGHTS.topics) -> tuple[float, float]:
    """Give how much speaks for a topic: 1 for a keyword in the text; and the same with telling words leading.

    Each further mention of a word says less than the one before: 1 + ln of their number (damped frequency,
    Salton and Buckley, 1988).
    """
    zone_weights = {
        "title": weights.title,
        "excerpt": weights.excerpt,
        "text": weights.text,
        "source": weights.source,
    }
    plain = told = 0.0
    for zone, words in what.counts.items():
        for word in words.values():
            value = zone_weights[zone] * word.weight * (1 + math.log(word.count))
            plain += value
            told += value * word.telling
    return plain, told


def _weigh(
    name: str, what: Found, near: float, described: bool, weights: ZoneWeights = WEIGHTS.topics
) -> TopicHit | None:
    """Give the hit of a topic, None when what was found is too weak."""
    plain, told = measure_strength(what, weights)
    if plain + (weights.near * near if described else 0.0) < weights.bar:
        return None
    if near:
        told = (1 + told) * math.exp(weights.nearer * near) - 1
    if not what.keyword:
        return TopicHit(topic=name, strength=round(told, 3), keyword=f"{near:.2f}", zone="description")
    return TopicHit(
        topic=name, strength=round(told, 3), keyword=what.keyword, zone=what.zone, snippet=what.snippet
    )


@lru_cache(maxsize=8)
def build_tagger(topics: tuple[Topic, ...]) -> Tagger:
    """Give the automaton of a set of topics; the same set is built once."""
    return Tagger(topics)


def tag_topics(title: str, excerpt: str, text: str, topics: Sequence[Topic]) -> tuple[TopicHit, ...]:
    """Give the topics of one article with the keyword and place each rests on, strongest first."""
    return build_tagger(tuple(topics)).tag(title, excerpt, text)
