"""Thousands of feeds on loopback polled and curated: wall time beside the work alone, memory, pace."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from newsloom.bench.publishers import host_of
from newsloom.config import Config
from newsloom.errors import NewsloomError
from newsloom.starter import init_site

_PORT: Final = 18_080
_MIB: Final = 1024 * 1024
_SAMPLE_SECONDS: Final = 0.1
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")


class Pass(Struct, frozen=True, kw_only=True):
    """One pass by the command line: seconds, CPU seconds of all its processes, MiB at the peak, its summary.

    `largest` is the peak of the largest process, `together` that of all of them at one moment.
    """

    name: str
    wall: float
    processor: float
    largest: int
    together: int
    summary: dict[str, Any]


class Polling(Struct, frozen=True, kw_only=True):
    """All passes; of the first two what was asked: answers by status, a host's shortest pause."""

    sources: int
    entries: int
    passes: list[Pass]
    asked: list[dict[str, Any]]


def measure_polling(sources: int, entries: int, keep: str, tell: Callable[[str], None]) -> Polling:
    """Poll that many feeds twice; then the same from a recording, for the work without the network."""
    folder = Path(tempfile.mkdtemp(prefix="newsloom-bench-"))
    try:
        with _publishers(sources, entries) as report:
            live = _make_site(folder / "live", sources, keep)
            first = _run("first", live, tell)
            asked = [report()]
            second = _run("second", live, tell)
            asked.append(report())
            recording = folder / "answers.warc.gz"
            _run(
                "recording", _make_site(folder / "recorded", sources, keep), tell, "--record", str(recording)
            )
        replayed = _make_site(folder / "replayed", sources, keep)
        alone = _run("the work alone", replayed, tell, "--replay", str(recording))
    finally:
        shutil.rmtree(folder)
    return Polling(sources=sources, entries=entries, passes=[first, second, alone], asked=asked)


def _make_site(root: Path, sources: int, keep: str) -> Path:
    config = Config(title="Benchmark", topic="AI", keep=keep, fetch_pages=False, allow=("127.1.0.0/16",))
    init_site(root, config=config, feeds=[f"http://{host_of(n)}:{_PORT}/rss" for n in range(sources)])
    return root


@contextmanager
def _publishers(sources: int, entries: int) -> Iterator[Callable[[], dict[str, Any]]]:
    """The publishers' process; a call gives what was asked since the last one."""
    program = str(Path(__file__).with_name("publishers.py"))
    command = [sys.executable, program, str(sources), str(entries), str(_PORT)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own program
    asking, answering = process.stdin, process.stdout
    if asking is None or answering is None or answering.readline() != "ready\n":
        raise NewsloomError("newsloom bench polling", f"port {_PORT} cannot be used", "free it")

    def report() -> dict[str, Any]:
        asking.write("\n")
        asking.flush()
        found: dict[str, Any] = json.loads(answering.readline())
        return found

    try:
        yield report
    finally:
        asking.close()
        process.wait()
        answering.close()


def _run(name: str, site: Path, tell: Callable[[str], None], *options: str) -> Pass:
    command = [sys.executable, "-m", "newsloom", "run", str(site), "--json", *options]
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own program
        meter = Meter(process.pid)
        output = process.communicate()[0]
    wall = time.perf_counter() - start
    meter.stop()
    if process.returncode != 0:
        raise NewsloomError("newsloom bench polling", f"the pass {name!r} failed", "see its error above")
    found = Pass(
        name=name,
        wall=round(wall, 2),
        processor=round(meter.processor, 2),
        largest=meter.largest // _MIB,
        together=meter.together // _MIB,
        summary=json.loads(output),
    )
    tell(f"{name}: {found.wall} s")
    return found


class Meter:
    """Looks at a process and all below it while they run: CPU seconds and bytes in memory."""

    def __init__(self, pid: int) -> None:
        self.largest = self.together = 0
        self._pid = pid
        self._used: dict[int, float] = {}
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    @property
    def processor(self) -> float:
        """CPU seconds of all processes seen, to a tenth of a second each."""
        return sum(self._used.values())

    def stop(self) -> None:
        """Look no more."""
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(_SAMPLE_SECONDS):
            resident = 0
            for pid in list_below(self._pid):
                if (seen := look_at(pid)) is not None:
                    self._used[pid], size = seen
                    self.largest = max(self.largest, size)
                    resident += size
            self.together = max(self.together, resident)


def list_below(pid: int) -> list[int]:
    """A process and its descendants."""
    found = [pid]
    for parent in found:
        try:
            found += map(int, Path(f"/proc/{parent}/task/{parent}/children").read_text().split())
        except OSError:
            continue
    return found


def look_at(pid: int) -> tuple[float, int] | None:
    """CPU seconds and resident bytes of a process, None when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / _TICKS, int(fields[21]) * _PAGE


def format_polling(figures: Polling) -> str:
    """The figures as tables for the documentation."""
    rows = [
        "| pass | wall s | CPU s | largest process, MiB | all together, MiB | sources/s | new |",
        "| --- " * 7 + "|",
    ]
    rows += [
        f"| {one.name} | {one.wall} | {one.processor} | {one.largest} | {one.together} "
        f"| {figures.sources / one.wall:.0f} | {one.summary['new']} |"
        for one in figures.passes
    ]
    first, _, alone = figures.passes
    asked = "; ".join(
        f"answers {item['answers']}, shortest pause {item['shortest']} s" for item in figures.asked
    )
    return "\n".join(
        [*rows, "", f"The first pass takes {first.wall / alone.wall:.2f} x the work alone.", asked]
    )
