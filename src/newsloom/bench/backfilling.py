"""How fast a back-fill is, what memory it takes, and what its early looks lose.

The speed is that of the command an owner types, in a process of its own, passes and commits included. Memory
is that of all its processes together. What is lost is told on real pages: those that a full reading
finds to be of a site's topics, and that the look before it turns away.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from newsloom.backfill import Account
from newsloom.backfill.filling import FOLDER
from newsloom.backfill.glance import glance
from newsloom.backfill.looking import Look, Refusal, may_be_topical, read_draft, refuse_page
from newsloom.bench.archived import list_wanted, write_archives
from newsloom.bench.laying import lay_history
from newsloom.bench.sets import Case, PageSet
from newsloom.config import Config
from newsloom.curate.gate import Gate
from newsloom.curate.topics import build_tagger
from newsloom.documents import read_topics
from newsloom.errors import NewsloomError
from newsloom.extract.encoding import as_utf8
from newsloom.intake.looking import Look as PassLook
from newsloom.intake.looking import read_wanted
from newsloom.records import Draft, Page, Topic
from newsloom.site import read_site
from newsloom.starter import ai_topics, init_site
from newsloom.store import open_index

_FIRST_SECONDS: Final = (
    3.0  # after which a run is killed for the first time; each later one lives a second more
)
_FIRST_PAGES: Final = 5_000  # of the archives, which a site that has records before has read
_PLAYED: Final = 30  # days after which its records are history
_LOOK_SECONDS: Final = 0.2  # between two looks at the memory of the processes
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_NARROW: Final = Topic(
    id="solar",
    name="Solar power",
    description="Electricity from sunlight: panels on roofs, inverters, batteries, and the grids.",
    keywords=("solar", "photovoltaic", "inverter"),
)
_SEEN: Final = datetime(2026, 1, 1, tzinfo=UTC)  # for pages nobody wrote a date down for


class Run(Struct, frozen=True, kw_only=True):
    """One back-fill: records, seconds on the clock and of the processor, peak memory, what became of it.

    `killed` says how often all its processes were killed on the way, `known` how many records there were.
    """

    records: int
    megabytes: float
    wall: float
    processor: float
    peak_mib: float
    first_mib: float
    kept: int
    documents: int
    wanted: int
    known: int = 0
    killed: int = 0

    @property
    def pace(self) -> float:
        """Records kept or refused a second."""
        return self.records / self.wall


class Looks(Struct, frozen=True, kw_only=True):
    """What the early look does to real pages: how many are of the topics, and of those how many lost.

    `headed` are those of them that the words of the head alone would find. A pass, whose look parses a page,
    turns `sketched` away, `missed` among them.
    """

    topics: str
    part: str
    pages: int
    topical: int
    headed: int
    lost: int
    passed: int
    sketched: int
    missed: int
    looks_per_second: float
    passes_per_second: float
    reads_per_second: float


def measure_runs(
    counts: Sequence[int], kills: int, tell: Callable[[str], None], *, known: int = 0
) -> list[Run]:
    """Fill a site from archives of so many pages each; of the first also with so many kills.

    The site is new, or has `known` records of other pages beside those of the archives' first.
    """
    runs = []
    with tempfile.TemporaryDirectory(prefix="newsloom-bench-", ignore_cleanup_errors=True) as temporary:
        for place, count in enumerate(counts):
            base = Path(temporary, str(place))
            tell(f"Making {count} pages")
            size = write_archives(base / "archives", count)
            for number in sorted({0, kills if place == 0 else 0}):
                tell(f"Filling from {count} pages" + (f", killed {number} times" if number else ""))
                site = base / f"site-{number}"
                config = Config(title="Made-up desk", url="http://127.0.0.1/", topic="AI")
                if known:  # as `newsloom bench growth` does, which lays history down too
                    config = replace(config, history_days=_PLAYED, fold_at=0, git=False)
                init_site(site, config=config, sources="")
                if known:
                    tell(f"Laying down {known} records")
                    _lay(site, base / "first", known)
                runs.append(_fill(site, base / "archives", count, size, number))
    return runs


def _lay(site: Path, archives: Path, known: int) -> None:
    """Give a site records from before: those of the first pages, and copies of them at other addresses."""
    write_archives(archives, _FIRST_PAGES)
    _run(site, archives)
    shutil.rmtree(read_site(site).private / FOLDER)  # the run that is measured counts its own pages
    lay_history(site, known)


def _fill(site: Path, archives: Path, count: int, size: int, kills: int) -> Run:
    with open_index(read_site(site).store) as index:
        known = index.count()
    started = time.perf_counter()
    spent = [_run(site, archives, _FIRST_SECONDS + number)[1] for number in range(kills)]
    out, last = _run(site, archives)
    spent.append(last)
    wall = time.perf_counter() - started
    account = msgspec.json.decode(out, type=Account)
    return Run(
        records=account.records,
        megabytes=round(size / 1e6, 1),
        wall=round(wall, 2),
        processor=round(sum(one.processor for one in spent), 1),
        peak_mib=round(max(one.peak for one in spent), 1),
        first_mib=round(max(one.first for one in spent), 1),
        kept=account.kept,
        documents=account.documents,
        known=known,
        wanted=sum(1 for number in list_wanted(count) if not known or number >= _FIRST_PAGES),
        killed=kills,
    )


class _Spent(Struct):
    """What processes took: seconds of the processor, peaks of memory of all and of the first, in MiB."""

    processor: float = 0.0
    peak: float = 0.0
    first: float = 0.0


def _run(site: Path, archives: Path, seconds: float | None = None) -> tuple[str, _Spent]:
    """Run the command, or kill it after some seconds; what it printed, and what it took."""
    command = [sys.executable, "-m", "newsloom", "backfill", str(site), str(archives), "--json"]
    with (
        tempfile.TemporaryFile() as out,
        subprocess.Popen(command, stdout=out, start_new_session=True) as process,  # noqa: S603 - our own program
    ):
        began, spent, times = time.perf_counter(), _Spent(), dict[int, float]()
        while process.poll() is None:
            sizes = dict[int, float]()
            for number, size, processor in _weigh(process.pid):
                sizes[number], times[number] = size, processor
            spent.peak = max(spent.peak, sum(sizes.values()))
            spent.first = max(spent.first, sizes.get(process.pid, 0.0))
            if seconds is not None and time.perf_counter() - began > seconds:
                os.killpg(process.pid, signal.SIGKILL)
            time.sleep(_LOOK_SECONDS)
        spent.processor = sum(times.values())
        out.seek(0)
        text = out.read().decode()
    if process.returncode and seconds is None:
        raise NewsloomError("newsloom backfill", f"failed: {text or process.returncode}")
    return text, spent


def _weigh(session: int) -> Iterator[tuple[int, float, float]]:
    """Each process of a session: MiB of memory, pages that several share in full, and seconds so far."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError, ValueError, IndexError):  # it has ended since
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                if int(fields[3]) == session:
                    resident = int((entry / "statm").read_text().split()[1])
                    ticks = int(fields[11]) + int(fields[12])
                    yield int(entry.name), resident * _PAGE / 2**20, ticks / _TICKS


