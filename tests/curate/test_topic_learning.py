"""Words of topics learned from labelled examples: they help, stay below keywords, and are only proposed."""

import json
from pathlib import Path

from typer.testing import CliRunner

from newsloom.cli import app
from newsloom.curate.topic_learning import extend_topics, learn_words
from newsloom.curate.topics import Tagger
from newsloom.demo import build
from newsloom.judgefile import Judgement, read_judgement
from newsloom.records import Topic
from newsloom.site import read_site

SEA = Topic(id="sea", name="Sea", keywords=("trawler",))
ROAD = Topic(id="road", name="Road", keywords=("lorry",))
EXAMPLES = [
    *[(f"Lighthouse keepers watch harbour number {at}", "Sea") for at in range(10)],
    *[(f"Motorway junction closes near depot {at}", "Road") for at in range(10)],
    ("About nothing", "Elsewhere"),
]


def test_words_of_examples_find_their_topic() -> None:
    learned = learn_words((SEA, ROAD), EXAMPLES)
    assert set(learned) == {"Sea", "Road"}
    assert {"lighthouse", "harbour"} <= set(learned["Sea"])
    assert not set(learned["Sea"]) & set(learned["Road"])
    assert all(0 < weight <= 1 for words in learned.values() for weight in words.values())
    tagger = Tagger(extend_topics((SEA, ROAD), learned))
    assert [hit.topic for hit in tagger.tag("A harbour and its lighthouse keepers")] == ["Sea"]
    assert Tagger((SEA, ROAD)).tag("A harbour and its lighthouse keepers") == ()


def test_what_an_owner_wrote_stands_above() -> None:
    own = Topic(id="sea", name="Sea", keywords=("harbour",), weights=(("harbour", 3.0),))
    (topic,) = extend_topics((own,), {"Sea": {"harbour": 0.2, "quay": 0.3}})
    assert dict(topic.weights) == {"harbour": 3.0, "quay": 0.3}
    assert learn_words((own,), [("harbour quay", "Sea")] * 3)["Sea"].get("harbour") is None


def test_learned_words_are_proposed_and_count_once_accepted(tmp_path: Path) -> None:
    site = tmp_path / "demo"
    build(site)
    names = [topic.name for topic in read_site(site).topics][:2]
    file = tmp_path / "examples.jsonl"
    rows = [{"title": f"Quaystone {at}", "text": "quaystone lanterns", "topic": names[0]} for at in range(4)]
    rows += [{"title": f"Millrace {at}", "text": "millrace turbines", "topic": names[1]} for at in range(4)]
    file.write_text("\n".join(map(json.dumps, rows)))
    run = CliRunner().invoke
    told = run(app, ["judge", "fit", str(site), "--examples", str(file)])
    assert "nothing is changed without --accept" in told.output
    assert read_judgement(site) == Judgement()
    for _ in range(2):  # learning the same again gives the same
        assert run(app, ["judge", "fit", str(site), "--examples", str(file), "--accept"]).exit_code == 0
        assert "quaystone" in read_judgement(site).topics[names[0]]
    topic = next(topic for topic in read_site(site).topics if topic.name == names[0])
    assert "quaystone" in topic.keywords
    file.write_text('{"title": "x", "topic": "No such"}')
    wrong = run(app, ["judge", "fit", str(site), "--examples", str(file)])
    assert "examples.jsonl:1: there is no topic" in str(wrong.exception)
