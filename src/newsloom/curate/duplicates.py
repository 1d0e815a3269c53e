"""The same text under another address: reprints, mirrors, agency copies.

Candidates come from MinHash signatures in bands (A. Broder, 1997; banding: Leskovec et al., Mining
of Massive Datasets, ch. 3), so cost grows with the articles, not with their pairs. Each candidate is
then confirmed: exactly where both texts are at hand, by signature and headline where only the sealed
signature of an older record is. Precision comes first: in doubt two articles stay two.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

import numpy as np
import numpy.typing as npt
from msgspec import Struct
from rensa import RMinHash  # type: ignore[import-untyped, unused-ignore]  # rensa ships no type hints

from newsloom.curate.terms import list_phrases, list_stems, normalise_title, split_words
from newsloom.settings import SIGNATURE_PERMUTATIONS

Hashes = npt.NDArray[np.uint64]
Digest = npt.NDArray[np.uint32]

_SEED: Final = 20_240_229  # any fixed number: signatures are only comparable under one seed
# Values of the signature in a band: two find .2-similar texts with probability .93, unrelated ones with .006.
_BAND_ROWS: Final = 2
_VERSION: Final = f"p{RMinHash.ALGORITHM_VERSION}:"  # signatures of another version are not compared
_LONG_WORDS: Final = 60  # words from which a text is judged by its phrases
_SAME_TEXT: Final = 0.75  # exact Jaccard similarity of phrases from which texts are the same
# On 4,000 real articles: of one in 200 the nearest other article shares .12 of its phrases, a rewrite that
# exchanged two words in five at random .18, one that exchanged as many in whole phrases .41. But a site's
# own boilerplate may be as much of its short articles, so that rewrites must have like headlines as well.
_REWRITTEN: Final = 0.16
_CONTAINED: Final = 0.8  # share of the shorter text's phrases in the longer: a shortened reprint
_CONTAINED_WORDS: Final = 120  # words the shorter text needs for that
_SAME_SIGNATURE: Final = 0.7  # signature agreement that is enough where no text is at hand
_LIKE_SIGNATURE: Final = 0.25  # signature agreement that needs a like headline beside it
_LIKE_TITLE: Final = 0.5  # Jaccard similarity of headline words that makes headlines alike
_REWRITE_DAYS: Final = timedelta(days=7)  # between a text and its rewrite by another house
_VERSION_DAYS: Final = timedelta(days=3)  # between two versions of one article on one site
_TELLING_STEMS: Final = 4  # content words a headline needs before its being equal proves anything
_LIKE_EXCERPT: Final = 0.6  # Jaccard similarity of excerpt words where there is no long text
_BUCKET: Final = 24  # entries of a bucket looked at, newest first: bounds time on mass-produced texts


class Fingerprint(Struct, frozen=True, kw_only=True):
    """What an article is compared by.

    `hashes` are its phrases' sorted hashes, None when the text is not at hand; `digest` is its
    signature, None when the text was too short for one. `domain` is its provider's, "" when not known.
    """

    title: str
    excerpt: str
    published: datetime
    words: int
    digest: Digest | None = None
    hashes: Hashes | None = None
    domain: str = ""


class Match(Struct, frozen=True, kw_only=True):
    """A record that holds the same text, with the reason."""

    name: str
    reason: str


def take_fingerprint(
    title: str, excerpt: str, text: str, published: datetime, domain: str = ""
) -> Fingerprint:
    """Give the fingerprint of an article whose text is at hand. Cost is linear in the text."""
    phrases = list_phrases(text)
    words = len(split_words(text))
    digest = hashes = None
    if words >= _LONG_WORDS and phrases:
        digest = np.array(
            RMinHash.from_token_sets([phrases], num_perm=SIGNATURE_PERMUTATIONS, seed=_SEED)[0].digest(),
            dtype=np.uint32,
        )
        hashes = np.unique(np.array(RMinHash.hash_token_sets([phrases])[0], dtype=np.uint64))
    return Fingerprint(
        title=title,
        excerpt=excerpt,
        published=published,
        words=words,
        digest=digest,
        hashes=hashes,
        domain=domain,
    )


def encode_signature(print_: Fingerprint) -> str:
    """Give the signature as sealed in a document: the algorithm's version and base64, "" for none."""
    if print_.digest is None:
        return ""
    return _VERSION + base64.b64encode(print_.digest.astype("<u4").tobytes()).decode("ascii")


def decode_signature(signature: str) -> Digest | None:
    """Read a sealed signature; None when there is none, or it is of another version or broken."""
    if not signature.startswith(_VERSION):
        return None
    try:
        raw = base64.b64decode(signature.removeprefix(_VERSION), validate=True)
    except binascii.Error:
        return None
    return np.frombuffer(raw, dtype="<u4") if len(raw) == 4 * SIGNATURE_PERMUTATIONS else None


