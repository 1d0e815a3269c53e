"""`newsloom backfill`: old news taken in from archives."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console

from newsloom.errors import NewsloomError


def backfill_site(
    places: Annotated[
        list[str],
        typer.Argument(
            metavar="[SITE] PLACE...",
            help="Folders or files of WARCs, or s3://bucket/prefix; the site's folder may come first.",
        ),
    ],
    again: Annotated[bool, typer.Option("--again", help="Read anew what was read before.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what it came to as JSON.")] = False,
) -> None:
    """Take in old news from WARC files; stopped at any moment, the next run goes on there."""
    from newsloom.backfill import fill  # noqa: PLC0415 - commands load only what they use
    from newsloom.backfill.picture import QuietPicture, describe, open_picture  # noqa: PLC0415 - as above
    from newsloom.site import CONFIG_FILE  # noqa: PLC0415 - as above

    site, rest = Path(), list(places)
    if (Path(rest[0]) / CONFIG_FILE).is_file():
        site = Path(rest.pop(0))
    if not rest:
        raise NewsloomError(
            "newsloom backfill", "needs a place to read", "a folder of WARC files, or s3://bucket"
        )
    if as_json:
        account = fill(site, rest, again=again, picture=QuietPicture())
        typer.echo(msgspec.json.encode(account).decode())
    else:
        with open_picture(Console(stderr=True)) as picture:
            account = fill(site, rest, again=again, picture=picture)
        for reason, number in sorted(account.refused.items(), key=lambda item: -item[1]):
            typer.echo(f"{number:>9,}  {reason}")
        typer.echo(describe(account))
        for problem in account.problems:
            plain = "".join(filter(str.isprintable, problem))  # names of files may move the cursor
            typer.echo(f"problem {plain}", err=True)
    if account.problems:
        raise typer.Exit(1)
