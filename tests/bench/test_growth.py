"""History that the bench lays down is taken by a pass for what passes left."""

from pathlib import Path

import pytest

from newsloom.bench.laying import lay_history
from newsloom.folding import fold_site
from newsloom.pipeline import read_records
from tests.test_scope import HISTORY, Desk, stamps


@pytest.mark.parametrize("folded", [False, True])
def test_a_pass_leaves_history_that_was_laid_down_alone(tmp_path: Path, folded: bool) -> None:
    desk = Desk(tmp_path, HISTORY)
    desk.poll(1)
    desk.poll(2)  # knows the provider that the first pass has put into the register
    if folded:
        fold_site(desk.root)
    assert lay_history(desk.root, 40) == 40
    before = stamps(desk.root)
    assert (desk.poll(3).new, len(read_records(desk.root))) == (6, 12 + 40 + 6)
    after = stamps(desk.root)
    laid = [path for path in before if path.startswith("_news/2025")]
    assert len(laid) == 40
    assert {path for path in laid if after[path] != before[path]} == set()