class DuplicateIndex:
    """Fingerprints by name, and the way from a new one to those it may be a copy of."""

    def __init__(self) -> None:
        self._prints: dict[str, Fingerprint] = {}
        self._buckets: dict[tuple[int, bytes], list[str]] = {}

    def add(self, name: str, print_: Fingerprint) -> None:
        """Enter a record, or give it a new fingerprint. Old buckets stay: they only propose."""
        self._prints[name] = print_
        for bucket in _list_buckets(print_):
            self._buckets.setdefault(bucket, []).append(name)

    def find(self, print_: Fingerprint) -> Match | None:
        """Give the record that holds the same text, the likest when there are several, or None."""
        best: tuple[float, str, str] | None = None
        for name in self._propose(print_):
            likeness, reason = compare(print_, self._prints[name])
            if reason and (best is None or (-likeness, name) < (-best[0], best[1])):
                best = (likeness, name, reason)
        return Match(name=best[1], reason=best[2]) if best else None

    def holds(self, name: str, print_: Fingerprint) -> bool:
        """Say whether a record that was entered holds this text."""
        return bool(compare(print_, self._prints[name])[1])

    def _propose(self, print_: Fingerprint) -> list[str]:
        names: dict[str, None] = {}
        for bucket in _list_buckets(print_):
            names.update(dict.fromkeys(self._buckets.get(bucket, ())[-_BUCKET:]))
        return list(names)


def _list_buckets(print_: Fingerprint) -> Iterator[tuple[int, bytes]]:
    """Give the buckets of a fingerprint: one for each band of the signature, one for the headline."""
    if print_.digest is not None:
        raw, width = print_.digest.tobytes(), 4 * _BAND_ROWS
        for band in range(SIGNATURE_PERMUTATIONS // _BAND_ROWS):
            yield band, raw[band * width : (band + 1) * width]
    if len(set(list_stems(print_.title))) >= _TELLING_STEMS:
        yield -1, f"{print_.published:%Y-%m-%d} {normalise_title(print_.title)}".encode()


def compare(one: Fingerprint, other: Fingerprint) -> tuple[float, str]:
    """Give how alike two articles are, 0 to 1, and why they are the same text; "" when they are not."""
    if one.hashes is not None and other.hashes is not None:
        return _compare_texts(one, other, one.hashes, other.hashes)
    if one.digest is not None and other.digest is not None:
        return _compare_signatures(one, other)
    return _compare_headlines(one, other)


def _compare_texts(one: Fingerprint, other: Fingerprint, mine: Hashes, theirs: Hashes) -> tuple[float, str]:
    shared = len(np.intersect1d(mine, theirs, assume_unique=True))
    jaccard = shared / (len(mine) + len(theirs) - shared)
    contained = shared / min(len(mine), len(theirs))
    if jaccard >= _SAME_TEXT:
        return jaccard, f"same text ({jaccard:.0%} of its phrases)"
    if not _may_be_rewritten(one, other):
        return jaccard, ""
    if contained >= _CONTAINED and min(one.words, other.words) >= _CONTAINED_WORDS:
        return contained, f"shortened from the same text ({contained:.0%} of its phrases)"
    if jaccard >= _REWRITTEN and like_words(one.title, other.title) >= _LIKE_TITLE:
        return jaccard, f"rewritten from the same text ({jaccard:.0%} of its phrases, like headline)"
    return jaccard, ""


def _may_be_rewritten(one: Fingerprint, other: Fingerprint) -> bool:
    """Say whether one text may be an editor's version of the other: of another house, and of those days.

    Two pages of one site with like texts are parts of a series, or a template filled twice, unless they
    appeared within days of each other under one headline: then the article got a new address.
    """
    apart = abs(one.published - other.published)
    if one.domain and one.domain == other.domain:
        return apart <= _VERSION_DAYS and normalise_title(one.title) == normalise_title(other.title)
    return apart <= _REWRITE_DAYS


def _compare_signatures(one: Fingerprint, other: Fingerprint) -> tuple[float, str]:
    agreement = float(np.mean(one.digest == other.digest))
    if agreement >= _SAME_SIGNATURE:
        return agreement, f"same text (signatures agree on {agreement:.0%})"
    like = agreement >= _LIKE_SIGNATURE and like_words(one.title, other.title) >= _LIKE_TITLE
    if like and _may_be_rewritten(one, other):
        return agreement, f"like headline and text (signatures agree on {agreement:.0%})"
    return agreement, ""


def _compare_headlines(one: Fingerprint, other: Fingerprint) -> tuple[float, str]:
    """Judge where a text is short or missing: equal telling headlines, one day, like excerpts."""
    telling = len(set(list_stems(one.title))) >= _TELLING_STEMS
    same_day = one.published.date() == other.published.date()
    if not (telling and same_day and normalise_title(one.title) == normalise_title(other.title)):
        return 0.0, ""
    likeness = like_words(one.excerpt, other.excerpt)
    if likeness >= _LIKE_EXCERPT:
        return likeness, "same headline and excerpt on the same day"
    return likeness, ""


def like_words(one: str, other: str) -> float:
    """Give the Jaccard similarity of two texts' words, 0 to 1; two empty texts are alike."""
    left, right = set(split_words(one)), set(split_words(other))
    return len(left & right) / len(left | right) if left or right else 1.0
