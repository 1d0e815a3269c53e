"""Measures the keeping of pictures, on made-up ones and the way a pass does it: bytes in, files out."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import Final

from msgspec import Struct
from PIL import Image as Pictures

from newsloom.bench.picturebook import PictureBook, encode, list_hostile
from newsloom.engine import open_engine
from newsloom.images import Kept, probe
from newsloom.images.keeping import Keeper
from newsloom.images.reduction import Original, Reduced, reduce_batch
from newsloom.images.twins import Twins
from newsloom.progress import QuietReporter
from newsloom.records import Article, Image, Provider, Record
from newsloom.store import open_index

_MOMENT: Final = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
_HEAD: Final = 4_096  # bytes a probe is given
_HOSTILE_SHARE: Final = 10  # one picture of ten is not to be kept
_ALONE: Final = 200  # pictures reduced once more in this process, for the processor's time
_TRIES: Final = 3  # of which the quickest counts: other work on the machine slows the others
_AGAIN: Final = 60  # pictures sent a second time in three disguises


class Figures(Struct, kw_only=True):
    """What keeping came to. Seconds are of the wall clock, sizes of all files in bytes.

    `processor_ms` is the processor's time for reducing one original, the quickest of three: what other work
    on the machine slows down least.
    """

    pictures: int
    workers: int
    kept: int
    seconds: float
    per_second: float
    processor_ms: float
    original_bytes: int
    jpeg_bytes: int
    webp_bytes: int
    hostile: int
    refused_by_name: int
    misnamed: list[str]
    probes_per_second: float
    sized_by_head: int
    disguised: int
    found_again: int
    pairs: int
    confused: int


def measure_images(count: int, workers: int) -> Figures:
    """Keep `count` pictures, one of ten hostile, in worker processes (0: one a core)."""
    hostile = list(list_hostile())
    book = PictureBook()
    bad = {
        f"https://hostile.example/{number}": hostile[number % len(hostile)]
        for number in range(count // _HOSTILE_SHARE)
    }
    good = {f"https://news.example/{number}": book.draw(number) for number in range(count - len(bad))}
    with tempfile.TemporaryDirectory() as folder:
        bodies = good | {url: body for url, (_, body, _) in bad.items()}
        album, codes, seconds = _keep(Path(folder), bodies, workers)
        found, disguised = _find_again(book, Twins(Path(folder), album), album)
    misnamed = sorted(
        {
            f"{name}: {codes.get(url, 'kept')}"
            for url, (name, _, code) in bad.items()
            if codes.get(url) != code
        }
    )
    kept = [kept for url, kept in album.items() if url in good]
    speed, sized = _probe_all(list(good.values()))
    pairs = len(kept) * (len(kept) - 1) // 2
    return Figures(
        pictures=count,
        workers=workers,
        kept=len(kept),
        seconds=round(seconds, 2),
        per_second=round(len(good) / seconds, 1),
        processor_ms=round(_time_alone(list(good.values())[:_ALONE]), 1),
        original_bytes=sum(map(len, good.values())),
        jpeg_bytes=sum(width.jpeg_bytes for one in kept for width in one.widths),
        webp_bytes=sum(width.webp_bytes for one in kept for width in one.widths),
        hostile=len(bad),
        refused_by_name=sum(codes.get(url) == code for url, (_, _, code) in bad.items()),
        misnamed=misnamed,
        probes_per_second=round(speed),
        sized_by_head=sized,
        disguised=disguised,
        found_again=found,
        pairs=pairs,
        confused=sum(a.content == b.content for a, b in combinations(kept, 2)),
    )


def _keep(
    root: Path, bodies: Mapping[str, bytes], workers: int
) -> tuple[Mapping[str, Kept], dict[str, str], float]:
    records = [_make_record(number, url) for number, url in enumerate(sorted(bodies))]
    with open_index(root / "index.sqlite") as index, open_engine("pool", workers) as engine:
        for _ in engine.run(reduce_batch, [[Original("", b"")]] * 8):
            pass  # workers are started and have loaded what they need
        keeper = Keeper(
            root, index, engine, _MOMENT, at_hand=bodies, open_fetcher=None, reporter=QuietReporter()
        )
        start = time.perf_counter()
        gallery = keeper.keep(records, {})
        seconds = time.perf_counter() - start
        codes = {url: failure.code for url, failure in index.image_failures().items()}
    return gallery.album, codes, seconds


def _time_alone(bodies: Sequence[bytes]) -> float:
    """Milliseconds of the processor for one picture, without the pool and the disk."""
    total = 0.0
    for body in bodies:
        times = []
        for _ in range(_TRIES):
            start = time.process_time()
            reduce_batch([Original("", body)])
            times.append(time.process_time() - start)
        total += min(times)
    return 1_000 * total / len(bodies)


def _make_record(number: int, url: str) -> Record:
    article = Article(
        title=f"Story {number}",
        excerpt="",
        published=_MOMENT,
        original_url=f"https://news.example/story-{number}",
        provider=Provider(name="News", domain=f"news{number}.example"),
        shown=True,
        images=(Image(url=url),),
    )
    return Record(name=f"story-{number}", article=article)


def _probe_all(bodies: Sequence[bytes]) -> tuple[float, int]:
    heads = [body[:_HEAD] for body in bodies]
    start = time.perf_counter()
    found = [probe(head) for head in heads]
    seconds = time.perf_counter() - start
    return len(heads) / seconds, sum(one is not None and one.width > 0 for one in found)


def _find_again(book: PictureBook, twins: Twins, album: Mapping[str, Kept]) -> tuple[int, int]:
    """Send kept pictures again, smaller and in other formats: how many are known for what they are."""
    found = total = 0
    for number in range(min(_AGAIN, len(album))):
        kept = album.get(f"https://news.example/{number}")
        if kept is None:
            continue
        picture = book.sketch(number)
        for disguise in _disguise(picture):
            total += 1
            (reduced,) = reduce_batch([Original("again", disguise)])
            same = twins.find(reduced) if isinstance(reduced, Reduced) else None
            found += same is not None and same.content == kept.content
    return found, total


def _disguise(picture: Pictures.Image) -> list[bytes]:
    half = picture.resize((picture.width // 2, picture.height // 2), Pictures.Resampling.BICUBIC)
    return [encode(half, "JPEG", quality=60), encode(picture, "WEBP", quality=50), encode(half, "PNG")]
