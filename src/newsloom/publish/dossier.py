"""Everything one story's page shows: its coverage in order of time, copies, and why it is here.

The page depends on the story's own records alone, so that it is not written again when others change.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from msgspec import Struct
from msgspec.structs import replace

from newsloom.curate.quality import weigh_sides
from newsloom.publish.cards import (
    Card,
    ProviderMark,
    compose_card,
    find_address,
    mark_provider,
    tell_labels,
    tell_language,
)
from newsloom.publish.dates import Moment, localise, tell_day, write_utc
from newsloom.publish.embeds import Player, find_player
from newsloom.publish.safety import clean_text, clean_url
from newsloom.publish.timeline import Curve, Voice, draw_curve, group_providers
from newsloom.publish.view import Coverage, Edition
from newsloom.publish.words import Words, mark
from newsloom.records import Record, Term

TERMS: Final = {  # terms of scores and the sides they speak for, in readers' words
    "base": mark("base"),
    "standing": mark("standing"),
    "first-hand": mark("first hand"),
    "relevance": mark("relevance"),
    "specificity": mark("specificity"),
    "headline": mark("headline"),
    "shouting": mark("shouting"),
    "headline length": mark("headline length"),
    "excerpt": mark("excerpt"),
    "image": mark("image"),
    "known": mark("known"),
    "byline": mark("byline"),
    "date": mark("date"),
    "text": mark("text"),
    "kind": mark("kind"),
    "originality": mark("originality"),
    "sponsored": mark("sponsored"),
    "paywall": mark("paywall"),
    "opinion": mark("opinion"),
    "list": mark("list"),
    "floor": mark("floor"),
    "quality": mark("quality"),
    "coverage": mark("coverage"),
    "pace": mark("pace"),
    "age": mark("age"),
    "importance": mark("importance"),
    "credibility": mark("credibility"),
    "form": mark("form"),
}
EVIDENCE_CHARACTERS: Final = 240  # of a term's evidence shown; it may quote a passage
SCALE_FLOOR: Final = 100  # points the quality scale reaches at least, so that bars compare across stories


class Report(Struct, frozen=True, kw_only=True):
    """One article of a story: the lead, another provider's, or a copy of either."""

    title: str
    excerpt: str
    provider: ProviderMark
    moment: Moment
    published: datetime
    out: str | None
    lead: bool = False
    language: str | None = None
    labels: tuple[str, ...] = ()
    quality: int | None = None
    video: bool = False
    reason: str = ""


class Bar(Struct, frozen=True, kw_only=True):
    """One term of a score. `start`, `width` and `zero` are percent of the picture, the lowest value at 0."""

    name: str
    value: str
    evidence: str
    start: float
    width: float
    zero: float
    negative: bool


class Score(Struct, frozen=True, kw_only=True):
    """A score with its terms; `bar` and `mark` place the total and the site's bar on the scale (percent)."""

    total: int
    bars: tuple[Bar, ...]
    bar: float = 0
    mark: float | None = None
    sides: tuple[tuple[str, str], ...] = ()


class DayMark(Struct, frozen=True, kw_only=True):
    """The day a story stands under, and its page in the archive."""

    text: str
    href: str


class Edit(Struct, frozen=True, kw_only=True):
    """An edit of the lead that was noticed, `before` being its headline before that."""

    moment: Moment
    edited: str
    before: str


class Dossier(Struct, frozen=True, kw_only=True):
    """A story's page: its card and all that is known of its coverage.

    `timeline` is oldest first and has the lead and the others; `others` is best first, `voices` has the
    same by provider.
    """

    card: Card
    authors: tuple[str, ...]
    published: str
    day: DayMark
    modified: Moment | None
    timeline: tuple[Report, ...]
    others: tuple[Report, ...]
    copies: tuple[Report, ...]
    player: Player | None
    quality: Score
    heat: Score | None
    gate: str
    formula: str
    evidence: tuple[tuple[str, str], ...]
    amp: str | None
    words: int = 0
    curve: Curve | None = None
    voices: tuple[Voice, ...] = ()
    revisions: tuple[Edit, ...] = ()
    similar: str = ""


def compose_dossier(story: Coverage, edition: Edition, card: Card | None = None) -> Dossier:
    """The page of one story; `card` is its card where that is at hand."""
    lead, state = story.lead, story.lead.state
    others = list_others(story, edition)
    modified = (
        state.modified if state and state.modified and state.modified > lead.article.published else None
    )
    timeline = tuple(sorted([_report(lead, edition, lead=True), *others], key=_oldest_first))
    return Dossier(
        card=card or compose_card(story, edition),
        authors=tuple(filter(None, map(clean_text, state.authors))) if state else (),
        published=write_utc(lead.article.published),
        day=_mark_day(lead, edition),
        modified=edition.moment(modified) if modified else None,
        timeline=timeline,
        others=others,
        copies=_list_copies([lead, *story.others], edition),
        player=find_player(lead.article.featured),
        quality=measure_quality(lead, edition.site.publish_at, edition.words),
        heat=_measure_heat(lead, edition.words),
        gate=clean_text(state.gate) if state else "",
        formula=clean_text(state.formula) if state else "",
        evidence=tuple((clean_text(name), clean_text(why)) for name, why in state.topic_evidence)
        if state
        else (),
        amp=clean_url(lead.article.amp_url),
        words=state.words if state else 0,
        curve=_caption(draw_curve([report.published for report in timeline]), edition.words),
        voices=group_providers(timeline),
        revisions=_list_revisions(lead, edition),
        similar=_ask_similar(lead, edition) if state and state.keywords else "",
    )


