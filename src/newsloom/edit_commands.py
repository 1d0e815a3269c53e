"""`newsloom stories join`, `part`, `alone`, `pin`, `forget`: an editor's word from the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from newsloom.errors import NewsloomError
from newsloom.records import StoryEdits

Wanted = Annotated[
    list[str], typer.Argument(metavar="ADDRESS-OR-NAME...", help="Articles' addresses, or their documents.")
]
SiteOption = Annotated[Path, typer.Option("--site", help="The site's folder.", show_default="here")]
_HERE = Path()


def add_edit_commands(app: typer.Typer) -> None:
    """Hang the commands into the group of those on stories."""
    app.command("join")(join_stories)
    app.command("part")(part_stories)
    app.command("alone")(isolate_records)
    app.command("pin")(pin_records)
    app.command("forget")(forget_records)


def join_stories(wanted: Wanted, site: SiteOption = _HERE) -> None:
    """Say that articles tell one event."""
    from newsloom.storyfile import join  # noqa: PLC0415 - commands load only what they use

    if len(wanted) < 2:
        raise NewsloomError("newsloom stories join", "needs two articles or more")
    _change(site, wanted, join, "one story")


def part_stories(
    wanted: Wanted,
    from_: Annotated[
        list[str], typer.Option("--from", help="An article of the other event; may be given again.")
    ],
    site: SiteOption = _HERE,
) -> None:
    """Say that articles tell another event than those after --from."""
    from newsloom.storyfile import part  # noqa: PLC0415 - as above

    count = len(wanted)
    _change(
        site, [*wanted, *from_], lambda edits, names: part(edits, names[:count], names[count:]), "two stories"
    )


def isolate_records(wanted: Wanted, site: SiteOption = _HERE) -> None:
    """Keep articles out of every story."""
    from newsloom.storyfile import isolate  # noqa: PLC0415 - as above

    _change(site, wanted, isolate, "each alone")


def pin_records(wanted: Wanted, site: SiteOption = _HERE) -> None:
    """Let articles lead their stories, whatever their quality."""
    from newsloom.storyfile import pin  # noqa: PLC0415 - as above

    _change(site, wanted, pin, "leading")


def forget_records(wanted: Wanted, site: SiteOption = _HERE) -> None:
    """Withdraw all that was said of articles' stories; the desk decides again."""
    from newsloom.storyfile import forget  # noqa: PLC0415 - as above

    _change(site, wanted, forget, "as the desk decides")


def _change(
    site: Path, wanted: list[str], change: Callable[[StoryEdits, list[str]], StoryEdits], word: str
) -> None:
    from newsloom.editorial import edit_stories  # noqa: PLC0415 - as above

    names = edit_stories(site, wanted, change)
    typer.echo(f"{', '.join(names)}: {word}; run `newsloom run` to apply")
