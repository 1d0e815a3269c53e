"""Sites run by several processes keep one pace between them, robots.txt and pauses with it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsloom import settings
from newsloom.config import Config
from newsloom.pipeline import run_pass
from newsloom.starter import init_site
from tests.fetch.servers import keeps_pace
from tests.intake.test_rounds import Publisher, Reply
from tests.postgres import make_address, shared_server
from tests.recordings import make_feed, make_page

SPACING = 0.1
RUN = """
import sys
from pathlib import Path
from newsloom import settings
from newsloom.pipeline import run_pass
settings.HOST_SECONDS = float(sys.argv[2])
print("\\n".join(run_pass(Path(sys.argv[1])).problems))
"""


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "HOST_SECONDS", SPACING)


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with Publisher.running() as publisher:
        yield publisher


@pytest.fixture(params=["sqlite", "postgresql"])
def sites(request: pytest.FixtureRequest, tmp_path: Path, publisher: Publisher) -> list[Path]:
    """Two sites with feeds of their own from one host: with one folder, or in one database."""
    return [_make_site(tmp_path, name, publisher, str(request.param)) for name in ("one", "two")]


def _make_site(folder: Path, name: str, publisher: Publisher, store: str) -> Path:
    where = {"shared": str(folder / "shared")} if store == "sqlite" else {"store": make_address()}
    config = Config(
        title=name, keep="all", engine="inline", git=False, fetch_images=False,
        allow=(publisher.place,), **where,
    )  # fmt: skip
    init_site(folder / name, config=config, feeds=[f"http://{publisher.place}/{name}.rss"])
    links = [(f"http://{publisher.place}/{name}/{number}", f"{name} {number} opens") for number in range(5)]
    publisher.replies[f"/{name}.rss"] = Reply(body=make_feed(links))
    for number, (_, title) in enumerate(links):
        page = Reply(body=make_page(title), headers={"Content-Type": "text/html"})
        publisher.replies[f"/{name}/{number}"] = page
    return folder / name


def start(site: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", RUN, str(site), str(SPACING)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_two_sites_run_at_once_ask_a_host_as_one(sites: list[Path], publisher: Publisher) -> None:
    for running in [start(site) for site in sites]:
        assert running.communicate()[0].strip() == ""
    pages = sorted(path for _, path in publisher.asked if path.count("/") == 2)
    assert pages == [f"/{name}/{number}" for name in ("one", "two") for number in range(5)]
    assert 12 <= len(publisher.asked) <= 14  # both may ask for robots.txt before either has it
    assert keeps_pace((moment for moment, _ in publisher.asked), SPACING)


def test_a_killed_process_leaves_nothing_behind_but_its_last_request(
    sites: list[Path], publisher: Publisher
) -> None:
    killed = start(sites[0])
    while len(publisher.asked) < 4:
        time.sleep(0.01)
    killed.kill()
    killed.communicate()
    started = time.monotonic()
    assert run_pass(sites[1]).problems == []
    first = next(moment for moment, path in publisher.asked if path.startswith("/two"))
    assert first - started < 5
    assert publisher.count("/two/4") == 1
    assert keeps_pace((moment for moment, _ in publisher.asked), SPACING)


def test_a_pause_and_robots_asked_of_one_site_hold_for_the_other(
    sites: list[Path], publisher: Publisher
) -> None:
    publisher.replies["/robots.txt"] = Reply(body=b"User-agent: *\nDisallow: /two/\n")
    publisher.replies["/one/2"] = Reply(status=429, headers={"Retry-After": "3000"})
    run_pass(sites[0])
    asked = len(publisher.asked)
    assert any("pause" in problem for problem in run_pass(sites[1]).problems)
    assert len(publisher.asked) == asked


def _make_tenant() -> str:
    """The address of a schema whose user may use nothing else in the database."""
    address = make_address()
    schema = address.rpartition("=")[2]
    server = shared_server()
    server.execute(f"CREATE ROLE tenant_{schema} LOGIN")
    server.execute(f"CREATE SCHEMA {schema} AUTHORIZATION tenant_{schema}")
    return address.replace("postgres@", f"tenant_{schema}@")


@pytest.mark.parametrize("store", ["sqlite", "postgresql"])
def test_a_ledger_that_cannot_be_shared_is_told_once_a_pass(
    store: str, tmp_path: Path, publisher: Publisher
) -> None:
    (tmp_path / "shared").write_text("a file, not a folder")
    config = Config(
        title="Alone", keep="all", publish_at=0, engine="inline", git=False, allow=(publisher.place,),
        shared=str(tmp_path / "shared"), store=_make_tenant() if store == "postgresql" else store,
    )  # fmt: skip
    site = tmp_path / "alone"
    init_site(site, config=config, feeds=[f"http://{publisher.place}/rss"])
    picture = f'<meta property="og:image" content="http://{publisher.place}/picture.jpg">'
    for number in range(2):
        address = f"/{number}"
        publisher.replies["/rss"] = Reply(
            body=make_feed([(f"http://{publisher.place}{address}", f"Shop {number}")])
        )
        headers = {"Content-Type": "text/html"}
        publisher.replies[address] = Reply(body=make_page(f"Shop {number}", head=picture), headers=headers)
        told = [problem for problem in run_pass(site).problems if "hosts" in problem]
        assert len(told) == 1
        place = "?schema=newsloom__hosts" if store == "postgresql" else str(tmp_path / "shared/hosts.sqlite")
        assert place in told[0].split(": the ledger of hosts")[0]
        assert "this site keeps a pace of its own" in told[0] and told[0].endswith(")")
        assert "\n" not in told[0]
    assert publisher.count("/1") == 1 and publisher.count("/picture.jpg") >= 1  # each by a fetcher of its own
