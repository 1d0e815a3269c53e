"""A back-fill from begin to end: archives read, what is kept taken in by passes of bounded size.

The site's own lock is held by the passes alone, so that it can be read and watched meanwhile.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Final

from newsloom import settings
from newsloom.archive import Archive
from newsloom.backfill.account import Account
from newsloom.backfill.ledger import Ledger, Reached, Step
from newsloom.backfill.looking import Look, Refusal, read_pages
from newsloom.backfill.picture import Picture, QuietPicture
from newsloom.backfill.reading import Batch, read_batches
from newsloom.backfill.shelves import Shelf, Volume, open_shelf
from newsloom.engine import Failed, open_engine
from newsloom.errors import SourceError
from newsloom.intake import Intake
from newsloom.intake.known import make_key
from newsloom.judging import make_desk
from newsloom.lock import hold
from newsloom.pipeline import run_pass
from newsloom.records import Draft, Page
from newsloom.scope import is_in_step
from newsloom.site import Site, read_site
from newsloom.store import Index, open_index

FOLDER: Final = "backfill"  # of a site's private files
_KNOWN: Final = Refusal(stage="known", reason="the site has it already")
_DIED: Final = Refusal(stage="reading", reason="its worker died")


def fill(
    root: Path, places: Sequence[str], *, again: bool = False, picture: Picture | None = None
) -> Account:
    """Take what a site wants of the WARC files at these places into it, going on where the last run stopped.

    With `again` all is read anew. Raises BusyError when another back-fill of the site runs, and SourceError
    when a place cannot be listed; what is wrong with single files is in the account's problems.
    """
    site = read_site(root.resolve())
    folder = site.private / FOLDER
    with hold(site.private / "backfill.lock", who="another back-fill"):
        ledger = Ledger(folder)
        try:
            if again:
                ledger.forget()
            with open_index(site.store) as index:
                filling = _Filling(site, index, ledger, picture or QuietPicture())
                return filling.fill(_list_volumes(places))
        finally:
            ledger.close()


def make_look(site: Site) -> Look:
    """What a site wants; where it keeps everything, or finds topics by vectors, words decide nothing."""
    words = site.config.keep == "topical" and not site.config.vectors
    return Look(topics=site.topics if words else (), gate=make_desk(site).gate)


def _list_volumes(places: Sequence[str]) -> list[tuple[Shelf, Volume]]:
    """All volumes of all places, each once. Raises SourceError when there are none, or too many."""
    found: dict[str, tuple[Shelf, Volume]] = {}
    for place in places:
        shelf = open_shelf(place)
        for volume in shelf.volumes():
            found.setdefault(volume.name, (shelf, volume))
            if len(found) > settings.BACKFILL_FILES:
                cause = f"more than {settings.BACKFILL_FILES} files"
                raise SourceError(place, cause, "read one part after the other", code="too-many")
    if not found:
        raise SourceError(", ".join(places), "holds no WARC files", "they end in .warc or .warc.gz")
    return list(found.values())


class _Filling:
    """One run of a site's back-fill."""

    def __init__(self, site: Site, index: Index, ledger: Ledger, picture: Picture) -> None:
        self._site = site
        self._index = index
        self._ledger = ledger
        self._picture = picture
        self._started = monotonic()
        progress = ledger.progress
        self._account = Account(
            records=progress.records,
            before=progress.records,
            kept=progress.kept,
            refused=dict(progress.refused),
        )

    def fill(self, volumes: Sequence[tuple[Shelf, Volume]]) -> Account:
        """Read what is not read yet."""
        account, config = self._account, self._site.config
        self._size_up(volumes)
        self._turn_when_due()  # killed while a pass took in what was kept
        self._catch_up()
        under_way: deque[Batch] = deque()
        with open_engine(config.engine, config.workers) as engine:
            look = make_look(self._site)
            pages = self._draw(volumes, look, under_way)
            for _, results in engine.run(partial(read_pages, look), pages):
                self._take(under_way.popleft(), results)
                self._turn_when_due()
        self._turn()
        return account

    def _size_up(self, volumes: Sequence[tuple[Shelf, Volume]]) -> None:
        account = self._account
        self._sizes = {volume.name: volume.size for _, volume in volumes}
        self._places = dict.fromkeys(self._sizes, 0)
        account.files, account.size = len(volumes), sum(self._sizes.values())
        for _, volume in volumes:
            reached = self._ledger.progress.files.get(volume.name, Reached())
            if reached.stamp == volume.stamp:
                self._move_on(volume.name, reached)
        account.size_before = account.size_done

    def _move_on(self, name: str, reached: Reached) -> None:
        """Count how far a file is read."""
        place = self._sizes[name] if reached.whole else min(reached.offset, self._sizes[name])
        self._account.size_done += place - self._places[name]
        self._account.files_done += reached.whole
        self._places[name] = place

    def _draw(
        self, volumes: Sequence[tuple[Shelf, Volume]], look: Look, under_way: deque[Batch]
    ) -> Iterator[list[Page]]:
        """The pages of all that is not read yet, while their batches wait for what becomes of them."""
        files = dict(self._ledger.progress.files)  # as the run began: batches under way are not in it twice
        for shelf, volume in volumes:
            reached = files.get(volume.name, Reached())
            if reached.whole and reached.stamp == volume.stamp:
                continue
            for batch in read_batches(shelf, volume, reached, look):
                under_way.append(batch)
                yield batch.pages

    def _take(self, batch: Batch, results: Sequence[Draft | Refusal | Failed]) -> None:
        """Note what became of a batch."""
        drafts: list[Draft] = []
        known = self._list_known(results)
        for result in results:
            if isinstance(result, Draft):
                if known.intersection(_list_keys(result)):
                    batch.refuse(_KNOWN)
                else:
                    drafts.append(result)
            else:
                batch.refuse(result if isinstance(result, Refusal) else _DIED)
        self._ledger.note(
            Step(
                file=batch.file,
                reached=batch.reached,
                records=batch.records,
                refused=batch.refused,
                drafts=drafts,
            )
        )
        account = self._account
        account.records += batch.records
        account.kept += len(drafts)
        account.refuse(batch.refused)
        account.problems += [batch.problem] if batch.problem else []
        self._move_on(batch.file, batch.reached)
        self._show()

    def _list_known(self, results: Sequence[Draft | Refusal | Failed]) -> frozenset[str]:
        """The keys of pages that the site has: an old copy must not replace what it read since."""
        keys = {key for result in results if isinstance(result, Draft) for key in _list_keys(result)}
        return frozenset(self._index.owners(keys))

    def _catch_up(self) -> None:
        """Let the index know documents that came without a pass, as a clone's do."""
        archive = Archive(self._site)
        if not is_in_step(self._index, archive):
            archive.synchronise(self._index)
        self._account.documents = self._index.count()

    def _turn_when_due(self) -> None:
        """End a stretch; where it ends depends on what was read alone, not on when it was killed."""
        ledger = self._ledger
        if len(ledger.drafts) >= settings.BACKFILL_KEPT or ledger.since >= settings.BACKFILL_RECORDS:
            self._turn()

    def _turn(self) -> None:
        """Let a pass take in what was kept, and note that it did."""
        drafts = self._ledger.drafts
        if drafts:
            brought = Intake(drafts=list(drafts), pages=self._ledger.since)
            brought.note_moment(max(draft.observed for draft in drafts))
            summary = run_pass(self._site.root, brought=brought, patience=settings.BACKFILL_LOCK_SECONDS)
            self._account.passes += 1
            self._account.problems += [
                problem for problem in summary.problems if problem not in self._account.problems
            ]
        self._ledger.turn()
        self._account.documents = self._index.count()
        self._show()

    def _show(self) -> None:
        self._account.seconds = monotonic() - self._started
        self._picture.show(self._account)


def _list_keys(draft: Draft) -> tuple[str, str]:
    """What a page is known under."""
    return make_key(draft.canonical), make_key(draft.original)
