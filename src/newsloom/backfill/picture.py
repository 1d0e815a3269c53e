"""A back-fill as people see it: one picture that changes on a terminal, a line a pass in a log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final, Protocol

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from newsloom.backfill.account import Account

_REASONS: Final = 8  # reasons shown, the commonest
_FRAMES: Final = 4  # pictures a second


class Picture(Protocol):
    """Is told how far a back-fill has come."""

    def show(self, account: Account) -> None:
        """Show what it came to so far."""
        ...


class QuietPicture:
    """Shows nothing: for tests and for `--json`."""

    def show(self, account: Account) -> None:
        """Show nothing."""


class LinePicture:
    """A line whenever a pass took something in: for logs and pipes."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._passes = 0

    def show(self, account: Account) -> None:
        """Write a line when a pass has ended."""
        if account.passes != self._passes:
            self._passes = account.passes
            self._console.print(describe(account), markup=False, highlight=False, soft_wrap=True)


class LivePicture:
    """One picture on the terminal, painted anew in its place."""

    def __init__(self, live: Live) -> None:
        self._live = live

    def show(self, account: Account) -> None:
        """Paint it."""
        self._live.update(draw(account))


@contextmanager
def open_picture(console: Console) -> Iterator[Picture]:
    """A picture when the console is a terminal, plain lines otherwise."""
    if not console.is_terminal:
        yield LinePicture(console)
        return
    with Live(console=console, refresh_per_second=_FRAMES) as live:
        yield LivePicture(live)


def draw(account: Account) -> RenderableType:
    """The picture: how much of the files is read, what was kept, and why the rest was not."""
    line = Table.grid(expand=True)  # a bar alone ends no line
    line.add_row(ProgressBar(total=max(1, account.size), completed=account.size_done))
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(justify="right", style="bold")
    table.add_column()
    table.add_row(f"{account.records:,}", f"records, {account.pace:,.0f} a second")
    table.add_row(f"{account.kept:,}", f"kept; {account.documents:,} documents so far")
    for reason, number in list_reasons(account):
        table.add_row(f"{number:,}", Text(reason, style="dim"))
    head = f"{account.files_done:,} of {account.files:,} files, {_tell_left(account)}"
    return Group(Text(head), line, table)


def describe(account: Account) -> str:
    """All of it in one line."""
    refused = sum(account.refused.values())
    return (
        f"{account.files_done} of {account.files} files, {account.records} records, {account.kept} kept, "
        f"{refused} refused, {account.documents} documents, "
        f"{account.pace:.0f} a second, {_tell_left(account)}"
    )


def list_reasons(account: Account) -> list[tuple[str, int]]:
    """Why pages were refused, the commonest reasons first."""
    ordered = sorted(account.refused.items(), key=lambda item: (-item[1], item[0]))
    rest = sum(number for _, number in ordered[_REASONS:])
    return ordered[:_REASONS] + ([("for other reasons", rest)] if rest else [])


def _tell_left(account: Account) -> str:
    if account.files_done == account.files:
        return "all read"
    return "…" if account.left is None else f"{timedelta(seconds=round(account.left))} left"
