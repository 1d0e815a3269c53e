"""One pass over a site, readable from top to bottom.

Sources are read into drafts, drafts and records are judged together by one pure function, and what
differs is written: documents all or nothing, then everything that is derived from them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from msgspec.structs import replace

from newsloom import store
from newsloom.announcing import announce_feeds
from newsloom.archive import Archive
from newsloom.comparing import open_crew
from newsloom.curate import Outcome, curate
from newsloom.engine import open_engine
from newsloom.errors import SealError
from newsloom.folding import fold_when_many
from newsloom.history import SHELVES
from newsloom.holding import hold_index, hold_site
from newsloom.images import Gallery
from newsloom.intake import Intake, Known, Plan, Round, Stop, take_in
from newsloom.judging import set_clock, tell_time
from newsloom.picturing import keep_pictures
from newsloom.progress import QuietReporter, Reporter
from newsloom.publishing import commit_pass, mark_pictures
from newsloom.records import Decision, Record
from newsloom.registering import register_providers
from newsloom.scope import Scope
from newsloom.search import drop_search_index
from newsloom.searching import find_search
from newsloom.settling import is_settled, read_settled, settle, unsettle
from newsloom.site import Site, read_site
from newsloom.store import PUBLISHERS, Index, Synchronised, Visit, open_index
from newsloom.store.recall import Counts, read_latest
from newsloom.summary import Summary, Tally, decode_summary, encode_summary
from newsloom.websub.inbox import clear_inbox

_NAMED = 3  # documents named in one problem


def run_pass(
    root: Path,
    *,
    replay: Sequence[Path] = (),
    record: Path | None = None,
    plan: Plan = Plan(),  # noqa: B008 - frozen
    brought: Intake | None = None,
    stop: Stop | None = None,
    patience: float = 0.0,
    reporter: Reporter | None = None,
) -> Summary:
    """Make one pass over the site in `root`.

    With `replay`, requests are answered from recordings; with `record`, answers are recorded. `plan` says
    which sources are read, unless drafts are `brought`; what is not read yet when `stop` is given waits for
    the next pass. Raises ConfigError for a wrong configuration and BusyError when another pass still runs
    after `patience` seconds; what is wrong with single sources, pages or documents is in the summary's
    problems.
    """
    site = read_site(root.resolve())
    round_ = Round(plan=plan, replay=replay, record=record, brought=brought, stop=stop or Stop())
    with hold_index(site, seconds=patience) as index:
        return _Pass(site, index, round_, reporter or QuietReporter()).make()


class _Pass:
    """One pass over a site whose lock is held."""

    def __init__(self, site: Site, index: Index, round_: Round, reporter: Reporter) -> None:
        self._site = site
        self._index = index
        self._round = round_
        self._reporter = reporter
        self._archive = Archive(site)
        self._known = Known(index)
        self._scope = Scope(site, index, self._archive)
        self._tally = Tally()

    def make(self) -> Summary:
        """Read, judge, write, publish; what it came to."""
        site, index, tally = self._site, self._index, self._tally
        intake = self._read()
        if self._scope.is_steady and _has_no_news(site, index, intake):
            return _conclude(index, tally, intake, site.private)
        outcome, clock = self._judge(intake)
        judged, gallery, problems = self._take_pictures(outcome, intake, clock)
        judged = self._write(judged)
        self._publish(judged, clock, gallery, intake)
        commit = self._commit(judged)
        problems += self._announce(intake)
        counts = self._scope.count(judged, _count_before(index))
        if not tally.problems:  # what is wrong with documents is told by each pass
            settle(self._site, clock, counts.published)
        tally.problems += problems
        return _conclude(index, tally, intake, site.private, judged.decisions, counts, commit)

    def _read(self) -> Intake:
        """What a killed pass left is carried out, the index brought in step, and the sources are read."""
        config = self._site.config
        with self._tally.stage("prepare"):
            found = self._scope.catch_up()
            self._tally.problems += [str(problem) for problem in found.problems]
        with self._tally.stage("read"), open_engine(config.engine, config.workers) as engine:
            return take_in(
                self._site,
                self._index,
                self._known,
                engine=engine,
                round_=self._round,
                reporter=self._reporter,
            )

    def _judge(self, intake: Intake) -> tuple[Outcome, datetime]:
        """Records and drafts judged together; and the desk's time."""
        with self._tally.stage("judge"), open_crew(self._site.config) as crew:
            self._reporter.start("judge", None)
            self._tally.problems += _tell_unopened(self._archive.find_unopened(self._index))
            clock = tell_time(read_latest(self._index), intake.observed)
            records, desk = self._scope.recall(intake.drafts, clock)
            return curate(records, intake.drafts, desk, clock, self._archive.taken, crew), clock

    def _take_pictures(
        self, outcome: Outcome, intake: Intake, clock: datetime
    ) -> tuple[Outcome, Gallery, list[str]]:
        """The outcome with each record telling which of its pictures are kept; what was wrong with some."""
        with self._tally.stage("pictures"):
            gallery, problems = keep_pictures(
                self._site,
                self._index,
                outcome,
                intake,
                clock,
                round_=self._round,
                reporter=self._reporter,
                whole=self._scope.whole,
            )
            return mark_pictures(outcome, gallery), gallery, problems

    def _write(self, judged: Outcome) -> Outcome:
        """Documents that differ, all or nothing, and the index after them; the outcome as it is stored now.

        What is published is made of records with their new seals, as the next pass reads them.
        """
        with self._tally.stage("write"):
            self._reporter.start("write documents", len(judged.changed))
            changed = [record for record in judged.records if record.name in judged.changed]
            self._index.confirm()  # no database fences files: they are written by who has the site now
            self._scope.note_changes(judged.changed)
            stored = self._archive.write(changed)
            self._index.put(stored)
            self._scope.note_written()
            sealed = {record.name: record for record, _ in stored}
            return replace(
                judged, records=tuple(sealed.get(record.name, record) for record in judged.records)
            )

    def _publish(self, judged: Outcome, clock: datetime, gallery: Gallery, intake: Intake) -> None:
        """All that is derived from documents; the outbox keeps the feeds a hub is to be told of."""
        index = self._index
        with self._tally.stage("publish"):
            self._reporter.start("publish", None)
            self._site = register_providers(self._site, judged.records)
            states = index.source_states() | intake.source_states
            pending = index.pending("publish")
            feeds = self._scope.publish(self._site, judged, clock, gallery, states)
            index.finish("publish", pending.last, feeds=feeds if self._site.config.hub else ())

    def _commit(self, judged: Outcome) -> str | None:
        """The commit's id, None when there is none; documents that have become many move into folders."""
        with self._tally.stage("commit"):
            commit = commit_pass(self._site, judged) if self._site.config.git else None
            fold_when_many(self._site, self._archive)
            return commit

    def _announce(self, intake: Intake) -> list[str]:
        """Tell the hub of feeds that changed; what was wrong."""
        pending = self._index.pending("announce")
        if not pending.names:
            return []
        with self._tally.stage("announce"):
            problems = announce_feeds(self._site, pending.names, self._round, intake)
            self._index.finish("announce", pending.last)
            return problems


