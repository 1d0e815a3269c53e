"""`newsloom watch` as its owner runs it: a process that is stopped, killed, started again."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest

from newsloom import settings
from newsloom.config import Config
from newsloom.errors import BusyError
from newsloom.lock import hold
from newsloom.starter import init_site
from newsloom.watching import watch_site
from tests.intake.test_rounds import Publisher, feed

SECONDS = 60.0  # for a process to come so far on a busy machine
TITLES = [f"Robot number {n} learns to fold towels" for n in range(6)]


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with Publisher.running() as publisher:
        yield publisher


@pytest.fixture
def site(publisher: Publisher, tmp_path: Path) -> Path:
    config = Config(
        title="Live", topic="AI", keep="all", engine="inline", allow=(publisher.place,), git=False
    )
    init_site(tmp_path / "site", config=config, feeds=[f"http://{publisher.place}/rss"])
    publisher.replies["/rss"] = feed(*TITLES)
    publisher.replies["/rss"].body = publisher.replies["/rss"].body.replace(
        b"http://news.example/", f"http://{publisher.place}/".encode()
    )
    return tmp_path / "site"


@contextmanager
def watching(site: Path) -> Iterator[subprocess.Popen[str]]:
    """A watcher in a process of its own, killed at the end if it still lives."""
    command = [sys.executable, "-m", "newsloom", "watch", str(site)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_until(reached: Iterator[bool]) -> None:
    until = time.monotonic() + SECONDS
    while not next(reached):
        assert time.monotonic() < until
        time.sleep(0.01)


def wait_for(publisher: Publisher, requests: int) -> None:
    wait_until(len(publisher.asked) >= requests for _ in iter(int, 1))


def test_a_watcher_makes_passes_until_it_is_asked_to_stop(site: Path, publisher: Publisher) -> None:
    with watching(site) as process:
        assert process.stdout is not None
        line = next(line for line in process.stdout if "polled" in line)
        assert "polled 1" in line and "new 6" in line, line
        started = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(SECONDS) == 0
        assert time.monotonic() - started < 10
        assert process.stdout.read() == "stopped\n"
    assert len(list((site / "_news").glob("*.md"))) == len(TITLES)
    assert publisher.count("/rss") == 1


def test_stopping_in_the_midst_of_a_pass_takes_less_than_ten_seconds_and_loses_nothing(
    site: Path, publisher: Publisher
) -> None:
    with watching(site) as process:
        wait_for(publisher, 3)  # robots.txt, the feed, the first page; five more pages are a second apart
        started = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(SECONDS) == 0
        assert time.monotonic() - started < 10
    assert len(list((site / "_news").glob("*.md"))) < len(TITLES)
    with watching(site) as process:
        wait_until(len(list((site / "_news").glob("*.md"))) == len(TITLES) for _ in iter(int, 1))


def test_a_killed_watcher_loses_nothing_and_comes_back_to_the_same_pace(
    site: Path, publisher: Publisher
) -> None:
    for requests in (1, 2, 4):
        with watching(site) as process:
            wait_for(publisher, requests)
            process.kill()
    with watching(site):
        wait_until(len(list((site / "_news").glob("*.md"))) == len(TITLES) for _ in iter(int, 1))
    moments = [moment for moment, _ in publisher.asked]
    pauses = [later - sooner for sooner, later in pairwise(moments)]
    # A request is noted before it leaves, so it may arrive a little after the moment it counts from.
    assert min(pauses) > settings.HOST_SECONDS - 0.3
    assert publisher.count("/robots.txt") <= 4


def test_a_second_watcher_is_told_who_watches(site: Path) -> None:
    lock = hold(site / ".newsloom" / "watch")
    with lock, pytest.raises(BusyError, match=f"another watcher is running .process {os.getpid()}"):
        watch_site(site, print)


def test_a_waiting_watcher_leaves_the_site_to_others(site: Path) -> None:
    with watching(site) as process:
        assert process.stdout is not None
        process.stdout.readline()
        command = [sys.executable, "-m", "newsloom", "run", str(site), "--json"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
