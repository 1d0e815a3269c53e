"""Measure the main job: a pass over recorded pages and feeds, and the same pass again.

usage: python scripts/bench_pass.py [DATA] [--site DIR]

DATA is a folder with `web/pages.warc.gz` and `web/feeds.warc.gz` (default: ../shared/data). A site that keeps
every record is made in a temporary folder, or in DIR, and run twice by the command line, as its owner
would. Printed as JSON: both summaries, wall seconds, peak memory of the largest process, how many
documents come from pages, and how many files the second pass wrote (none, as it should be).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from newsloom.archive import Archive
from newsloom.config import Config
from newsloom.site import read_site
from newsloom.starter import init_site


def make_site(site: Path, data: Path) -> None:
    """Make a site that keeps every record and reads the two recordings."""
    web = data.resolve() / "web"
    sources = "".join(f"- warc: {web / name}\n" for name in ("pages.warc.gz", "feeds.warc.gz"))
    init_site(site, config=Config(title="Benchmark", topic="AI", keep="all"), sources=sources)


def run_pass(site: Path) -> dict[str, Any]:
    """Run one pass by the command line and give its summary, with wall seconds and exit code."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "newsloom", "run", str(site), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own program
    if done.returncode != 0:
        return {"exit": done.returncode, "error": done.stderr[-2000:]}
    return {**json.loads(done.stdout), "wall_seconds": round(time.perf_counter() - start, 2), "exit": 0}


def take_stock(site: Path) -> dict[str, tuple[int, int]]:
    """Size and time of change of every file that readers or git see."""
    files = (path for path in site.rglob("*") if path.is_file() and ".newsloom" not in path.parts)
    return {
        str(path.relative_to(site)): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in files
        if ".git" not in path.parts
    }


def count_from_pages(site: Path) -> int:
    """Count the documents that were read off a page, not made from a feed entry alone."""
    archive = Archive(read_site(site))
    records = (archive.read(name) for name in archive.names())
    return sum(record.state is not None and record.state.origin == "page" for record in records)


def main() -> None:
    """Run the benchmark and print its figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("data", nargs="?", type=Path, default=Path("../shared/data"))
    parser.add_argument("--site", type=Path, help="make the site here and keep it")
    options = parser.parse_args()
    folder = options.site or Path(tempfile.mkdtemp(prefix="newsloom-bench-")) / "site"
    make_site(folder, options.data)
    first = run_pass(folder)
    before = take_stock(folder)
    second = run_pass(folder)
    after = take_stock(folder)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(
        json.dumps(
            {
                "machine": {"cores": os.cpu_count(), "python": platform.python_version()},
                "first": first,
                "second": second,
                "documents_from_pages": count_from_pages(folder),
                "files": len(before),
                "files_changed_by_the_second": sum(
                    before.get(name) != stamp for name, stamp in after.items()
                ),
                "peak_memory_mib": peak,
            },
            indent=2,
        )
    )
    if options.site is None:
        shutil.rmtree(folder.parent)


if __name__ == "__main__":
    main()
