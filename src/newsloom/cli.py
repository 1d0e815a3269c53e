"""The command line: commands and their options, no logic.

Plain tools that read files and print JSON lines are in `tools.py`; everything that works on a site is
here. Errors are printed as one line, without a traceback, and end with exit code 1.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer
from rich.console import Console

from newsloom import __version__, settings, tools
from newsloom.errors import NewsloomError

app = typer.Typer(
    help="A self-hosted news desk: topics and sources in, a trustworthy topic news site out.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
keys_app = typer.Typer(help="The keys that seal private state.", no_args_is_help=True)
app.add_typer(keys_app, name="keys")
tools.add_commands(app)

SiteArgument = Annotated[Path, typer.Argument(help="The site's folder.", show_default="here")]
SitesArgument = Annotated[
    list[Path] | None,
    typer.Argument(metavar="[SITE]...", help="Sites, or a folder that holds sites.", show_default="here"),
]
_HERE = Path()


def main() -> None:
    """Run the command line; the console script's entry point."""
    try:
        app()
    except NewsloomError as error:
        typer.echo(f"newsloom: {error}", err=True)
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(0)  # `newsloom … | head` is no mistake


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"newsloom {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


@app.command()
def init(
    site: Annotated[Path, typer.Argument(help="The new site's folder.")],
    title: Annotated[str, typer.Option(help="The site's name.")] = "My news desk",
    url: Annotated[str, typer.Option(help="Where readers will find it.")] = "http://localhost:8000/",
    topic: Annotated[str, typer.Option(help="A topic of your own, instead of the AI topic set.")] = "",
    keywords: Annotated[str, typer.Option(help="The topic's keywords, parted by commas.")] = "",
    feed: Annotated[list[str] | None, typer.Option(help="A feed to read; may be given again.")] = None,
) -> None:
    """Make a new site with a commented configuration and a topic set."""
    from newsloom.starter import start_site  # noqa: PLC0415 - commands load only what they use

    start_site(site, title=title, url=url, topic=topic, keywords=keywords, feeds=feed or ())
    typer.echo(
        f"Made {site}. Next: `newsloom sources add ADDRESS --site {site}`, then `newsloom run {site}`."
    )


