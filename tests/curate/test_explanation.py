from newsloom.curate import curate, explain
from tests.curate.drafts import CLOCK, DESK, draft
from tests.curate.test_desk import foreign, story_drafts


def test_every_decision_is_printed_with_its_evidence() -> None:
    reprint = draft(
        story_drafts()[1].title, address="https://z.example/9", text=story_drafts()[1].text, images=()
    )
    outcome = curate([], [*story_drafts(), reprint], DESK, CLOCK)
    lead = next(record for record in outcome.records if record.article.heat >= 0)
    text = "\n".join(explain(lead, outcome.records, DESK, CLOCK))
    assert f"quality {lead.article.quality} (formula desk-4)" in text
    assert "“robot” in the title" in text
    assert "shared: " in text
    assert "other providers" in text
    assert f"quality {lead.article.quality} reaches the bar of 70" in text
    assert "1 copy absorbed" in text
    assert "https://z.example/9" in text


def test_a_covered_record_names_its_lead() -> None:
    outcome = curate([], story_drafts(), DESK, CLOCK)
    covered = next(record for record in outcome.records if record.article.heat < 0)
    text = "\n".join(explain(covered, outcome.records, DESK, CLOCK))
    assert f"{outcome.stories[0].lead} leads the story" in text
    assert "not shown" in text


def test_a_foreign_record_tells_its_public_numbers() -> None:
    text = "\n".join(explain(foreign(), [foreign()], DESK, CLOCK))
    assert "quality 40: judged elsewhere" in text
    assert "heat 12: as the document says" in text
