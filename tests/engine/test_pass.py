"""A whole pass through every engine, with workers and a node killed in the middle: the same site to the byte."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from newsloom import settings
from newsloom.pipeline import read_records, run_pass
from newsloom.records import Record
from newsloom.summary import Summary
from tests.engine.killing import kill_pool_worker, killing
from tests.engine.nodes import Nodes, needs_ray
from tests.postgres import make_address
from tests.recordings import Answer, make_feed, make_page, make_site, read_tree

PLACES = ("harbour", "museum", "library", "reactor", "orchard", "glacier", "theatre", "railway", "hospital")
DEEDS = ("opens", "closes", "wins a prize", "asks for money", "is sold", "moves", "burns", "is restored")
PAGES = 300
Made = tuple[Summary, dict[str, bytes], list[Record]]


def make_answers() -> list[Answer]:
    """Pages with menus to wade through, a few of them copies or without a title, and a feed of some."""
    menu = "".join(f'<li><a href="/section/{n}">Section {n} of the paper</a></li>' for n in range(400))
    answers = [
        Answer(
            url=f"https://paper{n % 11}.example/news/{n}",
            body=make_news(n).replace(b"<body>", b"<body><nav><ul>" + menu.encode() + b"</ul></nav>"),
        )
        for n in range(PAGES)
    ]
    entries = [(f"https://paper{n % 11}.example/news/{n}", f"In short: {n}") for n in range(0, PAGES, 7)]
    entries += [(f"https://other.example/only/{n}", f"Only the feed has number {n}") for n in range(20)]
    feed = Answer(url="https://feed.example/rss", body=make_feed(entries), content_type="application/rss+xml")
    return [*answers, feed]


def make_news(number: int) -> bytes:
    dice = random.Random(number - (number % 20 == 1))  # one of twenty is a copy of the one before
    words = ["".join(dice.choices("abdeiklmnoprstu", k=dice.randint(3, 9))) for _ in range(120)]
    text = ". ".join(" ".join(words[start : start + 12]).capitalize() for start in range(0, 120, 12))
    title = f"The {dice.choice(PLACES)} of {words[0].title()} {dice.choice(DEEDS)}" if number % 40 else ""
    return make_page(title, text=text, published=f"2026-11-{10 + number % 10}T0{number % 10}:00:00Z")


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> str:
    """The kind of store that a copy of the site has."""
    return str(request.param)


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_site(tmp_path_factory.mktemp("origin") / "site", make_answers())


@pytest.fixture
def copy(origin: Path, store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Copies of one site, keys and all, each with an engine of its own."""
    monkeypatch.setattr(settings, "BATCH_PAGES", 4)  # many tasks, so that kills hit some

    def make(engine: str, kind: str = store) -> Path:
        root = tmp_path / f"{engine}-{kind}"
        shutil.copytree(origin, root)
        config = (root / "newsloom.yaml").read_text()
        config = config.replace("engine: inline", f"engine: {engine}").replace("workers: 0", "workers: 2")
        if kind == "postgresql":
            config = config.replace("store: sqlite", f"store: {make_address()}")
        (root / "newsloom.yaml").write_text(config)
        return root

    return make


@pytest.fixture(scope="module")
def expected() -> list[Made]:
    """What `inline` made on SQLite, once it did."""
    return []


@pytest.fixture
def inline(copy: Callable[..., Path], expected: list[Made]) -> Made:
    """What every engine has to make, on either store."""
    if not expected:
        root = copy("inline", "sqlite")
        summary = run_pass(root)
        expected.append((summary, read_tree(root), read_records(root)))
    return expected[0]


def check(root: Path, summary: Summary, inline: Made) -> None:
    """The same documents, API, pages and index, and the same account of what was read."""
    before, tree, records = inline
    assert len(records) > PAGES / 2
    assert read_tree(root) == tree
    assert read_records(root) == records
    counted = (
        "polled",
        "pages",
        "entries",
        "new",
        "rejected",
        "duplicate",
        "documents",
        "stories",
        "problems",
    )
    for name in counted:
        assert getattr(summary, name) == getattr(before, name), name


def test_the_pool_with_ten_kills_makes_the_same_site(copy: Callable[..., Path], inline: Made) -> None:
    root = copy("pool")
    with killing(kill_pool_worker, 10, 0.1) as killed:
        summary = run_pass(root)
    assert len(killed) == 10
    check(root, summary, inline)


def test_nothing_but_the_store_changes_with_the_store(
    copy: Callable[..., Path], inline: Made, store: str
) -> None:
    root = copy("inline", store) if store != "sqlite" else copy("pool")
    check(root, run_pass(root), inline)


class TestRay:
    pytestmark = needs_ray

    def test_three_nodes_with_a_worker_and_a_node_killed_make_the_same_site(
        self,
        copy: Callable[..., Path],
        inline: Made,
        nodes: Nodes,
    ) -> None:
        root = copy("ray")
        with killing(nodes.kill_worker, 1, 0.05) as workers, killing(nodes.kill_node, 1, 0.3) as whole:
            summary = run_pass(root)
        assert (len(workers), len(whole)) == (1, 1)
        check(root, summary, inline)
