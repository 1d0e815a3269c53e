"""Shards of stories compared by the workers of every engine, with workers and a node killed: the same site."""

import random
import re
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from newsloom import pipeline, settings
from newsloom.comparing import open_crew
from newsloom.config import Config
from newsloom.curate.sharding import Crew
from newsloom.curate.shardtasks import Serve, ShardAnswer, ShardTask, serve_shards
from newsloom.curate.table import story_of
from newsloom.errors import LeaseLostError
from newsloom.pipeline import read_records, run_pass
from newsloom.records import Record
from tests.engine.killing import kill_pool_worker, killing
from tests.engine.nodes import Nodes, needs_ray
from tests.postgres import make_address
from tests.recordings import MOMENT, Answer, make_page, make_site, read_tree, write_recording
from tests.test_shared_store import take_over

PLACES = ("harbour", "museum", "library", "reactor", "orchard", "glacier", "theatre", "railway", "hospital")
DEEDS = ("opens", "closes", "wins a prize", "asks for money", "is sold", "moves", "burns", "is restored")
EVENTS, PAGES = 24, 96
Made = tuple[dict[str, bytes], list[Record]]


def make_reports(numbers: range) -> list[Answer]:
    """Reports of events that go on for days, in words of the event and of their own; one of twelve is a copy."""
    return [
        Answer(
            url=f"https://paper{number % 11}.example/news/{number}",
            body=make_report(number - (number % 12 == 11)),
            moment=MOMENT + timedelta(hours=number // 24),
        )
        for number in numbers
    ]


def make_report(number: int) -> bytes:
    dice = random.Random(number)
    event = random.Random(f"event {dice.randrange(EVENTS)}")
    names = [make_word(event).title() for _ in range(3)]
    words = [make_word(event) for _ in range(40)]
    told = [*dice.sample(words, 28), *(make_word(dice) for _ in range(60))]
    dice.shuffle(told)
    text = ". ".join(" ".join([*names, *told[start : start + 12]]) for start in range(0, len(told), 12))
    title = f"{names[0]} {event.choice(PLACES)} in {names[1]} {dice.choice(DEEDS)}, {dice.choice(told)}"
    return make_page(title, text=text, published=f"2026-11-{17 + number // 32}T0{number % 10}:00:00Z")


def make_word(dice: random.Random) -> str:
    return "".join(dice.choices("abdeiklmnoprstu", k=dice.randint(4, 9)))


def serve_slowly(tasks: list[ShardTask]) -> list[ShardAnswer]:
    """Answer for shards so slowly that somebody can be killed meanwhile."""
    time.sleep(0.1)
    return serve_shards(tasks)


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with keys on which no pass was made; half of the reports are there."""
    return make_site(tmp_path_factory.mktemp("origin") / "site", make_reports(range(PAGES // 2)))


@pytest.fixture
def copy(origin: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Copies of one site, keys and all, each with settings of its own; workers answer for shards however few."""
    monkeypatch.setattr(settings, "STORY_HANDED", 0)

    def make(**options: object) -> Path:
        root = tmp_path / "-".join(map(str, options.values())).replace("/", "")[:40]
        shutil.copytree(origin, root)
        configure(root, workers=2, git="false", fetch_images="false", **options)
        return root

    return make


def configure(root: Path, **options: object) -> None:
    text = (root / "newsloom.yaml").read_text()
    for name, value in options.items():
        text, count = re.subn(rf"^{name}: .*$", f"{name}: {value}", text, flags=re.MULTILINE)
        assert count == 1
    (root / "newsloom.yaml").write_text(text)


def make_passes(root: Path, **second: object) -> Made:
    """What two passes make of a site, the second with other settings; it finds stories open."""
    run_pass(root)
    configure(root, **second)
    write_recording(root / "recordings" / "two.warc.gz", make_reports(range(PAGES // 2, PAGES)))
    run_pass(root)
    return read_tree(root), read_records(root)


@pytest.fixture(scope="module")
def expected() -> dict[int, Made]:
    """What `inline` made, by the number of shards, once it did."""
    return {}


@pytest.fixture(params=[4, 16])
def shards(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def inline(copy: Callable[..., Path], expected: dict[int, Made], shards: int) -> Made:
    """What every engine has to make with so many shards."""
    if shards not in expected:
        expected[shards] = make_passes(copy(engine="inline", story_shards=shards))
    return expected[shards]


@pytest.fixture
def disturb(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Has what is to be disturbed slowed down, and something happen while shards are compared."""

    def while_comparing(happening: Callable[[], AbstractContextManager[object]]) -> None:
        @contextmanager
        def open_disturbed(config: Config) -> Iterator[Crew]:
            with open_crew(config) as crew:

                def run(_: Serve, tasks: list[ShardTask]) -> list[ShardAnswer]:
                    with happening():
                        return crew.run(serve_slowly, tasks)

                yield replace(crew, run=run)

        monkeypatch.setattr(pipeline, "open_crew", open_disturbed)

    return while_comparing


def test_the_corpus_has_running_stories_and_copies(inline: Made) -> None:
    tree, records = inline
    stories = Counter(story_of(record) for record in records)
    assert PAGES / 2 < len(records) < PAGES
    assert any(path.startswith("_news/") for path in tree)
    assert stories.most_common(5)[-1][1] >= 3
    assert len(stories) > EVENTS / 2


def test_the_pool_with_workers_killed_while_comparing_makes_the_same_site(
    copy: Callable[..., Path], inline: Made, shards: int, disturb: Callable[..., None]
) -> None:
    killed: list[bool] = []

    @contextmanager
    def kill_two() -> Iterator[None]:
        with killing(kill_pool_worker, 2, 0.05) as found:
            yield
        killed.extend(found)

    disturb(kill_two)
    assert make_passes(copy(engine="pool", story_shards=shards)) == inline
    assert len(killed) >= 4


def test_an_owner_replaced_while_shards_are_compared_commits_no_stories(
    copy: Callable[..., Path],
    inline: Made,
    shards: int,
    disturb: Callable[..., None],
) -> None:
    root = copy(engine="pool", story_shards=shards, store=make_address())
    let_go: list[Callable[[], None]] = []

    @contextmanager
    def replace_owner() -> Iterator[None]:
        if not let_go:
            let_go.append(take_over(root, holder="beta (process 9)"))
        yield

    disturb(replace_owner)
    with pytest.raises(LeaseLostError, match=r"beta .process 9. took over"):
        run_pass(root)
    assert read_tree(root) == {}
    let_go[0]()
    assert read_records(root) == []
    assert make_passes(root) == inline


class TestRay:
    pytestmark = needs_ray

    @pytest.mark.parametrize("shards", [16], indirect=True)
    def test_three_nodes_with_a_worker_and_a_node_killed_while_comparing_make_the_same_site(
        self,
        copy: Callable[..., Path],
        inline: Made,
        shards: int,
        nodes: Nodes,
        disturb: Callable[..., None],
    ) -> None:
        workers: list[bool] = []
        whole: list[bool] = []

        @contextmanager
        def kill_both() -> Iterator[None]:
            with (
                killing(nodes.kill_worker, int(not workers), 0.05) as some,
                killing(nodes.kill_node, int(not whole), 0.1) as more,
            ):
                yield
            workers.extend(some)
            whole.extend(more)

        root = copy(engine="inline", story_shards=shards)
        disturb(kill_both)
        assert make_passes(root, engine="ray") == inline
        assert (len(workers), len(whole)) == (1, 1)
