"""Whole passes on PostgreSQL: the same as on SQLite, one writer however many machines, and faults survived."""

import contextlib
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from newsloom import pipeline, scope, settings
from newsloom.errors import BusyError, LeaseLostError, StoreError
from newsloom.pipeline import read_records, run_pass
from newsloom.site import read_site
from newsloom.store import open_index
from newsloom.store.base import Transactions
from newsloom.store.connecting import connect
from newsloom.store.leases import claim, release
from newsloom.store.migrating import migrate
from newsloom.store.subscriptions import Subscriptions
from newsloom.websub.callback import answer_check
from newsloom.websub.subscriptions import Subscription
from tests.disks import filled
from tests.postgres import Server, make_address, open_server, open_small_server, shared_server
from tests.recordings import make_site, read_tree
from tests.test_pipeline import feed_answer, page_answers

LATER = 1_000  # seconds; nobody waits for it


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with keys on which no pass was made."""
    site = make_site(tmp_path_factory.mktemp("pristine") / "site", [*page_answers(), feed_answer()])
    settle(site, "git: true", "git: false")
    return site


@pytest.fixture(scope="module")
def expected(pristine: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same site after an undisturbed pass on SQLite."""
    site = tmp_path_factory.mktemp("expected") / "site"
    shutil.copytree(pristine, site)
    run_pass(site)
    return site


def settle(site: Path, before: str, after: str) -> None:
    text = (site / "newsloom.yaml").read_text()
    assert before in text
    (site / "newsloom.yaml").write_text(text.replace(before, after))


def copy_site(pristine: Path, folder: Path, address: str) -> Path:
    """A copy whose store is at an address."""
    shutil.copytree(pristine, folder)
    settle(folder, "store: sqlite", f"store: {address}")
    return folder


@pytest.fixture
def site(pristine: Path, tmp_path: Path) -> Path:
    return copy_site(pristine, tmp_path / "site", make_address())


def take_over(site: Path, seconds: float = LATER, holder: str = "alpha (process 7)") -> Callable[[], None]:
    """Hold the site's lease as another machine would, even if it is somebody's; how to let it go."""
    place = read_site(site).store
    with Transactions(connect(place), place) as store:
        migrate(store)
        with store.transaction() as connection:
            connection.exec_driver_sql("UPDATE leases SET until = 0")
            lease = claim(connection, "pass", seconds, site=str(site), holder=holder)

    def let_go() -> None:
        with Transactions(connect(place), place) as store, store.transaction() as connection:
            release(connection, lease)

    return let_go


_OWNERS = {"curate": pipeline, "publish_site": scope}  # where a pass finds its steps


def before(name: str, step: Callable[[], object], patch: pytest.MonkeyPatch) -> None:
    """Do something just before the pass's step of that name, once."""
    real: Callable[..., object] = getattr(_OWNERS[name], name)
    done: list[bool] = []

    def replaced(*arguments: object, **options: object) -> object:
        if not done:
            done.append(True)
            step()
        return real(*arguments, **options)

    patch.setattr(_OWNERS[name], name, replaced)


def test_a_pass_gives_the_same_documents_and_records_as_on_sqlite(site: Path, expected: Path) -> None:
    assert run_pass(site).new == run_pass(expected).documents
    assert read_tree(site) == read_tree(expected)
    assert read_records(site) == read_records(expected)
    assert not (site / ".newsloom/index.sqlite").exists()
    second = run_pass(site)
    assert (second.new, second.changed) == (0, 0)
    assert read_tree(site) == read_tree(expected)


def test_another_machine_at_work_is_named_and_left_alone(site: Path, expected: Path) -> None:
    let_go = take_over(site)
    with pytest.raises(BusyError, match=r"another pass is running on alpha .process 7. since 20"):
        run_pass(site)
    assert not list((site / "_news").glob("*.md"))
    let_go()
    run_pass(site)
    assert read_tree(site) == read_tree(expected)


def test_the_work_of_a_machine_that_died_is_taken_over_in_bounded_time(site: Path, expected: Path) -> None:
    take_over(site, seconds=1.5)
    started = time.monotonic()
    run_pass(site, patience=60)
    assert 1 < time.monotonic() - started < 30
    assert read_tree(site) == read_tree(expected)


