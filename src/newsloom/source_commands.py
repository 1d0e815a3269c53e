"""`newsloom sources`: found, added, looked at, paused and taken out, without opening an editor."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newsloom.errors import ConfigError, NewsloomError

if TYPE_CHECKING:
    from newsloom.site import Site, Source

sources_app = typer.Typer(help="Where the news comes from.", no_args_is_help=True)
SiteOption = Annotated[Path, typer.Option("--site", help="The site's folder.", show_default="here")]
Wanted = Annotated[str, typer.Argument(metavar="ADDRESS-OR-NAME", help="A source's address, path or name.")]
_HERE = Path()


@sources_app.command("add")
def add(
    address: Annotated[
        str, typer.Argument(help="A site, feed, sitemap, page of links, channel, folder, WARC or OPML file.")
    ],
    site: SiteOption = _HERE,
    name: Annotated[str, typer.Option(help="What to call it; its own title when left out.")] = "",
    provider: Annotated[str, typer.Option(help="Whose articles these are, when pages do not say.")] = "",
    topic: Annotated[
        list[str] | None, typer.Option(help="A topic of all its articles; again for more.")
    ] = None,
    every: Annotated[str, typer.Option(help="Least time between polls: minutes, or such as 2h.")] = "",
    select: Annotated[str, typer.Option(help="CSS selector of a page's links to articles.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Write it down without asking.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be written.")] = False,
) -> None:
    """Find out what an address is, show its first entries as records, write it into sources.yaml."""
    from newsloom.sourceadding import Wish, find_sources  # noqa: PLC0415 - commands load only what they use
    from newsloom.sourcelines import add_sources, format_source  # noqa: PLC0415 - as above

    known = _read(site)
    wish = Wish(name=name, provider=provider, topics=tuple(topic or ()), every=every, select=select)
    found = find_sources(known, address, wish)
    for line in found.lines:
        typer.echo(line)
    if not found.sources:
        return
    if len(found.sources) == 1:
        typer.echo("\n".join(("", *format_source(found.sources[0]), "")))
    if dry_run:
        typer.echo("nothing is written with --dry-run")
        return
    if not yes:
        _ask(f"Write {'it' if len(found.sources) == 1 else 'them'} into sources.yaml?")
    add_sources(known.root, found.sources)
    typer.echo(f"{len(found.sources)} added; `newsloom run` reads from it with the next pass")


@sources_app.command("list")
def list_sources(site: SiteOption = _HERE) -> None:
    """Print each source: kind, articles, paused or not, name, address."""
    from newsloom.pipeline import read_records  # noqa: PLC0415 - as above
    from newsloom.sourcetables import list_rows  # noqa: PLC0415 - as above
    from newsloom.sourcing import unfold_sources  # noqa: PLC0415 - as above
    from newsloom.store import open_index  # noqa: PLC0415 - as above

    known = _read(site)
    sources = list(unfold_sources(known))
    with open_index(known.store) as index:
        parents = {one.address: one.parent for one in index.source_states().values() if one.parent}
    for row in list_rows(sources, read_records(known.root), known.root, parents):
        typer.echo(row)
    paused = sum(source.paused for source in sources)
    typer.echo(f"{len(sources)} sources, {paused} paused", err=True)


@sources_app.command("health")
def show_health(
    site: SiteOption = _HERE,
    as_json: Annotated[bool, typer.Option("--json", help="Print a line of JSON for each source.")] = False,
) -> None:
    """Print how each source on the web is doing, the troubled ones first."""
    from newsloom.intake.health import health_to_json, read_health  # noqa: PLC0415 - as above
    from newsloom.sourcetables import tell_health  # noqa: PLC0415 - as above

    health = read_health(site)
    lines = (json.dumps(health_to_json(one)) for one in health) if as_json else tell_health(health)
    for line in lines:
        typer.echo(line)


@sources_app.command("test")
def test_sources(
    wanted: Annotated[
        str, typer.Argument(metavar="ADDRESS-OR-NAME", help="One source, or an address; all when left out.")
    ] = "",
    site: SiteOption = _HERE,
) -> None:
    """Read sources once without keeping anything, and print what they would give."""
    from newsloom.sourceadding import Wish, find_sources, match_source  # noqa: PLC0415 - as above
    from newsloom.sourcing import look_at_sources, plain, tell_look, unfold_sources  # noqa: PLC0415 - as above

    known = _read(site)
    chosen = [source for source in unfold_sources(known) if not source.paused]
    if wanted:
        one = match_source(known, wanted)
        if one is None:
            typer.echo("\n".join(find_sources(known, wanted, Wish(again=True)).lines))
            return
        chosen = [one]
    failed = 0
    for source, look in zip(chosen, look_at_sources(known, chosen), strict=True):
        if isinstance(look, NewsloomError):
            failed += 1
            typer.echo(f"{source.kind}  failed: {plain(str(look))}")
            continue
        typer.echo(f"{source.kind}  {look.entries} entries  {plain(source.location)}")
        for line in tell_look(known, look):
            typer.echo(line)
    typer.echo(f"{len(chosen)} sources read, {failed} failed; nothing was kept", err=True)
    if failed:
        raise typer.Exit(1)


@sources_app.command("pause")
def pause(wanted: Wanted, site: SiteOption = _HERE) -> None:
    """Stop reading a source; what it gave stays."""
    from newsloom.sourcelines import pause_source  # noqa: PLC0415 - as above

    known = _read(site)
    source = _find(known, wanted)
    pause_source(known.root, source, paused=True)
    typer.echo(f"{source.location}: paused; `newsloom sources resume` reads it again")


@sources_app.command("resume")
def resume(wanted: Wanted, site: SiteOption = _HERE) -> None:
    """Read a paused source again."""
    from newsloom.sourcelines import pause_source  # noqa: PLC0415 - as above

    known = _read(site)
    source = _find(known, wanted)
    pause_source(known.root, source, paused=False)
    typer.echo(f"{source.location}: read again from the next pass on")


@sources_app.command("remove")
def remove(wanted: Wanted, site: SiteOption = _HERE) -> None:
    """Take a source out of sources.yaml; its articles stay."""
    from newsloom.sourcelines import remove_source  # noqa: PLC0415 - as above

    known = _read(site)
    source = _find(known, wanted)
    remove_source(known.root, source)
    typer.echo(f"{source.location}: removed; its articles stay")


@sources_app.command("export")
def export(
    file: Annotated[Path, typer.Argument(help="The OPML file to write; `-` for standard output.")],
    site: SiteOption = _HERE,
) -> None:
    """Write the feeds as a list of subscriptions (OPML 2) for other readers."""
    from newsloom.documents import write_file  # noqa: PLC0415 - as above
    from newsloom.sources.opml import Outline, format_opml  # noqa: PLC0415 - as above
    from newsloom.sourcing import unfold_sources  # noqa: PLC0415 - as above

    known = _read(site)
    sources = list(unfold_sources(known))
    feeds = [source for source in sources if source.kind == "feed" and source.remote]
    outlines = [Outline(address=source.location, title=source.name) for source in feeds]
    data = format_opml(outlines, known.config.title)
    if str(file) == "-":
        typer.echo(data.decode(), nl=False)
    else:
        try:
            write_file(file, data)
        except OSError as error:
            raise NewsloomError(str(file), f"cannot be written: {error.strerror}", "name another") from error
    left = len(sources) - len(feeds)
    typer.echo(f"{len(feeds)} feeds written; {left} sources are no feeds on the web", err=True)


def _read(site: Path) -> Site:
    from newsloom.site import read_site  # noqa: PLC0415 - as above

    return read_site(site.resolve())


def _find(known: Site, wanted: str) -> Source:
    from newsloom.sourceadding import match_source, suggest_source  # noqa: PLC0415 - as above

    source = match_source(known, wanted)
    if source is None:
        raise ConfigError(wanted, "is no source of this site", suggest_source(known, wanted))
    if not source.line:
        raise ConfigError(
            wanted, "stands in a list of subscriptions", "change that list, or pause the list itself"
        )
    return source


def _ask(question: str) -> None:
    try:
        agreed = typer.confirm(question, default=True)
    except typer.Abort:
        raise NewsloomError(
            "newsloom sources add", "nobody answered", "say --yes to write it, --dry-run to look only"
        ) from None
    if not agreed:
        raise NewsloomError("newsloom sources add", "nothing was written")
