"""Whether the site shows a record, and why: the rules in the order in which they are asked.

An editor's word comes first. Then come the rules that look at the record alone (provider, language,
embargo, bar), then those that look at its place: who leads the story, and how many of the provider are shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct, field

from newsloom.records import Article, Record, Topic


class Gate(Struct, frozen=True, kw_only=True):
    """The rules of a site. Quotas of 0 mean no limit; lists that are empty rule nobody out.

    `bars` holds topics with a bar of their own, `languages` primary tags, `blocked` and `only` domains (their
    sub-domains go with them), `embargo_hours` how long after publication an article is held,
    `provider_quota` how many records of one provider are shown of one day (UTC), `story_quota` of one story.
    """

    publish_at: int = 70
    bars: Mapping[str, int] = field(default_factory=dict)
    languages: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    embargo_hours: int = 0
    provider_quota: int = 0
    story_quota: int = 1


def list_bars(topics: Iterable[Topic]) -> dict[str, int]:
    """Give the topics that have a bar of their own."""
    return {topic.name: topic.bar for topic in topics if topic.bar is not None}


def find_bar(article: Article, gate: Gate) -> tuple[int, str]:
    """Give the bar an article must reach, and in words whose it is: its strongest topic's that has one."""
    for topic in article.topics:
        if topic in gate.bars:
            return gate.bars[topic], f"the bar of {gate.bars[topic]} for {topic}"
    return gate.publish_at, f"the bar of {gate.publish_at}"


def rule_out(record: Record, gate: Gate, clock: datetime) -> str:
    """Give why a record may not be shown whatever its quality, "" when it may."""
    if refusal := refuse_provider(record.article.provider.domain, gate):
        return f"held: {refusal}"
    language = (record.state.language if record.state else None) or ""
    if gate.languages and language and language.partition("-")[0].lower() not in gate.languages:
        return f"held: the language is {language}, not {' or '.join(gate.languages)}"
    until = record.article.published + timedelta(hours=gate.embargo_hours)
    if until > clock and (gate.embargo_hours or record.article.published > clock + timedelta(hours=1)):
        return f"held: embargo until {until:%Y-%m-%d %H:%M} UTC"
    return ""


def is_below_bar(article: Article, gate: Gate) -> bool:
    """Say whether an article's quality keeps it from being shown, and no editor has it shown."""
    return article.quality < find_bar(article, gate)[0] and article.editorial != "publish"


def refuse_provider(domain: str, gate: Gate) -> str:
    """Give why nothing of a provider is shown, "" when its articles may be."""
    if any(_belongs(domain, blocked) for blocked in gate.blocked):
        return f"{domain} is blocked"
    if gate.only and not any(_belongs(domain, wanted) for wanted in gate.only):
        return f"{domain} is not among the providers wanted"
    return ""


def _belongs(domain: str, other: str) -> bool:
    return domain == other or domain.endswith(f".{other}")


def pass_gate(record: Record, lead: Record, place: int, gate: Gate, clock: datetime) -> tuple[bool, str]:
    """Give whether a record is shown and the reason in a few words.

    `lead` is the record that leads its story, `place` its own place in the story's order, 0 for the lead.
    The provider's quota is applied afterwards, over all stories.
    """
    article = record.article
    if article.editorial == "publish":
        return True, "an editor published it"
    if article.editorial == "hold":
        return False, "an editor holds it"
    if refusal := rule_out(record, gate, clock):
        return False, refusal
    bar, whose = find_bar(article, gate)
    if article.quality < bar:
        return False, f"quality {article.quality} is below {whose}"
    if record.name != lead.name and gate.story_quota and place >= gate.story_quota:
        return False, f"covered by {lead.name}"
    room = "" if record.name == lead.name else ", and the story has room"
    return True, f"quality {article.quality} reaches {whose}{room}"


QUOTA: Final = "held: provider quota"


def apply_quota(shown: Iterable[Record], gate: Gate) -> dict[str, str]:
    """Give the records that are held after all, with the reason: their provider has enough better ones.

    An editor's choice is never held, and counts.
    """
    if not gate.provider_quota:
        return {}
    groups: dict[tuple[str, str], list[Record]] = defaultdict(list)
    for record in shown:
        groups[record.article.provider.domain, f"{record.article.published:%Y-%m-%d}"].append(record)
    held: dict[str, str] = {}
    for group in groups.values():
        group.sort(key=lambda r: (r.article.editorial != "publish", -r.article.quality, r.name))
        for record in group[gate.provider_quota :]:
            if record.article.editorial != "publish":
                held[record.name] = f"{QUOTA}, {gate.provider_quota} of {gate.provider_quota}"
    return held
