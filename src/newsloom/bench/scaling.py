"""Pages read a second through each engine: the listing of a recording, the reading of its pages, all drafts.

Each run is a process of its own that is watched with all its children.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import Final

from fastwarc.stream_io import GzipWriter
from fastwarc.warc import WarcRecord, WarcRecordType
from msgspec import Struct

from newsloom.bench import reader
from newsloom.bench.polling import Meter
from newsloom.config import Config
from newsloom.demo.content import read_content
from newsloom.demo.pages import render_page
from newsloom.errors import NewsloomError
from newsloom.fetch.archive import read_archive
from newsloom.starter import init_site

_RECORDING: Final = Path("web") / "pages.warc.gz"
_MIB: Final = 1024 * 1024
_OUTPUT: Final = "pages.warc.gz"


class Run(Struct, frozen=True, kw_only=True):
    """The best of some runs of one engine: `start` until all workers were up, `rate` in pages a second.

    `processor` are CPU seconds of all its processes for the reading, `memory` MiB of all at one moment.
    """

    engine: str
    workers: int
    pages: int
    start: float
    rate: float
    processor: float
    memory: int
    digest: str


def measure_engines(
    data: Path | None, pages: int, runs: Sequence[tuple[str, int]], repeat: int, tell: Callable[[str], None]
) -> list[Run]:
    """Read that many pages through each engine, `repeat` times in turn. Raises when results differ."""
    folder = Path(tempfile.mkdtemp(prefix="newsloom-bench-"))
    try:
        init_site(folder, config=Config(engine="inline", keep="all"), sources=f"- warc: {_OUTPUT}\n")
        write_pages(folder / _OUTPUT, islice(_list_pages(data), pages))
        found: dict[tuple[str, int], Run] = {}
        for _ in range(repeat):
            for engine, workers in runs:
                run = _run(folder, engine, workers)
                tell(f"{engine}, {workers} workers: {run.rate:.0f} pages/s")
                best = found.get((engine, workers))
                found[engine, workers] = run if best is None or run.rate > best.rate else best
    finally:
        shutil.rmtree(folder)
    if len({run.digest for run in found.values()}) > 1:
        raise NewsloomError("newsloom bench scale", "engines gave different drafts", "please report it")
    return list(found.values())


def write_pages(path: Path, pages: Iterator[tuple[str, bytes]]) -> None:
    """Write pages as a WARC, one gzip member each."""
    with path.open("wb") as file:
        writer = GzipWriter(file)
        for address, body in pages:
            record = WarcRecord()
            record.init_headers(WarcRecordType.response)
            record.headers["WARC-Target-URI"] = address
            record.is_http = True
            head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n\r\n"
            record.set_bytes_content(head.encode() + body)
            record.write(writer)
            writer.finish()


def _list_pages(data: Path | None) -> Iterator[tuple[str, bytes]]:
    """Real pages, or those of the demo; again and again, each time under another address."""
    pages = _read_pages(data / _RECORDING) if data is not None else _make_pages()
    for number, (address, body) in enumerate(cycle(pages)):
        yield f"{address}?round={number // len(pages)}", body


def _read_pages(path: Path) -> list[tuple[str, bytes]]:
    return [(one.address.partition("?")[0], one.body) for one in read_archive(path) if one.kind == "response"]


def _make_pages() -> list[tuple[str, bytes]]:
    content = read_content()
    pieces = [piece for piece in content.pieces.values() if not piece.missing]
    return [(content.address(piece), render_page(content, piece).encode()) for piece in pieces]


def _run(root: Path, engine: str, workers: int) -> Run:
    command = [sys.executable, reader.__file__, str(root), engine, str(workers)]
    # One thread a process: libraries that spread work over cores would be measured on more than one.
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:  # noqa: S603 - our own program
        meter = Meter(process.pid)
        output = process.communicate()[0]
    meter.stop()
    if process.returncode != 0:
        raise NewsloomError("newsloom bench scale", f"the run with {engine} failed", "see its error above")
    said = json.loads(output)
    return Run(
        engine=engine,
        workers=workers,
        pages=said["pages"],
        start=round(said["start"], 2),
        rate=round(said["pages"] / said["seconds"], 1),
        processor=round(said["processor"], 2),
        memory=meter.together // _MIB,
        digest=said["digest"],
    )


def format_engines(runs: Sequence[Run]) -> str:
    """The figures as a table for the documentation."""
    alone = next((run.rate for run in runs if run.engine == "inline"), None)
    rows = [
        "| engine | workers | pages/s | beside inline | start-up s | CPU s | memory of all, MiB |",
        "| --- " * 7 + "|",
    ]
    for run in runs:
        beside = f"{run.rate / alone:.2f} x" if alone else "–"
        cells = (run.engine, run.workers, f"{run.rate:.0f}", beside, run.start, run.processor, run.memory)
        rows.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join([*rows, "", f"{runs[0].pages} pages; the same drafts from each."])
