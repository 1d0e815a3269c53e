"""A program that reads a site's recordings through an engine and prints how long that took: for measuring.

    python reader.py SITE ENGINE WORKERS

It prints one line of JSON: seconds until all workers had done something, pages and seconds of the reading
after that, and a digest of all drafts, by which results of engines are compared.
"""

from __future__ import annotations

import json
import os
import sys
import time
from hashlib import blake2b
from pathlib import Path

import msgspec

from newsloom import settings
from newsloom.bench.polling import list_below, look_at
from newsloom.engine import Failed, open_engine
from newsloom.intake import Intake
from newsloom.intake.pages import split_batches
from newsloom.intake.recordings import Recordings
from newsloom.intake.references import read_batch
from newsloom.site import read_site


def read_all(root: Path, name: str, workers: int) -> dict[str, object]:
    """Read the recordings of a site; what it came to."""
    site = read_site(root)
    start = time.perf_counter()
    with open_engine(name, workers) as engine:
        first = next(iter(Recordings(site, Intake()).list_all()))
        for _ in engine.run(read_batch, [[first]] * (2 * max(workers, 1))):
            pass
        up, spent = time.perf_counter(), _count_seconds()
        recordings, drafts = Recordings(site, intake := Intake()), []
        for batch, readings in engine.run(
            read_batch, split_batches(recordings.list_all(), settings.BATCH_PAGES * engine.stretch)
        ):
            for item, reading in zip(batch, readings, strict=True):
                if not isinstance(reading, Failed):
                    drafts.append(recordings.take(item, reading))
        end, spent = time.perf_counter(), _count_seconds() - spent
    digest = blake2b(msgspec.json.encode(drafts), digest_size=16).hexdigest()
    return {
        "start": up - start,
        "seconds": end - up,
        "processor": spent,
        "pages": intake.pages,
        "digest": digest,
    }


def _count_seconds() -> float:
    """CPU seconds that this process and all below it have used."""
    return sum(seen[0] for pid in list_below(os.getpid()) if (seen := look_at(pid)) is not None)


if __name__ == "__main__":
    print(json.dumps(read_all(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))))