@app.command()
def run(
    sites: SitesArgument = None,
    replay: Annotated[
        list[Path] | None, typer.Option(help="Answer every request from this recording; may be given again.")
    ] = None,
    record: Annotated[Path | None, typer.Option(help="Record every answer into this WARC file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Make one pass: read the sources, curate, publish; of several sites one after the other."""
    from newsloom.installation import list_sites  # noqa: PLC0415 - as above
    from newsloom.pipeline import run_pass  # noqa: PLC0415 - as above
    from newsloom.progress import QuietReporter, report_progress  # noqa: PLC0415 - as above
    from newsloom.summary import encode_summary, print_summary  # noqa: PLC0415 - as above

    def make_pass(site: Path) -> None:
        make = partial(run_pass, site, replay=replay or (), record=record, patience=settings.LOCK_SECONDS)
        if as_json:
            typer.echo(encode_summary(make(reporter=QuietReporter())))
            return
        with report_progress(Console(stderr=True)) as reporter:
            summary = make(reporter=reporter)
        print_summary(summary, Console())

    _for_each(list_sites(sites or [_HERE]), make_pass)


def _for_each(sites: Sequence[Path], work: Callable[[Path], None]) -> None:
    """Do something for each site; of several, what is wrong with one is told, and the others go on."""
    if len(sites) == 1:
        work(sites[0])
        return
    failed = False
    for site in sites:
        typer.echo(str(site), err=True)
        try:
            work(site)
        except NewsloomError as error:
            typer.echo(f"newsloom: {error}", err=True)
            failed = True
    if failed:
        raise typer.Exit(1)


@app.command()
def watch(sites: SitesArgument = None) -> None:
    """Make passes for ever, each over the sources that are due; SIGTERM or Ctrl-C ends it."""
    from newsloom.installation import list_sites  # noqa: PLC0415 - as above
    from newsloom.watching import watch_sites  # noqa: PLC0415 - as above

    watch_sites(list_sites(sites or [_HERE]), typer.echo)


@app.command()
def serve(
    site: SiteArgument = _HERE,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8000,
) -> None:
    """Serve the site's pages and API."""
    from newsloom.serve import run as run_server  # noqa: PLC0415 - as above
    from newsloom.site import read_site  # noqa: PLC0415 - as above

    config = read_site(site).config
    base = urlsplit(config.url).path.rstrip("/") + "/"
    typer.echo(f"{config.title}: http://{host}:{port}{base} (Ctrl-C stops)")
    run_server(site, host, port, base=base)


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(help="Where to write the pages; a new or an empty folder.")],
    site: Annotated[Path, typer.Option(help="The site's folder.", show_default="here")] = _HERE,
) -> None:
    """Write the whole site into a folder, for any web server; only what differs is written."""
    from newsloom.exporting import export_site  # noqa: PLC0415 - as above

    done = export_site(site, folder)
    gc.freeze()  # the program ends: the records it has read need not be looked through for cycles
    typer.echo(f"{done.shown} articles in {folder}; {done.changed} files changed")


@app.command()
def report(
    site: SiteArgument = _HERE,
    out: Annotated[
        Path | None, typer.Option(help="The page's file.", show_default=".newsloom/report.html")
    ] = None,
) -> None:
    """Write one page for the owner: figures, quality, gate, sources, passes, providers, sizes."""
    from newsloom.reporting import write_report  # noqa: PLC0415 - as above

    typer.echo(f"Wrote {write_report(site, out)}; open it in a browser.")


@app.command()
def reindex(site: SiteArgument = _HERE) -> None:
    """Throw the index away and build it again from the documents."""
    from newsloom.pipeline import rebuild_index  # noqa: PLC0415 - as above

    done = rebuild_index(site)
    for problem in done.problems:
        typer.echo(str(problem), err=True)
    typer.echo(f"{done.read} documents indexed")
    if done.lost:
        typer.echo(
            f"{done.lost} documents: private state is missing or sealed with another key; copies and edits "
            "are forgotten, stories are as `related` tells (put the key into .newsloom/keys and reindex)",
            err=True,
        )
    if done.problems:
        raise typer.Exit(1)


@app.command()
def fold(
    site: SiteArgument = _HERE,
    flat: Annotated[bool, typer.Option("--flat", help="Out of the folders again.")] = False,
) -> None:
    """Move the documents into folders by year and month, in one commit; addresses stay."""
    from newsloom.folding import fold_site  # noqa: PLC0415 - as above

    typer.echo(f"{fold_site(site, flat=flat)} documents moved")


@app.command()
def check(
    paths: Annotated[list[Path] | None, typer.Argument(help="Sites, documents or folders of them.")] = None,
) -> None:
    """Validate documents and configuration; exit 1 with reasons when something is wrong."""
    from newsloom.checking import check_paths  # noqa: PLC0415 - as above

    report = check_paths(paths or [_HERE])
    for problem in report.problems:
        typer.echo(str(problem))
    typer.echo(f"{report.checked} files checked, {len(report.problems)} with problems", err=True)
    if report.problems:
        raise typer.Exit(1)


@app.command()
def explain(
    wanted: Annotated[
        str, typer.Argument(metavar="ADDRESS-OR-PATH", help="An article's address, or its document.")
    ],
    site: Annotated[Path, typer.Option(help="The site's folder.", show_default="here")] = _HERE,
) -> None:
    """Print why an article has its topics, quality, heat and place."""
    from newsloom.editorial import explain_record  # noqa: PLC0415 - as above

    for line in explain_record(site, wanted):
        typer.echo(line)


@app.command()
def edit(
    wanted: Annotated[
        str, typer.Argument(metavar="ADDRESS-OR-PATH", help="An article's address, or its document.")
    ],
    site: Annotated[Path, typer.Option(help="The site's folder.", show_default="here")] = _HERE,
    publish: Annotated[bool, typer.Option("--publish", help="Show it, whatever its score.")] = False,
    hold: Annotated[bool, typer.Option("--hold", help="Keep it off the site.")] = False,
    auto: Annotated[bool, typer.Option("--auto", help="Let the scores and words decide again.")] = False,
    topics: Annotated[
        str | None, typer.Option(help="Its topics, parted by commas, whatever its words say.")
    ] = None,
) -> None:
    """Overrule gate or topics for one article; the next pass carries it out."""
    from newsloom.editorial import set_editorial, set_topics  # noqa: PLC0415 - as above

    if publish + hold + auto > 1 or (auto and topics is not None):
        raise NewsloomError("newsloom edit", "takes one of --publish, --hold, --auto")
    if not (publish or hold or auto or topics is not None):
        raise NewsloomError("newsloom edit", "needs --publish, --hold, --auto or --topics")
    done, name = [], ""
    if auto or topics is not None:
        given = None if topics is None else [part.strip() for part in topics.split(",") if part.strip()]
        name = set_topics(site, wanted, given)
        done += [] if given is None else [", ".join(given) or "no topic"]
    if auto or publish or hold:
        name = set_editorial(site, wanted, "publish" if publish else "hold" if hold else None)
        done.append("publish" if publish else "hold" if hold else "auto")
    typer.echo(f"{name}: {'; '.join(done)}; run `newsloom run` to apply")


@app.command()
def demo(
    site: Annotated[Path, typer.Argument(help="Where to make the demo site.")],
) -> None:
    """Make the demo site: invented news by invented publishers."""
    from newsloom.demo import build  # noqa: PLC0415 - as above

    build(site)
    typer.echo(f"Made {site}. Next: `newsloom run {site}`.")


@keys_app.command("rotate")
def rotate_keys(site: SiteArgument = _HERE) -> None:
    """Add a new key, which seals from now on; older keys still open."""
    from newsloom.resealing import rotate  # noqa: PLC0415 - as above

    typer.echo(f"{rotate(site)} keys on the ring; `newsloom keys reseal` seals all documents anew")


@keys_app.command("reseal")
def reseal_documents(site: SiteArgument = _HERE) -> None:
    """Seal every document's private state with the newest key."""
    from newsloom.resealing import reseal  # noqa: PLC0415 - as above

    anew, unopened = reseal(site)
    for name in unopened:
        typer.echo(f"{name}: its seal does not open with the keys on the ring; it is kept as it is", err=True)
    typer.echo(f"{anew} documents sealed anew")
