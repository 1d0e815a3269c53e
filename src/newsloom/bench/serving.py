"""How fast the server answers, beside nginx with the same files in the same run.

A server has the first core to itself, the load generator (wrk) the second. Each address is asked for on 32
connections that take gzip; then by connections that pause some 10 ms after each answer, as many as make half
of the rate, and the time in which 99 of 100 answers come is taken there. nginx has one worker and finds each
file packed already (`gzip_static`).
"""

from __future__ import annotations

import gzip
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import msgspec
from msgspec import Struct

from newsloom.bench.listening import Listening, find_port, measure_listeners, wait_for_port
from newsloom.bench.madeup import make_site
from newsloom.errors import NewsloomError

RECORDS: Final = 270  # some 200 stories: each fourth record joins the story before
LISTENERS: Final = 1_000
_CONNECTIONS: Final = 32
_SECONDS: Final = 3
_PAUSE: Final = 0.010  # seconds a connection waits at half load; wrk counts in milliseconds
_RATE: Final = re.compile(r"Requests/sec:\s+([\d.]+)")
_SLOWEST: Final = re.compile(r"99%\s+([\d.]+)(us|ms|s)")
_FAILED: Final = re.compile(r"Non-2xx or 3xx responses: \d+|Socket errors: .*")
_UNITS: Final = {"us": 0.001, "ms": 1.0, "s": 1_000.0}
_LUA: Final = "function delay() return math.random(5, 15) end\n"
_SERVER: Final = "import sys; from pathlib import Path; from newsloom.serve import run\n"
_RUN: Final = "run(Path(sys.argv[1]), port=int(sys.argv[2]))"
_NGINX: Final = """worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 4096; }}
http {{
  access_log off; sendfile on; open_file_cache max=1000; gzip_static on; keepalive_requests 10000000;
  types {{ text/html html; application/json json; application/rss+xml rss; }}
  server {{ listen 127.0.0.1:{port}; root {root}; location /api/ {{ index index.json; }} }}
}}
"""


class Rate(Struct, frozen=True, kw_only=True):
    """One address at one server: requests a second; at half of that, what was reached and the p99 in ms."""

    name: str
    server: str
    rate: float
    half: float
    p99: float


class Serving(Struct, frozen=True, kw_only=True):
    """All that `newsloom bench serve` finds."""

    rates: list[Rate]
    listening: Listening


def measure_serving(listeners: int, tell: Callable[[str], None]) -> Serving:
    """Serve a made-up site and ask for it. Raises NewsloomError where wrk is missing."""
    if shutil.which("wrk") is None:
        raise NewsloomError("wrk", "is not installed", "install it: apt-get install wrk")
    with tempfile.TemporaryDirectory(prefix="newsloom-bench-", ignore_cleanup_errors=True) as temporary:
        folder = Path(temporary)
        site, files = _publish(folder, tell)
        rates: list[Rate] = []
        with _serve(site) as (process, port):
            rates += _ask_all("newsloom", port, site / "public/feed.json", tell)
        if shutil.which("nginx") is None:
            tell("nginx is not installed (apt-get install nginx-light): there is nothing to compare with")
        else:
            with _serve_files(folder, files) as port:
                rates += _ask_all("nginx", port, site / "public/feed.json", tell)
        with _serve(site) as (process, port):
            tell(f"Letting {listeners} listeners in")
            listening = measure_listeners(process.pid, port, site / "public/feed.json", listeners)
        return Serving(rates=rates, listening=listening)


def _publish(folder: Path, tell: Callable[[str], None]) -> tuple[Path, Path]:
    """A site as a pass leaves it, and the same files with a packed copy beside each."""
    site, files = folder / "site", folder / "files"
    tell(f"Making a site of {RECORDS} records")
    make_site(site, RECORDS)
    for command in (["run", str(site), "--json"], ["export", str(files), "--site", str(site)]):
        _call([sys.executable, "-m", "newsloom", *command])
    for path in [path for path in files.rglob("*") if path.suffix in {".html", ".json", ".rss"}]:
        path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes(), 6, mtime=0))
    return site, files


