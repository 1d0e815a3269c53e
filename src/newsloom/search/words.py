"""Words as search sees them: where they stand in a text, how they are written plainly, and their stems.

The script of the exported page (`assets/search.js`) does the same but for stems, which it looks up: what
is changed here is changed there.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from msgspec import Struct

from newsloom.curate.terms import STOP_WORDS, stem_word

# Marks belong to the word they stand in: accents, Hebrew and Arabic vowels, the vowel signs of India.
_MARKS: Final = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f"
    "\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0900-\u0903\u093a-\u094f\u0981-\u0983\u09bc-\u09cd"
    "\u0a01-\u0a03\u0a3c-\u0a4d\u0a81-\u0a83\u0abc-\u0acd\u0b01-\u0b03\u0b3c-\u0b4d\u0b82\u0bbe-\u0bcd"
    "\u0c00-\u0c04\u0c3c-\u0c4d\u0c81-\u0c83\u0cbc-\u0ccd\u0d00-\u0d03\u0d3b-\u0d4d\u3099\u309a"
)
_WORD: Final = re.compile(rf"(?:[^\W\d_]\.){{2,}}|(?:[^\W_]|[{_MARKS}])+")
_UNSPACED: Final = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_LETTERS: Final = str.maketrans(
    {"ß": "ss", "ı": "i", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ς": "σ"}
)  # letters that Unicode does not take apart
_CACHED: Final = 200_000  # words of a language kept in memory: a large site's vocabulary, some 60 MB
_KEPT: Final = {"can", "few", "it", "new", "now", "off", "out", "own", "us", "who", "will"}

# Words that are in nearly every text and name nothing. "US", "IT" and "WHO" do, so they are kept.
SEARCH_STOP_WORDS: Final = frozenset(
    {word for word in STOP_WORDS if word.isalpha() and word not in _KEPT} | {"s", "t", "re", "ve", "ll"}
)

_Piece = tuple[int, int, tuple[str, str]]  # of a run of letters: start and end in it, word and stem


class Token(Struct, frozen=True):
    """A word of a text: where it stands, how it is written without accents and capitals, and its stem."""

    start: int
    end: int
    word: str
    stem: str


def read_tokens(text: str, language: str | None = None) -> Iterator[Token]:
    """Give the words of a text in order without stop words; unspaced scripts come in pairs of characters."""
    lexicon = _open_lexicon(language)
    for match in _WORD.finditer(text):
        start = match.start()
        for first, last, (word, stem) in lexicon[match[0]]:
            yield Token(start + first, start + last, word, stem)


def list_words(text: str, language: str | None = None) -> list[tuple[str, str]]:
    """Give the words of a text, each with its stem: the same as its tokens, without their places."""
    lexicon = _open_lexicon(language)
    return [pair for raw in _WORD.findall(text) for _, _, pair in lexicon[raw]]


class _Lexicon(dict[str, tuple[_Piece, ...]]):
    """What was made of runs of letters in one language: most words of a text were read before."""

    def __init__(self, language: str | None) -> None:
        super().__init__()
        self._language = language

    def __missing__(self, raw: str) -> tuple[_Piece, ...]:
        if len(self) >= _CACHED:
            self.clear()
        self[raw] = found = tuple(_read_word(raw, self._language))
        return found


@lru_cache(maxsize=32)
def _open_lexicon(language: str | None) -> _Lexicon:
    return _Lexicon(language)


def _read_word(raw: str, language: str | None) -> Iterator[_Piece]:
    """Give the tokens of one run of letters; most have one."""
    word = plain_word(raw)
    if not word or word in SEARCH_STOP_WORDS:
        return
    if _UNSPACED.search(word) and len(word) > 2:
        yield from _cut_pairs(word, len(raw))
    else:
        yield 0, len(raw), (word, find_stem(raw, language))


def plain_word(word: str) -> str:
    """Give a word without capitals and accents: "Élysée" and "elysee" are one."""
    if word.isascii():
        return word.replace(".", "").lower()
    if _UNSPACED.search(word):  # there a mark makes another letter
        plain = unicodedata.normalize("NFKC", word).lower()
    else:
        apart = unicodedata.normalize("NFKD", word.lower())
        plain = "".join(letter for letter in apart if not unicodedata.category(letter).startswith("M"))
    return "".join(letter for letter in plain.translate(_LETTERS) if letter.isalnum())


def find_stem(word: str, language: str | None) -> str:
    """Give a word's stem, written plainly as well."""
    bare = word.replace(".", "").lower()
    return plain_word(stem_word(bare, language)) or plain_word(word)


def _cut_pairs(word: str, length: int) -> Iterator[_Piece]:
    """Cut a run of unspaced script; where its length changed on the way, each pair stands for all of it."""
    exact = len(word) == length
    for at in range(len(word) - 1):
        pair = word[at : at + 2]
        yield at if exact else 0, at + 2 if exact else length, (pair, pair)
