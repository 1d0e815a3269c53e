"""An editor's word on stories, carried out on every pass: which records are one story, which stand alone.

Records are named by their documents. What is asked of a record that is not in play is passed over; a
record under a foreign seal stays where it is. Carrying the same word out again changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from newsloom.curate.table import Table, story_of
from newsloom.records import Record, StoryEdits


def apply_edits(table: Table, edits: StoryEdits) -> None:
    """Join and part stories as an editor said. Who stands alone is decided last, and so wins."""
    for names in edits.join:
        _join(table, _leave_parted(names, edits))
    for sides in edits.apart:
        _keep_apart(table, sides)
    for name in edits.alone:
        _part(table, name)


def _leave_parted(names: Iterable[str], edits: StoryEdits) -> list[str]:
    """Give those of a group whom no other word parts from one before them.

    Joined and parted in turn, they would take their stories along, now to this side and now to that.
    """
    kept: list[str] = []
    for name in names:
        if name not in edits.alone and not any(_are_apart(name, other, edits) for other in kept):
            kept.append(name)
    return kept


def _are_apart(name: str, other: str, edits: StoryEdits) -> bool:
    return any(
        any(name in side and other not in side for side in sides) and any(other in side for side in sides)
        for sides in edits.apart
    )


def _move(table: Table, record: Record, story: str) -> None:
    if story_of(record) != story:
        table.move(record, story)


def _join(table: Table, names: Iterable[str]) -> None:
    named = table.list_named(names)
    if len(named) > 1:
        members = table.list_members({story_of(record) for record in named})
        story = story_of(members[0])
        for record in members:
            _move(table, record, story)


def _keep_apart(table: Table, sides: Sequence[Iterable[str]]) -> None:
    """Give each side a story that no other side is in. Who is named on no side stays where it is.

    A story that bears the name of a record on some side is that side's; who is on two is on the first.
    """
    owner = {name: at for at, side in reversed([*enumerate(sides)]) for name in side}
    groups = [table.list_named(name for name in side if owner[name] == at) for at, side in enumerate(sides)]
    taken: set[str] = set()
    for at, group in enumerate(groups):
        if not group:
            continue
        story = story_of(group[0])
        if story in taken or owner.get(story, at) != at:
            story = group[0].name
        taken.add(story)
        for record in group:
            _move(table, record, story)


def _part(table: Table, name: str) -> None:
    for record in table.list_named([name]):
        if story_of(record) != name:
            _move(table, record, name)
            continue
        # The story bears this record's name: what is left of it takes that of its earliest.
        others = [other for other in table.list_members({name}) if other.name != name]
        for other in others:
            _move(table, other, others[0].name)