@contextmanager
def _serve(site: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    port = find_port()
    command = [sys.executable, "-c", _SERVER + _RUN, str(site), str(port)]
    with _running(command, port) as process:
        yield process, port


@contextmanager
def _serve_files(folder: Path, files: Path) -> Iterator[int]:
    port = find_port()
    folder.chmod(0o755)  # nginx reads as a user of its own
    (folder / "nginx.conf").write_text(_NGINX.format(folder=folder, port=port, root=files))
    with _running(["nginx", "-c", str(folder / "nginx.conf")], port):
        yield port


@contextmanager
def _running(command: Sequence[str], port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A server on the first core, until it is no longer needed."""
    with _pinned(first=True):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 - fixed program
    try:
        wait_for_port(port)
        yield process
    finally:
        process.terminate()
        process.wait(timeout=30)


@contextmanager
def _pinned(*, first: bool) -> Iterator[None]:
    """What is started meanwhile runs on the first core, or on the others if there are any."""
    allowed = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, allowed[:1] if first else allowed[1:2] or allowed)
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


def _ask_all(server: str, port: int, feed: Path, tell: Callable[[str], None]) -> Iterator[Rate]:
    """Each kind of answer in turn."""
    story = urlsplit(msgspec.json.decode(feed.read_bytes())["items"][0]["id"]).path
    base = f"http://127.0.0.1:{port}"
    tag = _find_tag(f"{base}/")
    addresses: dict[str, tuple[str, Mapping[str, str]]] = {
        "front page": (f"{base}/", {}),
        "story": (f"{base}{story}", {}),
        "API": (f"{base}/api/news/", {}),
        "feed": (f"{base}/feed.rss", {}),
        "front page, 304": (f"{base}/", {"If-None-Match": tag}),
    }
    for name, (address, headers) in addresses.items():
        tell(f"Asking {server} for: {name}")
        rate, _ = _load(address, headers, _CONNECTIONS)
        half, p99 = _load(address, headers, max(1, round(rate / 2 * _PAUSE)), paced=True)
        yield Rate(name=name, server=server, rate=rate, half=half, p99=p99)


def _find_tag(address: str) -> str:
    request = Request(address, headers={"Accept-Encoding": "gzip"})  # noqa: S310 - our own server
    with urlopen(request) as reply:  # noqa: S310 - as above
        return str(reply.headers["ETag"])


def _load(
    address: str, headers: Mapping[str, str], connections: int, *, paced: bool = False
) -> tuple[float, float]:
    """Requests a second, and the milliseconds in which 99 of 100 are answered."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{_SECONDS}s", "--latency", "-H", "Accept-Encoding: gzip"]
    command += [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script, _pinned(first=False):
        script.write(_LUA if paced else "")
        script.flush()
        said = _call([*command, "-s", script.name, address])
    rate, slowest = _RATE.search(said), _SLOWEST.search(said)
    if rate is None or slowest is None or (failed := _FAILED.search(said)):
        raise NewsloomError(
            address, f"was not answered: {failed[0] if rate and slowest and failed else said}"
        )
    return float(rate[1]), float(slowest[1]) * _UNITS[slowest[2]]


def _call(command: Sequence[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - fixed program
    if done.returncode != 0:
        raise NewsloomError(" ".join(command[:3]), f"failed: {done.stderr.strip()}")
    return done.stdout


def format_serving(figures: Serving) -> str:
    """The figures as a table, ours beside nginx's."""
    others = {rate.name: rate for rate in figures.rates if rate.server == "nginx"}
    lines = [
        "| answer | requests/s | p99 at half that load | nginx, requests/s | p99 at half | ours to nginx |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for rate in (rate for rate in figures.rates if rate.server == "newsloom"):
        other = others.get(rate.name)
        cells = [rate.name, f"{rate.rate:,.0f}", f"{rate.p99:.1f} ms at {rate.half:,.0f}/s"]
        if other is None:
            cells += ["–", "–", "–"]
        else:
            cells += [f"{other.rate:,.0f}", f"{other.p99:.1f} ms at {other.half:,.0f}/s"]
            cells += [f"1 : {other.rate / rate.rate:.1f}"]
        lines.append(f"| {' | '.join(cells)} |")
    heard = figures.listening
    lines += [
        "",
        f"{heard.listeners} listeners at /live: {heard.with_listeners} MiB in all processes of the server "
        f"({heard.without} MiB without); all heard of a new story after {heard.told_seconds:.2f} s "
        "(looked for once a second)",
    ]
    return "\n".join(lines)
