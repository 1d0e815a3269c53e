"""Who leads a story: a report over a video, unless the report may not be shown."""

import pytest
from msgspec.structs import replace

from newsloom.curate import Outcome, curate, explain
from newsloom.curate.gate import Gate
from newsloom.curate.lead import measure_merit
from newsloom.records import Draft
from tests.curate.drafts import CLOCK, DESK, draft

TITLE = "Robot firm Acme of Oslo recalls 400 robots"
VIDEO = draft(f"{TITLE} after fires", host="tube.example", hours=6, kind="video")
REPORT = draft(f"{TITLE} over battery", host="paper.example", hours=2)
SAYING = "a video's points for being one do not count for the lead"


def judge(drafts: list[Draft], publish_at: int = 70) -> tuple[Outcome, str]:
    """What a pass came to, and the address of the lead."""
    outcome = curate((), drafts, replace(DESK, gate=Gate(publish_at=publish_at)), CLOCK)
    (story,) = outcome.stories
    return outcome, next(r.article.provider.domain for r in outcome.records if r.name == story.lead)


def test_a_report_leads_over_a_video_that_has_more_points_for_being_one() -> None:
    outcome, lead = judge([VIDEO, REPORT])
    best = max(outcome.records, key=lambda record: record.article.quality)
    assert best.article.kind == "video"
    assert lead == "paper.example"
    assert any(SAYING in line for line in explain(best, outcome.records, DESK, CLOCK))


def test_a_video_leads_over_a_report_that_is_poorer_otherwise() -> None:
    assert judge([VIDEO, replace(REPORT, images=(), authors=(), text="", excerpt="")], 0)[1] == "tube.example"


def test_a_video_leads_over_a_report_that_is_not_good_enough_to_be_shown() -> None:
    outcome, _ = judge([VIDEO, REPORT])
    report = next(record.article.quality for record in outcome.records if record.article.kind == "article")
    assert judge([VIDEO, REPORT], report + 1)[1] == "tube.example"


@pytest.mark.parametrize("sealed", [False, True])
def test_merit_is_quality_but_for_the_video(sealed: bool) -> None:
    outcome, _ = judge([VIDEO, REPORT])
    video, report = sorted(outcome.records, key=lambda record: record.article.kind, reverse=True)
    if sealed:
        video, report = replace(video, state=None), replace(report, state=None)
    assert measure_merit(report) == report.article.quality
    assert measure_merit(video) < video.article.quality
