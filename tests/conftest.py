"""Tests that show known gaps are named in `known_gaps.txt` and expected to fail, so that the rest guards main.

A gap that is closed is taken off the list; CHANGELOG.md tells what each stands for.
"""

from pathlib import Path

import pytest

GAPS = frozenset((Path(__file__).parent / "known_gaps.txt").read_text().split("\n"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.nodeid in GAPS:
            item.add_marker(pytest.mark.xfail(reason="a known gap, see CHANGELOG.md", strict=False))
