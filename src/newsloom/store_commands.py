"""`newsloom store`: the index brought up to date, and moved between SQLite and PostgreSQL."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

store_app = typer.Typer(help="The index beside the documents.", no_args_is_help=True)
SiteArgument = Annotated[Path, typer.Argument(help="The site's folder.", show_default="here")]
_HERE = Path()


@store_app.command("migrate")
def migrate_store(site: SiteArgument = _HERE) -> None:
    """Bring the index's tables up to date, as the next pass would do."""
    from newsloom.storing import migrate_site  # noqa: PLC0415 - commands load only what they use

    place, done = migrate_site(site)
    if done.before == done.after:
        typer.echo(f"{place}: version {done.after}, up to date")
    else:
        typer.echo(f"{place}: from {f'version {done.before}' if done.before else 'nothing'} to {done.after}")


@store_app.command("copy")
def copy_store(
    to: Annotated[str, typer.Option(help="Where to: sqlite, or the address of a PostgreSQL database.")],
    site: SiteArgument = _HERE,
    replace: Annotated[bool, typer.Option("--replace", help="Overwrite an index that is there.")] = False,
) -> None:
    """Copy the index to another place, whole or not at all; then change `store` in newsloom.yaml."""
    from newsloom.storing import copy_site  # noqa: PLC0415 - as above

    place, rows = copy_site(site, to, replace=replace)
    for table, count in rows.items():
        typer.echo(f"{count:>10}  {table}")
    typer.echo(f"copied to {place}; set `store` in newsloom.yaml to use it")
