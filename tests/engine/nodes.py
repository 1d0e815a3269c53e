"""A Ray cluster of three nodes on this machine, and how its workers and nodes are killed."""

from __future__ import annotations

import importlib.util
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from ray._private.node import Node

# One group: with `pytest --dist loadgroup` the cluster is started once.
needs_ray = [
    pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="newsloom[ray] is not installed"),
    pytest.mark.xdist_group("ray"),
    # Ray leaves sockets and files of its own to the collector.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
_LEAN = {
    "num_cpus": 1,
    "include_log_monitor": False,
    "no_monitor": True,
    "include_dashboard": False,
    "object_store_memory": 80 * 2**20,
}
# A node that says nothing for a second is dead: the defaults are for networks, and take fifteen.
_HASTY = {
    "health_check_initial_delay_ms": 500,
    "health_check_period_ms": 500,
    "health_check_failure_threshold": 2,
    "health_check_timeout_ms": 500,
}


class Nodes:
    """Three nodes of one worker each."""

    def __init__(self) -> None:
        from ray.cluster_utils import Cluster

        self._cluster: Any = Cluster(head_node_args={**_LEAN, "_system_config": _HASTY}, initialize_head=True)
        self.address: str = self._cluster.address
        self.refill()

    def refill(self) -> None:
        """Have nodes in the place of those that were killed."""
        for _ in range(2 - len(self._cluster.worker_nodes)):
            self._cluster.add_node(wait=False, **_LEAN)
        self._cluster.wait_for_nodes()

    def kill_worker(self) -> bool:
        """Kill a worker that is at a task, if there is one."""
        for node in (self._cluster.head_node, *self._cluster.worker_nodes):
            for pid in find_busy(node):
                os.kill(pid, signal.SIGKILL)
                return True
        return False

    def kill_node(self) -> bool:
        """Kill a whole node that is at a task, if there is one besides the head."""
        for node in list(self._cluster.worker_nodes):
            if find_busy(node):
                self._cluster.remove_node(node, allow_graceful=False)
                return True
        return False

    def close(self) -> None:
        self._cluster.shutdown()


def find_busy(node: Node) -> list[int]:
    """The workers of a node that are at a task: Ray writes its name into their title."""
    (raylet,) = node.all_processes["raylet"]
    return [pid for pid in list_below(raylet.process.pid) if read_title(pid).startswith("ray::_work")]


def list_below(pid: int) -> Iterator[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return
    for child in map(int, children):
        yield child
        yield from list_below(child)


def read_title(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""
