"""Words are found whatever their capitals, accents, forms and script; their places are exact."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsloom.search.words import plain_word, read_tokens


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("Élysée", "elysee"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("U.S.", "us"),
        ("İstanbul", "istanbul"),
        ("Łódź", "lodz"),
        ("ﬁne", "fine"),
        ("Ὀδυσσεύς", "οδυσσευσ"),
        ("مُحَمَّد", "محمد"),
        ("東京", "東京"),
    ],
)
def test_a_word_is_the_same_however_it_is_written(written: str, plain: str) -> None:
    assert plain_word(written) == plain


def test_forms_of_a_word_have_one_stem_in_its_language() -> None:
    def stem(word: str, language: str) -> str:
        (token,) = read_tokens(word, language)
        return token.stem

    assert stem("regulations", "en") == stem("regulating", "en")
    assert stem("Häuser", "de") == stem("Haus", "de")
    assert stem("élections", "fr") == stem("élection", "fr-CA")


def test_words_that_name_nothing_are_left_out_but_not_those_that_might() -> None:
    words = [token.word for token in read_tokens("The US and the WHO say it is a new war of theirs")]
    assert words == ["us", "who", "it", "new", "war"]


def test_unspaced_scripts_come_in_pairs_of_characters() -> None:
    text = "大統領は東京"
    assert [text[token.start : token.end] for token in read_tokens(text)] == [
        "大統", "統領", "領は", "は東", "東京",
    ]  # fmt: skip


@given(st.text())
def test_places_are_within_the_text_and_in_order(text: str) -> None:
    tokens = list(read_tokens(text, "de"))
    assert all(0 <= token.start < token.end <= len(text) for token in tokens)
    assert all(token.word.isalnum() and token.stem.isalnum() for token in tokens)
    assert [token.start for token in tokens] == sorted(token.start for token in tokens)
