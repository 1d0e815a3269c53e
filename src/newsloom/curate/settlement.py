"""Every story settled from its records alone: lead, related coverage, heat, and what is shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from newsloom.curate.contract import Desk
from newsloom.curate.edits import apply_edits
from newsloom.curate.gate import QUOTA, apply_quota, is_below_bar, pass_gate, rule_out
from newsloom.curate.heat import COLD, Usual, is_active, judge_heat, measure_usual
from newsloom.curate.lead import choose_lead, list_related, order_members
from newsloom.curate.table import Table, story_of
from newsloom.records import Article, Record, State, Story, Term

_LOOK_BACK: Final = timedelta(days=1)  # what "rose and fell today" compares with


def settle_stories(table: Table, desk: Desk, clock: datetime) -> tuple[Story, ...]:
    """Bring every record's heat, related list and gate up to date; the stories, sorted by name.

    A story whose records are all under foreign seals is left as it is. Cost is linear in the
    records, beside sorting each story's members.
    """
    apply_edits(table, desk.edits)
    groups: dict[str, list[Record]] = {}
    for record in table:
        groups.setdefault(story_of(record), []).append(_name_provider(record, desk))
    usual = measure_usual(
        (story_of(record), record.article.published)
        for record in table
        if desk.usual_from is None or record.article.published >= desk.usual_from
    )
    stories = tuple(_settle(table, name, groups[name], desk, clock, usual) for name in sorted(groups))
    _hold_surplus(table, desk)
    return stories


def _hold_surplus(table: Table, desk: Desk) -> None:
    """Hold what is over its provider's quota. What is under a foreign seal stays as it is.

    Of a day that is not in play as a whole, what was held for its quota stays held.
    """
    shown = [record for record in table if record.article.shown and record.state is not None]
    counted = [record for record in shown if _is_counted(record, desk)]
    held = apply_quota(counted, desk.gate)
    if len(counted) < len(shown) and desk.gate.provider_quota:
        held |= _keep_held((record for record in shown if not _is_counted(record, desk)), table)
    for name, reason in held.items():
        record = table[name]
        if record.state is not None:
            state = replace(record.state, gate=reason)
            table.put(replace(record, article=replace(record.article, shown=False), state=state))


def _is_counted(record: Record, desk: Desk) -> bool:
    if desk.counted_from is None:
        return True
    midnight = record.article.published.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight >= desk.counted_from


def _keep_held(records: Iterable[Record], table: Table) -> dict[str, str]:
    """Give those of these records that their provider's quota held before, with the reason."""
    held: dict[str, str] = {}
    for record in records:
        before = table.recall(record.name)
        reason = before.state.gate if before is not None and before.state is not None else ""
        if reason.startswith(QUOTA):
            held[record.name] = reason
    return held


def arrange_stories(records: Iterable[Record], desk: Desk, clock: datetime) -> tuple[Story, ...]:
    """Give the stories of whole groups of records that are settled, as they stand, sorted by name."""
    groups: dict[str, list[Record]] = {}
    for record in records:
        groups.setdefault(story_of(record), []).append(record)
    return tuple(_arrange(name, groups[name], desk, clock) for name in sorted(groups))


def _arrange(name: str, members: Sequence[Record], desk: Desk, clock: datetime) -> Story:
    lead = find_lead(members, desk, clock)
    others = (record.name for record in order_members(lead, members))
    return Story(name=name, lead=lead.name, members=(lead.name, *others), heat=lead.article.heat)


def find_lead(members: Sequence[Record], desk: Desk, clock: datetime) -> Record:
    """Give the record that leads a story at this desk."""
    ruled_out = {
        record.name
        for record in members
        if rule_out(record, desk.gate, clock) or is_below_bar(record.article, desk.gate)
    }
    return choose_lead(members, desk.edits.pin, ruled_out)


def _name_provider(record: Record, desk: Desk) -> Record:
    """Give a record the registry's name and logos of its provider; a foreign seal's stays as it is."""
    provider = record.article.provider
    known = desk.providers.get(provider.domain or "")
    if known is None or record.state is None:
        return record
    named = replace(provider, name=known.name, images=known.images or provider.images)
    return record if named == provider else replace(record, article=replace(record.article, provider=named))


def _settle(
    table: Table, name: str, members: Sequence[Record], desk: Desk, clock: datetime, usual: Usual
) -> Story:
    if all(member.state is None for member in members):
        return _arrange(name, members, desk, clock)
    lead = find_lead(members, desk, clock)
    ordered = order_members(lead, members)
    active = is_active(members, clock, desk.window_days)
    terms = judge_heat(lead, members, clock, desk.standings, usual) if active else ()
    heat = max(0, sum(term.value for term in terms)) if active else COLD
    for place, record in enumerate([lead, *ordered]):
        table.put(_settle_record(record, place, [lead, *ordered], terms, heat, desk, clock))
    return Story(
        name=name,
        lead=lead.name,
        members=(lead.name, *(r.name for r in ordered)),
        heat=heat,
        heat_before=_look_back(lead, members, desk, clock - _LOOK_BACK, usual) if active else None,
    )


def _look_back(
    lead: Record, members: Sequence[Record], desk: Desk, then: datetime, usual: Usual
) -> int | None:
    """Give how hot a story was at an earlier time, by what was out of it; None when nothing was."""
    known = [member for member in members if member.article.published <= then]
    if not known:
        return None
    if not is_active(known, then, desk.window_days):
        return 0
    led = lead if lead in known else find_lead(known, desk, then)
    return max(0, sum(term.value for term in judge_heat(led, known, then, desk.standings, usual)))


def _settle_record(
    record: Record,
    place: int,
    ordered: Sequence[Record],
    terms: tuple[Term, ...],
    heat: int,
    desk: Desk,
    clock: datetime,
) -> Record:
    leads = place == 0
    shown, reason = pass_gate(record, ordered[0], place, desk.gate, clock)
    article: Article = replace(
        record.article,
        heat=heat if leads else COLD,
        shown=shown,
        related=list_related(record, ordered, desk.related) if len(ordered) > 1 else (),
    )
    state: State | None = record.state
    if state is not None:
        state = replace(state, gate=reason, heat_terms=terms if leads else ())
    return replace(record, article=article, state=state)
