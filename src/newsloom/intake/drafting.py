"""Pages and entries to drafts, through the engine.

Pages are extracted by the engine while they stream by; feed entries wait until all pages are known and
are then joined to them. An entry whose page is not to be had becomes a draft of its own. Whatever is
passed over has a reason that the summary counts.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import TypeVar

from msgspec.structs import replace

from newsloom import settings
from newsloom.engine import Engine, Failed
from newsloom.errors import NewsloomError
from newsloom.extract import extract, merge, read_entry
from newsloom.intake.account import Intake
from newsloom.intake.known import Known, make_key
from newsloom.intake.recordings import read_recordings
from newsloom.intake.rounds import Round, poll_sources
from newsloom.progress import QuietReporter, Reporter
from newsloom.records import Candidate, Decision, Draft, Page
from newsloom.site import Site
from newsloom.store import Index

_T = TypeVar("_T")


def take_in(
    site: Site, index: Index, known: Known, *, engine: Engine, round_: Round, reporter: Reporter
) -> Intake:
    """Read the sources of a site into drafts; pages are read while others are still being fetched."""
    intake = Intake()
    drafts = _PageDrafts(intake)
    if round_.plan.local:
        reporter.start("read recordings", None)
        drafts.extract(engine, read_recordings(site, intake), reporter)
    drafts.extract(
        engine, poll_sources(site, index, known, intake, round_=round_, reporter=reporter), QuietReporter()
    )
    if intake.candidates or drafts.by_key:
        reporter.start("read entries", len(intake.candidates))
        _join(intake, drafts.by_key, known, engine, reporter)
    return intake


class _PageDrafts:
    """Drafts of pages, by the key of every address a page is known under."""

    def __init__(self, intake: Intake) -> None:
        self.by_key: dict[str, Draft] = {}
        self._intake = intake

    def extract(self, engine: Engine, pages: Iterator[Page], reporter: Reporter) -> None:
        for batch, results in engine.run(extract_batch, _batches(pages, settings.BATCH_PAGES)):
            reporter.advance(len(batch))
            self._intake.pages += len(batch)
            for page, result in zip(batch, results, strict=True):
                if isinstance(result, Draft):
                    self._keep(page, result)
                else:
                    self._intake.decisions.append(_reject(page.address, result))

    def _keep(self, page: Page, draft: Draft) -> None:
        """Of two readings of one page keep its own address's, then the later, whatever order they come in.

        An AMP page gives its addresses to the page it is a version of.
        """
        before = self.by_key.get(make_key(draft.canonical))
        if before is not None:
            if _rank(before) > _rank(draft):
                before, draft = draft, before
            if draft.amp is None:
                draft = replace(draft, amp=before.amp, amp_cache=before.amp_cache)
        for address in (draft.canonical, draft.original, page.address, page.final):
            self.by_key[make_key(address)] = draft


def _rank(draft: Draft) -> tuple[bool, datetime, str]:
    return make_key(draft.original) == make_key(draft.canonical), draft.observed, draft.text


def extract_batch(pages: list[Page]) -> list[Draft | Decision]:
    """Read pages into drafts; one that cannot be read gives a decision with the reason."""
    return [_attempt(extract, page, page.address) for page in pages]


def read_entry_batch(candidates: list[Candidate]) -> list[Draft | Decision]:
    """Read feed entries into drafts, as `extract_batch` does pages."""
    return [_attempt(read_entry, candidate, candidate.address) for candidate in candidates]


def _attempt(read: Callable[[_T], Draft], item: _T, address: str) -> Draft | Decision:
    try:
        return read(item)
    except NewsloomError as error:
        return Decision(address=address, outcome="rejected", reason=error.cause)
    except Exception as error:  # noqa: BLE001 - a worker's edge: counted, and the pass goes on
        return Decision(address=address, outcome="rejected", reason=f"reading failed: {type(error).__name__}")


def _join(
    intake: Intake,
    pages: Mapping[str, Draft],
    known: Known,
    engine: Engine,
    reporter: Reporter,
) -> None:
    """Give each entry to its page's draft, or make it a draft of its own."""
    # By the canonical key alone: other addresses may still lead to a reading that another has replaced.
    joined: dict[str, Draft] = {key: pages[key] for key in (make_key(d.canonical) for d in pages.values())}
    alone: deque[Candidate] = deque()
    # Sorted, so that two feeds naming one page give the same draft in whatever order they were read.
    entries = sorted(intake.candidates, key=_order, reverse=True)
    known.look_up(make_key(candidate.address) for candidate in entries)
    intake.candidates = []  # a draft is all that is judged; 40,000 entries held beside theirs are 100 MB
    while entries:
        candidate = entries.pop()
        key = make_key(candidate.address)
        page = pages.get(key)
        if page is not None:
            canonical = make_key(page.canonical)
            joined[canonical] = merge(joined[canonical], candidate)
        elif known.is_from_page(key):
            # The page was read before; what a feed says of it is less and must not replace it.
            intake.decisions.append(
                Decision(address=candidate.address, outcome="same", reason="its page is known")
            )
        else:
            alone.append(candidate)
    intake.drafts += joined.values()
    for batch, results in engine.run(read_entry_batch, _batches(_drain(alone), settings.BATCH_ENTRIES)):
        reporter.advance(len(batch))
        for candidate, result in zip(batch, results, strict=True):
            if isinstance(result, Draft):
                intake.drafts.append(result)
            else:
                intake.decisions.append(_reject(candidate.address, result))


def _order(candidate: Candidate) -> tuple[str, str, str, str]:
    return candidate.address, candidate.source, candidate.id, candidate.title


def _reject(address: str, result: Decision | Failed) -> Decision:
    if isinstance(result, Failed):
        return Decision(address=address, outcome="rejected", reason=result.cause)
    return result


def _drain(items: deque[_T]) -> Iterator[_T]:
    while items:
        yield items.popleft()


def _batches(items: Iterator[_T], size: int) -> Iterator[list[_T]]:
    while batch := list(islice(items, size)):
        yield batch
