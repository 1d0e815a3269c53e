"""The drafts of a pass's pages, from wherever they come: each page once, whatever addresses it has.

Where the site's look turns pages away, what has drawn only a sketch is asked about once more when all pages
and entries are known: those in doubt are read again, in full.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial
from itertools import islice
from typing import TypeVar

from msgspec.structs import replace

from newsloom import settings
from newsloom.engine import Engine, Failed
from newsloom.errors import FetchError
from newsloom.intake.account import Intake
from newsloom.intake.doubts import Doubts, Sketch
from newsloom.intake.errands import Errand, fetch_batch, split_errands
from newsloom.intake.known import make_key
from newsloom.intake.looking import Look
from newsloom.intake.recall import Fetched, extract_batch, extract_once
from newsloom.intake.recordings import Recordings
from newsloom.intake.references import Reading, Reference, read_batch, reject_failed
from newsloom.progress import QuietReporter, Reporter
from newsloom.records import Decision, Draft, Page
from newsloom.store.shared import SharedStore

_T = TypeVar("_T")
_Item = TypeVar("_Item", Fetched, Errand)


class PageDrafts:
    """Drafts of pages, by the key of every address a page is known under."""

    def __init__(
        self,
        intake: Intake,
        engine: Engine,
        recordings: Recordings,
        look: Look | None = None,
        doubts: Doubts | None = None,
    ) -> None:
        self.by_key: dict[str, Draft] = {}
        self._intake = intake
        self._engine = engine
        self._recordings = recordings
        self._look = look
        self._doubts = doubts
        self._sketched: dict[tuple[str, datetime], Reference | None] = {}
        self._twice: set[tuple[str, datetime]] = set()

    def read(self, reporter: Reporter) -> None:
        """Have what is on disk read by the engine's workers, each answer by whoever extracts it."""
        self._read(self._recordings.list_all(), reporter)
        self._recordings.conclude()

    def _read(self, items: Iterator[Reference | Page], reporter: Reporter) -> None:
        batches = split_batches(items, settings.BATCH_PAGES * self._engine.stretch)
        for batch, results in self._engine.run(partial(read_batch, look=self._look), batches):
            reporter.advance(len(batch))
            for item, result in zip(batch, results, strict=True):
                if isinstance(result, Failed):
                    self._intake.decisions.append(reject_failed(item.address, result))
                elif (draft := self._recordings.take(item, result)) is not None:
                    self._keep(draft)
                    if result.is_sketch and isinstance(item, Reference):
                        self._sketched[_name(draft)] = item

    def extract(
        self, pages: Iterator[Page], store: SharedStore | None = None, *, whole: bool = False
    ) -> None:
        """Have pages that were fetched here read by the engine's workers."""
        batches = split_batches((Fetched(page, whole) for page in pages), settings.BATCH_PAGES)
        marked = self._mark(batches, lambda item: item.page.address)
        if store is None:
            read = self._engine.run(partial(extract_batch, look=self._look), marked)
        else:
            read = extract_once(self._engine, marked, store, self._look)
        for batch, results in read:
            for item, result in zip(batch, results, strict=True):
                self._take(item.page.address, result)

    def fetch(self, errands: Iterable[Errand], *, whole: bool = False) -> None:
        """Have pages fetched and read by the engine's workers; what they had no time for, once more."""
        if whole:
            errands = (replace(errand, whole=True) for errand in errands)
        while errands:
            late = list[Errand]()
            batches = split_errands(errands, settings.BATCH_PAGES * self._engine.stretch)
            marked = self._mark(batches, lambda errand: errand.address)
            for batch, results in self._engine.run(partial(fetch_batch, look=self._look), marked):
                for errand, result in zip(batch, results, strict=True):
                    if isinstance(result, Failed) or not result.is_lost:
                        self._take(errand.address, result)
                    else:
                        late.append(errand)
            errands = late

    def make_sure(self, ask_again: Callable[[list[str]], None]) -> None:
        """Read in full the pages that were sketched and may be wanted all the same.

        Those of the web are asked for once more, which are few: most doubts are told before a page is read.
        """
        if self._doubts is None:
            return
        doubtful = {_name(draft) for draft in self._doubts.find(self._list_sketches())}
        found = {
            name: self._sketched[name] for name in sorted(doubtful | self._twice) if name in self._sketched
        }
        stale = {
            key: draft
            for key, draft in self.by_key.items()
            if _name(draft) in doubtful and self._is_sketch(draft)
        }
        self._intake.pages -= len(found)  # each is counted again
        if references := [reference for reference in found.values() if reference is not None]:
            self._read((replace(reference, whole=True) for reference in references), QuietReporter())
        if addresses := sorted(address for (address, _), reference in found.items() if reference is None):
            ask_again(addresses)
        for key, draft in stale.items():
            if self.by_key[key] is draft:
                self._repoint(key, draft, stale)

    def _repoint(self, key: str, draft: Draft, stale: Mapping[str, Draft]) -> None:
        """Let a key lead to what was read in a sketch's place; where nothing was, its entry stands alone."""
        canonical = make_key(draft.canonical)
        found = self.by_key.get(canonical)
        if found is None or found is stale.get(canonical):
            del self.by_key[key]
        else:
            self.by_key[key] = found

    def _mark(
        self, batches: Iterator[list[_Item]], tell_address: Callable[[_Item], str]
    ) -> Iterator[list[_Item]]:
        """Batches in which each page is marked that is to be read in full whatever it says."""
        for batch in batches:
            if self._doubts is None:
                yield batch
                continue
            asked = self._doubts.ask(map(tell_address, batch))
            yield [replace(item, whole=item.whole or told) for item, told in zip(batch, asked, strict=True)]

    def _list_sketches(self) -> list[Sketch]:
        """The sketches that stand for a page so far, each with all keys whose entries are joined to it."""
        leading = defaultdict[str, set[str]](set)
        for key, draft in self.by_key.items():
            leading[make_key(draft.canonical)].add(key)
        return [
            Sketch(draft, frozenset(keys))
            for canonical, keys in leading.items()
            if self._is_sketch(draft := self.by_key[canonical])
        ]

    def _is_sketch(self, draft: Draft) -> bool:
        return not draft.text and _name(draft) in self._sketched

    def _take(self, address: str, result: Reading | Failed) -> None:
        """Keep the draft of a page, or why there is none; the entry of one that did not come stands alone."""
        if isinstance(result, Failed):
            self._intake.decisions.append(reject_failed(address, result))
        elif isinstance(result.found, Draft):
            self._keep(result.found, result.final)
            if result.is_sketch:
                self._sketched[_name(result.found)] = None
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
            if _name(before) == _name(draft):
                self._twice.add(_name(draft))  # only their texts tell which is kept
            if _rank(before) > _rank(draft):
                before, draft = draft, before
            if draft.amp is None:
                draft = replace(draft, amp=before.amp, amp_cache=before.amp_cache)
        for address in (draft.canonical, draft.original, own, final or own):
            self.by_key[make_key(address)] = draft


def _name(draft: Draft) -> tuple[str, datetime]:
    """What tells one reading from another."""
    return draft.original, draft.observed


def _rank(draft: Draft) -> tuple[bool, datetime, str, str]:
    return make_key(draft.original) == make_key(draft.canonical), draft.observed, draft.original, draft.text


def split_batches(items: Iterator[_T], size: int) -> Iterator[list[_T]]:
    """Items in lists of `size`, drawn as they are asked for."""
    while batch := list(islice(items, size)):
        yield batch
