"""The picture of a story's coverage stays in its frame and tells what it shows."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from newsloom.publish.timeline import BARS, draw_curve

START = datetime(2026, 3, 1, tzinfo=UTC)


@given(st.lists(st.integers(0, 10**8), min_size=4, max_size=60))
def test_columns_stay_in_the_picture(seconds: list[int]) -> None:
    curve = draw_curve([START + timedelta(seconds=second) for second in seconds])
    if curve is None:
        return
    assert len(curve.columns) <= 10 * BARS + 1
    assert max(column.height for column in curve.columns) == 100
    for column in curve.columns:
        assert column.start >= 0 and column.start + column.width <= 100.5
        assert 0 < column.height <= 100


def test_the_caption_names_a_round_step() -> None:
    hours = [START + timedelta(hours=hour) for hour in (0, 1, 1, 5)]
    curve = draw_curve(hours)
    assert curve is not None
    assert (curve.caption, curve.most, len(curve.columns)) == ("Reports per hour", 2, 3)
    assert draw_curve(hours[:3]) is None
    assert draw_curve([START] * 6) is None
    far = draw_curve([*hours, START + timedelta(days=6)])
    assert far is not None and far.caption == "Reports per 12 hours"


def test_reports_that_came_one_by_one_make_no_picture() -> None:
    assert draw_curve([START + timedelta(hours=hour) for hour in (0, 1, 3, 4, 5)]) is None
