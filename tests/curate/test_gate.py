"""What a site shows: each rule holds with its reason, an editor's word wins, and quotas keep the best."""

from msgspec.structs import replace

from newsloom.curate import Desk, Outcome, curate, explain
from newsloom.curate.gate import Gate
from newsloom.records import Record, Topic
from tests.curate.drafts import CLOCK, DESK, draft, event

PIECE = draft("Robot firm recalls machines with artificial intelligence", host="news.post.example")


def judge(**rules: object) -> tuple[Record, Outcome, Desk]:
    desk = replace(DESK, gate=Gate(**rules))  # type: ignore[arg-type]  # any rule by name
    outcome = curate([], [PIECE], desk, CLOCK)
    (record,) = outcome.records
    return record, outcome, desk


def reason(record: Record) -> str:
    assert record.state is not None
    return record.state.gate


def test_each_rule_holds_with_its_reason() -> None:
    assert judge()[0].article.shown
    for rules, why in (
        ({"blocked": ("post.example",)}, "held: news.post.example is blocked"),
        ({"only": ("other.example",)}, "held: news.post.example is not among the providers wanted"),
        ({"languages": ("de", "fr")}, "held: the language is en, not de or fr"),
        ({"embargo_hours": 24}, "held: embargo until 2026-11-25 06:00 UTC"),
        ({"publish_at": 500}, "is below the bar of 500"),
        ({"bars": {"AI in Robotics": 400}}, "is below the bar of 400 for AI in Robotics"),
    ):
        record, outcome, desk = judge(**rules)
        assert not record.article.shown
        assert why in reason(record)
        assert why in "\n".join(explain(record, outcome.records, desk, CLOCK))
    for rules in (
        {"only": ("post.example",)},
        {"languages": ("en",)},
        {"embargo_hours": 2},
        {"bars": {"AI": 10}},
    ):
        assert judge(**rules)[0].article.shown


def test_a_topics_own_bar_may_be_lower_than_the_sites() -> None:
    topics = (*DESK.topics[:2], replace(DESK.topics[2], bar=20))
    assert isinstance(topics[2], Topic)
    assert judge(publish_at=500, bars={"AI in Robotics": 20})[0].article.shown


def test_an_editors_word_wins_over_every_rule() -> None:
    record, _, desk = judge(blocked=("post.example",))
    published = replace(record, article=replace(record.article, editorial="publish"))
    (again,) = curate([published], [], desk, CLOCK).records
    assert again.article.shown
    assert reason(again) == "an editor published it"


def test_what_may_not_be_shown_does_not_lead() -> None:
    text = " ".join([PIECE.text, "Robot recalls"])
    other = draft(
        "Firm recalls robot machines with artificial intelligence", host="other.example", text=text[200:]
    )
    pieces = [PIECE, other]
    free = curate([], pieces, DESK, CLOCK)
    if len(free.stories) == 1 and len(free.records) == 2:
        blocked = replace(DESK, gate=Gate(blocked=(PIECE.provider.domain,)))
        outcome = curate([], pieces, blocked, CLOCK)
        (lead,) = [record for record in outcome.records if record.article.shown]
        assert lead.article.provider.domain == "other.example"


def test_a_providers_quota_keeps_its_best() -> None:
    events = [event(number) for number in range(4)]
    pieces = [draft(title, text=text, host="post.example", hours=2) for title, text in events]
    desk = replace(DESK, keep="all", gate=Gate(provider_quota=2, publish_at=0))
    outcome = curate([], pieces, desk, CLOCK)
    shown = [record for record in outcome.records if record.article.shown]
    held = [record for record in outcome.records if "provider quota" in reason(record)]
    assert len(shown) == 2
    assert held and all(reason(record) == "held: provider quota, 2 of 2" for record in held)
    assert min(r.article.quality for r in shown) >= max(r.article.quality for r in held)
    assert curate(outcome.records, pieces, desk, CLOCK).changed == frozenset()
