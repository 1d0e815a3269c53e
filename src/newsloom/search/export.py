"""The index of an exported site: files of which a script in the reader's browser asks a few.

`meta.json` holds what ranking needs of every record, a character each; `words/N.json` the words of a stretch
of the alphabet, with the records and places each stem is in; `cards/N.json` what results show. A query
loads the first, a part or two for each word, and the cards of its results. Records are numbered by time, so
new ones come at the end and old parts stay as they are, but for the words new records bring.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import msgspec

from newsloom.search.ranking import WEIGHTS, value_quality, value_recency
from newsloom.search.records import Label, Listing
from newsloom.search.stretches import COLUMN_PLACES, gather
from newsloom.search.words import SEARCH_STOP_WORDS
from newsloom.settings import SEARCH_CANDIDATES, SEARCH_EXPORT, SEARCH_PREFIX_STEMS, SEARCH_SHARD_BYTES

EXPORT: Final = "search/index/"
CARDS: Final = 16  # cards of a file: ten results load ten of them at most, four KB each as sent
_STEP: Final = 1_024  # records that leave the window at once, so that the others are seldom renumbered
_FIRST: Final = 0x28  # the character that stands for 0
_LONGEST: Final = 85  # words of a record are counted up to here; headline and excerpt have 40 to 60
_VOCABULARY: Final = 20_000  # words a misspelt one is compared with, the commonest


def build_export(
    rows: Iterable[tuple[Listing, Sequence[object]]],
    topics: Iterable[Label],
    clock: datetime,
    kept: Path | None = None,
) -> Iterator[tuple[str, bytes]]:
    """The files of the index: path below the site's root, and bytes. `rows` are listings with their cards.

    `kept` is the file in which it is remembered what was read of old records.
    """
    ordered = sorted(rows, key=lambda row: (row[0].published, row[0].name))
    surplus = max(0, len(ordered) - SEARCH_EXPORT)
    ordered = ordered[-(-surplus // _STEP) * _STEP :]
    listings = [listing for listing, _ in ordered]
    gathered = gather(listings, kept)
    parts = list(_part(gathered.postings, gathered.words))
    files = [(f"{EXPORT}words/{number}.json", _encode(part)) for number, (_, part) in enumerate(parts)]
    files += [(f"{EXPORT}spelling.json", _encode(_list_words(gathered.words)))]
    files += [
        (f"{EXPORT}cards/{at // CARDS}.json", _encode([card for _, card in ordered[at : at + CARDS]]))
        for at in range(0, len(ordered), CARDS)
    ]
    meta = _describe(listings, gathered.lengths, topics, clock) | {"parts": [first for first, _ in parts]}
    digest = hashlib.blake2b(digest_size=6)
    for _, body in files:
        digest.update(body)
    yield f"{EXPORT}meta.json", _encode(meta | {"version": digest.hexdigest()})
    yield from files


def _encode(value: object) -> bytes:
    return msgspec.json.encode(value)


def _part(
    postings: Mapping[str, list[int]], words: Mapping[str, Counter[str]]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The index cut into stretches of the alphabet of about the same size, each with where it begins."""
    first, size = "", 0
    part: dict[str, Any] = {"words": {}, "stems": {}}
    for key in sorted(words.keys() | postings.keys()):
        found = postings.get(key, [])
        weight = 3 * len(found) + 2 * len(key) + 8
        if size and size + weight > SEARCH_SHARD_BYTES:
            yield first, part
            first, size, part = key, 0, {"words": {}, "stems": {}}
        size += weight
        if key in words:
            stems = [stem for stem, _ in words[key].most_common()]
            part["words"][key] = "" if stems == [key] else stems[0] if len(stems) == 1 else stems
        if found:
            part["stems"][key] = found
    yield first, part


def _list_words(words: Mapping[str, Counter[str]]) -> list[str]:
    """The commonest words, the commonest first."""
    counts = {word: stems.total() for word, stems in words.items()}
    return sorted(counts, key=lambda word: (-counts[word], word))[:_VOCABULARY]


def _describe(
    listings: Sequence[Listing], lengths: Sequence[int], topics: Iterable[Label], clock: datetime
) -> dict[str, Any]:
    """What the script needs before it reads a word."""
    now = clock.timestamp()
    gains = (
        value_recency(now - int(listing.published.timestamp())) + value_quality(listing.quality)
        for listing in listings
    )
    providers = {listing.domain: listing.provider for listing in listings}
    days = groupby(listings, key=lambda listing: listing.published.astimezone(UTC).date().isoformat())
    return {
        "count": len(listings),
        "clock": clock.astimezone(UTC).isoformat(timespec="seconds"),
        "average": sum(lengths) / len(lengths) if lengths else 1,
        "lengths": "".join(chr(_FIRST + min(length, _LONGEST)) for length in lengths),
        "gains": "".join(chr(_FIRST + round(100 * gain)) for gain in gains),
        "weights": WEIGHTS,
        "places": COLUMN_PLACES,
        "cards": CARDS,
        "candidates": SEARCH_CANDIDATES,
        "prefixes": SEARCH_PREFIX_STEMS,
        "days": [[day, sum(1 for _ in group)] for day, group in days],
        "topics": [[label.name, label.short or label.name, label.key] for label in topics],
        "providers": sorted([domain, name] for domain, name in providers.items()),
        "stop": sorted(SEARCH_STOP_WORDS),
    }
