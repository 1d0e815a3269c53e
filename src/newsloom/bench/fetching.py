"""Grades the fetcher on the courtesy server, and measures what a request costs it."""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from msgspec import Struct, structs

from newsloom.bench.courtesy import Outcome, count_groups, grade, list_cases, run_cases
from newsloom.bench.courtesy.range import Turns
from newsloom.errors import NewsloomError
from newsloom.fetch import Limits, LiveFetcher, Request, fetch_all

_READY_SECONDS: Final = 30.0  # seconds the process of the loopback server may take to start
_ROBOTS: Final = b"HTTP/1.1 200 OK\r\nContent-Length: 36\r\n\r\nUser-agent: *\nDisallow: /private/xx\n"
_UNCHANGED: Final = b'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\n\r\n'


class Cost(Struct, frozen=True, kw_only=True):
    """What polling many hosts takes when nothing has changed; each is its own host."""

    sources: int
    requests: int
    per_second: float
    cpu_micros: float


def grade_fetcher() -> list[Outcome]:
    """Play every case of the courtesy server."""
    return run_cases(list_cases())


def measure_cost(sources: int, *, repeats: int = 3) -> dict[str, Cost]:
    """Poll that many hosts of another process, robots.txt and all; then once more with its rules at hand.

    The best of some repeats, so that what else the machine does counts little. `cpu_micros` is this
    process's time for one source.
    """
    context = multiprocessing.get_context("spawn")
    listener, teller = context.Pipe(duplex=False)
    server = context.Process(target=_serve, args=(teller,), daemon=True)
    server.start()
    try:
        if not listener.poll(_READY_SECONDS):
            raise NewsloomError("bench fetch", "its loopback server does not start")
        port = int(listener.recv())
        return asyncio.run(_measure(port, sources, repeats))
    finally:
        server.terminate()
        server.join()


async def _measure(port: int, sources: int, repeats: int) -> dict[str, Cost]:
    with TemporaryDirectory(prefix="newsloom-bench-") as folder:
        first = [await _poll(port, sources, Path(folder) / f"{number}.sqlite") for number in range(repeats)]
        later = [await _poll(port, sources, Path(folder) / f"{number}.sqlite") for number in range(repeats)]
    return {
        "robots.txt read": min(first, key=lambda cost: cost.cpu_micros),
        "robots.txt at hand": min(later, key=lambda cost: cost.cpu_micros),
    }


async def _poll(port: int, sources: int, ledger: Path) -> Cost:
    requests = [
        Request(
            address=f"http://127.1.{number // 250}.{number % 250 + 1}:{port}/feed", kind="feed", etag='"a"'
        )
        for number in range(sources)
    ]
    limits = Limits(host_seconds=0.0)
    started, worked = time.monotonic(), time.process_time()
    with Turns(ledger) as counted:
        async with LiveFetcher(allow=["127.0.0.0/8"], limits=limits, ledger=counted) as fetcher:
            async for _, answer in fetch_all(fetcher, requests):
                if isinstance(answer, NewsloomError):
                    raise answer
    worked, seconds = time.process_time() - worked, time.monotonic() - started
    return Cost(
        sources=sources,
        requests=len(counted.turns),
        per_second=round(sources / seconds, 1),
        cpu_micros=round(worked / sources * 1e6, 1),
    )


def _serve(teller: Any) -> None:  # noqa: ANN401 - multiprocessing's Connection has no public name
    """Answer robots.txt, and "not modified" to all else, until the process is ended."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                writer.write(_ROBOTS if b" /robots.txt " in head else _UNCHANGED)
        except (OSError, EOFError):
            pass
        finally:
            writer.close()

    async def work() -> None:
        server = await asyncio.start_server(answer, "0.0.0.0", 0, backlog=4096)  # noqa: S104 - all of loopback
        teller.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(work())


def describe_fetching(outcomes: Sequence[Outcome], costs: dict[str, Cost]) -> dict[str, object]:
    """All figures, for a file."""
    return {
        "grade": grade(outcomes),
        "cases": len(outcomes),
        "passed": sum(not outcome.fault for outcome in outcomes),
        "groups": {
            name: {"passed": passed, "cases": played}
            for name, (passed, played) in count_groups(outcomes).items()
        },
        "failures": [structs.asdict(outcome) for outcome in outcomes if outcome.fault],
        "costs": {name: structs.asdict(cost) for name, cost in costs.items()},
    }


def format_fetching(outcomes: Sequence[Outcome], costs: dict[str, Cost]) -> str:
    """The grade as a table, what failed, and what a source costs."""
    groups = count_groups(outcomes)
    lines = ["| group | passed | cases |", "| --- | --- | --- |"]
    lines += [f"| {name} | {passed} | {played} |" for name, (passed, played) in groups.items()]
    whole = sum(not outcome.fault for outcome in outcomes)
    lines += [f"| **all** | **{whole}** | **{len(outcomes)}** |", "", f"Grade: {grade(outcomes)}"]
    lines += [f"- {item.group}: {item.name}: {item.fault}" for item in outcomes if item.fault]
    if costs:
        lines += [
            "",
            "| polling, nothing changed | sources | sources/s | CPU µs/source |",
            "| --- | --- | --- | --- |",
        ]
    for name, cost in costs.items():
        lines.append(f"| {name} | {cost.sources} | {cost.per_second:.0f} | {cost.cpu_micros:.0f} |")
    return "\n".join(lines)
