"""Pages and entries to drafts, through the engine.

Pages are extracted by the engine while they stream by; feed entries wait until all pages are known and
are then joined to them. An entry whose page is not to be had becomes a draft of its own. Whatever is
passed over has a reason that the summary counts.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from functools import partial
from typing import TypeVar

from newsloom import settings
from newsloom.engine import Engine
from newsloom.extract import merge, read_entry
from newsloom.intake.account import Intake
from newsloom.intake.doubts import Doubts, make_look
from newsloom.intake.errands import hand_out, may_hand_out
from newsloom.intake.fetching import make_terms
from newsloom.intake.known import Known, make_key
from newsloom.intake.pages import PageDrafts, split_batches
from newsloom.intake.recordings import Recordings
from newsloom.intake.references import attempt, reject_failed
from newsloom.intake.rounds import Round, fetch_again, fetch_pages, poll_sources
from newsloom.progress import Reporter
from newsloom.records import Candidate, Decision, Draft
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
    look = make_look(site, index)
    doubts = Doubts(index, known, intake, look) if look is not None else None
    drafts = PageDrafts(intake, engine, Recordings(site, intake), look, doubts)
    if round_.plan.local:
        reporter.start("read recordings", None)
        drafts.read(reporter)
    poll = partial(poll_sources, site, index, known, intake, round_=round_, reporter=reporter)
    again = partial(fetch_again, site, intake, round_=round_)
    if engine.spread and may_hand_out(site, round_):
        way = partial(hand_out, make_terms(site))
        drafts.fetch(poll(way=way))
        drafts.make_sure(lambda addresses: drafts.fetch(again(addresses, way=way), whole=True))
    else:
        with ExitStack() as stack:
            store = stack.enter_context(SharedStore(site.shared)) if site.shared is not None else None
            read = partial(drafts.extract, store=store)
            read(poll(way=fetch_pages))
            drafts.make_sure(lambda addresses: read(again(addresses, way=fetch_pages), whole=True))
    if intake.candidates or drafts.by_key:
        reporter.start("read entries", len(intake.candidates))
        _join(intake, drafts.by_key, known, engine, reporter)
    return intake


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
                intake.decisions.append(reject_failed(candidate.address, result))


def _order(candidate: Candidate) -> tuple[str, str, str, str]:
    return candidate.address, candidate.source, candidate.id, candidate.title


def _drain(items: deque[_T]) -> Iterator[_T]:
    while items:
        yield items.popleft()
