"""What a commit costs as a repository grows: fifty documents changed, of a thousand to a hundred thousand.

Beside ours stands what a pass did before: `git add` and `git commit` on the folder. Told are seconds on the
clock, and those the processor worked for git, which other programs on the machine disturb less.
"""

from __future__ import annotations

import random
import resource
import subprocess
import tempfile
import time
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from msgspec import Struct

from newsloom.documents import fold_name, list_documents
from newsloom.publish.repository import Repository

CHANGED: Final = 50  # documents of a busy pass
_TURNS: Final = 3  # of which the quickest counts
_DAYS: Final = 1_000  # over which the documents are spread
_SEAL: Final = 900  # bytes of a document's seal


class Commit(Struct, frozen=True, kw_only=True):
    """One way to commit: seconds on the clock and of the processor, at so many documents."""

    documents: int
    folder: str
    way: str
    wall: float
    processor: float


class Listing(Struct, frozen=True, kw_only=True):
    """Seconds of the processor to list all documents, and those of one month."""

    documents: int
    folder: str
    all: float
    month: float


def measure_commits(sizes: Iterable[int], tell: Callable[[str], None]) -> tuple[list[Commit], list[Listing]]:
    """Commit changes of made-up documents, side by side and in folders by month."""
    commits: list[Commit] = []
    listings: list[Listing] = []
    for size in sizes:
        for folder in ("flat", "months"):
            tell(f"{size} documents, {folder}")
            with tempfile.TemporaryDirectory(prefix="newsloom-bench-", ignore_cleanup_errors=True) as place:
                root = Path(place)
                _write_documents(root, size, folder)
                _git(root, "init", "--quiet", "--initial-branch=main")
                _git(root, "config", "user.email", "desk@news.example")
                _git(root, "config", "user.name", "Desk")
                Repository(root).commit(["_news"], "First")
                commits += _measure_ways(root, size, folder)
                listings.append(_measure_listing(root, size, folder))
    return commits, listings


def _measure_ways(root: Path, size: int, folder: str) -> Iterator[Commit]:
    repository = Repository(root)
    ways: dict[str, Callable[[list[str]], object]] = {
        "git add, git commit": lambda _: _commit_plainly(root),
        "a look at each file": lambda _: repository.commit(["_news"], "Pass"),
        "the files noted": lambda paths: repository.commit((), "Pass", paths),
    }
    for way, commit in ways.items():
        turns = [_time_commit(root, turn, commit) for turn in range(_TURNS)]
        yield Commit(
            documents=size,
            folder=folder,
            way=way,
            wall=round(min(wall for wall, _ in turns), 3),
            processor=round(min(processor for _, processor in turns), 3),
        )


def _time_commit(root: Path, turn: int, commit: Callable[[list[str]], object]) -> tuple[float, float]:
    paths = [str(path.relative_to(root)) for path in list_documents(root / "_news")]
    chosen = random.Random(turn).sample(paths, CHANGED)  # noqa: S311 - repeatable, not secret
    for path in chosen:
        with (root / path).open("a", encoding="utf-8") as file:
            file.write(f"{time.monotonic()}\n")
    before, start = _spent(), time.perf_counter()
    commit(chosen)
    return time.perf_counter() - start, _spent() - before


def _commit_plainly(root: Path) -> None:
    _git(root, "add", "--all", "--", "_news")
    _git(root, "commit", "--quiet", "--message", "Pass", "--", "_news")


def _measure_listing(root: Path, size: int, folder: str) -> Listing:
    month = {f"{date(2024, 1, 1) + timedelta(days=_DAYS // 2):%Y-%m}"}
    spent = []
    for months in (None, month):
        turns = []
        for _ in range(_TURNS):
            start = time.process_time()
            list_documents(root / "_news", months)
            turns.append(time.process_time() - start)
        spent.append(round(min(turns), 4))
    return Listing(documents=size, folder=folder, all=spent[0], month=spent[1])


def _write_documents(root: Path, size: int, folder: str) -> None:
    dice = random.Random(size)  # noqa: S311 - repeatable, not secret
    for number in range(size):
        day = date(2024, 1, 1) + timedelta(days=number * _DAYS // size)
        name = f"{day}-how-a-made-up-headline-is-told-in-some-eighty-letters-{number}"
        path = root / "_news" / (fold_name(name) if folder == "months" else f"{name}.md")
        path.parent.mkdir(parents=True, exist_ok=True)
        seal = b64encode(dice.randbytes(_SEAL)).decode()
        path.write_text(f'---\ntitle: "{name}"\nquality: {number % 100}\nsecured: "{seal}"\n---\n')


def _git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=root, check=True, capture_output=True)  # noqa: S603, S607 - ours


def _spent() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def format_commits(commits: Iterable[Commit], listings: Iterable[Listing]) -> str:
    """The figures as two tables."""
    lines = [
        f"A commit of {CHANGED} changed documents",
        "",
        "| documents | in | way | seconds | of the processor |",
        "| --- | --- | --- | --- | --- |",
        *(f"| {c.documents:,} | {c.folder} | {c.way} | {c.wall:.2f} | {c.processor:.2f} |" for c in commits),
        "",
        "Listing documents, seconds of the processor",
        "",
        "| documents | in | all | one month |",
        "| --- | --- | --- | --- |",
        *(f"| {one.documents:,} | {one.folder} | {one.all:.3f} | {one.month:.4f} |" for one in listings),
    ]
    return "\n".join(lines)
