"""How far a provider can be trusted, learned from what the desk sees of it: never from its opinions.

What is learned is form: how soberly texts are written, whether they are the provider's own, what an
editor did with them. It goes with expert ratings of news sites (`newsloom bench judge`), and is no judgement
on truth: a sober liar passes. It is proposed, and counts only once the owner has accepted it.
"""

from __future__ import annotations

import re
import statistics
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from newsloom.curate.headline import clickbait_probability, measure_shouting
from newsloom.curate.quality import is_credited
from newsloom.records import Record

_LEAST: Final = 5  # articles of a provider from which anything is said
_PRIOR: Final = 20  # articles that the neutral standing counts for
_LEAST_WORDS: Final = 50
# What each takes or gives, by mentions in a hundred words up to a most; amid a plateau on 46 rated providers.
_EXCLAMATIONS: Final = (0.4, 1.0)
_ADDRESSES: Final = (0.08, 4.0)
_ATTRIBUTIONS: Final = (0.05, 3.0)
_CLICKBAIT: Final = 0.2
_SHOUTING: Final = 0.3
_OWN_TEXT: Final = 0.1  # by the share of texts that are its own
_EDITOR: Final = 0.3  # by the share of decisions for it less that against it
_ADDRESS: Final = re.compile(r"\b(?:you|your|I|we|our|du|ihr|wir|unser|vous|votre|nous|notre|tú|usted)\b")
_ATTRIBUTION: Final = re.compile(
    r"\bsaid\b|according to|\bsagte\b|\blaut\b|\bselon\b|\bsegún\b", re.IGNORECASE
)


class Learned(Struct, frozen=True, kw_only=True):
    """What is proposed for a provider: a standing from 0 to 1, and on what it rests."""

    domain: str
    standing: float
    evidence: str


def measure_sobriety(title: str, text: str) -> float:
    """Give how soberly an article is written, 0 to 1, a half for one that shows nothing either way.

    Exclamation marks, talking to the reader or of oneself, teasing and shouting headlines take from it;
    naming who said what adds. Words of address and attribution are known in five languages.
    """
    hundreds = max(_LEAST_WORDS, len(text.split())) / 100
    value = 0.5
    value -= _EXCLAMATIONS[0] * min(text.count("!") / hundreds, _EXCLAMATIONS[1])
    value -= _ADDRESSES[0] * min(len(_ADDRESS.findall(text)) / hundreds, _ADDRESSES[1])
    value += _ATTRIBUTIONS[0] * min(len(_ATTRIBUTION.findall(text)) / hundreds, _ATTRIBUTIONS[1])
    value -= _CLICKBAIT * clickbait_probability(title) + _SHOUTING * measure_shouting(title)
    return round(min(1.0, max(0.0, value)), 3)


def learn_standings(records: Iterable[Record]) -> list[Learned]:
    """Give what the desk would say of each provider with five articles or more, by domain.

    The fewer articles, the nearer to neutral: as if twenty neutral ones stood beside them. Sobriety counts
    against the site's own average, so that a site about toys does not distrust everybody.
    """
    groups: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        if record.state is not None:
            groups[record.article.provider.domain].append(record)
    tones = {domain: _tones(group) for domain, group in groups.items()}
    every = [tone for values in tones.values() for tone in values]
    usual = statistics.fmean(every) if every else 0.5
    return [
        _learn(domain, groups[domain], tones[domain], usual)
        for domain in sorted(groups)
        if len(groups[domain]) >= _LEAST
    ]


def _tones(group: Iterable[Record]) -> list[float]:
    return [r.state.sobriety for r in group if r.state is not None and r.state.sobriety is not None]


def _learn(domain: str, group: list[Record], tones: list[float], usual: float) -> Learned:
    count = len(group)
    tone = statistics.fmean(tones) if tones else usual
    credited = sum(is_credited(record) for record in group)
    words = [record.article.editorial for record in group]
    favour = (words.count("publish") - words.count("hold")) / max(1, len(words) - words.count(None))
    told = (tone - usual) - _OWN_TEXT * credited / count + _EDITOR * favour
    standing = 0.5 + told * count / (count + _PRIOR)
    evidence = f"sobriety {tone:.2f} (usual here {usual:.2f}), {credited} of {count} texts credited to others"
    if any(words):
        evidence += f", {words.count('publish')} published and {words.count('hold')} held by an editor"
    return Learned(domain=domain, standing=round(min(1.0, max(0.0, standing)), 2), evidence=evidence)
