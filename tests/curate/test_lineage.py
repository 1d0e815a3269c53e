"""Edited headlines and texts are revisions of one record; a text's origin is told."""

from msgspec.structs import replace

from newsloom.curate import curate, explain
from tests.curate.drafts import CLOCK, DESK, body, draft

KEEP_ALL = replace(DESK, keep="all")
ADDRESS = "https://post.example/plant"


def test_an_edited_headline_and_text_are_revisions() -> None:
    first = curate([], [draft("Plant opens in Tellby", address=ADDRESS)], KEEP_ALL, CLOCK)
    text = body("Plant opens in Tellby", 200) + " " + body("Strike closes it again", 160)
    edited = draft("Plant opens in Tellby and closes again", address=ADDRESS, text=text)
    second = curate(first.records, [edited], KEEP_ALL, CLOCK)
    (record,) = second.records
    assert record.name == first.records[0].name
    assert record.state is not None
    (revision,) = record.state.revisions
    assert revision.before == "Plant opens in Tellby"
    assert revision.edited.startswith("headline, text (")
    assert curate(second.records, [edited], KEEP_ALL, CLOCK).changed == frozenset()
    told = "\n".join(explain(record, second.records, KEEP_ALL, CLOCK))
    assert "the headline was: Plant opens in Tellby" in told


def test_who_had_a_text_first_is_told() -> None:
    text = body("Wire report on the harbour", 300)
    reprint = draft("Harbour bridge closed after storm", host="post.example", text=text, hours=2)
    wire = draft("Harbour bridge closed after storm", host="wire.example", text=text, hours=9)
    first = curate([], [reprint], KEEP_ALL, CLOCK)
    second = curate(first.records, [reprint, wire], KEEP_ALL, CLOCK)
    (record,) = second.records
    told = "\n".join(explain(record, second.records, KEEP_ALL, CLOCK))
    assert "first had by Wire" in told
