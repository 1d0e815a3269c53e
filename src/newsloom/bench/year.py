"""A year of passes every two hours in one repository, beside a desk that seals each document anew each pass.

First a site of made-up records makes real passes, each with the new records of two hours, and git tells how
many documents changed and what they and the API's files take. Then a whole year of commits is made with those
numbers: the changed documents get a new seal each time, as deterministic sealing has one for each new state.
The other way seals all documents anew each pass, as random sealing does; a few days of it are measured, for a
year would fill a disk: each of its passes takes the same again, and the year is told by that.
"""

from __future__ import annotations

import random
import re
import subprocess
import tempfile
from base64 import b64encode
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Final

from msgspec import Struct

from newsloom.archive import Archive
from newsloom.bench.madeup import EVERY, NEWEST, make_records
from newsloom.config import Config
from newsloom.documents import list_documents
from newsloom.folding import fold_when_many
from newsloom.pipeline import run_pass
from newsloom.publish.repository import Repository
from newsloom.site import Site, read_site
from newsloom.starter import init_site

YEAR: Final = 4_380  # passes of a year, one every two hours
_PERIOD: Final = timedelta(hours=2)
_MONTH: Final = timedelta(days=28)
_PROBES: Final = 24  # sizes told over a year, for the picture
_WINDOW: Final = 400  # newest documents, among which a pass changes some: ten days of them
_SEAL: Final = re.compile(rb'secured: "([^"]*)"')
MIB: Final = 1024 * 1024


class Passes(Struct, frozen=True, kw_only=True):
    """Real passes: new and changed documents and changed API files of each, and bytes a pass by kind."""

    new: tuple[int, ...]
    changed: tuple[int, ...]
    api: tuple[int, ...]
    document_bytes: int
    api_bytes: int
    other_bytes: int


class Year(Struct, frozen=True, kw_only=True):
    """What a year takes, in bytes: ours (told as it grows), and sealing anew, by a few days of it."""

    records: int
    passes: Passes
    commits: int
    grown: tuple[tuple[int, int], ...]
    documents: int
    packed: int
    resealed_passes: int
    resealed_pass_bytes: int

    @property
    def resealed(self) -> int:
        """A year of sealing anew, from a few days of it."""
        return self.grown[0][1] + self.resealed_pass_bytes * YEAR

    @property
    def ours(self) -> int:
        """Our year as passes leave it; where less than a year was made, at the growth seen."""
        return self._stretch(self.grown[-1][1])

    @property
    def collected(self) -> int:
        """The same after git's own collection of garbage."""
        return self._stretch(self.packed)

    def _stretch(self, size: int) -> int:
        first = self.grown[0][1]
        return first + (size - first) * YEAR // self.commits


def measure_year(
    records: int, real: int, tell: Callable[[str], None], *, resealed: int = 36, commits: int = YEAR
) -> Year:
    """Make `real` passes, a year's commits by what they changed, and `resealed` passes of the other way."""
    with tempfile.TemporaryDirectory(prefix="newsloom-bench-", ignore_cleanup_errors=True) as temporary:
        tell(f"{real} passes over {records} records")
        passes = _make_passes(Path(temporary, "real"), records, real)
        tell(f"{commits} commits of a year")
        site = _make_site(Path(temporary, "year"), records)
        grown = _live_a_year(site, records, passes, commits, tell)
        documents, packed = len(list_documents(site.news)), _collect(site.root)
        tell(f"{resealed} passes that seal all anew")
        other = _make_site(Path(temporary, "anew"), records)
        pass_bytes = _seal_anew(other, resealed)
    return Year(
        records=records,
        passes=passes,
        commits=commits,
        grown=tuple(grown),
        documents=documents,
        packed=packed,
        resealed_passes=resealed,
        resealed_pass_bytes=pass_bytes,
    )


def _make_site(root: Path, records: int) -> Site:
    """A site of made-up records, in git without its API."""
    init_site(root, config=Config(title="Made-up desk", url="http://127.0.0.1/", topic="AI", engine="inline"))
    site = read_site(root)
    Archive(site).write(make_records(0, records, NEWEST - EVERY * records))
    repository = Repository(root)
    repository.prepare()
    repository.commit(["_news"], "All there was")
    return site


def _count_new(number: int) -> int:
    """How many records a pass brings: now three, now four, as they come every so many minutes."""
    return int((number + 1) * (_PERIOD / EVERY)) - int(number * (_PERIOD / EVERY))