def _has_no_news(site: Site, index: Index, intake: Intake) -> bool:
    """Whether nothing came in, no hour has passed, and the site is as the last pass left it."""
    if intake.drafts or intake.images or index.last_pass() is None:
        return False
    if any(index.pending(publisher).names for publisher in PUBLISHERS):
        return False  # a pass was killed before it had published what it had written
    settled = read_settled(site)
    if settled is None or (intake.observed is not None and set_clock((), intake.observed) > settled.clock):
        return False
    return is_settled(site, settled)


def _tell_unopened(names: Sequence[str]) -> list[str]:
    """One line however many there are: a site taken over from another desk has them all."""
    if not names:
        return []
    first = ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
    error = SealError(
        first,
        "the seal was changed, moved, or made with a key not on the ring; it is kept as it stands",
        "add the key to .newsloom/keys, or restore the document from git",
    )
    return [str(error)]


def _count_before(index: Index) -> Counts | None:
    """The numbers of the site after the last pass; None before the first."""
    last = index.last_pass()
    before = decode_summary(last) if last is not None else None
    return Counts(before.documents, before.published, before.stories) if before is not None else None


def _conclude(
    index: Index,
    tally: Tally,
    intake: Intake,
    private: Path,
    decisions: Sequence[Decision] = (),
    counts: Counts | None = None,
    commit: str | None = None,
) -> Summary:
    """Remember what sources and addresses came to, and sum the pass up; without counts all is as before."""
    tally.polled, tally.pages, tally.entries = intake.polled, intake.pages, intake.entries
    tally.problems += intake.problems
    tally.count((*intake.decisions, *decisions))
    now = int(datetime.now(UTC).timestamp())
    index.put_visits(_list_visits(intake, decisions, now))
    index.put_source_states(intake.source_states.values())
    index.forget_sources(intake.forgotten)
    numbers = counts or _count_before(index) or Counts(0, 0, 0)
    summary = tally.finish(
        documents=numbers.documents, published=numbers.published, stories=numbers.stories, commit=commit
    )
    index.add_pass(now, encode_summary(summary))
    index.forget_old(now)
    clear_inbox(private, intake.pushes)
    return summary


def _list_visits(intake: Intake, decisions: Iterable[Decision], now: int) -> dict[str, Visit]:
    outcomes = {decision.address: decision for decision in decisions}
    return {
        key: Visit(
            outcome=outcomes[address].outcome if address in outcomes else "same",
            reason=outcomes[address].reason if address in outcomes else "",
            title=title,
            visited=now,
        )
        for key, (address, title) in intake.visited.items()
    }


def read_records(root: Path) -> list[Record]:
    """All records of a site, by name, as its documents are now."""
    site = read_site(root.resolve())
    with open_index(site.store) as index:
        Archive(site).synchronise(index)
        return index.records()


def rebuild_index(root: Path) -> Synchronised:
    """Build the index again from the documents; what is known of sources and hosts stays."""
    site = read_site(root.resolve())
    with hold_site(site) as lease:
        drop_search_index(find_search(site.root), lease)
        (site.private / SHELVES).unlink(missing_ok=True)
        unsettle(site)
        archive = Archive(site)
        archive.recover()
        with store.rebuild_index(site.store, lease) as index:
            return archive.synchronise(index)
