"""Ray as an engine: a cluster that is there, nodes of our own, and what is told when neither can be had."""

import importlib.util
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from newsloom import settings
from newsloom.engine import Failed, open_engine
from newsloom.engine.task import CAUSE
from newsloom.errors import ConfigError, EngineError
from tests.engine.killing import killing
from tests.engine.nodes import Nodes, needs_ray
from tests.engine.test_engines import die_on_poison, double, take_long

OWN_NODES = """
import os, signal, sys
from newsloom.engine import open_engine
from tests.engine.test_engines import double

if __name__ == "__main__":
    handler = lambda *_: None
    signal.signal(signal.SIGTERM, handler)
    with open_engine("ray", 2) as engine:
        found = [result for _, results in engine.run(double, [[n, n] for n in range(50)]) for result in results]
        assert found == [2 * n for n in range(50) for _ in range(2)]
        assert signal.getsignal(signal.SIGTERM) is handler
    print("whole")
"""


def work(batch: list[int]) -> list[int]:
    time.sleep(0.01 * len(batch))
    return [item * item for item in batch]


def fail(batch: list[int]) -> list[int]:
    raise ValueError(f"no {batch[0]}")


def test_without_ray_the_way_to_get_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "ray" else find(name))
    with pytest.raises(ConfigError, match=r"pip install 'newsloom\[ray\]'"):
        open_engine("ray")


@pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="newsloom[ray] is not installed")
def test_a_cluster_that_is_not_there_is_told_soon() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))  # nobody listens
        address = f"127.0.0.1:{free.getsockname()[1]}"
        with open_engine(f"ray:{address}") as engine, pytest.raises(EngineError, match=address):
            list(engine.run(double, [[1]]))


class TestCluster:
    pytestmark = needs_ray

    def test_results_come_in_order_and_a_poisonous_item_costs_only_itself(
        self, nodes: Nodes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(settings, "WORKER_RETRIES", 1)
        monkeypatch.setattr(settings, "ITEM_RETRIES", 1)
        with open_engine("ray") as engine:
            found = [results for _, results in engine.run(double, ([n] for n in range(30)))]
            assert found == [[2 * n] for n in range(30)]
            batches = [["a", "poison", "b"], ["c"]]
            first, second = (results for _, results in engine.run(die_on_poison, batches))
        assert isinstance(first.pop(1), Failed)
        assert (first, second) == (["A", "B"], ["C"])

    def test_an_item_that_takes_too_long_is_interrupted_or_costs_its_worker(
        self, nodes: Nodes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(settings, "WORKER_RETRIES", 0)
        monkeypatch.setattr(settings, "ITEM_RETRIES", 0)
        with open_engine("ray", 1) as engine:
            ((_, found),) = engine.run(take_long, [["one", "python", "c", "two"]])
        assert found == ["one", "too long", Failed(CAUSE), "two"]

    def test_what_the_function_raises_is_raised_and_no_more_is_read_than_is_needed(
        self, nodes: Nodes
    ) -> None:
        drawn = []
        with open_engine("ray", 2) as engine:
            results = engine.run(double, (drawn.append(n) or [n] for n in range(1000)))
            next(results)
            assert len(drawn) <= 3
            results.close()  # type: ignore[attr-defined]  # it is a generator
            with pytest.raises(ValueError, match="no 7"):
                list(engine.run(fail, [[7]]))

    def test_killed_workers_lose_and_double_nothing(
        self, nodes: Nodes, capfd: pytest.CaptureFixture[str]
    ) -> None:
        batches = [list(range(start, start + 10)) for start in range(0, 400, 10)]
        with killing(nodes.kill_worker, 3, 0.3) as killed, open_engine("ray") as engine:
            found = [
                pair
                for batch, results in engine.run(work, batches)
                for pair in zip(batch, results, strict=True)
            ]
        assert killed
        assert found == [(n, n * n) for n in range(400)]
        assert capfd.readouterr().out == ""  # what Ray says of it would stand in what `--json` prints


@pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="newsloom[ray] is not installed")
@pytest.mark.xdist_group("ray")
def test_own_nodes_come_and_go_with_the_pass(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(OWN_NODES)
    scratch = Path("/tmp") / f"newsloom-{os.getpid()}"
    scratch.mkdir()
    paths = os.pathsep.join([str(Path(__file__).parent.parent.parent), *filter(None, sys.path)])
    environment = {key: value for key, value in os.environ.items() if not key.startswith("RAY_")}
    try:
        done = subprocess.run(
            [sys.executable, str(script)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env={**environment, "PYTHONPATH": paths, "TMPDIR": str(scratch)},
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, "whole\n", "")
        assert list(scratch.iterdir()) == []
    finally:
        scratch.rmdir()
