"""What goes into curation besides records and drafts, and what comes out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct, field

from newsloom import settings
from newsloom.curate.gate import Gate
from newsloom.curate.leanings import Leanings
from newsloom.curate.likeness import Vectors
from newsloom.records import Decision, Provider, Record, Story, StoryEdits, Topic


class Desk(Struct, frozen=True, kw_only=True):
    """What judgement needs to know of a site.

    `keep` is "topical" or "all"; `gate` holds the rules for what is shown. A story stays open
    `window_days` after its newest record. Open stories are held in `story_shards` shards.
    `standings` gives a provider's standing, 0 to 1, by domain; who is absent is neutral.
    `providers` gives the registry's name and logos of a provider, by domain.
    `main_topic` is the name of the topic the whole site is about, if it has one.
    `edits` is what an editor said of stories; `leanings` is what the site has learned and
    accepted; `vectors` what tells how near texts are, if the site uses it. `counted_from` is the
    moment before which not all records are in play: quotas of those days are not counted anew. From
    `usual_from` on it is counted how many reports are usual.
    """

    topics: tuple[Topic, ...] = ()
    keep: str = "topical"
    gate: Gate = Gate()
    window_days: int = 7
    story_shards: int = 1
    related: int = settings.RELATED
    standings: Mapping[str, float] = field(default_factory=dict)
    providers: Mapping[str, Provider] = field(default_factory=dict)
    main_topic: str | None = None
    edits: StoryEdits = StoryEdits()
    counted_from: datetime | None = None
    usual_from: datetime | None = None
    leanings: Leanings = Leanings()
    vectors: Vectors | None = None


class Outcome(Struct, frozen=True, kw_only=True):
    """What a pass of curation came to.

    `records` are all records in play, changed or not, sorted by name; `changed` the names of those
    that are new or differ from before. `decisions` holds one for each draft given, in the order of
    the drafts' canonical addresses.
    """

    records: tuple[Record, ...]
    changed: frozenset[str]
    stories: tuple[Story, ...]
    decisions: tuple[Decision, ...]
