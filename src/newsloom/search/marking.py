"""Where the words that were found stand in a text: positions, never markup."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from newsloom.search.records import Hit, Listing, Score
from newsloom.search.words import read_tokens


def mark_hit(listing: Listing, score: Score | None, stems: Collection[str]) -> Hit:
    """A result with the places of the stems in its headline and excerpt."""
    language = listing.language or None
    return Hit(
        listing=listing,
        score=score,
        title_marks=find_marks(listing.title, language, stems),
        excerpt_marks=find_marks(listing.excerpt, language, stems),
    )


def find_marks(text: str, language: str | None, stems: Collection[str]) -> tuple[tuple[int, int], ...]:
    """The places (start, end) of words with these stems, in order; those that touch are one."""
    found: list[tuple[int, int]] = []
    for token in read_tokens(text, language) if stems else ():
        if token.stem not in stems:
            continue
        if found and token.start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], token.end))
        else:
            found.append((token.start, token.end))
    return tuple(found)


def cut_marks(text: str, marks: tuple[tuple[int, int], ...]) -> Iterator[tuple[str, bool]]:
    """The text in pieces, each with whether it is marked; together they are the text."""
    at = 0
    for start, end in marks:
        if start > at:
            yield text[at:start], False
        yield text[start:end], True
        at = end
    if at < len(text) or not text:
        yield text[at:], False
