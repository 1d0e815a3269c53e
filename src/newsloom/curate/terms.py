"""Words, stems, named things and phrases: what the rest of the desk compares texts by.

Everything here works without a model and for any language with spaces; scripts written without
spaces (Chinese, Japanese, Thai) are cut into pairs of characters. It does not understand text: it
only counts and normalises.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Final

import Stemmer  # type: ignore[import-not-found, unused-ignore]  # PyStemmer ships no type hints

_DATA: Final = files(__package__) / "data"
_WORD: Final = re.compile(r"[^\W_]+(?:['.][^\W\d_]+)*")
_UNSPACED: Final = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_NAME: Final = re.compile(r"\b(?:[A-Z][\w'’-]*|\d[\d.,]*\d|\d)\b")
_SENTENCE_START: Final = re.compile(r"(?:^|[.!?:]\s+|[\"“‘(]\s*|\n)$")
_QUOTES: Final = {"’": "'", "‘": "'", "ʼ": "'", "“": '"', "”": '"', "–": "-", "—": "-"}
_STRAIGHTEN: Final = str.maketrans(_QUOTES)
_SNOWBALL: Final = {
    "da": "danish", "de": "german", "en": "english", "es": "spanish", "fi": "finnish", "fr": "french",
    "hu": "hungarian", "it": "italian", "nl": "dutch", "no": "norwegian", "pt": "portuguese",
    "ro": "romanian", "ru": "russian", "sv": "swedish", "tr": "turkish",
}  # fmt: skip
_STEM_CACHE: Final = 200_000  # stems kept in memory: a large site's vocabulary, about 20 MB
_RARE_SHARE: Final = 1 / 4_000  # share of articles assumed for a stem the table does not know

STOP_WORDS: Final = frozenset((_DATA / "stopwords.txt").read_text(encoding="utf-8").split())


def fold(text: str) -> str:
    """Give the text normalised for comparing: NFKC, straight quotes and dashes, case folded."""
    if text.isascii():  # nothing to normalise; most English text ends here
        return text.lower()
    plain = unicodedata.normalize("NFKC", text)
    for odd, straight in _QUOTES.items():
        plain = plain.replace(odd, straight)
    return plain.casefold()


@lru_cache(maxsize=64)  # keywords, phrases and length of one article ask for the same words in turn
def split_words(text: str) -> tuple[str, ...]:
    """Give the words of a text, folded, in order; unspaced scripts come as pairs of characters."""
    words = _WORD.findall(fold(text))
    if text.isascii() or not _UNSPACED.search(text):
        return tuple(words)
    return tuple(piece for word in words for piece in _cut_unspaced(word))


def count_words(text: str) -> int:
    """Give the number of a text's words: what spaces part, pairs of characters in unspaced scripts."""
    if text.isascii() or not _UNSPACED.search(text):
        return len(text.split())
    return len(split_words(text))


def clear_words() -> None:
    """Forget the words of texts split so far, as a measurement that repeats itself needs."""
    split_words.cache_clear()


def _cut_unspaced(word: str) -> Iterable[str]:
    if len(word) < 3 or not _UNSPACED.search(word):
        return (word,)
    return (word[at : at + 2] for at in range(len(word) - 1))


@lru_cache(maxsize=32)
def _stemmer(language: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(_SNOWBALL.get(language, "english"), 0)


@lru_cache(maxsize=_STEM_CACHE)
def _stem(word: str, language: str) -> str:
    bare = word.removesuffix("'s").replace("'", "").replace(".", "")
    return str(_stemmer(language).stemWord(bare)) if bare.isascii() or language in _SNOWBALL else bare


def stem_word(word: str, language: str | None = None) -> str:
    """Give the stem of one folded word, by Snowball for the language, English where it is not known."""
    return _stem(word, (language or "en").partition("-")[0].lower())


def list_stems(text: str, language: str | None = None) -> list[str]:
    """Give the stems of a text's content words in order; stop words and lone letters are left out.

    Stemming is Snowball's for the language, English where it is not known (M. F. Porter, 2001).
    """
    tongue = (language or "en").partition("-")[0].lower()
    return [
        _stem(word, tongue)
        for word in split_words(text)
        if word not in STOP_WORDS and (len(word) > 1 or word.isdigit())
    ]


def find_names(text: str) -> frozenset[str]:
    """Give the named things of a text, folded: capitalised words, acronyms and numbers.

    Light means only. In a headline set in title case nearly every word counts as a name, so the
    caller weighs names by how rare they are. A capital at the start of a sentence counts only
    when the word is no stop word.
    """
    plain = unicodedata.normalize("NFKC", text).translate(_STRAIGHTEN)
    found = (match.group().removesuffix("'s").strip("'-.,").casefold() for match in _NAME.finditer(plain))
    return frozenset(name for name in found if name and name not in STOP_WORDS)


def list_phrases(text: str) -> list[str]:
    """Give the text's pairs of neighbouring content words, folded, in order; stop words are passed over.

    Two texts on one subject share few of them (a hundredth), a text and its rewrite many: of two words
    in five exchanged at random, a fifth of the pairs outlives it.
    """
    words = [word for word in split_words(text) if word not in STOP_WORDS]
    return list(map(" ".join, pairwise(words)))


def normalise_title(title: str) -> str:
    """Give a title reduced to its words, so that case, punctuation and spacing do not matter."""
    return " ".join(split_words(title))


def _read_shares() -> Iterator[tuple[str, float]]:
    for line in (_DATA / "frequencies.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            stem, share = line.split()
            yield stem, float(share)


_SHARES: Final = dict(_read_shares())


def share_of(stem: str) -> float:
    """Give the share of news articles (0 to 1) that are expected to hold a stem."""
    return _SHARES.get(stem, _RARE_SHARE)


def rarity(stem: str) -> float:
    """Give how telling a stem is: −ln of its expected share of articles, 0 up to about 8.3."""
    return -math.log(share_of(stem))


def pick_keywords(
    title: str, excerpt: str, text: str, language: str | None, limit: int
) -> tuple[tuple[str, float], ...]:
    """Give a text's strongest stems with weights from 0 to 1, strongest first.

    The weight is damped frequency times rarity (TF-IDF; Spärck Jones 1972); a word of the title
    counts as four mentions and one of the excerpt as two. Cost is linear in the text.
    """
    counts: dict[str, float] = {}
    for zone, mentions in ((title, 4.0), (excerpt, 2.0), (text, 1.0)):
        for stem in list_stems(zone, language):
            counts[stem] = counts.get(stem, 0.0) + mentions
    weights = {stem: (1 + math.log(count)) * rarity(stem) for stem, count in counts.items()}
    chosen = sorted(weights.items(), key=lambda item: (-item[1], item[0]))[:limit]
    top = chosen[0][1] if chosen else 1.0
    return tuple((stem, round(weight / top, 3)) for stem, weight in chosen)
