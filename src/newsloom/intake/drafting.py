"""Pages and entries to drafts, through the engine.

Pages are extracted by the engine while they stream by; feed entries wait until all pages are known and
are then joined to them. An entry whose page is not to be had becomes a draft of its own. Whatever is
passed over has a reason that the summary counts.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from datetime import datetime
from functools import partial
from itertools import islice
from typing import TypeVar

from msgspec.structs import replace

from newsloom import settings
from newsloom.engine import Engine, Failed
from newsloom.errors import FetchError
from newsloom.extract import merge, read_entry
from newsloom.intake.account import Intake
from newsloom.intake.errands import Errand, fetch_batch, hand_out, may_hand_out, split_errands
from newsloom.intake.fetching import make_terms
from newsloom.intake.known import Known, make_key
from newsloom.intake.recall import extract_batch, extract_once
from newsloom.intake.recordings import Recordings
from newsloom.intake.references import Reading, attempt, read_batch, reject
from newsloom.intake.rounds import Round, fetch_pages, poll_sources
from newsloom.progress import QuietReporter, Reporter
from newsloom.records import Candidate, Decision, Draft, Page
from newsloom.site import Site
from newsloom.store import Index
from newsloom.store.shared import SharedStore

_T = TypeVar("_T")


def take_in(
    site: Site, index: Index, known: Known, *, engine: Engine, round_: Round, reporter: Reporter
) -> Intake:
    """Read the sources of a site into drafts; pages are read while others are still being fetched."""
    if round_.brought is not None:
        return round_.brought
    intake = Intake()
    drafts = _PageDrafts(intake)
    if round_.plan.local:
        reporter.start("read recordings", None)
        drafts.read(engine, Recordings(site, intake), reporter)
    poll = partial(poll_sources, site, index, known, intake, round_=round_, reporter=reporter)
    if engine.spread and may_hand_out(site, round_):
        drafts.fetch(engine, poll(way=partial(hand_out, make_terms(site))))
    else:
        with ExitStack() as stack:
            store = stack.enter_context(SharedStore(site.shared)) if site.shared is not None else None
            drafts.extract(engine, poll(way=fetch_pages), QuietReporter(), store)
    if intake.candidates or drafts.by_key:
        reporter.start("read entries", len(intake.candidates))
        _join(intake, drafts.by_key, known, engine, reporter)
    return intake


class _PageDrafts:
    """Drafts of pages, by the key of every address a page is known under."""

    def __init__(self, intake: Intake) -> None:
        self.by_key: dict[str, Draft] = {}
        self._intake = intake

    def read(self, engine: Engine, recordings: Recordings, reporter: Reporter) -> None:
        """Have what is on disk read by the engine's workers, each answer by whoever extracts it."""
        batches = split_batches(recordings.list_all(), settings.BATCH_PAGES * engine.stretch)
        for batch, results in engine.run(read_batch, batches):
            reporter.advance(len(batch))
            for reference, result in zip(batch, results, strict=True):
                if isinstance(result, Failed):
                    self._intake.decisions.append(_reject(reference.address, result))
                elif (draft := recordings.take(reference, result)) is not None:
                    self._keep(draft)
        recordings.conclude()

    def extract(
        self, engine: Engine, pages: Iterator[Page], reporter: Reporter, store: SharedStore | None = None
    ) -> None:
        """Have pages that were fetched here read by the engine's workers."""
        batches = split_batches(pages, settings.BATCH_PAGES)
        read = engine.run(extract_batch, batches) if store is None else extract_once(engine, batches, store)
        for batch, results in read:
            reporter.advance(len(batch))
            self._intake.pages += len(batch)
            for page, result in zip(batch, results, strict=True):
                if isinstance(result, Draft):
                    self._keep(result, page.final)
                else:
                    self._intake.decisions.append(_reject(page.address, result))

    def fetch(self, engine: Engine, errands: Iterable[Errand]) -> None:
        """Have pages fetched and read by the engine's workers; what they had no time for, once more."""
        while errands:
            late = list[Errand]()
            batches = split_errands(errands, settings.BATCH_PAGES * engine.stretch)
            for batch, results in engine.run(fetch_batch, batches):
                for errand, result in zip(batch, results, strict=True):
                    if isinstance(result, Failed) or not result.is_lost:
                        self._take(errand, result)
                    else:
                        late.append(errand)
            errands = late

    def _take(self, errand: Errand, result: Reading | Failed) -> None:
        """Keep the draft of a page, or why there is none; the entry of one that did not come stands alone."""
        if isinstance(result, Failed):
            self._intake.decisions.append(_reject(errand.address, result))
        elif isinstance(result.found, Draft):
            self._keep(result.found, result.final)
        elif isinstance(result.found, Decision):
            self._intake.decisions.append(result.found)
        elif isinstance(result.found, FetchError):
            self._intake.note_problem(result.found)
            return
        self._intake.pages += 1

    def _keep(self, draft: Draft, final: str = "") -> None:
        """Of two readings of one page keep its own address's, then the later, whatever order they come in.

        An AMP page gives its addresses to the page it is a version of.
        """
        own = draft.original  # the address the page was asked for at
        before = self.by_key.get(make_key(draft.canonical))
        if before is not None:
            if _rank(before) > _rank(draft):
                before, draft = draft, before
            if draft.amp is None:
                draft = replace(draft, amp=before.amp, amp_cache=before.amp_cache)
        for address in (draft.canonical, draft.original, own, final or own):
            self.by_key[make_key(address)] = draft


def _rank(draft: Draft) -> tuple[bool, datetime, str]:
    return make_key(draft.original) == make_key(draft.canonical), draft.observed, draft.text


def read_entry_batch(candidates: list[Candidate]) -> list[Draft | Decision]:
    """Read feed entries into drafts; one that cannot be read gives a decision with the reason."""
    return [attempt(read_entry, candidate, candidate.address) for candidate in candidates]


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
    for batch, results in engine.run(read_entry_batch, split_batches(_drain(alone), settings.BATCH_ENTRIES)):
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
        return reject(address, result.cause)
    return result


def _drain(items: deque[_T]) -> Iterator[_T]:
    while items:
        yield items.popleft()


def split_batches(items: Iterator[_T], size: int) -> Iterator[list[_T]]:
    """Items in lists of `size`, drawn as they are asked for."""
    while batch := list(islice(items, size)):
        yield batch
