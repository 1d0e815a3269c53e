from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from newsloom.curate.rings import Rings


def terms(*numbers: int) -> np.ndarray:
    return np.array(numbers, np.uint32)


def test_what_shares_most_terms_is_found_first_within_the_limit() -> None:
    rings = Rings()
    rings.file(1, terms(11, 13, 15))
    rings.file(2, terms(11, 17))
    rings.file(3, terms(19))
    assert set(rings.find(terms(11, 13, 21), 10)) == {1, 2}
    assert rings.find(terms(11, 13, 21), 1) == [1]
    assert rings.find(terms(23), 10) == []


def test_the_newest_entries_of_a_common_term_stay() -> None:
    rings = Rings()
    for number in range(1, 1_001):
        rings.file(number, terms(7))
    found = rings.find(terms(7), 10_000)
    assert max(found) == 1_000
    assert min(found) > 900


@given(st.lists(st.lists(st.integers(1, 2**32 - 1), min_size=1, max_size=8), min_size=1, max_size=60))
def test_rebuilding_loses_nothing_that_is_rare(entries: list[list[int]]) -> None:
    rings = Rings()
    filed = [(number, terms(*numbers)) for number, numbers in enumerate(entries, 1)]
    for number, keys in filed:
        rings.file(number, keys)
    rings.rebuild(filed)
    for number, keys in filed:
        assert number in rings.find(keys, 10_000)


def test_rings_fill_up_and_are_doubled() -> None:
    rings = Rings()
    number = 0
    while not rings.is_full:
        number += 1
        rings.file(number, terms(*range(number * 8, number * 8 + 8)))
    rings.rebuild([(1, terms(3))])
    assert not rings.is_full
    assert rings.find(terms(3), 5) == [1]


@given(st.lists(st.lists(st.integers(1, 400), max_size=16), max_size=120))
def test_filling_at_once_finds_what_filing_one_by_one_finds(stories: list[list[int]]) -> None:
    one_by_one, at_once = Rings(), Rings()
    for number, story in enumerate(stories, start=1):
        one_by_one.file(number, terms(*story))
    at_once.fill([(number, terms(*story)) for number, story in enumerate(stories, start=1)])
    for story in stories:
        assert sorted(at_once.find(terms(*story), 500)) == sorted(one_by_one.find(terms(*story), 500))
    if stories:
        at_once.file(len(stories) + 1, terms(7))
        assert len(stories) + 1 in at_once.find(terms(7), 500)
