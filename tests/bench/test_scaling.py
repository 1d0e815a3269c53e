from pathlib import Path

import pytest

from newsloom.bench.scaling import format_engines, measure_engines
from newsloom.errors import NewsloomError


def test_engines_are_measured_on_the_demos_pages_and_give_the_same_drafts() -> None:
    told: list[str] = []
    inline, pool = measure_engines(None, 40, [("inline", 1), ("pool", 2)], 1, told.append)
    assert (inline.pages, pool.pages) == (40, 40)
    assert inline.digest == pool.digest
    assert pool.memory > inline.memory > 0
    assert len(told) == 2
    table = format_engines([inline, pool])
    assert "| pool | 2 |" in table
    assert "1.00 x" in table


def test_data_without_a_recording_is_told(tmp_path: Path) -> None:
    with pytest.raises(NewsloomError, match=r"pages\.warc\.gz"):
        measure_engines(tmp_path, 4, [("inline", 1)], 1, print)
