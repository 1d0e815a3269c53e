"""What a pass did, in figures: collected as it runs, shown as a table, kept as JSON."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import msgspec
from msgspec import Struct
from rich.console import Console
from rich.table import Table

from newsloom.records import Decision

_PROBLEMS_SHOWN = 10  # problems printed below the table; all are in `newsloom run --json`


class Summary(Struct, frozen=True, kw_only=True):
    """The figures of one pass. `rejected` counts by reason, `seconds` by stage."""

    polled: int
    pages: int
    entries: int
    new: int
    changed: int
    same: int
    duplicate: int
    rejected: dict[str, int]
    documents: int
    published: int
    stories: int
    seconds: dict[str, float]
    problems: list[str]
    commit: str | None = None


class Tally:
    """Collects a pass's figures while it runs."""

    def __init__(self) -> None:
        self.polled = 0
        self.pages = 0
        self.entries = 0
        self.problems: list[str] = []
        self._outcomes: Counter[str] = Counter()
        self._rejected: Counter[str] = Counter()
        self._seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a stage by the wall clock."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self._seconds[name] = self._seconds.get(name, 0.0) + time.perf_counter() - start

    def count(self, decisions: Iterable[Decision]) -> None:
        """Count what became of candidates and drafts."""
        for decision in decisions:
            self._outcomes[decision.outcome] += 1
            if decision.outcome == "rejected":
                self._rejected[decision.reason] += 1

    def reject(self, reason: str, number: int = 1) -> None:
        """Count things turned away before they became candidates."""
        self._outcomes["rejected"] += number
        self._rejected[reason] += number

    def finish(self, *, documents: int, published: int, stories: int, commit: str | None) -> Summary:
        """The figures of the whole pass."""
        return Summary(
            polled=self.polled,
            pages=self.pages,
            entries=self.entries,
            new=self._outcomes["new"],
            changed=self._outcomes["changed"],
            same=self._outcomes["same"],
            duplicate=self._outcomes["duplicate"],
            rejected=dict(self._rejected.most_common()),
            documents=documents,
            published=published,
            stories=stories,
            seconds={name: round(seconds, 2) for name, seconds in self._seconds.items()},
            problems=self.problems,
            commit=commit,
        )


def encode_summary(summary: Summary) -> str:
    """The summary as one line of JSON."""
    return msgspec.json.encode(summary).decode()


def decode_summary(text: str) -> Summary:
    """The summary of a line of JSON."""
    return msgspec.json.decode(text, type=Summary)


def print_summary(summary: Summary, console: Console) -> None:
    """Show a summary as a table, with the first problems below it."""
    table = Table(title="This pass", title_justify="left", show_header=False, box=None, pad_edge=False)
    table.add_column(style="bold")
    table.add_column(justify="right")
    table.add_column(style="dim")
    table.add_row("polled", str(summary.polled), "sources")
    table.add_row("read", str(summary.pages), f"pages, and {summary.entries} feed entries")
    for name, meaning in (
        ("new", "documents written"),
        ("changed", "documents rewritten"),
        ("same", "as before"),
        ("duplicate", "absorbed into another record"),
    ):
        table.add_row(name, str(getattr(summary, name)), meaning)
    table.add_row("rejected", str(sum(summary.rejected.values())), "")
    for reason, number in summary.rejected.items():
        table.add_row("", str(number), reason)
    table.add_row(
        "published", str(summary.published), f"of {summary.documents} documents, {summary.stories} stories"
    )
    total = sum(summary.seconds.values())
    stages = ", ".join(f"{name} {seconds:.1f}" for name, seconds in summary.seconds.items())
    table.add_row("seconds", f"{total:.1f}", stages)
    table.add_row("commit", summary.commit or "none", "" if summary.commit else "nothing changed in git")
    console.print(table)
    for problem in summary.problems[:_PROBLEMS_SHOWN]:
        console.print(f"[yellow]problem[/] {_escape(problem)}", highlight=False)
    if len(summary.problems) > _PROBLEMS_SHOWN:
        console.print(f"… and {len(summary.problems) - _PROBLEMS_SHOWN} more (see `newsloom run --json`)")


def _escape(text: str) -> str:
    # What a page or feed named itself must not be read as markup, nor move the cursor.
    return "".join(character for character in text if character.isprintable()).replace("[", r"\[")
