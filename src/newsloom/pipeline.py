"""One pass over a site, readable from top to bottom.

Sources are read into drafts, drafts and records are judged together by one pure function, and what
differs is written: documents all or nothing, then everything that is derived from them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from msgspec.structs import replace

from newsloom.archive import Archive
from newsloom.curate import Outcome, curate, explain
from newsloom.engine import open_engine
from newsloom.errors import DocumentError, SealError
from newsloom.intake import Intake, take_in
from newsloom.judging import make_desk, set_clock
from newsloom.lock import hold
from newsloom.progress import QuietReporter, Reporter
from newsloom.publishing import commit_pass, keep_pictures, make_view, publish_site
from newsloom.records import Record, StoryEdits
from newsloom.registering import register_providers
from newsloom.search import SEARCH_INDEX, drop_search_index, is_search_index
from newsloom.searching import update_search
from newsloom.site import Site, read_site
from newsloom.store import Index, Synchronised, Visit, open_index
from newsloom.storyfile import write_edits
from newsloom.summary import Summary, Tally, encode_summary

_NAMED = 3  # documents named in one problem


def run_pass(
    root: Path,
    *,
    replay: Sequence[Path] = (),
    record: Path | None = None,
    reporter: Reporter | None = None,
) -> Summary:
    """Make one pass over the site in `root`.

    With `replay`, requests are answered from recordings; with `record`, answers are recorded. Raises
    ConfigError for a wrong configuration and BusyError while another pass runs; what is wrong with
    single sources, pages or documents is in the summary's problems.
    """
    site = read_site(root.resolve())
    reporter = reporter or QuietReporter()
    tally = Tally()
    with hold(site.private / "lock"), open_index(site.private / "index.sqlite") as index:
        archive = Archive(site)
        with tally.stage("prepare"):
            archive.recover()
            tally.problems += [str(problem) for problem in archive.synchronise(index).problems]
            records = index.records()
            tally.problems += _tell_unopened(archive.find_unopened(records))
        with tally.stage("read"), open_engine(site.config.engine, site.config.workers) as engine:
            intake = take_in(
                site, index, records, engine=engine, replay=replay, record=record, reporter=reporter
            )
        with tally.stage("judge"):
            reporter.start("judge", None)
            clock = set_clock(records, intake.observed)
            outcome = curate(records, intake.drafts, make_desk(site), clock, taken=archive.names())
        with tally.stage("pictures"):
            judged = keep_pictures(site, outcome, intake.images, reporter)
        with tally.stage("write"):
            reporter.start("write documents", len(judged.changed))
            index.put(archive.write([item for item in judged.records if item.name in judged.changed]))
        with tally.stage("publish"):
            site = register_providers(site, judged.records)
            reporter.start("publish", None)
            publish_site(site, judged, clock)
        with tally.stage("commit"):
            commit = commit_pass(site, judged) if site.config.git else None
        return _conclude(index, tally, intake, judged, commit)


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


def _conclude(index: Index, tally: Tally, intake: Intake, outcome: Outcome, commit: str | None) -> Summary:
    """Remember what sources and addresses came to, and sum the pass up."""
    tally.polled, tally.pages, tally.entries = intake.polled, intake.pages, intake.entries
    tally.problems += intake.problems
    tally.count((*intake.decisions, *outcome.decisions))
    now = int(datetime.now(UTC).timestamp())
    outcomes = {decision.address: decision for decision in outcome.decisions}
    index.put_visits(
        {
            key: Visit(
                outcome=outcomes[address].outcome if address in outcomes else "same",
                reason=outcomes[address].reason if address in outcomes else "",
                title=title,
                visited=now,
            )
            for key, (address, title) in intake.visited.items()
        }
    )
    index.put_source_states(intake.source_states)
    shown = sum(record.article.shown for record in outcome.records)
    summary = tally.finish(
        documents=len(outcome.records), published=shown, stories=len(outcome.stories), commit=commit
    )
    index.add_pass(now, encode_summary(summary))
    return summary


def read_records(root: Path) -> list[Record]:
    """All records of a site, by name, as its documents are now."""
    site = read_site(root.resolve())
    with open_index(site.private / "index.sqlite") as index:
        Archive(site).synchronise(index)
        return index.records()


def rebuild_index(root: Path) -> Synchronised:
    """Throw the index away and build it again from the documents."""
    site = read_site(root.resolve())
    with hold(site.private / "lock"):
        path = site.private / "index.sqlite"
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        drop_search_index(site.root / SEARCH_INDEX)
        archive = Archive(site)
        archive.recover()
        with open_index(path) as index:
            return archive.synchronise(index)


def find_search_index(root: Path, *, rebuild: bool = False) -> Path:
    """Where a site's search index is, made from the documents where there is none or another is wanted.

    What a pass leaves is in step; a clone, or a site last run by an older version, has none.
    """
    site = read_site(root.resolve())
    path = site.root / SEARCH_INDEX
    if rebuild or not is_search_index(path):
        records = read_records(site.root)
        clock = set_clock(records, None)
        with hold(site.private / "lock"):
            drop_search_index(path)
            update_search(site.root, make_view(site, curate(records, (), make_desk(site), clock), clock))
    return path


def explain_record(root: Path, wanted: str) -> list[str]:
    """Every decision about one article, in lines for a terminal.

    Raises DocumentError when the site has no such article.
    """
    site, records, record = _find(root, wanted)
    return explain(record, records, make_desk(site), set_clock(records, None))


def set_editorial(root: Path, wanted: str, word: str | None) -> str:
    """Write an editor's word ("publish", "hold" or None) into an article's document; its name.

    Raises DocumentError when the site has no such article.
    """
    site, _, record = _find(root, wanted)
    with hold(site.private / "lock"), open_index(site.private / "index.sqlite") as index:
        archive = Archive(site)
        article = replace(record.article, editorial=word)
        index.put(archive.write([replace(record, article=article)]))
    return record.name


def edit_stories(
    root: Path, wanted: Sequence[str], change: Callable[[StoryEdits, list[str]], StoryEdits]
) -> list[str]:
    """Change what an editor says of stories in `stories.yaml`; the names of the records it is about.

    `change` gives the next word from the last one and the names. Raises DocumentError when the site has
    no such article.
    """
    site = read_site(root.resolve())
    decided = site.edits.names.union(
        site.edits.pin
    )  # of those that are gone an editor can only name the name
    names = [one if one in decided else _find(root, one)[2].name for one in wanted]
    with hold(site.private / "lock"):
        write_edits(site.root, change(site.edits, names))
    return names


def _find(root: Path, wanted: str) -> tuple[Site, list[Record], Record]:
    site = read_site(root.resolve())
    with open_index(site.private / "index.sqlite") as index:
        Archive(site).synchronise(index)
        record = index.find(wanted)
        if record is None:
            raise DocumentError(
                wanted, "is no article of this site", "give its address, or its path below _news/"
            )
        return site, index.records(), record
