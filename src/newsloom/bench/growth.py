"""What a pass costs as history grows: the same thousand articles a day, with ever more behind them.

A site is filled by a pass of its own until as many articles are in play as history is to stay beside; then
passes of a day's articles are measured, each the command an owner types. Between the sizes history is laid
down directly: documents (copies of those in play under other names), the index's rows with addresses of their
own, and what the lists remember. Git and the index of search take no part in what is laid down.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from html import escape
from itertools import islice
from pathlib import Path
from typing import Final

from msgspec import Struct

from newsloom.bench.laying import lay_history
from newsloom.bench.streams import Text, make_stream
from newsloom.config import Config
from newsloom.curate import StoryInput
from newsloom.errors import NewsloomError
from newsloom.records import Topic
from newsloom.starter import init_site

DAYS: Final = 10  # in play
SPARE: Final = 2  # of them beyond the setting
FEED: Final = "incoming.xml"
_START: Final = datetime(2026, 1, 20, tzinfo=UTC)
_PROVIDERS: Final = 150
_KIB: Final = 1_024
# A small process of its own: what a process starts counts its peak from that of who started it.
_RUNNER: Final = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:]).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_maxrss, used.ru_utime + used.ru_stime, file=sys.stderr)
sys.exit(code)
"""
_TOPICS: Final = (
    ("world", "war, minister, government, border, treaty"),
    ("politics", "election, senate, vote, president, party"),
    ("economy", "market, bank, price, trade, tax"),
    ("health", "hospital, doctor, vaccine, patient, disease"),
    ("science", "research, study, climate, university, space"),
    ("justice", "court, judge, police, law, prison"),
    ("work", "worker, union, company, factory, job"),
    ("life", "school, family, city, food, home"),
)


class Step(Struct, frozen=True, kw_only=True):
    """One pass: records there before it, seconds on the clock and of the processor, MiB at its peak."""

    size: int
    before: int
    new: int
    wall: float
    processor: float
    peak: float
    seconds: dict[str, float]


def measure_growth(
    texts: Sequence[Text],
    folder: Path,
    sizes: Sequence[int],
    *,
    daily: int,
    days: int,
    repeats: int,
    tell: Callable[[str], None],
) -> list[Step]:
    """Measure passes of `daily` articles with that many records in the index; `folder` is a new one."""
    site = _make_site(folder / "site", days)
    stream = _date_stream(make_stream(texts, 10**6, days=10**6 / daily))
    tell(f"Filling the site with {daily * days} articles")
    held = 0
    for _ in range(days):  # by the last of them all providers are in the register
        _write_feed(site / FEED, list(islice(stream, daily)))
        held += _run(site, held).new
    steps: list[Step] = []
    for size in sizes:
        if size > held:
            tell(f"Laying down {size - held} records of history")
            held += lay_history(site, size - held)
        for _ in range(repeats):
            _write_feed(site / FEED, list(islice(stream, daily)))
            step = _run(site, held, size)
            held += step.new
            tell(f"{step.before} records: {step}")
            steps.append(step)
    return steps


def _make_site(root: Path, days: int) -> Path:
    config = Config(
        title="Growing desk",
        url="http://127.0.0.1/",
        keep="all",
        publish_at=0,
        window_days=min(7, days - SPARE),
        history_days=days - SPARE,
        engine="inline",
        fetch_pages=False,
        fetch_images=False,
        git=False,
    )
    topics = [Topic(id=n, name=n.title(), keywords=tuple(words.split(", "))) for n, words in _TOPICS]
    init_site(root, config=config, topics=topics, feeds=[FEED])
    return root


def _date_stream(stream: Iterator[StoryInput]) -> Iterator[tuple[datetime, StoryInput]]:
    """Articles with the moments of the stream moved behind all that history is laid before."""
    first: datetime | None = None
    for article in stream:
        moment = article.date if isinstance(article.date, datetime) else _START
        first = first or moment
        yield _START + (moment - first), article


def _write_feed(path: Path, articles: Sequence[tuple[datetime, StoryInput]]) -> None:
    """The site's feed with a day's articles, as of the hour after the last of them."""
    items = "".join(_write_item(moment, article) for moment, article in articles)
    path.write_text(f"{_HEAD}{items}{_TAIL}", encoding="utf-8")
    seen = (articles[-1][0] + timedelta(hours=1)).timestamp()
    os.utime(path, (seen, seen))


_HEAD: Final = "<?xml version='1.0'?><rss version='2.0'><channel><title>Incoming</title>"
_TAIL: Final = "</channel></rss>"


def _write_item(moment: datetime, article: StoryInput) -> str:
    address = f"https://paper{int(article.id) * 7919 % _PROVIDERS}.example/{article.id}"
    return (
        f"<item><title>{escape(article.title)}</title><link>{address}</link><guid>{address}</guid>"
        f"<pubDate>{moment:%a, %d %b %Y %H:%M:%S} GMT</pubDate>"
        f"<description>{escape(article.text)}</description></item>\n"
    )


def _run(site: Path, before: int, size: int = 0) -> Step:
    """One pass by the command line."""
    command = [sys.executable, "-c", _RUNNER, sys.executable, "-m", "newsloom", "run", str(site), "--json"]
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own program
    if done.returncode != 0:
        raise NewsloomError("newsloom bench growth", f"a pass failed: {done.stderr.strip()}")
    summary = json.loads(done.stdout)
    peak, processor = map(float, done.stderr.split()[-2:])
    return Step(
        size=size,
        before=before,
        new=summary["new"],
        wall=round(time.perf_counter() - start, 1),
        processor=round(processor, 1),
        peak=round(peak / _KIB),
        seconds=summary["seconds"],
    )


def pick_best(steps: Sequence[Step]) -> list[Step]:
    """Of the passes at each size the one that took the processor least, by size."""
    sizes: dict[int, list[Step]] = {}
    for step in steps:
        sizes.setdefault(step.size, []).append(step)
    return [min(group, key=lambda step: step.processor) for _, group in sorted(sizes.items())]


def format_growth(steps: Sequence[Step]) -> str:
    """The best pass at each size as a table, by stage."""
    best = pick_best(steps)
    stages = list(dict.fromkeys(name for step in best for name in step.seconds))
    rows = [
        f"| records before | new | s | s of the processor | peak MiB | {' | '.join(stages)} |",
        "| --- " * (5 + len(stages)) + "|",
    ]
    rows += [
        f"| {step.before:,} | {step.new} | {step.wall} | {step.processor} | {step.peak:.0f} "
        f"| {' | '.join(str(step.seconds.get(name, 0.0)) for name in stages)} |"
        for step in best
    ]
    first, last = best[0], best[-1]
    processor, peak = last.processor / first.processor, last.peak / first.peak
    told = f"{processor:.2f} times the processor's seconds, {peak:.2f} times the memory"
    return "\n".join([*rows, "", f"From {first.before:,} to {last.before:,} records: {told}"])
