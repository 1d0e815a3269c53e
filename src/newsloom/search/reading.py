"""How a listing becomes words to be indexed: the texts of its columns, and the marks filters ask for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import chain
from typing import Final

from msgspec import Struct

from newsloom.search.records import Listing
from newsloom.search.words import list_words

MARK: Final = "\ue000"  # begins every mark; no text has it, since it is neither letter nor number

Words = list[tuple[str, str]]  # each word of a column with its stem


class Columns(Struct, frozen=True):
    """The words of a listing, column by column, and its marks."""

    title: Words
    excerpt: Words
    provider: Words
    topics: Words
    marks: tuple[str, ...]

    @property
    def texts(self) -> tuple[Words, ...]:
        """The columns that hold words."""
        return (self.title, self.excerpt, self.provider, self.topics)

    @property
    def length(self) -> int:
        """How many words and marks there are."""
        return sum(map(len, self.texts)) + len(self.marks)

    def row(self) -> tuple[str, ...]:
        """The columns as the full-text table takes them."""
        stems = (" ".join(stem for _, stem in column) for column in self.texts)
        return (*stems, " ".join(self.marks))

    def words(self) -> frozenset[tuple[str, str]]:
        """Each word with its stem, once."""
        return frozenset(chain.from_iterable(self.texts))


def read_columns(listing: Listing) -> Columns:
    """Read a listing. The same listing always gives the same columns: they are taken out by them as well."""
    language = listing.language or None
    return Columns(
        title=list_words(listing.title, language),
        excerpt=list_words(listing.excerpt, language),
        provider=list_words(f"{listing.provider} {listing.domain.rpartition('.')[0]}", language),
        topics=list_words(" ".join(listing.topics), language),
        marks=tuple(mark(field, value) for field, value in list_filters(listing)),
    )


def list_filters(listing: Listing) -> Iterator[tuple[str, str]]:
    """The filters that a listing passes: fields and values in small letters."""
    yield "type", listing.kind.lower()
    yield "provider", listing.domain.lower()
    if listing.language:
        yield "lang", listing.language.partition("-")[0].lower()
    for topic in dict.fromkeys(listing.topics):
        yield "topic", topic.lower()


def mark(field: str, value: str) -> str:
    """The one word that stands for a field having a value."""
    digest = hashlib.blake2b(f"{field}:{value.lower()}".encode("utf-8", "replace"), digest_size=5)
    return f"{MARK}{field[0]}{digest.hexdigest()}"