@pytest.mark.parametrize("step", ["curate", "publish_site"])
def test_a_pass_that_was_replaced_ends_and_the_next_completes_it(
    site: Path, expected: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_go: list[Callable[[], None]] = []
    with monkeypatch.context() as patch:
        before(step, lambda: let_go.append(take_over(site, holder="beta (process 9)")), patch)
        with pytest.raises(LeaseLostError, match=r"beta .process 9. took over"):
            run_pass(site)
    if step == "curate":
        assert not list((site / "_news").glob("*.md"))  # not one written after it was replaced
    let_go[0]()
    run_pass(site)
    assert read_tree(site) == read_tree(expected)


def test_a_connection_cut_in_the_midst_of_writing_is_one_clear_error(
    site: Path, expected: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("newsloom.store.index.append", lambda *_: shared_server().cut())
        with pytest.raises(StoreError, match=r"postgresql://.*the index failed: .*see that PostgreSQL runs"):
            run_pass(site)
    run_pass(site)
    assert read_tree(site) == read_tree(expected)
    assert len(read_records(site)) == len(read_records(expected))


def test_connections_cut_all_the_time_lose_nothing(site: Path, expected: Path) -> None:
    ended = threading.Event()

    def cut() -> None:
        while not ended.wait(0.02):
            shared_server().cut()

    thread = threading.Thread(target=cut)
    thread.start()
    try:
        for _ in range(3):
            try:
                run_pass(site)
            except StoreError as error:
                assert "\n" not in str(error)
    finally:
        ended.set()
        thread.join()
    run_pass(site)
    assert read_tree(site) == read_tree(expected)
    assert len(read_records(site)) == len(read_records(expected))


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A PostgreSQL that is stopped and started."""
    with open_server() as server:
        yield server


@pytest.mark.parametrize("step", ["curate", "publish_site"])
def test_a_server_restarted_between_two_steps_does_not_disturb_the_pass(
    pristine: Path, expected: Path, tmp_path: Path, server: Server, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = copy_site(pristine, tmp_path / "site", server.address(f"restarted_{step}"))
    before(step, server.restart, monkeypatch)
    run_pass(site)
    assert read_tree(site) == read_tree(expected)


@pytest.mark.parametrize("step", ["curate", "publish_site"])
def test_a_server_gone_in_the_midst_of_a_pass_is_one_clear_error_and_the_next_completes(
    pristine: Path, expected: Path, tmp_path: Path, server: Server, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = copy_site(pristine, tmp_path / "site", server.address(f"gone_{step}"))
    with monkeypatch.context() as patch:
        before(step, lambda: server.control("stop", "-m", "immediate"), patch)
        with pytest.raises(StoreError, match="see that PostgreSQL runs"):
            run_pass(site)
        with pytest.raises(StoreError, match="see that PostgreSQL runs"):
            run_pass(site)
    server.start()
    run_pass(site, patience=60)
    assert read_tree(site) == read_tree(expected)
    assert len(read_records(site)) == len(read_records(expected))


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "STORE_ANSWER_SECONDS", 0.5)
    monkeypatch.setattr(settings, "STORE_WAIT_SECONDS", 1)


@pytest.mark.usefixtures("impatient")
def test_connections_that_fall_silent_between_two_steps_do_not_disturb_the_pass(
    site: Path, expected: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with contextlib.ExitStack() as silence:
        before("publish_site", lambda: silence.enter_context(shared_server().silent()), monkeypatch)
        run_pass(site)
    assert read_tree(site) == read_tree(expected)


@pytest.mark.usefixtures("impatient")
def test_a_server_that_falls_silent_in_the_midst_of_writing_is_given_up_with_one_clear_error(
    site: Path, expected: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with contextlib.ExitStack() as silence, monkeypatch.context() as patch:
        patch.setattr(
            "newsloom.store.index.append", lambda *_: silence.enter_context(shared_server().silent())
        )
        with pytest.raises(
            StoreError, match=r"postgresql://.*no answer for 0.5 seconds.*see that PostgreSQL"
        ):
            run_pass(site)
    run_pass(site, patience=30)
    assert read_tree(site) == read_tree(expected)
    assert len(read_records(site)) == len(read_records(expected))


def test_a_full_disk_of_the_server_is_one_clear_error_and_the_next_run_completes(
    pristine: Path, expected: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_small_server("128m") as (server, disk):
        site = copy_site(pristine, tmp_path / "site", server.address("brimful"))
        with contextlib.ExitStack() as full, monkeypatch.context() as patch:
            before("curate", lambda: full.enter_context(filled(disk)), patch)
            with pytest.raises(
                StoreError, match=r"the index failed: .*No space left.*has disk space"
            ) as told:
                run_pass(site)
        assert "\n" not in str(told.value)
        run_pass(site)
        assert read_tree(site) == read_tree(expected)
        assert len(read_records(site)) == len(read_records(expected))


def test_what_a_killed_pass_had_not_published_the_next_one_publishes(
    pristine: Path, expected: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site"
    shutil.copytree(pristine, site)
    with monkeypatch.context() as patch:
        before("publish_site", _die, patch)
        with pytest.raises(KeyboardInterrupt):
            run_pass(site)
    with open_index(read_site(site).store) as index:
        assert len(index.pending("publish").names) == len(read_records(expected))
    run_pass(site)
    assert read_tree(site) == read_tree(expected)
    with open_index(read_site(site).store) as index:
        assert index.waiting() == 0


def _die() -> None:
    raise KeyboardInterrupt


KILLED = """
import os, signal, sys
from pathlib import Path
from newsloom import pipeline, scope
scope.publish_site = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
pipeline.run_pass(Path(sys.argv[1]))
"""


def test_a_pass_killed_on_this_machine_is_taken_over_at_once(site: Path, expected: Path) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(site)], check=False, capture_output=True)
    assert done.returncode == -signal.SIGKILL
    with open_index(read_site(site).store) as index:
        assert index.pending("publish").names
    run_pass(site)  # without patience: the lock that the dead one held tells that it is dead
    assert read_tree(site) == read_tree(expected)


def test_the_address_of_a_store_is_told_without_its_password(site: Path) -> None:
    settle(site, "postgresql://postgres@/", "postgresql://postgres:hush@127.0.0.1:1/")
    with pytest.raises(StoreError) as caught:
        run_pass(site)
    assert "hush" not in str(caught.value) and "127.0.0.1:1/postgres?schema=" in str(caught.value)


def test_killed_at_any_moment_a_pass_ends_as_if_undisturbed(
    pristine: Path, expected: Path, tmp_path: Path
) -> None:
    dice = random.Random(5)
    start = time.monotonic()
    _run(copy_site(pristine, tmp_path / "calm", make_address())).wait()
    seconds = time.monotonic() - start
    for number in range(6):
        site = copy_site(pristine, tmp_path / f"killed-{number}", make_address())
        process = _run(site)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds * dice.uniform(0.5, 1.0))
        process.kill()
        process.wait()
        run_pass(site)
        assert read_tree(site) == read_tree(expected)
        assert len(read_records(site)) == len(read_records(expected))


def _run(site: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "newsloom", "run", str(site), "--json"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def test_worker_processes_do_not_mind_the_lease(site: Path, pristine: Path, tmp_path: Path) -> None:
    shutil.copytree(pristine, tmp_path / "sqlite")
    for folder in (site, tmp_path / "sqlite"):
        settle(folder, "engine: inline", "engine: pool")
        settle(folder, "workers: 0", "workers: 2")
        run_pass(folder)
    assert read_tree(site) == read_tree(tmp_path / "sqlite")


def test_two_passes_at_once_on_two_machines_both_end_well(
    pristine: Path, expected: Path, tmp_path: Path
) -> None:
    """Two folders with a lock each, as on two machines; the second waits for the lease."""
    address = make_address()
    sites = [copy_site(pristine, tmp_path / name, address) for name in ("one", "two")]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda site: run_pass(site, patience=120), sites))
    for site in sites:
        assert read_tree(site) == read_tree(expected)


def test_a_hub_that_calls_finds_its_subscription_in_the_shared_store(site: Path) -> None:
    one = Subscription(token="t", secret="s", source="a", hub="h", topic="a", callback="c/t")
    store = Subscriptions(read_site(site).store)
    store.put([one])
    reply = answer_check(
        site / ".newsloom", "t", {"hub.mode": "denied", "hub.topic": "a", "hub.reason": "no"}, 5
    )
    assert reply.status == 200
    assert store.find("t") != one
    assert answer_check(site / ".newsloom", "u", {"hub.mode": "denied", "hub.topic": "a"}, 5).status == 404
