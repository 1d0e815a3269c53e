"""A process's connection to a Ray cluster: made when there is work, ended with all that was started for it.

Without an address the nodes are our own: on this machine, for one pass. Ray's processes listen on all
interfaces and run what they are sent, so ours answer only who has a token that this process made up. Neither
the dashboard nor the report of usage is wanted: nothing of Ray's asks the network for anything.
"""

from __future__ import annotations

import importlib
import os
import secrets
import shutil
import signal
import socket
import tempfile
import threading
import time
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from newsloom import settings
from newsloom.errors import EngineError

_ADDRESS: Final = "RAY_ADDRESS"
_REMEDY: Final = "check RAY_ADDRESS or the address beside `engine`, and `ray status` there"
_LOOK_SECONDS: Final = 1.0  # between two looks at how many cores a cluster has


class Cluster:
    """The cluster at an address; "" is that of RAY_ADDRESS, else nodes of our own with so many workers."""

    def __init__(self, address: str, workers: int) -> None:
        self._address = address or os.environ.get(_ADDRESS, "").removeprefix("local")
        self._workers = workers
        self._ray: ModuleType | None = None
        self._joined = False
        self._folder: Path | None = None
        self._cores, self._looked = 1, 0.0

    @property
    def is_own(self) -> bool:
        """Whether its nodes live and die with this process."""
        return not self._address

    @property
    def ray(self) -> ModuleType:
        """The library, which is loaded when there is work: it takes a second."""
        if self._ray is None:
            _prepare_environment(own=self.is_own)
            self._ray = importlib.import_module("ray")
            # Ray tells of each dead worker on standard output, where `--json` writes; no option keeps it.
            self._ray._private.worker._worker_logs_enabled = False
        return self._ray

    def join(self) -> ModuleType:
        """Connect, if that is still to do; the library. Raises EngineError when the cluster is not there."""
        if not self._joined and not self.ray.is_initialized():
            before = signal.getsignal(signal.SIGTERM)
            try:
                self._connect()
            except (OSError, RuntimeError, ValueError) as error:
                self._remove_folder()
                cause = str(error).strip().partition("\n")[0]
                raise EngineError(
                    "engine: ray", f"{self._address or 'own nodes'}: {cause}", _REMEDY
                ) from error
            finally:
                # Ray puts a handler of its own in place of a watcher's, who wants to end its pass first.
                if threading.current_thread() is threading.main_thread():
                    signal.signal(signal.SIGTERM, before)
            self._joined = True
        return self.ray

    def count_cores(self) -> int:
        """Count the cores of the cluster as it is now."""
        if time.monotonic() - self._looked > _LOOK_SECONDS:
            self._cores = max(1, int(self.ray.cluster_resources().get("CPU", 0)))
            self._looked = time.monotonic()
        return self._cores

    def leave(self) -> None:
        """End the connection, and our own nodes; a connection that was there before stays."""
        if self._joined:
            self.ray.shutdown()
            self._joined = False
        self._remove_folder()

    def _connect(self) -> None:
        options: dict[str, Any] = {"log_to_driver": False, "logging_level": "ERROR"}
        if self._address:
            _knock(self._address)
            self.ray.init(address=self._address, **options)
            return
        # Ray leaves a folder of logs behind for each time it was started: ours goes with the pass.
        self._folder = Path(tempfile.mkdtemp(prefix="ray-"))
        self.ray.init(
            address="local",
            num_cpus=self._workers or len(os.sched_getaffinity(0)),
            object_store_memory=settings.RAY_STORE_BYTES,
            include_dashboard=False,
            _node_ip_address="127.0.0.1",
            _temp_dir=str(self._folder),
            **options,
        )

    def _remove_folder(self) -> None:
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None


def _knock(address: str) -> None:
    """Raise OSError where nobody answers at HOST:PORT: Ray itself would try for minutes."""
    host, colon, port = address.rpartition(":")
    if colon and host and "/" not in host and port.isdecimal():
        socket.create_connection((host, int(port)), timeout=settings.CONNECT_SECONDS).close()


def _prepare_environment(*, own: bool) -> None:
    """What Ray reads once, when it is loaded; whatever the owner has set stands."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_task_oom_retries", str(settings.WORKER_RETRIES))  # for ever is its own default
    if own and "RAY_AUTH_MODE" not in os.environ:
        os.environ |= {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}
