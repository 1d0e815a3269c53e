"""History that the bench lays down is taken by a pass for what passes left."""

from pathlib import Path

import pytest

from newsloom.bench.laying import lay_history
from newsloom.folding import fold_site
from newsloom.pipeline import read_records
from tests.curate.drafts import body
from tests.test_scope import HISTORY, Desk, Judged, stamps


@pytest.mark.parametrize("folded", [False, True])
def test_a_pass_leaves_history_that_was_laid_down_alone(tmp_path: Path, folded: bool) -> None:
    desk = Desk(tmp_path, HISTORY)
    desk.poll(1)
    desk.poll(2)
    if folded:
        fold_site(desk.root)
    assert lay_history(desk.root, 40) == 40
    before = stamps(desk.root)
    assert (desk.poll(3).new, len(read_records(desk.root))) == (6, 12 + 40 + 6)
    after = stamps(desk.root)
    laid = [path for path in before if path.startswith("_news/2025")]
    assert len(laid) == 40
    assert {path for path in laid if after[path] != before[path]} == set()


def test_what_history_has_enough_of_is_in_the_register(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two articles are no reason to enter a provider; with those that are laid down it has more."""
    desk = Desk(tmp_path, HISTORY)
    item = (
        "<item><title>{0}</title><link>https://rare.example/{0}</link><description>{1}</description></item>"
    )
    desk.poll(
        1, *(item.format(number, f"Artificial intelligence: {body(number, 90)}") for number in ("one", "two"))
    )
    lay_history(desk.root, 40)
    judged = Judged(monkeypatch)
    desk.poll(2, item.format("three", f"Artificial intelligence: {body('three', 90)}"))
    desk.poll(3)
    assert judged.counts[0] <= 8 and judged.counts[1] <= 15
    assert not judged.read_all
