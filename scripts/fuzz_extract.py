"""Fuzz the reading of pages with atheris (coverage-guided), for as long as one likes.

usage: python scripts/fuzz_extract.py SEEDS [atheris options, such as -max_total_time=600]

SEEDS is a folder of HTML pages, gzipped or not. Any error but a `PageError`, any reading slower than
`SLOW` seconds, and any crash of a library ends the run with the page that caused it. It needs atheris, which
is not among the project's own dependencies: `pip install atheris`.
"""

from __future__ import annotations

import gzip
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["newsloom"]):
    from newsloom.errors import PageError
    from newsloom.extract import explain, extract
    from newsloom.records import Page

SLOW = 10.0  # seconds; the slowest real page takes a fifth of one, instrumented code several times that
SEED_BYTES = 60_000  # of one seed: longer ones only slow the search for new paths down
_SEEN = datetime(2026, 1, 1, tzinfo=UTC)


def read_page(data: bytes) -> None:
    """Read one page that the fuzzer made."""
    page = Page(
        address="https://news.example/2025/03/04/story",
        final="https://news.example/2025/03/04/story",
        body=data,
        observed=_SEEN,
    )
    start = time.perf_counter()
    try:
        extract(page)
        if data[:1] == b" ":
            explain(page)
    except PageError:
        pass
    seconds = time.perf_counter() - start
    if seconds > SLOW:
        raise TimeoutError(f"{len(data)} bytes took {seconds:.1f} s")


def main() -> None:
    """Unpack the seeds into a temporary folder and fuzz."""
    seeds, *options = sys.argv[1:]
    corpus = Path(tempfile.mkdtemp(prefix="newsloom-fuzz-"))
    for path in sorted(Path(seeds).iterdir()):
        body = path.read_bytes()
        body = gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body
        (corpus / path.stem).write_bytes(body[:SEED_BYTES])
    atheris.Setup(
        [sys.argv[0], f"-max_len={2 * SEED_BYTES}", "-timeout=60", "-rss_limit_mb=0", *options, str(corpus)],
        read_page,
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main()
