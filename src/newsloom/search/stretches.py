"""What the exported index has of words, gathered stretch by stretch of the records.

Records are numbered by time, so all but the newest stretches hold what they held before. What was read of a
stretch is kept in a file, under a key of the texts it was read from: only stretches in which something
changed are read again. The file only spares work: without it every stretch is read.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

import msgspec
import Stemmer  # type: ignore[import-not-found, unused-ignore]  # PyStemmer ships no type hints
from msgspec import Struct

from newsloom.documents import write_file
from newsloom.search.reading import MARK, list_filters, read_columns
from newsloom.search.records import Listing

COLUMN_PLACES: Final = 1_000  # places a column has; a text with more words counts them at its end
_RECORDS: Final = 512  # of a stretch: fewer are sooner read anew, more are sooner put together
_KEY: Final = 16  # bytes
_MAKERS: Final = (
    "curate/data/stopwords.txt",
    "curate/terms.py",
    "search/reading.py",
    "search/stretches.py",
    "search/words.py",
)  # what a stretch is read by


class Stretch(Struct, frozen=True, array_like=True):
    """What some records that follow each other hold, numbered from 0.

    `stems` has for each stem (or filter) the number of the last record with it, and then of each such record
    the distance from the one before, the number of places, and the places. `words` has each word with
    one of its stems, and how often that is. `lengths` are the records' words and marks.
    """

    stems: dict[str, list[int]]
    words: list[tuple[str, str, int]]
    lengths: list[int]


class Gathered(Struct, frozen=True):
    """What all records hold: as a stretch has it, with the words' stems counted, and no last records."""

    postings: dict[str, list[int]]
    words: dict[str, Counter[str]]
    lengths: list[int]


_decoder = msgspec.msgpack.Decoder(dict[bytes, Stretch])
_encoder = msgspec.msgpack.Encoder()


def gather(listings: Sequence[Listing], kept: Path | None = None) -> Gathered:
    """Read the records' words; `kept` is the file in which it is remembered what was read before."""
    before = _read_kept(kept)
    after: dict[bytes, Stretch] = {}
    for start in range(0, len(listings), _RECORDS):
        stretch = listings[start : start + _RECORDS]
        key = _make_key(stretch)
        after[key] = before.get(key) or read_stretch(stretch)
    if kept is not None and after.keys() != before.keys():
        write_file(kept, _encoder.encode(after), durable=False)
    return _join(list(after.values()))


def read_stretch(listings: Sequence[Listing]) -> Stretch:
    """Read the words of records that follow each other."""
    stems: dict[str, list[int]] = {}
    words: Counter[tuple[str, str]] = Counter()
    lengths = []
    for number, listing in enumerate(listings):
        columns = read_columns(listing)
        places: dict[str, list[int]] = defaultdict(list)
        for column, found_words in enumerate(columns.texts):
            for place, (_, stem) in enumerate(found_words[:COLUMN_PLACES], column * COLUMN_PLACES):
                places[stem].append(place)
        places |= {f"{MARK}{field[:2]}{value}": [] for field, value in list_filters(listing)}
        for stem, found in places.items():
            held = stems.setdefault(stem, [0])
            held += (number - held[0], len(found), *found)
            held[0] = number
        words.update(sorted(columns.words()))
        lengths.append(sum(map(len, columns.texts)) + len(columns.marks))
    return Stretch(stems, [(word, stem, count) for (word, stem), count in words.items()], lengths)


def _join(stretches: Sequence[Stretch]) -> Gathered:
    postings: dict[str, list[int]] = {}
    words: dict[str, Counter[str]] = defaultdict(Counter)
    lengths: list[int] = []
    last: dict[str, int] = {}
    for stretch in stretches:
        start = len(lengths)
        for stem, held in stretch.stems.items():
            distance = start + held[1] - last.get(stem, 0)
            last[stem] = start + held[0]
            postings.setdefault(stem, []).extend((distance, *held[2:]))
        for word, stem, count in stretch.words:
            words[word][stem] += count
        lengths += stretch.lengths
    return Gathered(postings, words, lengths)


def _make_key(listings: Sequence[Listing]) -> bytes:
    """A digest of what is read of these records, and of what reads it."""
    texts = [(x.title, x.excerpt, x.provider, x.domain, x.topics, x.kind, x.language) for x in listings]
    return hashlib.blake2b(_encoder.encode(texts), digest_size=_KEY, key=_digest_makers()).digest()


@cache
def _digest_makers() -> bytes:
    digest = hashlib.blake2b(Stemmer.version().encode(), digest_size=_KEY)
    for name in _MAKERS:
        digest.update((files("newsloom") / name).read_bytes())
    return digest.digest()


def _read_kept(kept: Path | None) -> dict[bytes, Stretch]:
    if kept is None:
        return {}
    try:
        return _decoder.decode(kept.read_bytes())
    except (OSError, msgspec.MsgspecError):
        return {}  # missing or damaged: every stretch is read once