def _make_passes(root: Path, records: int, count: int) -> Passes:
    """Real passes, each with the records of two hours; what each changed, as git tells it."""
    site = _make_site(root, records)
    ignored = (root / ".gitignore").read_text().splitlines()
    (root / ".gitignore").write_text("\n".join(line for line in ignored if line != "api/") + "\n")
    run_pass(root)  # the first judges all there is
    first, made = _collect_kinds(root), records
    new, changed, api = [], [], []
    for number in range(count):
        fresh = _count_new(number)
        Archive(site).write(make_records(made, fresh, NEWEST + EVERY * (made - records)))
        made += fresh
        run_pass(root)
        told = _git(root, "show", "--name-status", "--format=", "HEAD").split("\n")
        kinds = Counter(line[:3] if line.startswith(("A", "M")) else "" for line in told if "_news/" in line)
        new.append(kinds["A\t_"])
        changed.append(kinds["M\t_"])
        api.append(sum("\tapi/" in line for line in told))
    last = _collect_kinds(root)
    document, api_bytes, other = ((last[kind] - first[kind]) // count for kind in ("_news", "api", ""))
    return Passes(
        new=tuple(new),
        changed=tuple(changed),
        api=tuple(api),
        document_bytes=document,
        api_bytes=api_bytes,
        other_bytes=other,
    )


def _live_a_year(
    site: Site, records: int, passes: Passes, commits: int, tell: Callable[[str], None]
) -> list[tuple[int, int]]:
    """The year's commits; the repository's bytes now and then, as passes leave it."""
    repository, dice = Repository(site.root), random.Random(4_380)  # noqa: S311 - repeatable, not secret
    coming = make_records(records, sum(map(_count_new, range(commits))), NEWEST)
    grown, made = [(0, _size(site.root))], records
    for number in range(commits):
        archive = Archive(site)
        fresh = _count_new(number)
        born = archive.write(islice(coming, fresh))
        made += fresh
        moment = NEWEST + EVERY * (made - records)
        newest = list_documents(site.news, {f"{moment - _MONTH * ago:%Y-%m}" for ago in (0, 1)})[-_WINDOW:]
        chosen = dice.sample(newest, min(passes.changed[number % len(passes.changed)], len(newest)))
        for path in chosen:
            _reseal(path, dice)
        names = {record.name for record, _ in born}
        files = [*chosen, *(path for path in newest if path.stem in names)]
        repository.commit((), f"Pass {number}", [str(path.relative_to(site.root)) for path in files])
        fold_when_many(site, archive)
        if (number + 1) % max(1, commits // _PROBES) == 0:
            grown.append((number + 1, _size(site.root)))
            tell(f"pass {number + 1}: {grown[-1][1] / MIB:.0f} MiB")
    return grown


def _seal_anew(site: Site, passes: int) -> int:
    """Bytes a pass that seals every document at random, once git has packed as well as it can."""
    dice = random.Random(2)  # noqa: S311 - repeatable, not secret
    paths, before = list_documents(site.news), _collect(site.root)
    for number in range(passes):
        for path in paths:
            _reseal(path, dice)
        Repository(site.root).commit(["_news"], f"Pass {number}")
    return (_collect(site.root) - before) // passes


def _reseal(path: Path, dice: random.Random) -> None:
    """A document with another seal of the same length, which no two have anything in common in."""
    content = path.read_bytes()
    found = _SEAL.search(content)
    if found is not None:
        size = len(found[1])
        seal = b64encode(dice.randbytes(size))[:size]
        path.write_bytes(content[: found.start(1)] + seal + content[found.end(1) :])


def _collect(root: Path) -> int:
    """A repository's bytes after git's own collection of garbage."""
    _git(root, "gc", "--quiet", "--prune=now")
    return _size(root)


def _collect_kinds(root: Path) -> Counter[str]:
    """The bytes objects take in one pack made from scratch: documents, API files, all others."""
    _git(root, "repack", "-a", "-d", "-f", "--quiet")
    listed = _git(root, "rev-list", "--objects", "--all")
    told = _git(root, "cat-file", "--batch-check=%(objecttype) %(objectsize:disk) %(rest)", given=listed)
    kinds: Counter[str] = Counter()
    for line in told.splitlines():
        kind, size, path = line.split(" ", 2)
        folder = path.partition("/")[0]
        kinds[folder if kind == "blob" and folder in {"_news", "api"} else ""] += int(size)
    return kinds


def _size(root: Path) -> int:
    return sum(file.stat().st_size for file in (root / ".git").rglob("*") if file.is_file())


def _git(root: Path, *arguments: str, given: str = "") -> str:
    done = subprocess.run(  # noqa: S603 - fixed program, no shell
        ["git", *arguments],  # noqa: S607 - the owner's git
        cwd=root,
        input=given,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout
