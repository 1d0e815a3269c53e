import json
import random
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from newsloom.curate import StoryInput, assign_stories
from newsloom.curate.stories import profile_article, read_moment
from newsloom.curate.story_index import StoryIndex
from newsloom.settings import STORY_MEMBERS
from tests.curate.drafts import CLOCK, event
from tests.shared import shared


def article(number: int, title: str, text: str = "", hours: float = 0) -> StoryInput:
    return StoryInput(id=str(number), title=title, text=text, date=CLOCK + timedelta(hours=hours))


def cluster(articles: list[StoryInput]) -> dict[str, str]:
    return {assignment.id: assignment.cluster for assignment in assign_stories(articles)}


def test_two_reports_of_one_event_are_one_story_named_after_the_first() -> None:
    found = cluster(
        [
            article(1, "Earthquake of magnitude 7.1 strikes Quito, Ecuador"),
            article(2, "Minister resigns over forged diploma in Tirana"),
            article(3, "Ecuador: strong earthquake shakes Quito", hours=5),
        ]
    )
    assert found == {"1": "1", "2": "2", "3": "1"}


def test_an_event_long_ago_is_another_story() -> None:
    title = "Earthquake of magnitude 7.1 strikes Quito, Ecuador"
    assert len(set(cluster([article(1, title), article(2, title, hours=24 * 30)]).values())) == 2


def test_the_order_within_an_hour_does_not_matter() -> None:
    articles = [article(n, *event(n), hours=0) for n in range(24)]
    shuffled = random.Random(3).sample(articles, len(articles))
    assert cluster(articles) == cluster(shuffled)
    assert len(set(cluster(articles).values())) == 6


def test_articles_without_or_with_wrong_dates_are_taken() -> None:
    rows = [
        StoryInput(id="1", title="Quito earthquake", date=None),
        StoryInput(id="2", title="", date="not a date"),
        StoryInput(id="3", title="Tirana minister resigns", date="9999-12-31T23:59:59+00:00"),
        StoryInput(id="4", title="", date=""),
    ]
    assert len(set(cluster(rows).values())) == 4


def test_ten_thousand_equal_headlines_make_no_story() -> None:
    sizes = Counter(cluster([article(n, "Live updates", hours=n / 500) for n in range(10_000)]).values())
    assert max(sizes.values()) == 1


def test_ten_thousand_equal_telling_headlines_stay_bounded() -> None:
    title = "Volcano erupts near Grindavik in Iceland, flights cancelled"
    sizes = Counter(cluster([article(n, title, hours=n / 500) for n in range(10_000)]).values())
    assert max(sizes.values()) <= STORY_MEMBERS


def test_stories_of_the_past_are_forgotten() -> None:
    index = StoryIndex(window_days=7)
    for day in range(60):
        profile = profile_article(f"Town{day} elects mayor Smith{day}", (), "en", CLOCK + timedelta(days=day))
        index.assign([(str(day), profile)])
    assert index.size <= 7 + 8


def test_moments_are_read_with_and_without_zone() -> None:
    assert read_moment("2026-11-24T09:00:00Z") == read_moment("2026-11-24 09:00:00") == CLOCK
    assert read_moment("tomorrow") is None


@pytest.mark.shared
@pytest.mark.parametrize(("name", "precision", "f1"), [("mixed_events", 0.9, 0.9), ("headlines", 0.9, 0.88)])
def test_real_events(tmp_path: Path, name: str, precision: float, f1: float) -> None:
    gold = shared(f"data/stories/{name}.jsonl")
    rows = [json.loads(line) for line in gold.read_text(encoding="utf-8").splitlines()]
    inputs = [StoryInput(id=r["id"], title=r["title"], text=r["text"], date=r["date"]) for r in rows]
    lines = [json.dumps({"id": a.id, "cluster": a.cluster}) for a in assign_stories(inputs)]
    (tmp_path / "assigned.jsonl").write_text("\n".join(lines), encoding="utf-8")
    command = [sys.executable, shared("tools/score_stories.py"), gold, tmp_path / "assigned.jsonl"]
    scores = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    assert scores["b3"][0] >= precision
    assert scores["b3"][2] >= f1


def test_late_or_future_dates_of_one_article_do_not_close_the_others() -> None:
    title = "Earthquake of magnitude 7.1 strikes Quito, Ecuador"
    rows = [
        article(1, title),
        article(2, "Fog closes Heathrow airport", hours=24 * 400),
        article(3, title, hours=2),
    ]
    assert cluster(rows)["3"] == "1"


def test_one_event_in_two_languages_is_joined_by_evidence_alone() -> None:
    rows = [
        article(1, "Earthquake of magnitude 7.1 strikes Quito, Ecuador"),
        article(2, "Schweres Erdbeben der Stärke 7.1 erschüttert Quito, Ecuador"),
        article(3, "Frost in Bavaria: fruit growers fear for their harvest"),
        article(4, "Frost in Bayern: Obstbauern fürchten um ihre Ernte"),
    ]
    found = cluster(rows)
    assert found["2"] == found["1"]  # places and figures are shared
    assert found["4"] != found["1"]