def measure_looks(
    sets: Sequence[PageSet], topics: Sequence[tuple[str, tuple[Topic, ...]]], tell: Callable[[str], None]
) -> list[Looks]:
    """Look at real pages and read them in full, by topic set and by half of the pages."""
    cases = [case for one in sets for case in one.cases]
    found = []
    for name, given in topics:
        for part, aside in (("worked on", False), ("set aside", True)):
            if chosen := [case for case in cases if _is_aside(case) == aside]:
                tell(f"Looking at the pages {part}, for {name}")
                found.append(_measure_looks(name, given, part, chosen))
    return found


def list_topic_sets(data: Path) -> list[tuple[str, tuple[Topic, ...]]]:
    """The topics of a new site; those that come with the data; and one narrow topic, with what it means."""
    found = [("a new site's", ai_topics())]
    if given := read_topics(data / "documents" / "_data" / "topics"):
        found.append(("the data's own", given))
    return [*found, ("one narrow topic", (_NARROW,))]


def _is_aside(case: Case) -> bool:
    return hashlib.sha256(case.url.encode()).digest()[0] % 2 == 1


def _measure_looks(name: str, topics: tuple[Topic, ...], part: str, cases: Sequence[Case]) -> Looks:
    look, tagger = Look(topics=topics, gate=Gate()), build_tagger(topics)
    topical = headed = lost = passed = sketched = missed = 0
    looking = passing = reading = 0.0
    want = PassLook(topics=topics)
    for case in cases:
        page = Page(address=case.url, final=case.url, body=case.read(), observed=case.observed or _SEEN)
        started = time.process_time()
        refusal = refuse_page(page, look, tagger)
        between = time.process_time()
        seen = _look_as_passes(page, want)
        after = time.process_time()
        try:
            draft: Draft | Refusal | None = read_draft(page, look, tagger)
        except NewsloomError:
            draft = None
        reading += time.process_time() - after
        looking, passing = looking + between - started, passing + after - between
        passed, sketched = passed + (refusal is None), sketched + seen
        if isinstance(draft, Draft):
            topical += 1
            headed += may_be_topical(page, glance(as_utf8(page.body)), "", look, tagger)
            lost, missed = lost + (refusal is not None), missed + seen
    return Looks(
        topics=name,
        part=part,
        pages=len(cases),
        topical=topical,
        headed=headed,
        lost=lost,
        passed=passed,
        sketched=sketched,
        missed=missed,
        passes_per_second=round(len(cases) / passing, 1),
        looks_per_second=round(len(cases) / looking, 1),
        reads_per_second=round(len(cases) / reading, 1),
    )


def _look_as_passes(page: Page, look: PassLook) -> bool:
    """Whether a pass would turn a page away before it has read all of it."""
    try:
        return read_wanted(page, look).is_sketch
    except NewsloomError:
        return False


def format_runs(runs: Sequence[Run]) -> str:
    """The figures of back-fills as a table."""
    lines = [
        "| pages | MB | records before | killed | seconds | pages/s | of the processor, s | peak MiB, all "
        "| peak MiB, first process | kept (wanted) | documents |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    lines += [
        f"| {run.records:,} | {run.megabytes:,.0f} | {run.known:,} | {run.killed} | {run.wall:.1f} "
        f"| {run.pace:.0f} | {run.processor:.1f} | {run.peak_mib:.0f} | {run.first_mib:.0f} "
        f"| {run.kept} ({run.wanted}) | {run.documents} |"
        for run in runs
    ]
    return "\n".join(lines)


def format_looks(looks: Sequence[Looks]) -> str:
    """What the early look loses, as a table."""
    lines = [
        "| topics | pages | number | of the topics | by the head alone | lost by the look "
        "| read in full | looks/s | turned away by a pass | lost by it | pages/s of a pass | readings/s |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    lines += [
        f"| {one.topics} | {one.part} | {one.pages} | {one.topical} | {one.headed} | {one.lost} "
        f"| {one.passed} | {one.looks_per_second:.0f} | {one.sketched} | {one.missed} "
        f"| {one.passes_per_second:.0f} | {one.reads_per_second:.0f} |"
        for one in looks
    ]
    return "\n".join(lines)
