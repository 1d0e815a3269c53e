"""Which record of a story leads, and what the others add for somebody who has read it."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Final

from newsloom.curate.terms import list_stems, rarity
from newsloom.curate.weights import WEIGHTS, RelatedWeights
from newsloom.records import Record, Related

VIDEO: Final = "video"  # the kind of a record that has little to read

Profile = Mapping[str, float]


def sort_by_time(records: Iterable[Record]) -> list[Record]:
    """Give records with the earliest first, by name where two are of one moment."""
    return sorted(records, key=lambda record: (record.article.published, record.name))


def choose_lead(
    members: Sequence[Record], pinned: Container[str] = (), ruled_out: Container[str] = ()
) -> Record:
    """Give the record that leads: who is pinned, an editor's choice, then merit, then who was first.

    A record that an editor holds, or that a rule keeps from being shown, leads only where all are.
    """
    return min(
        members, key=lambda record: (record.name not in pinned, record.name in ruled_out, *_rank(record))
    )


def _rank(record: Record) -> tuple[int, int, bool, float, str]:
    article = record.article
    word = {"publish": 0, "hold": 2}.get(article.editorial or "", 1)
    return word, -measure_merit(record), article.kind == VIDEO, article.published.timestamp(), record.name


def measure_merit(record: Record) -> int:
    """Give what a record is worth as a lead: its quality without the points for being a video.

    They say that an event was worth filming, not that a video tells more of it than a report.
    """
    article, state = record.article, record.state
    if article.kind != VIDEO:
        return article.quality
    if state is None:
        return article.quality - WEIGHTS.quality.video
    return article.quality - max(0, sum(term.value for term in state.terms if term.name == "kind"))


def profile_record(record: Record) -> dict[str, float]:
    """Give a record's terms with weights: its sealed keywords, else the words of title and excerpt."""
    if record.state is not None and record.state.keywords:
        return dict(record.state.keywords)
    text = f"{record.article.title} {record.article.excerpt}"
    return {stem: rarity(stem) / 8.0 for stem in list_stems(text)}


def measure_likeness(one: Profile, other: Profile) -> float:
    """Give the cosine of two profiles, 0 to 1."""
    shared = sum(weight * other[term] for term, weight in one.items() if term in other)
    norms = sum(w * w for w in one.values()) * sum(w * w for w in other.values())
    return shared / norms**0.5 if norms else 0.0


def order_members(
    lead: Record, members: Iterable[Record], weights: RelatedWeights = WEIGHTS.related
) -> list[Record]:
    """Give the other members by value to a reader who has read the lead, best first.

    Value is quality plus what is new: `novelty` points times how unlike the lead it is.
    """
    known = profile_record(lead)
    valued = [
        (
            -other.article.quality - weights.novelty * (1 - measure_likeness(known, profile_record(other))),
            other.name,
            other,
        )
        for other in members
        if other.name != lead.name
    ]
    return [other for _, _, other in sorted(valued, key=lambda item: item[:2])]


def list_related(
    record: Record, ordered: Sequence[Record], limit: int, weights: RelatedWeights = WEIGHTS.related
) -> tuple[Related, ...]:
    """Give what a record's document lists under `related`: at most `limit`, in the given order.

    A second article of one provider is listed only where it tells something else.
    """
    chosen: list[Record] = []
    for other in ordered:
        if len(chosen) >= limit:
            break
        if other.name != record.name and not any(_tells_the_same(other, seen, weights) for seen in chosen):
            chosen.append(other)
    return tuple(_relate(other) for other in chosen)


def _tells_the_same(one: Record, other: Record, weights: RelatedWeights) -> bool:
    if one.article.provider.domain != other.article.provider.domain:
        return False
    return measure_likeness(profile_record(one), profile_record(other)) >= weights.alike


def _relate(record: Record) -> Related:
    article = record.article
    return Related(
        title=article.title,
        excerpt=article.excerpt,
        published=article.published,
        web_url=article.web_url or article.original_url,
        amp_url=article.amp_url,
        cdn_amp_url=article.cdn_amp_url,
        kind=article.kind,
        provider=article.provider,
        quality=article.quality,
        images=article.images[:1],
    )
