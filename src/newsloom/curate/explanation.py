"""Every decision about one record in words: lines fit for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from newsloom.curate.contract import Desk
from newsloom.curate.gate import pass_gate
from newsloom.curate.heat import Usual, is_active, judge_heat, measure_usual
from newsloom.curate.judgement import list_subject
from newsloom.curate.lead import VIDEO, order_members, profile_record
from newsloom.curate.lineage import find_origin
from newsloom.curate.quality import weigh_sides
from newsloom.curate.settlement import find_lead
from newsloom.curate.story_index import StoryIndex
from newsloom.curate.table import restore_profile, story_of
from newsloom.records import Record, Term


def explain(record: Record, records: Sequence[Record], desk: Desk, clock: datetime) -> list[str]:
    """Give why a record is as it is: quality, topics, story, heat, gate and absorbed copies.

    `records` are all records in play. A record under a foreign seal tells only its public numbers.
    """
    members = [other for other in records if story_of(other) == story_of(record)] or [record]
    lead = find_lead(members, desk, clock)
    lines = [f"{record.article.title}", f"  {record.article.web_url or record.article.original_url}", ""]
    lines += _explain_quality(record)
    lines += _explain_topics(record)
    lines += _explain_story(record, lead, members, _recall_stories(records, desk))
    lines += _explain_edits(record, desk)
    usual = measure_usual((story_of(other), other.article.published) for other in records)
    lines += _explain_heat(record, lead, members, desk, clock, usual)
    lines += _explain_gate(record, lead, desk, clock)
    lines += _explain_copies(record)
    return lines


def _explain_edits(record: Record, desk: Desk) -> Iterator[str]:
    """Tell what an editor said of the record's story."""
    edits, name = desk.edits, record.name
    for group in edits.join:
        if name in group:
            yield f"  an editor joined it with {', '.join(other for other in group if other != name)}"
    for sides in edits.apart:
        if any(name in side for side in sides):
            others = [other for side in sides if name not in side for other in side]
            yield f"  an editor keeps it apart from {', '.join(others)}"
    if name in edits.alone:
        yield "  an editor keeps it out of every story"
    if name in edits.pin:
        yield "  an editor has it lead its story"


def _list_terms(terms: Sequence[Term], total: int) -> Iterator[str]:
    width = max((len(term.name) for term in terms), default=0)
    for term in terms:
        yield f"  {term.name:<{width}}  {term.value:+5d}  {term.evidence}"
    yield f"  {'sum':<{width}}  {total:5d}"


def _explain_quality(record: Record) -> Iterator[str]:
    state = record.state
    if state is None:
        yield f"quality {record.article.quality}: judged elsewhere; its terms are under a seal we cannot open"
        return
    yield f"quality {record.article.quality} (formula {state.formula})"
    yield from _list_terms(state.terms, sum(term.value for term in state.terms))
    yield "  " + ", ".join(f"{side} {value:+d}" for side, value in weigh_sides(state.terms).items())


def _explain_topics(record: Record) -> Iterator[str]:
    yield "topics"
    evidence = dict(record.state.topic_evidence) if record.state else {}
    for topic in record.article.topics:
        yield f"  {topic}: {evidence.get(topic, 'as the document says')}"
    if not record.article.topics:
        yield "  none"


def _recall_stories(records: Sequence[Record], desk: Desk) -> StoryIndex:
    index = StoryIndex(desk.window_days, subject=list_subject(desk.topics))
    for record in records:
        index.restore(story_of(record), restore_profile(record))
    return index


def _explain_story(
    record: Record, lead: Record, members: Sequence[Record], index: StoryIndex
) -> Iterator[str]:
    yield f"story {story_of(record)}: {len(members)} records, lead {lead.name}"
    if any(other.article.kind == VIDEO and other.article.quality > lead.article.quality for other in members):
        yield "  a video's points for being one do not count for the lead"
    own, profile = profile_record(record), restore_profile(record)
    for other in order_members(record, members):
        theirs = profile_record(other)
        shared = sorted(own.keys() & theirs.keys(), key=lambda term: (-own[term] * theirs[term], term))
        yield (
            f"  {other.article.provider.name}: {other.article.title} "
            f"(same event {index.tell_same(profile, restore_profile(other)):.0%}; "
            f"shared: {', '.join(shared[:6]) or 'nothing'})"
        )


def _explain_heat(
    record: Record, lead: Record, members: Sequence[Record], desk: Desk, clock: datetime, usual: Usual
) -> Iterator[str]:
    if record.name != lead.name:
        yield f"heat {record.article.heat}: {lead.name} leads the story"
    elif record.state is None and len(members) == 1:
        yield f"heat {record.article.heat}: as the document says"
    elif not is_active(members, clock, desk.window_days):
        yield f"heat {record.article.heat}: nothing new for {desk.window_days} days"
    else:
        terms = judge_heat(lead, members, clock, desk.standings, usual)
        yield f"heat {record.article.heat}"
        yield from _list_terms(terms, sum(term.value for term in terms))


def _explain_gate(record: Record, lead: Record, desk: Desk, clock: datetime) -> Iterator[str]:
    place = 0 if record.name == lead.name else desk.gate.story_quota
    reason = record.state.gate if record.state else pass_gate(record, lead, place, desk.gate, clock)[1]
    yield f"{'shown' if record.article.shown else 'not shown'}: {reason}"


def _explain_copies(record: Record) -> Iterator[str]:
    copies = record.state.copies if record.state else ()
    origin = find_origin(record)
    if origin is not None:
        yield f"first had by {origin.provider.name}, {origin.published:%Y-%m-%d %H:%M}"
    for revision in record.state.revisions if record.state else ():
        before = f"; the headline was: {revision.before}" if revision.before else ""
        yield f"edited, noticed {revision.noticed:%Y-%m-%d %H:%M}: {revision.edited}{before}"
    if copies:
        yield f"{len(copies)} {'copy' if len(copies) == 1 else 'copies'} absorbed"
    for copy in copies:
        why = f"{copy.reason}, quality {copy.quality}"
        yield f"  {copy.published:%Y-%m-%d %H:%M} {copy.provider.name}: {copy.url} ({why})"
