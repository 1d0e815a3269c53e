"""A pass that has its pages fetched by a cluster's workers: the same site, and each host's pace, whoever dies."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from newsloom import settings
from newsloom.bench.courtesy.host import Host, after, reply
from newsloom.config import Config
from newsloom.pipeline import read_records, run_pass
from newsloom.starter import init_site
from newsloom.summary import Summary
from tests.engine.killing import killing
from tests.engine.nodes import Nodes, needs_ray
from tests.fetch.servers import keeps_pace, serving
from tests.postgres import make_address
from tests.recordings import make_feed, make_page

PACE = 0.2
PAGES = 6
HOSTS = 7

pytestmark = needs_ray


@pytest.fixture
def hosts() -> list[Host]:
    hosts = [Host({}, ip=f"127.0.5.{number + 1}") for number in range(HOSTS)]
    for number, host in enumerate(hosts):
        for count in range(PAGES):
            text = f"The council of town {number} met for the {count}th time and had much to tell. " * 9
            body = make_page(f"Town {number} opens bridge {count}", text=text)
            host.routes[f"/{count}"] = after(0.05, reply(body, Content_Type="text/html"))
    return hosts


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    config = Config(
        title="Live", keep="all", workers=3, git=False, fetch_images=False, allow=("127.0.0.0/8",),
        engine="inline",
    )  # fmt: skip
    init_site(tmp_path / "origin", config=config, sources="- feed: FEED\n")
    return tmp_path / "origin"


@pytest.fixture
def run(
    origin: Path, hosts: list[Host], monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], tuple[Path, Summary]]:
    """Make a pass over a copy of one site, keys and all, with an engine."""
    monkeypatch.setattr(settings, "HOST_SECONDS", PACE)
    monkeypatch.setattr(settings, "BATCH_PAGES", 1)  # several tasks, of six pages each

    def run_one(engine: str) -> tuple[Path, Summary]:
        links = [(host.url(f"/{n}"), f"Told {n}") for host in hosts for n in range(PAGES + 1)]
        hosts[0].routes["/rss"] = reply(make_feed(links), Content_Type="application/rss+xml")
        root = origin.with_name(engine)
        shutil.copytree(origin, root)
        text = (root / "newsloom.yaml").read_text()
        text = text.replace("engine: inline", f"engine: {engine}")
        (root / "newsloom.yaml").write_text(text.replace("store: sqlite", f"store: {make_address()}"))
        (root / "sources.yaml").write_text(f"- feed: {hosts[0].url('/rss')}\n")
        return root, run_pass(root)

    return run_one


def test_a_pass_makes_the_same_site_though_a_worker_is_killed(
    run: Callable[[str], tuple[Path, Summary]], hosts: list[Host], nodes: Nodes
) -> None:
    with serving(*hosts):
        before, alone = run("inline")
        for host in hosts:
            host.seen.clear()
        with killing(nodes.kill_worker, 1, 0.5) as killed:
            after_, spread = run("ray")
    assert len(killed) == 1
    assert len(read_plain(before)) > HOSTS * PAGES / 2
    assert read_plain(after_) == read_plain(before)
    assert sorted(spread.problems) == sorted(alone.problems)
    assert (spread.pages, spread.new) == (alone.pages, alone.new) == (HOSTS * PAGES, alone.new)
    agents = {seen.headers["user-agent"] for host in hosts for seen in host.seen}
    assert len(agents) == 1
    for host in hosts:
        assert keeps_pace((seen.at for seen in host.seen), PACE)


def read_plain(root: Path) -> list[str]:
    """All records and the API as text, without the moments of the pass, which are sealed as well."""
    texts = [msgspec.json.encode(record).decode() for record in read_records(root)]
    texts += [path.read_text() for path in sorted((root / "api").rglob("*.json"))]
    return [re.sub(r'20\d\d-\d\d-\d\dT[\d:.]+Z|"secured": ?"[^"]*"', "…", text) for text in texts]
