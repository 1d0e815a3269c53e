from datetime import timedelta

from msgspec.structs import replace

from newsloom.curate.duplicates import (
    DuplicateIndex,
    Fingerprint,
    compare,
    decode_signature,
    encode_signature,
    take_fingerprint,
)
from tests.curate.drafts import CLOCK, body


def fingerprint(title: str, text: str, excerpt: str = "", days: int = 0) -> Fingerprint:
    return take_fingerprint(title, excerpt, text, CLOCK - timedelta(days=days))


def edit(text: str, every: int) -> str:
    return " ".join(f"other{n}" if n % every == 0 else word for n, word in enumerate(text.split(), 1))


def test_a_reprint_with_another_headline_is_found() -> None:
    index = DuplicateIndex()
    index.add("first", fingerprint("Harbour gets a new crane", body("one")))
    match = index.find(fingerprint("New crane for the harbour", edit(body("one"), 60)))
    assert match is not None
    assert match.name == "first"
    assert "same text" in match.reason


def test_a_rewrite_and_another_text_are_not() -> None:
    index = DuplicateIndex()
    index.add("first", fingerprint("Harbour gets a new crane", body("one")))
    assert index.find(fingerprint("Harbour gets a new crane soon", edit(body("one"), 3))) is None
    assert index.find(fingerprint("Harbour gets a new crane soon", body("two"))) is None


def test_a_shortened_reprint_is_found() -> None:
    whole = body("one")
    likeness, reason = compare(fingerprint("A", whole), fingerprint("B", " ".join(whole.split()[:200])))
    assert likeness > 0.6
    assert reason


def test_a_rewrite_is_the_same_text_only_under_a_like_headline() -> None:
    whole = body("one").split()
    half = [word if number % 10 < 5 else f"other{number}" for number, word in enumerate(whole)]
    rewritten = fingerprint("A new crane for the harbour", " ".join(half))
    assert "rewritten" in compare(fingerprint("Harbour gets a new crane", " ".join(whole)), rewritten)[1]
    assert compare(fingerprint("Schools close early for the heat", " ".join(whole)), rewritten)[1] == ""


def test_like_pages_of_one_site_are_a_series_unless_one_headline_got_a_new_address() -> None:
    whole = body("one").split()
    half = " ".join(word if number % 10 < 5 else f"other{number}" for number, word in enumerate(whole))
    part = replace(
        fingerprint("Workflow, part 7: dark mode and its colours", " ".join(whole)), domain="a.example"
    )
    next_part = replace(fingerprint("Workflow, part 8: dark mode and its colours", half), domain="a.example")
    assert compare(part, next_part)[1] == ""
    assert "rewritten" in compare(part, replace(next_part, domain="b.example"))[1]
    assert "rewritten" in compare(part, replace(next_part, title=part.title))[1]
    old = replace(next_part, title=part.title, published=CLOCK - timedelta(days=30))
    assert compare(part, old)[1] == ""


def test_a_sealed_signature_is_enough() -> None:
    known = fingerprint("Harbour gets a new crane", body("one"))
    sealed = replace(known, hashes=None, digest=decode_signature(encode_signature(known)))
    index = DuplicateIndex()
    index.add("first", sealed)
    assert index.find(fingerprint("Crane for the harbour", edit(body("one"), 200))) is not None
    assert index.find(fingerprint("Crane for the harbour", body("two"))) is None


def test_short_texts_need_equal_telling_headlines_one_day_and_like_excerpts() -> None:
    index = DuplicateIndex()
    title, excerpt = "Harbour crane topples onto grain barge", "Nobody was hurt, the port said."
    index.add("first", fingerprint(title, "", excerpt))
    assert index.find(fingerprint(title.upper(), "", excerpt)) is not None
    assert index.find(fingerprint(title, "", excerpt, days=1)) is None
    assert index.find(fingerprint(title, "", "Grain prices fall again after a long wet summer.")) is None


def test_headlines_that_tell_nothing_prove_nothing() -> None:
    index = DuplicateIndex()
    index.add("first", fingerprint("Live updates", ""))
    assert index.find(fingerprint("Live updates", "")) is None


def test_broken_and_foreign_signatures_are_passed_over() -> None:
    assert decode_signature("") is None
    assert decode_signature("1:AAAA") is None
    assert decode_signature("2:***") is None
    assert decode_signature("2:AAAA") is None
