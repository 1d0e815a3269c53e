"""Runs extractors over sets of pages and adds up what they got right and how long they took."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from newsloom.bench import worker
from newsloom.bench.scoring import count_segments, score, sort_segments
from newsloom.bench.sets import Case, PageSet
from newsloom.errors import PageError
from newsloom.extract import explain
from newsloom.records import Page

OWN: Final = "newsloom"
FLOOR: Final = "parse"
RIVALS: Final = ("trafilatura", "resiliparse", "extruct", "htmldate", "newspaper4k", "readability-lxml")
_SECONDS: Final = 3600  # of one extractor on one set; the slowest known takes minutes
_GOOD_TEXT: Final = 0.9  # F1 below which a text is listed as a miss
_FIELDS: Final = {"day": "published", "minute": "published", "image": "images"}


class SetResult(Struct, frozen=True, kw_only=True):
    """One extractor on one set: `fields` maps a field to (share that is right, pages counted)."""

    pages: int
    failed: int
    fields: dict[str, tuple[float, int]]
    pages_per_second: float
    p50_ms: float
    p99_ms: float
    slowest_ms: float
    peak_mib: float


class Result(Struct, frozen=True, kw_only=True):
    """One extractor on all sets; `note` says why when there is nothing to tell."""

    name: str
    version: str = ""
    sets: dict[str, SetResult] = {}
    note: str = ""


def measure(sets: list[PageSet], rivals: Path, say: Callable[[str], None]) -> list[Result]:
    """Run our extractor, the bare parse and every rival that is installed over all sets, one by one."""
    return [_measure_one(name, sets, rivals, say) for name in (OWN, FLOOR, *RIVALS)]


def count_readers(sets: list[PageSet]) -> dict[str, int]:
    """Count who read the main text of our pages: the own reader, JSON-LD, or trafilatura for want of both."""
    found: Counter[str] = Counter()
    for page_set in sets:
        for case in page_set.cases:
            seen = case.observed or datetime.now(UTC)
            page = Page(address=case.url, final=case.url, body=case.read(), observed=seen)
            try:
                found.update(source for field, source, _, _ in explain(page) if field == "text")
            except PageError as error:
                found[f"refused ({error.code})"] += 1
    return dict(found)


def _measure_one(name: str, sets: list[PageSet], rivals: Path, say: Callable[[str], None]) -> Result:
    python = Path(sys.executable) if name in {OWN, FLOOR} else rivals / "bin" / "python"
    if not python.is_file():
        return Result(name=name, note=f"skipped: there is no {python} (`make rivals` installs it)")
    version, results = "", {}
    for page_set in sets:
        say(f"{name}: {page_set.name}, {len(page_set.cases)} pages")
        done = _run(python, name, page_set.cases)
        if done.returncode:
            cause = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            return Result(name=name, note=f"skipped: {cause}")
        first, *rows, last = (json.loads(line) for line in done.stdout.splitlines())
        version = first["version"]
        results[page_set.name] = _add_up(page_set, rows, last["peak_mib"])
    return Result(name=name, version=version, sets=results)


def _run(python: Path, name: str, cases: Iterable[Case]) -> subprocess.CompletedProcess[str]:
    lines = (
        {
            "id": case.id,
            "url": case.url,
            "file": str(case.file),
            "observed": case.observed.isoformat() if case.observed else None,
        }
        for case in cases
    )
    # One thread a program: libraries that spread work over cores would be measured on more than one.
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}
    return subprocess.run(  # noqa: S603 - our own program, in an environment its user names
        [python, worker.__file__, name],
        input="\n".join(json.dumps(line) for line in lines),
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
        env=environment,
    )


def _add_up(page_set: PageSet, rows: list[dict[str, Any]], peak: float) -> SetResult:
    seconds = sorted(row["seconds"] for row in rows)
    fields: dict[str, list[float]] = defaultdict(list)
    segments = [0, 0, 0]
    speed_only = not any(row["found"] for row in rows)
    for case, row in zip(page_set.cases, rows, strict=True):
        if speed_only:
            break
        for field, share in score(case.gold, row["found"]):
            fields[field].append(share)
        if case.gold.wanted:
            segments = [
                sum(pair) for pair in zip(segments, count_segments(case.gold, row["found"]), strict=True)
            ]
    shares = {field: (statistics.fmean(values), len(values)) for field, values in fields.items()}
    if any(segments):
        held, wrong, missing = segments
        shares["segments"] = (2 * held / (2 * held + wrong + missing), held + missing)
    return SetResult(
        pages=len(rows),
        failed=sum(bool(row["error"]) for row in rows),
        fields=shares,
        pages_per_second=len(rows) / sum(seconds),
        p50_ms=1000 * seconds[len(seconds) // 2],
        p99_ms=1000 * seconds[min(len(seconds) - 1, int(len(seconds) * 0.99))],
        slowest_ms=1000 * seconds[-1],
        peak_mib=peak,
    )


def pick(sets: list[PageSet], part: str) -> list[PageSet]:
    """Give the sets, or of each the pages set aside ("aside") or those to tune on ("tune")."""
    if part == "all":
        return sets
    return [
        PageSet(item.name, tuple(case for case in item.cases if case.is_set_aside == (part == "aside")))
        for item in sets
    ]


def list_misses(sets: list[PageSet]) -> Iterator[dict[str, Any]]:
    """Give every field of every page that our extractor gets wrong, or a text below `_GOOD_TEXT`."""
    for page_set in sets:
        done = _run(Path(sys.executable), OWN, page_set.cases)
        rows = [json.loads(line) for line in done.stdout.splitlines()][1:-1]
        for case, row in zip(page_set.cases, rows, strict=True):
            for field, got, wanted in _wrong_fields(case, row["found"]):
                yield {
                    "set": page_set.name,
                    "id": case.id,
                    "url": case.url,
                    "field": field,
                    "gold": wanted,
                    "found": got,
                    "error": row["error"],
                }


def _wrong_fields(case: Case, found: dict[str, Any]) -> Iterator[tuple[str, object, object]]:
    for field, share in score(case.gold, found):
        if share < (_GOOD_TEXT if field == "text" else 1):
            name = _FIELDS.get(field, field)
            yield field, found.get(name), getattr(case.gold, name)
    missing, wrong = sort_segments(case.gold, found)
    if missing or wrong:
        yield "segments", {"unwanted": wrong, "text": found.get("text")}, {"missing": missing}
