"""What is in play in a pass: all records, or those that are not history yet and those something concerns.

With `history_days` in newsloom.yaml a record is history that many days after its publication. It was judged
once more since its story closed, so that nothing of it depends on the clock any longer: it is settled. A pass
asks the index for the rest, and for the whole story of each record that a draft, an editor or a changed file
is about (docs/growth.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from newsloom.config import Config
from newsloom.extract import identity_key
from newsloom.records import Draft, Record, StoryEdits
from newsloom.store import Index
from newsloom.store.index import name_entry
from newsloom.store.recall import (
    find_stories,
    find_stories_by_address,
    find_stories_by_entry,
    find_stories_by_provider,
    recall_since,
    recall_stories,
)

SHELVES: Final = "outputs/shelves"  # what a pass leaves for the next, below the site's private folder
_TOUCHED: Final = "touched"  # the index's word on what is not yet published as it is now
_SPARE_DAYS: Final = 2  # beyond the days a rule looks back: passes come when they come, days end by the zone


class Touched(Struct, frozen=True, kw_only=True):
    """What changed since the site was last published: names of records, and stories they were in."""

    names: frozenset[str] = frozenset()
    stories: frozenset[str] = frozenset()


class Concern(Struct, frozen=True, kw_only=True):
    """What brings history into play: names of records, stories, and domains of providers."""

    names: frozenset[str] = frozenset()
    stories: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()


def find_horizon(config: Config, clock: datetime) -> datetime | None:
    """The moment before which records are history: a midnight of the site's zone; None where there is none.

    Stories stay open and embargoes hold for days of their own, which are never cut.
    """
    if not config.history_days:
        return None
    days = max(config.history_days, config.window_days, -(-config.embargo_hours // 24)) + _SPARE_DAYS
    local = (clock - timedelta(days=days)).astimezone(ZoneInfo(config.timezone))
    return local.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)


def recall(index: Index, horizon: datetime, drafts: Sequence[Draft], concern: Concern) -> list[Record]:
    """The records in play, by name: whole stories that have one since the horizon or are concerned."""
    records = {record.name: record for record in recall_since(index, horizon)}
    stories = find_stories_by_address(index, _list_keys(drafts))
    stories |= find_stories_by_entry(index, {name_entry(draft.source, draft.guid) for draft in drafts})
    stories |= find_stories(index, concern.names) | concern.stories
    stories |= find_stories_by_provider(index, concern.domains)
    held = {record.state.story for record in records.values() if record.state is not None}
    records |= {record.name: record for record in recall_stories(index, stories - held)}
    return [records[name] for name in sorted(records)]


def _list_keys(drafts: Iterable[Draft]) -> set[str]:
    return {identity_key(address) for draft in drafts for address in (draft.canonical, draft.original)}


def read_touched(index: Index) -> Touched:
    """What changed since the site was last published."""
    word = index.marked(_TOUCHED)
    return msgspec.json.decode(word, type=Touched) if word else Touched()


def note_touched(index: Index, names: Iterable[str], stories: Iterable[str] = ()) -> None:
    """Note what changes, beside what did before; whatever comes between, it is published in the end."""
    before = read_touched(index)
    now = Touched(names=before.names.union(names), stories=before.stories.union(stories))
    if now != before:
        index.mark(_TOUCHED, msgspec.json.encode(now).decode())


def clear_touched(index: Index) -> None:
    """Note that everything is published."""
    index.mark(_TOUCHED, "")


def name_all(edits: StoryEdits) -> frozenset[str]:
    """The records an editor's word is about."""
    return edits.names.union(edits.pin)
