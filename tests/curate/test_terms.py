import pytest

from newsloom.curate.terms import (
    find_names,
    list_phrases,
    list_stems,
    normalise_title,
    pick_keywords,
    rarity,
    split_words,
)


def test_stems_join_the_forms_of_a_word_and_drop_stop_words() -> None:
    assert list_stems("The chips were chipped") == ["chip", "chip"]


def test_acronyms_that_are_words_elsewhere_are_kept() -> None:
    assert {"ai", "mit", "war"} <= set(list_stems("AI at MIT and the war"))


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [("de", "Häuser", "Haus"), ("fr", "élections", "élection"), ("es", "canciones", "canción")],
)
def test_stemming_follows_the_language(language: str, one: str, other: str) -> None:
    assert list_stems(one, language)[0][:4] == list_stems(other, language)[0][:4]


def test_unspaced_scripts_are_cut_into_pairs() -> None:
    assert split_words("人工智能") == ("人工", "工智", "智能")


def test_names_are_capitalised_words_and_numbers() -> None:
    assert find_names("Acme’s profit rises to 4.2 billion in Oslo") == {"acme", "4.2", "oslo"}


def test_titles_are_equal_whatever_their_punctuation() -> None:
    assert normalise_title("“Acme’s” profit — UP!") == normalise_title('"Acme\'s" Profit: up')


def test_phrases_pass_over_stop_words() -> None:
    assert list_phrases("The plant of the town opened on Sunday.") == [
        "plant town",
        "town opened",
        "opened sunday",
    ]
    assert list_phrases("plant") == []
    assert list_phrases("") == []


def test_keywords_prefer_rare_words_of_the_title() -> None:
    keywords = pick_keywords("Zeppelin lands", "", "people say the year was long " * 5, "en", 3)
    assert keywords[0][0] == "zeppelin"
    assert all(0 < weight <= 1 for _, weight in keywords)


def test_an_unknown_word_is_rarer_than_a_common_one() -> None:
    assert rarity("zeppelin") > rarity("year") > 0
