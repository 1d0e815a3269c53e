"""What one pass looks at and publishes: the whole site, or of one that keeps history apart what is in play.

The whole site is looked at when `history_days` is not set, and where it is: at first, when the settings, the
topics or the program changed, in a new year (dates of another year name it), when what all pages show
changed, and when the search index is not whole. What a pass leaves for the next one stands in one file beside
the ledgers of outputs; without it the next pass looks at everything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import replace

from newsloom import __version__
from newsloom.archive import Archive
from newsloom.curate import FORMULA, Desk, Outcome
from newsloom.curate.settlement import arrange_stories
from newsloom.curate.table import story_of
from newsloom.documents import write_file
from newsloom.history import (
    SHELVES,
    Concern,
    Touched,
    clear_touched,
    find_horizon,
    name_all,
    read_touched,
    recall,
)
from newsloom.images import Gallery
from newsloom.judging import make_desk
from newsloom.publish.look import digest_look
from newsloom.publish.outputs import make_key
from newsloom.publish.press import frame_site
from newsloom.publish.shelves import Shelves, part_api, part_pages, turn_over
from newsloom.publish.view import Edition, Past, SiteView, compile_edition, cover
from newsloom.publishing import Parts, make_view, publish_edition, publish_site
from newsloom.records import Draft, Record
from newsloom.search import is_search_index
from newsloom.searching import find_search
from newsloom.site import Site
from newsloom.store import Index, SourceState, Synchronised
from newsloom.store.recall import Counts, count_all, recall_stories
from newsloom.viewing import read_gallery

_FOLDERS: Final = "folders"  # the index's word on the folders of documents, as the last pass left them
_DIGEST: Final = 12  # bytes
_decoder: Final = msgspec.msgpack.Decoder(Shelves)


def is_in_step(index: Index, archive: Archive) -> bool:
    """Whether documents are where the last pass left them, as only a site that keeps history apart knows."""
    return index.marked(_FOLDERS) == archive.stamp_folders()


class Scope:
    """What a pass looks at; for one pass, whose lock is held."""

    def __init__(self, site: Site, index: Index, archive: Archive) -> None:
        self._site = site
        self._index = index
        self._archive = archive
        self._parted = bool(site.config.history_days)
        self._searchable = is_search_index(find_search(site.root))
        self._before = _read_shelves(site.private / SHELVES) if self._parted and self._searchable else None
        self._counted = False
        self._folders = archive.stamp_folders() if self._parted else ""
        self._touched = Touched()
        self._readable = True
        self._recalled: Sequence[Record] = ()
        self._clock = datetime.fromtimestamp(0, UTC)

    @cached_property
    def _desk(self) -> Desk:
        return make_desk(self._site)

    @property
    def whole(self) -> bool:
        """Whether the whole site is looked at."""
        return self._before is None

    def catch_up(self) -> Synchronised:
        """Carry out what a killed pass had decided, and bring the index in step with the documents."""
        steady = self._before is not None and self._index.marked(_FOLDERS) == self._folders
        if self._archive.recover(sweep=not steady):
            steady = False
        if self._before is not None and steady:
            found = self._archive.catch_up(self._index, f"{self._before.horizon:%Y-%m-%d}")
        else:
            found = self._archive.synchronise(self._index)
        self._touched, self._readable = read_touched(self._index), not found.problems
        return found

    @property
    def is_steady(self) -> bool:
        """Whether search is whole and, for a site that keeps history apart, no document has changed."""
        return self._searchable and self._touched == Touched()

    def recall(self, drafts: Sequence[Draft], clock: datetime) -> tuple[Sequence[Record], Desk]:
        """The records in play, and the desk that is to judge them."""
        self._clock = clock
        if self._before is not None and self._before.made_by != self._digest():
            self._before = None
        if self._before is None:
            self._recalled, self._counted = self._index.records(), True
            return self._recalled, replace(self._desk, usual_from=find_horizon(self._site.config, clock))
        horizon = self._before.horizon
        self._recalled = recall(self._index, horizon, drafts, self._find_concern(self._before))
        return self._recalled, replace(self._desk, counted_from=horizon, usual_from=horizon)

    def _find_concern(self, before: Shelves) -> Concern:
        register = digest_register(self._desk)
        changed = {
            domain
            for domain in register.keys() | before.register.keys()
            if register.get(domain) != before.register.get(domain)
        }
        return Concern(
            names=name_all(self._site.edits) | before.edited | self._touched.names,
            stories=self._touched.stories,
            domains=frozenset(changed),
        )

    def note_changes(self, changed: frozenset[str]) -> None:
        """Note what is about to be written, so that it is published by the next pass if not by this one."""
        if self._parted:
            self._archive.note(self._index, changed)
            if self._archive.stamp_folders() != self._folders:
                self._folders = ""  # somebody else is at work there: the next pass looks for itself

    def note_written(self) -> None:
        """Note what the folders of documents are like when the pass has written."""
        if self._parted:
            known = self._folders and self._readable  # what cannot be read is told by each pass
            self._index.mark(_FOLDERS, self._archive.stamp_folders() if known else "")

    def publish(
        self,
        site: Site,
        outcome: Outcome,
        clock: datetime,
        gallery: Gallery,
        states: Mapping[str, SourceState],
    ) -> list[str]:
        """Publish what the pass came to; the addresses of the feeds that changed."""
        horizon = find_horizon(site.config, clock)
        if horizon is None:
            return publish_site(site, outcome, clock, gallery, states, self._index.lease)
        view = make_view(site, outcome, clock, gallery, states)
        view = replace(view, past=self._describe_past(view))
        edition = compile_edition(view)
        frame = make_key(frame_site(edition))
        if self._before is not None and self._before.frame != frame:
            self._before = None
            whole = self._load_all(outcome)
            gallery = read_gallery(site, self._index, whole, clock)
            return self.publish(site, whole, clock, gallery, states)
        before = self._before or Shelves(made_by=self._digest(), horizon=horizon)
        before = replace(before, horizon=horizon, frame=frame)
        return self._write(site, edition, before)

    def _describe_past(self, view: SiteView) -> Past:
        """What is published of history, with the stories that share open leaves with those in play."""
        if self._before is None:
            return Past(parted=True)
        played = {story_of(record) for record in view.records}
        domains = {record.article.provider.domain for record in view.records}
        records = recall_stories(self._index, self._before.list_open(domains) - played)
        stories = cover(records, arrange_stories(records, self._desk, view.clock))
        return self._before.describe(ZoneInfo(view.timezone), stories)

    def _load_all(self, outcome: Outcome) -> Outcome:
        """The whole site: what was judged, and everything else as it stands."""
        judged = {record.name for record in outcome.records}
        rest = [record for record in self._index.records() if record.name not in judged]
        records = sorted((*outcome.records, *rest), key=lambda record: record.name)
        stories = sorted(
            (*outcome.stories, *arrange_stories(rest, self._desk, self._clock)), key=lambda story: story.name
        )
        return replace(outcome, records=tuple(records), stories=tuple(stories))

    def _write(self, site: Site, edition: Edition, before: Shelves) -> list[str]:
        """Write what differs, and then what the next pass goes on from."""
        records = edition.site.records
        since = before.horizon
        current = frozenset(story_of(one) for one in records if one.article.published >= since)
        there = frozenset() if self.whole else frozenset(story_of(record) for record in self._recalled)
        after = turn_over(before, edition, current, there)
        # Whom a pass over all records entered in the register has that name in all of them already.
        register = digest_register(make_desk(site) if self._counted else self._desk)
        after = replace(after, register=register, edited=name_all(site.edits))
        gone = (
            (there | self._touched.stories) - {story.name for story in edition.latest} - edition.moved.keys()
        )
        parts = Parts(
            api=part_api(after, edition, gone),
            pages=part_pages(after, edition, gone),
            whole=self.whole,
            gone=self._touched.names - {record.name for record in records},
        )
        feeds = publish_edition(site, edition, parts, lease=self._index.lease)
        write_file(site.private / SHELVES, msgspec.msgpack.encode(after), durable=False)
        clear_touched(self._index)
        return feeds

    def count(self, outcome: Outcome, before: Counts | None) -> Counts:
        """The numbers of the whole site, from those of the pass before where only a part is at hand."""
        if self._counted:
            return Counts(len(outcome.records), _count_shown(outcome.records), len(outcome.stories))
        if before is None or self._touched.names:
            return count_all(self._index)
        was = {story_of(record) for record in self._recalled}
        return Counts(
            before.documents + len(outcome.records) - len(self._recalled),
            before.published + _count_shown(outcome.records) - _count_shown(self._recalled),
            before.stories + len(outcome.stories) - len(was),
        )

    def _digest(self) -> str:
        """A digest of what makes everything: a change of it is a change of all that was published."""
        site = self._site
        year = self._clock.astimezone(ZoneInfo(site.config.timezone)).year
        parts = (__version__, FORMULA, digest_look(), site.config, site.topics, year)
        return blake2b(msgspec.json.encode(parts), digest_size=_DIGEST).hexdigest()


def _count_shown(records: Sequence[Record]) -> int:
    return sum(record.article.shown for record in records)


def digest_register(desk: Desk) -> dict[str, str]:
    """What the desk knows of each provider, in short."""
    return {
        domain: blake2b(msgspec.json.encode(known), digest_size=_DIGEST).hexdigest()
        for domain, known in desk.providers.items()
    }


def _read_shelves(path: Path) -> Shelves | None:
    try:
        return _decoder.decode(path.read_bytes())
    except (OSError, msgspec.MsgspecError):
        return None
