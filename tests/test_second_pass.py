"""A pass over a corpus full of near copies, and another one: whatever the settings, the second writes nothing."""

import random
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from newsloom.config import Config
from newsloom.editorial import edit_stories
from newsloom.pipeline import read_records, rebuild_index, run_pass
from newsloom.starter import init_site
from newsloom.storyfile import isolate, join, part
from tests.recordings import MOMENT, Answer, make_feed, make_page, read_tree, write_recording

PAGES = 20
PLACES = ("harbour", "museum", "library", "reactor", "orchard", "glacier")
SETTINGS: tuple[dict[str, Any], ...] = (
    {},
    {"history_days": 1},
    {"story_shards": 4},
    {"publish_at": 20, "provider_quota": 1, "story_quota": 2},
)
PHASES = (Phase.explicit, Phase.generate)  # a pass is too much to be made simpler a hundred times


def make_answers(dice: random.Random) -> list[Answer]:
    """Pages of a few events by a few papers, many of them edits of others, with AMP pages and moved ones; feeds."""
    texts = [make_text(dice) for _ in range(4)]
    answers, entries = [], []
    for number in range(PAGES):
        event = dice.randrange(4)
        text = edit(dice, texts[event], dice.choice((0, 0, 0.02, 0.1, 0.3, 0.4, 0.8)))
        title = f"The {PLACES[event]} of {text[0].title()} gets {' '.join(edit(dice, text[1:6], dice.choice((0, 0.3))))}"
        address = f"https://paper{dice.randrange(5)}.example/{number}"
        when = MOMENT - timedelta(hours=dice.choice((1, 2, 30, 100, 300)))
        page = make_page(title, text=". ".join(text), published=f"{when:%Y-%m-%dT%H:%M:%SZ}")
        answers.append(Answer(url=address, body=page))
        if dice.random() < 0.3:
            link = f'<head><link rel="canonical" href="{address}">'.encode()
            answers.append(
                Answer(url=f"{address}/{dice.choice(('amp', 'moved'))}", body=page.replace(b"<head>", link))
            )
        if dice.random() < 0.4:
            entries.append((dice.choice((address, f"{address}/feed", f"{address}/amp")), title))
    return [*answers, *(write_feed(n, dice.sample(entries, len(entries) // 2)) for n in range(2))]


def write_feed(number: int, entries: list[tuple[str, str]]) -> Answer:
    return Answer(
        url=f"https://feed{number}.example/rss", body=make_feed(entries), content_type="application/rss+xml"
    )


def make_text(dice: random.Random) -> list[str]:
    return ["".join(dice.choices("abdeiklmnoprstu", k=dice.randint(3, 9))) for _ in range(150)]


def edit(dice: random.Random, words: list[str], share: float) -> list[str]:
    return [dice.choice(make_text(dice)) if dice.random() < share else word for word in words]


def make_desk(root: Path, dice: random.Random, options: dict[str, Any]) -> Path:
    """A site that reads three recordings."""
    shutil.rmtree(root, ignore_errors=True)
    config = Config(title="Test desk", topic="AI", keep="all", engine="inline", **options)
    init_site(root, config=config, sources="".join(f"- warc: recordings/{n}.warc.gz\n" for n in range(3)))
    answers = make_answers(dice)
    for number in range(3):
        write_recording(root / "recordings" / f"{number}.warc.gz", answers[number::3])
    return root


def check(site: Path) -> None:
    """The next pass writes nothing, nor does one after the index was thrown away and built again."""
    tree = take_stock(site)
    assert run_pass(site).commit is None
    assert take_stock(site) == tree
    for path in (site / ".newsloom").glob("index*"):
        path.unlink()
    assert rebuild_index(site).problems == ()
    assert run_pass(site).commit is None
    assert take_stock(site) == tree


def take_stock(site: Path) -> dict[str, tuple[int, bytes]]:
    return {
        path: ((site / path).stat().st_mtime_ns, content)
        for path, content in read_tree(site, "_news", "_data", "api", "public").items()
    }


@settings(max_examples=3, deadline=None, phases=PHASES)
@given(seed=st.integers(0, 2**32), options=st.sampled_from(SETTINGS))
def test_a_second_pass_writes_nothing(
    tmp_path_factory: pytest.TempPathFactory, seed: int, options: dict[str, Any]
) -> None:
    dice = random.Random(seed)
    site = make_desk(tmp_path_factory.getbasetemp() / "second", dice, options)
    run_pass(site)
    check(site)
    first, second, third, *_ = dice.sample([record.name for record in read_records(site)], 3)
    edit_stories(site, [first, second], join)
    edit_stories(site, [third], isolate)
    edit_stories(site, [first, third], lambda edits, names: part(edits, names[:1], names[1:]))
    run_pass(site)
    check(site)


@settings(max_examples=2, deadline=None, phases=PHASES)
@given(seed=st.integers(0, 2**32))
def test_the_order_of_sources_does_not_matter(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    dice = random.Random(seed)
    site = make_desk(tmp_path_factory.getbasetemp() / "ordered", dice, {})
    other = site.parent / "shuffled"
    shutil.rmtree(other, ignore_errors=True)
    shutil.copytree(site, other)
    sources = (other / "sources.yaml").read_text().splitlines()
    (other / "sources.yaml").write_text("\n".join(sources[::-1]) + "\n")
    for root in (site, other):
        run_pass(root)
    assert read_tree(site, "_news", "api") == read_tree(other, "_news", "api")
