"""The recorded web through every engine and store, with workers and a node killed: the same site to the byte."""

from collections.abc import Callable
from pathlib import Path

import pytest

from newsloom import settings
from newsloom.config import Config
from newsloom.starter import init_site
from tests.engine.killing import kill_pool_worker, killing
from tests.engine.nodes import Nodes, needs_ray
from tests.engine.sites import Made, check, copy_site, make
from tests.shared import shared

pytestmark = [pytest.mark.shared, pytest.mark.xdist_group("ray")]  # what `inline` makes is made once
STORES = ["sqlite", "postgresql"]


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site that keeps all of what was recorded, before its first pass."""
    recordings = [shared("data", "web", name) for name in ("pages.warc.gz", "feeds.warc.gz")]
    root = tmp_path_factory.mktemp("recorded") / "site"
    config = Config(title="Recorded", topic="AI", keep="all", engine="inline", git=False)
    init_site(root, config=config, sources="".join(f"- warc: {path}\n" for path in recordings))
    return root


@pytest.fixture(scope="module")
def inline(origin: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """What every engine has to make, on either store: what `inline` makes on SQLite."""
    root = tmp_path_factory.mktemp("inline") / "site"
    made = make(copy_site(origin, root, engine="inline", store="sqlite"))
    documents = sum(path.startswith("_news/") for path in made.tree)
    assert documents == len(made.records) == made.summary.documents > 1_000
    return made


@pytest.fixture
def copy(origin: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Path]:
    """Copies of the site, each with an engine and a store of its own."""
    monkeypatch.setattr(settings, "BATCH_PAGES", 4)  # many tasks, so that kills hit some
    return lambda engine, store: copy_site(origin, tmp_path / "site", engine=engine, store=store)


def test_the_store_changes_nothing(copy: Callable[[str, str], Path], inline: Made) -> None:
    check(make(copy("inline", "postgresql")), inline)


@pytest.mark.parametrize("store", STORES)
def test_ten_workers_killed_change_nothing(
    copy: Callable[[str, str], Path], inline: Made, store: str
) -> None:
    root = copy("pool", store)
    with killing(kill_pool_worker, 10, 0.1) as killed:
        made = make(root)
    assert len(killed) == 10
    check(made, inline)


class TestRay:
    pytestmark = needs_ray

    @pytest.mark.parametrize("store", STORES)
    def test_a_worker_and_a_node_of_three_killed_change_nothing(
        self, copy: Callable[[str, str], Path], inline: Made, nodes: Nodes, store: str
    ) -> None:
        root = copy("ray", store)
        with killing(nodes.kill_worker, 1, 0.1) as workers, killing(nodes.kill_node, 1, 0.5) as whole:
            made = make(root)
        assert (len(workers), len(whole)) == (1, 1)
        check(made, inline)
