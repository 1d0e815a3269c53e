"""A whole pass through every engine, with workers and a node killed in the middle: the same site to the byte."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from newsloom import settings
from tests.engine.killing import kill_pool_worker, killing
from tests.engine.nodes import Nodes, needs_ray
from tests.engine.sites import Made, check, copy_site, make
from tests.recordings import Answer, make_feed, make_page, make_site

PLACES = ("harbour", "museum", "library", "reactor", "orchard", "glacier", "theatre", "railway", "hospital")
DEEDS = ("opens", "closes", "wins a prize", "asks for money", "is sold", "moves", "burns", "is restored")
PAGES = 300


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


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "BATCH_PAGES", 4)  # many tasks, so that kills hit some


@pytest.fixture
def copy(origin: Path, store: str, tmp_path: Path) -> Callable[[str], Path]:
    """Copies of one site, each with an engine of its own."""
    return lambda engine: copy_site(origin, tmp_path / engine, engine=engine, store=store)


@pytest.fixture(scope="module")
def inline(origin: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """What every engine has to make, on either store: what `inline` makes on SQLite."""
    root = tmp_path_factory.mktemp("inline") / "site"
    made = make(copy_site(origin, root, engine="inline", store="sqlite"))
    assert len(made.records) > PAGES / 2
    return made


def test_the_pool_with_ten_kills_makes_the_same_site(copy: Callable[[str], Path], inline: Made) -> None:
    root = copy("pool")
    with killing(kill_pool_worker, 10, 0.1) as killed:
        made = make(root)
    assert len(killed) == 10
    check(made, inline)


def test_nothing_but_the_store_changes_with_the_store(
    copy: Callable[[str], Path], inline: Made, store: str
) -> None:
    check(make(copy("inline" if store != "sqlite" else "pool")), inline)


class TestRay:
    pytestmark = needs_ray

    def test_three_nodes_with_a_worker_and_a_node_killed_make_the_same_site(
        self, copy: Callable[[str], Path], inline: Made, nodes: Nodes
    ) -> None:
        root = copy("ray")
        with killing(nodes.kill_worker, 1, 0.05) as workers, killing(nodes.kill_node, 1, 0.3) as whole:
            made = make(root)
        assert (len(workers), len(whole)) == (1, 1)
        check(made, inline)
