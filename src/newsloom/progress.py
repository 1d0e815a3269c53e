"""How far a pass has come: bars on a terminal, plain lines in a log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)


class Reporter(Protocol):
    """Is told what a pass is doing."""

    def start(self, stage: str, total: int | None = None) -> None:
        """A stage begins; `total` is how many steps it has, None when that is not known."""
        ...

    def advance(self, steps: int = 1) -> None:
        """Steps of the current stage are done."""
        ...

    def note(self, line: str) -> None:
        """Something a reader of the log should know."""
        ...


class QuietReporter:
    """Says nothing: for tests and for `--json`."""

    def start(self, stage: str, total: int | None = None) -> None:
        """Say nothing."""

    def advance(self, steps: int = 1) -> None:
        """Say nothing."""

    def note(self, line: str) -> None:
        """Say nothing."""


class LineReporter:
    """One plain line for each stage: for logs and pipes."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def start(self, stage: str, total: int | None = None) -> None:
        """Write the stage's name, and its size when that is known."""
        self.note(f"{stage} ({total})" if total is not None else stage)

    def advance(self, steps: int = 1) -> None:
        """Say nothing: a line for each step would drown the log."""

    def note(self, line: str) -> None:
        """Write a line."""
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)


class BarReporter:
    """Progress bars, one for each stage."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task: int | None = None

    def start(self, stage: str, total: int | None = None) -> None:
        """Finish the stage before and show a bar for this one."""
        self.finish()
        self._task = self._progress.add_task(stage, total=total)

    def advance(self, steps: int = 1) -> None:
        """Move the bar of the current stage."""
        if self._task is not None:
            self._progress.advance(self._progress.task_ids[self._task], steps)

    def note(self, line: str) -> None:
        """Write a line above the bars."""
        self._progress.console.print(line, markup=False, highlight=False)

    def finish(self) -> None:
        """Show the current stage as done."""
        if self._task is not None:
            task = self._progress.tasks[self._task]
            self._progress.update(task.id, total=task.completed or 1, completed=task.completed or 1)


@contextmanager
def report_progress(console: Console) -> Iterator[Reporter]:
    """Bars when the console is a terminal, plain lines otherwise."""
    if not console.is_terminal:
        yield LineReporter(console)
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        reporter = BarReporter(progress)
        yield reporter
        reporter.finish()
