"""Worker processes that are killed, that never come up, and that outlive nobody."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path

import pytest

from newsloom import settings
from newsloom.engine import lane, open_engine
from tests.engine.killing import kill_pool_worker, killing
from tests.recordings import Answer, make_page, make_site

UNGUARDED_PASS = """
import sys
from pathlib import Path
from newsloom.pipeline import run_pass

run_pass(Path(sys.argv[1]))
"""

UNGUARDED_ENGINE = """
from newsloom.engine import open_engine
from tests.engine.test_pool import tell_pid

with open_engine("pool", 2) as engine:
    list(engine.run(tell_pid, [[n] for n in range(200)]))
"""

ORPHANS = """
import os, signal
from newsloom.engine import open_engine
from tests.engine.test_pool import tell_pid

if __name__ == "__main__":
    with open_engine("pool", 2) as engine:
        pids = {pid for _, found in engine.run(tell_pid, [[n] for n in range(8)]) for pid in found}
        print(*pids, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
"""


def tell_pid(batch: list[int]) -> list[int]:
    return [os.getpid() for _ in batch]


def work(batch: list[int]) -> list[int]:
    time.sleep(0.005 * len(batch))
    return [item * item for item in batch]


def test_ten_kills_at_random_moments_lose_double_and_fail_nothing() -> None:
    batches = [list(range(start, start + 4)) for start in range(0, 1200, 4)]
    with killing(kill_pool_worker, 10, 0.15) as killed, open_engine("pool", 2) as engine:
        found = [
            pair for batch, results in engine.run(work, batches) for pair in zip(batch, results, strict=True)
        ]
    assert len(killed) == 10
    assert found == [(n, n * n) for n in range(1200)]


def test_workers_killed_the_moment_they_are_started_are_started_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    left = list(range(settings.WORKER_STARTS + 2))

    class Doomed(ProcessPoolExecutor):
        def submit(self, function: Callable[..., object], /, *arguments: object) -> Future[object]:  # type: ignore[override]  # as it is called
            future = super().submit(function, *arguments)
            if left:
                left.pop()
                for process in multiprocessing.active_children():
                    process.kill()
                    process.join()
            return future

    monkeypatch.setattr(lane, "ProcessPoolExecutor", Doomed)
    with open_engine("pool", 1) as engine:
        assert [found for _, found in engine.run(work, [[5], [6]])] == [[25], [36]]
    assert not left


def test_a_worker_killed_while_idle_is_not_missed() -> None:
    with open_engine("pool", 2) as engine:
        (first,) = [pid for _, found in engine.run(tell_pid, [[1]]) for pid in found]
        os.kill(first, signal.SIGKILL)
        (second,) = [pid for _, found in engine.run(tell_pid, [[1]]) for pid in found]
    assert first != second


def test_no_more_workers_are_started_than_there_are_batches() -> None:
    with open_engine("pool", 4) as engine:
        before = set(multiprocessing.active_children())
        assert list(engine.run(tell_pid, [])) == []
        assert set(multiprocessing.active_children()) == before
        assert len(list(engine.run(tell_pid, [[1]]))) == 1
        assert len(set(multiprocessing.active_children()) - before) == 1


def test_a_run_given_up_leaves_nothing_to_the_next() -> None:
    with open_engine("pool", 2) as engine:
        run = engine.run(work, [[n] for n in range(50)])
        next(run)
        run.close()  # type: ignore[attr-defined]  # it is a generator
        assert [found for _, found in engine.run(work, [[5], [6]])] == [[25], [36]]


@pytest.mark.parametrize("text", [UNGUARDED_PASS, UNGUARDED_ENGINE], ids=["pass", "engine"])
def test_a_script_without_a_guard_is_told_at_once_what_is_wrong(tmp_path: Path, text: str) -> None:
    site = make_site(
        tmp_path / "site", [Answer(url="https://a.example/one", body=make_page("A chip that thinks"))]
    )
    config = site / "newsloom.yaml"
    config.write_text(config.read_text().replace("engine: inline", "engine: pool"))
    done = run_script(tmp_path, text, str(site))
    assert done.returncode == 1
    (told,) = [line for line in done.stderr.splitlines() if line.startswith("newsloom.errors.EngineError")]
    assert "worker processes in a row ended before their first batch" in told
    assert "if __name__ == '__main__'" in told
    assert done.stderr.count("Traceback") <= 12  # a few workers were tried, not hundreds


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks at /proc")
def test_workers_end_when_whom_they_work_for_is_killed(tmp_path: Path) -> None:
    pids = [int(word) for word in run_script(tmp_path, ORPHANS).stdout.split()]
    assert pids
    until = time.monotonic() + 10
    while any(is_alive(pid) for pid in pids) and time.monotonic() < until:
        time.sleep(0.02)
    assert not any(is_alive(pid) for pid in pids)


def run_script(folder: Path, text: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    script = folder / "script.py"
    script.write_text(text)
    paths = os.pathsep.join([str(Path(__file__).parent.parent.parent), *filter(None, sys.path)])
    return subprocess.run(
        [sys.executable, str(script), *arguments],
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
        env={**os.environ, "PYTHONPATH": paths},
    )


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except OSError:
        return False
