"""Lists cut into pages: nothing is lost, and leaves that are full last."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from newsloom.publish.paging import cut_leaves, cut_pages


@given(st.integers(0, 200), st.integers(1, 30))
def test_leaves_hold_the_whole_list_in_order(length: int, size: int) -> None:
    items = list(range(length))
    leaves = list(cut_leaves(items, size))
    assert [item for leaf in leaves for item in leaf.items] == items
    assert all(len(leaf.items) == size for leaf in leaves[1:])
    assert len(leaves[0].items) < 2 * size
    assert [leaf.number for leaf in leaves] == [None, *range(len(leaves) - 1, 0, -1)]


@given(st.integers(0, 200), st.integers(1, 30))
def test_a_leaf_once_full_is_never_cut_anew(length: int, size: int) -> None:
    before = {leaf.number: leaf.items for leaf in cut_leaves(range(length), size)}
    after = {leaf.number: leaf.items for leaf in cut_leaves(range(-1, length), size)}
    for number in before.keys() - {None}:
        assert list(before[number]) == list(after[number])


@given(st.integers(0, 200), st.integers(1, 30))
def test_leaves_lead_to_each_other(length: int, size: int) -> None:
    leaves = {leaf.number: leaf for leaf in cut_leaves(range(length), size)}
    at, seen = leaves[None], 1
    while at.older is not None:
        assert leaves[at.older].newer == at.number
        at, seen = leaves[at.older], seen + 1
    assert seen == len(leaves)


@given(st.integers(0, 200), st.integers(1, 30))
def test_pages_of_the_api_count_from_the_newest(length: int, size: int) -> None:
    pages = list(cut_pages(range(length), size))
    assert [item for page in pages for item in page.items] == list(range(length))
    assert [page.number for page in pages] == list(range(1, len(pages) + 1))
    assert pages[-1].following is None and pages[0].previous is None
