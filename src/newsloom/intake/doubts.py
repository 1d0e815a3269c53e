"""What else than a page itself may make it wanted, although it names no topic: then it is read in full.

That is a record that has its address or had it under another, or a feed that says more of it than it does.
The pass's own process asks, since it knows the site and the feeds; workers only look at pages.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime

from msgspec import Struct

from newsloom.curate.terms import normalise_title
from newsloom.curate.topics import build_tagger
from newsloom.extract.words import read_words
from newsloom.intake.account import Intake
from newsloom.intake.known import Known, make_key
from newsloom.intake.looking import Look
from newsloom.records import Candidate, Draft
from newsloom.site import Site
from newsloom.store import Index
from newsloom.store.index import name_entry
from newsloom.store.recall import find_entries, find_published, list_providers


def make_look(site: Site, index: Index) -> Look | None:
    """What a site wants of pages; None where words do not decide what it keeps, and all is read in full."""
    if site.config.keep != "topical" or site.config.vectors:
        return None
    return Look(topics=site.topics, providers=list_providers(index))


class Sketch(Struct, frozen=True):
    """The sketch of a page, and the keys of all addresses that lead to it."""

    draft: Draft
    keys: frozenset[str]


class Doubts:
    """Asks of pages whether they are to be read in full whatever they say; for one pass."""

    def __init__(self, index: Index, known: Known, intake: Intake, look: Look) -> None:
        self._index = index
        self._known = known
        self._intake = intake
        self._tagger = build_tagger(look.topics)
        self._grouped = 0
        self._entries: dict[str, list[Candidate]] = defaultdict(list)

    def ask(self, addresses: Iterable[str]) -> list[bool]:
        """Say of each page, by its address, whether it is to be read in full before anybody looks at it."""
        return self._ask([{make_key(address)} for address in addresses])

    def find(self, sketches: Sequence[Sketch]) -> list[Draft]:
        """Give the sketches whose pages have to be read in full."""
        asked = self._ask([sketch.keys for sketch in sketches])
        moved = self._ask_moved(sketches)
        return [one.draft for one, held, gone in zip(sketches, asked, moved, strict=True) if held or gone]

    def _ask(self, pages: Sequence[AbstractSet[str]]) -> list[bool]:
        self._group()
        self._known.look_up(key for keys in pages for key in keys)
        told = [[entry for key in keys for entry in self._entries.get(key, ())] for keys in pages]
        named = find_entries(self._index, (_name(entry) for entries in told for entry in entries))
        return [
            any(self._known.is_known(key) for key in keys)
            or any(_name(entry) in named or self._tells_topic(entry) for entry in entries)
            for keys, entries in zip(pages, told, strict=True)
        ]

    def _group(self) -> None:
        """Sort entries by the pages they lead to; those that came since the last time."""
        candidates = self._intake.candidates
        for entry in candidates[self._grouped :]:
            self._entries[make_key(entry.address)].append(entry)
        self._grouped = len(candidates)

    def _tells_topic(self, entry: Candidate) -> bool:
        """Whether a feed says anything of a topic: beside the page's own words it may be enough."""
        words = read_words(f"{entry.excerpt} {entry.content}".encode("utf-8", "replace"))
        return bool(self._tagger.find(entry.title, words, words, entry.topics, cased=False))

    def _ask_moved(self, sketches: Sequence[Sketch]) -> list[bool]:
        """Say of each whether it may be a record's own page, moved (see `is_same_text`)."""
        dated = [self._list_moments(sketch) for sketch in sketches]
        records = find_published(self._index, (moment for moments in dated for moment in moments))
        told = {
            (record.article.provider.domain, normalise_title(record.article.title), record.article.published)
            for record in records
        }
        return [
            any((one.draft.provider.domain, normalise_title(one.draft.title), at) in told for at in moments)
            for one, moments in zip(sketches, dated, strict=True)
        ]

    def _list_moments(self, sketch: Sketch) -> set[datetime]:
        """When a page may have been published: its own word, else those of its entries."""
        own = sketch.draft.published
        entries = (entry.published for key in sketch.keys for entry in self._entries.get(key, ()))
        return {at.replace(microsecond=0) for at in ((own,) if own else entries) if at is not None}


def _name(entry: Candidate) -> str:
    return name_entry(entry.source, entry.id)
