"""The records in play during a pass, and the ways to find one: by address, by text, by story."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from msgspec.structs import replace

from newsloom.curate.duplicates import DuplicateIndex, Fingerprint, Match, decode_signature
from newsloom.curate.lead import profile_record, sort_by_time
from newsloom.curate.revising import revise_stories
from newsloom.curate.sharding import OWN, Crew, Shards
from newsloom.curate.stories import profile_article
from newsloom.curate.story_index import Profile, StoryIndex
from newsloom.documents.names import document_name
from newsloom.extract.address import identity_key
from newsloom.records import Record

_Print = Callable[[Record], Fingerprint | None]


class Table:
    """Records by name, with their indexes kept in step. Lives for one pass and is thrown away."""

    def __init__(
        self,
        records: Iterable[Record],
        clock: datetime,
        window_days: int,
        taken: Container[str],
        subject: Container[str] = (),
        decided: Container[str] = (),
        shards: int = 1,
        crew: Crew = OWN,
    ) -> None:
        """Lay out the records, and their stories in so many shards that a crew answers for.

        `decided` names those whose story an editor chose.
        """
        self._records = {record.name: record for record in sorted(records, key=lambda record: record.name)}
        self._before = dict(self._records)
        self._taken = taken
        self._owners: dict[str, str] = {}
        self._copies: dict[str, str] = {}
        self._texts = DuplicateIndex()
        self._unlisted: list[tuple[Record, _Print]] = []
        fixed: set[str] = set()
        shelf = Shards(shards, crew) if shards > 1 else None
        self._stories = StoryIndex(window_days, subject=subject, fixed=fixed, shelf=shelf)
        self._opened = clock - timedelta(days=window_days)
        for record in sort_by_time(self._records.values()):
            self._unlisted.append((record, restore_fingerprint))
            if record.state is None or record.name in decided:
                fixed.add(story_of(record))
            if record.article.published >= self._opened:
                self._stories.restore(story_of(record), restore_profile(record))

    def __iter__(self) -> Iterator[Record]:
        """Give the records in play, sorted by name."""
        return iter(sorted(self._records.values(), key=lambda record: record.name))

    def __getitem__(self, name: str) -> Record:
        """Give a record by name. Raises KeyError when it is not in play."""
        return self._records[name]

    def recall(self, name: str) -> Record | None:
        """Give a record as it came, None for one that is new."""
        return self._before.get(name)

    def list_named(self, names: Iterable[str]) -> list[Record]:
        """Give the records of these names that are in play, the earliest first."""
        return sort_by_time(self._records[name] for name in dict.fromkeys(names) if name in self._records)

    def list_members(self, stories: Container[str]) -> list[Record]:
        """Give the records of these stories, the earliest first. Cost is linear in the records in play."""
        return sort_by_time(record for record in self._records.values() if story_of(record) in stories)

    def find_owner(self, *addresses: str) -> str | None:
        """Give the name of the record that has one of these addresses as its own."""
        self._list_all()
        return next((name for a in addresses if (name := self._owners.get(identity_key(a)))), None)

    def find_holder(self, *addresses: str) -> str | None:
        """Give the name of the record that absorbed a copy under one of these addresses."""
        self._list_all()
        return next((name for a in addresses if (name := self._copies.get(identity_key(a)))), None)

    def find(self, address: str) -> str | None:
        """Give the name of the record that an address leads to, as its own or a copy's."""
        return self.find_owner(address) or self.find_holder(address)

    def has_text(self, name: str, print_: Fingerprint) -> bool:
        """Say whether a record holds this text."""
        return self._texts.holds(name, print_)

    def find_text(self, print_: Fingerprint) -> Match | None:
        """Give the record that holds the same text under another address."""
        self._list_all()
        return self._texts.find(print_)

    def assign_stories(self, profiles: Mapping[str, Profile]) -> None:
        """Give each of these new records its story, all at once: their order does not matter."""
        placed = self._stories.assign(list(profiles.items()))
        self._move_all(placed.stories)
        members = self._group_members()
        self._move_all(
            revise_stories(
                self._stories,
                placed,
                lambda story: [(item.name, restore_profile(item)) for item in members.get(story, ())],
            )
        )

    def _group_members(self) -> dict[str, list[Record]]:
        """Give the articles of each open story, the earliest first."""
        found: dict[str, list[Record]] = {}
        for record in sort_by_time(self._records.values()):
            if record.article.published >= self._opened:
                found.setdefault(story_of(record), []).append(record)
        return found

    def _move_all(self, stories: Mapping[str, str]) -> None:
        for name, story in stories.items():
            self.move(self._records[name], story)

    def move(self, record: Record, story: str) -> None:
        """Give a record its story; what is under a foreign seal stays where it is.

        One that was published in a story of its own name and leaves it is marked: the address stays good.
        """
        if record.state is None:
            return
        known = record.name in self._before
        moved = story != record.name and (record.state.moved or (known and story_of(record) == record.name))
        state = replace(record.state, story=story, moved=moved)
        self._records[record.name] = replace(record, state=state)

    def choose_name(self, title: str, published: datetime) -> str:
        """Give a file name that no document has: `-2`, `-3`, … is added as needed."""
        return document_name(title, published, _Taken(self._records, self._taken))

    def put(self, record: Record, print_: Fingerprint | None = None) -> None:
        """Enter a record, or its next version. `print_` is its fingerprint when the text is known."""
        self._records[record.name] = record
        self._unlisted.append((record, lambda _: print_))

    def list_changed(self) -> frozenset[str]:
        """Give the names of records that are new or differ from how they came."""
        return frozenset(n for n, record in self._records.items() if record != self._before.get(n))

    def _list_all(self) -> None:
        """Enter in the indexes what came since they were last asked; who judges no draft never asks."""
        for record, give_print in self._unlisted:
            self._list_addresses(record)
            print_ = give_print(record)
            if print_ is not None:
                self._texts.add(record.name, print_)
        self._unlisted.clear()

    def _list_addresses(self, record: Record) -> None:
        article, state = record.article, record.state
        for address in (article.original_url, article.web_url):
            if address:
                self._owners[identity_key(address)] = record.name
        if state is not None:
            self._owners.update(dict.fromkeys(state.aliases, record.name))
            self._copies.update({identity_key(copy.url): record.name for copy in state.copies})
            self._copies.update(dict.fromkeys(state.reprints, record.name))


class _Taken(Container[str]):
    """Names that cannot be given again: those in play and those the caller knows of."""

    def __init__(self, *parts: Container[str]) -> None:
        self._parts = parts

    def __contains__(self, name: object) -> bool:
        return any(name in part for part in self._parts)


def story_of(record: Record) -> str:
    """Give the name of a record's story: its own name where nothing else is known."""
    return (record.state.story if record.state else record.story) or record.name


def restore_fingerprint(record: Record) -> Fingerprint:
    """Give the fingerprint of a record whose text is no longer at hand."""
    article, state = record.article, record.state
    return Fingerprint(
        title=article.title,
        excerpt=article.excerpt,
        published=article.published,
        words=state.words if state else 0,
        digest=decode_signature(state.signature) if state else None,
        domain=article.provider.domain,
    )


def restore_profile(record: Record) -> Profile:
    """Give the profile of a record from its headline and sealed keywords."""
    language = record.state.language if record.state else None
    keywords = tuple(profile_record(record).items())
    return profile_article(record.article.title, keywords, language, record.article.published)