def _mark_day(lead: Record, edition: Edition) -> DayMark:
    day = localise(lead.article.published, edition.zone).date()
    return DayMark(text=tell_day(day, edition.words.locale), href=edition.links.day(day.isoformat()))


def _ask_similar(lead: Record, edition: Edition) -> str:
    """Where a live site's search lists what is like a record; a copy of the site cannot tell."""
    return f"{edition.links.page('search')}?{urlencode({'q': f'like:{lead.name}'})}"


def list_marks(story: Coverage, edition: Edition) -> tuple[ProviderMark, ...]:
    """Every provider a story's page names: with its records, all the page depends on."""
    records = (story.lead, *story.others)
    named = [record.article.provider for record in records]
    named += [item.provider for item in story.lead.article.related]
    named += [copy.provider for record in records if record.state for copy in record.state.copies]
    return tuple(mark_provider(provider, edition) for provider in named)


def measure_quality(record: Record, publish_at: int, words: Words) -> Score:
    """A record's quality and the terms it is the sum of, against the site's bar."""
    total = record.article.quality
    reach = max(SCALE_FLOOR, total, publish_at)
    return Score(
        total=total,
        bars=_draw_bars(record.state.terms if record.state else (), words),
        bar=max(0.0, round(100 * total / reach, 1)),
        mark=round(100 * publish_at / reach, 1),
        sides=tuple(
            (words.say(TERMS[side]), _sign(value)) for side, value in weigh_sides(record.state.terms).items()
        )
        if record.state
        else (),
    )


def _measure_heat(record: Record, words: Words) -> Score | None:
    heat = record.article.heat
    if heat < 0:
        return None
    return Score(
        total=heat,
        bars=_draw_bars(record.state.heat_terms if record.state else (), words),
        bar=round(100 * heat / max(SCALE_FLOOR, heat), 1),
    )


def _draw_bars(terms: Sequence[Term], words: Words) -> tuple[Bar, ...]:
    """Bars on one scale that holds every term's value and zero."""
    low, high = min([0, *(term.value for term in terms)]), max([1, *(term.value for term in terms)])
    return tuple(
        Bar(
            name=words.say(TERMS.get(term.name) or clean_text(term.name).replace("_", " ")),
            value=_sign(term.value),
            evidence=_cut(clean_text(term.evidence)),
            start=round(100 * (min(term.value, 0) - low) / (high - low), 1),
            width=round(100 * abs(term.value) / (high - low), 1),
            zero=round(100 * -low / (high - low), 1),
            negative=term.value < 0,
        )
        for term in terms
    )


def _caption(curve: Curve | None, words: Words) -> Curve | None:
    return replace(curve, caption=words.say(curve.caption)) if curve else None


def _sign(value: int) -> str:
    return f"{value:+d}".replace("-", "\u2212") if value else "0"


def _cut(text: str) -> str:
    return text if len(text) <= EVIDENCE_CHARACTERS else f"{text[: EVIDENCE_CHARACTERS - 1]}…"


def list_others(story: Coverage, edition: Edition) -> tuple[Report, ...]:
    """The story's other records, then what the lead's document lists that has no record here."""
    reports = [_report(record, edition) for record in story.others]
    known = {report.out for report in reports} | {find_address(story.lead.article)}
    for item in story.lead.article.related:
        out = clean_url(item.web_url)
        if out not in known:
            known.add(out)
            reports.append(
                Report(
                    title=clean_text(item.title) or edition.words.say("Untitled"),
                    excerpt=clean_text(item.excerpt),
                    provider=mark_provider(item.provider, edition),
                    moment=edition.moment(item.published),
                    published=item.published,
                    out=out,
                    quality=item.quality,
                    video=item.kind == "video",
                )
            )
    return tuple(reports)


def _report(record: Record, edition: Edition, *, lead: bool = False) -> Report:
    article = record.article
    return Report(
        title=clean_text(article.title) or edition.words.say("Untitled"),
        excerpt=clean_text(article.excerpt),
        provider=mark_provider(article.provider, edition),
        moment=edition.moment(article.published),
        published=article.published,
        out=find_address(article),
        lead=lead,
        language=tell_language(record, edition),
        labels=tell_labels(record, edition),
        quality=article.quality,
        video=article.kind == "video",
    )


def _list_revisions(record: Record, edition: Edition) -> tuple[Edit, ...]:
    return tuple(
        Edit(
            moment=edition.moment(revision.noticed),
            edited=clean_text(revision.edited),
            before=clean_text(revision.before),
        )
        for revision in (record.state.revisions if record.state else ())
    )


def _list_copies(records: Sequence[Record], edition: Edition) -> tuple[Report, ...]:
    copies = [copy for record in records if record.state for copy in record.state.copies]
    reports = (
        Report(
            title=clean_text(copy.title) or edition.words.say("Untitled"),
            excerpt="",
            provider=mark_provider(copy.provider, edition),
            moment=edition.moment(copy.published),
            published=copy.published,
            out=clean_url(copy.url),
            quality=copy.quality,
            reason=clean_text(copy.reason),
        )
        for copy in copies
    )
    return tuple(sorted(reports, key=_oldest_first))


def _oldest_first(report: Report) -> tuple[float, str]:
    return (report.published.timestamp(), report.out or "")
