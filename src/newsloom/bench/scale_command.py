"""`newsloom bench`: the commands that measure what happens at size."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from newsloom.bench.figures import write_figures


def add_commands(app: typer.Typer) -> None:
    """Add them to the others."""
    app.command("store")(bench_store)
    app.command("repository")(bench_repository)
    app.command("scale")(bench_scale)
    app.command("backfill")(bench_backfill)
    app.command("growth")(bench_growth)


def bench_store(
    records: Annotated[int, typer.Option(help="Records made up.", min=1)] = 10_000,
    postgresql: Annotated[str, typer.Option(help="Address with an empty schema, measured as well.")] = "",
    json_file: Annotated[Path | None, typer.Option("--json", help="Write all figures here as well.")] = None,
) -> None:
    """Measure what a store does in a second."""
    from newsloom.bench.storing import format_rates, measure_stores  # noqa: PLC0415 - commands load only what they use

    rates = measure_stores(records, postgresql, lambda line: typer.echo(line, err=True))
    typer.echo(format_rates(records, rates))
    if json_file is not None:
        write_figures(json_file, {"records": records, "stores": rates})


def bench_repository(
    documents: Annotated[
        str, typer.Option(help="Documents of the repository, parted by commas.")
    ] = "1000,10000,100000",
    year: Annotated[bool, typer.Option("--year", help="A year of passes instead.")] = False,
    records: Annotated[int, typer.Option(help="Records of the year's site.", min=100)] = 2_000,
    passes: Annotated[int, typer.Option(help="Real passes made for the year.", min=1)] = 84,
    commits: Annotated[int, typer.Option(help="Commits made of the year; 4,380 are all.", min=4)] = 4_380,
    picture: Annotated[Path | None, typer.Option(help="Draw the year's growth here, as SVG.")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write all figures here as well.")] = None,
) -> None:
    """Commit fifty changes of many documents, or a year of passes beside a fresh seal each pass."""
    from newsloom.bench.committing import format_commits, measure_commits  # noqa: PLC0415 - as above
    from newsloom.bench.year import measure_year  # noqa: PLC0415 - as above
    from newsloom.bench.yearbook import draw_year, format_year  # noqa: PLC0415 - as above

    if year:
        lived = measure_year(records, passes, lambda line: typer.echo(line, err=True), commits=commits)
        typer.echo(format_year(lived))
        if picture is not None:
            picture.write_text(draw_year(lived), encoding="utf-8")
        figures: object = lived
    else:
        sizes = [int(count) for count in documents.split(",") if count.strip()]
        made, listings = measure_commits(sizes, lambda line: typer.echo(line, err=True))
        typer.echo(format_commits(made, listings))
        figures = {"commits": made, "listings": listings}
    if json_file is not None:
        write_figures(json_file, figures)


def bench_scale(
    data: Annotated[
        Path | None, typer.Option(help="A folder with `web/pages.warc.gz`; without it, the demo's pages.")
    ] = None,
    pages: Annotated[int, typer.Option(help="Pages that are read.", min=1)] = 2_400,
    engines: Annotated[str, typer.Option(help="Engines, parted by commas.")] = "inline,pool,ray",
    workers: Annotated[str, typer.Option(help="Workers of pool and ray, parted by commas.")] = "1,2",
    repeat: Annotated[int, typer.Option(help="Runs of each, of which the best counts.", min=1)] = 3,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write all figures here as well.")] = None,
) -> None:
    """Read pages through each engine: pages a second, start-up, memory; the same drafts from each."""
    from newsloom.bench.scaling import format_engines, measure_engines  # noqa: PLC0415 - as above

    counts = [int(count) for count in workers.split(",")]
    runs = [
        (engine, count) for engine in engines.split(",") for count in (counts if engine != "inline" else [1])
    ]
    figures = measure_engines(data, pages, runs, repeat, lambda line: typer.echo(line, err=True))
    typer.echo(format_engines(figures))
    if json_file is not None:
        write_figures(json_file, {"cores": len(os.sched_getaffinity(0)), "engines": figures})


def bench_backfill(
    pages: Annotated[str, typer.Option(help="Made-up pages, parted by commas.")] = "5000,20000",
    kills: Annotated[int, typer.Option(help="Times a run over the first of them is killed.", min=0)] = 5,
    known: Annotated[int, typer.Option(help="Records the site has of other pages.", min=0)] = 0,
    data: Annotated[
        Path | None, typer.Option(help="A folder of page sets, to tell what the early look loses.")
    ] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write all figures here as well.")] = None,
) -> None:
    """Fill a site from made-up archives: speed, memory, with kills; and what is lost of real pages."""
    from newsloom.bench.backfilling import (  # noqa: PLC0415 - as above
        format_looks,
        format_runs,
        list_topic_sets,
        measure_looks,
        measure_runs,
    )
    from newsloom.bench.sets import read_sets  # noqa: PLC0415 - as above

    def tell(line: str) -> None:
        typer.echo(line, err=True)

    looks = measure_looks(read_sets(data), list_topic_sets(data), tell) if data is not None else []
    if looks:
        typer.echo(format_looks(looks))
    counts = [int(count) for count in pages.split(",") if count.strip()]
    runs = measure_runs(counts, kills, tell, known=known)
    typer.echo("\n" + format_runs(runs))
    if json_file is not None:
        write_figures(json_file, {"looks": looks, "runs": runs})


def bench_growth(
    data: Annotated[Path, typer.Option(help="A folder with `articles/articles.jsonl.gz`.")],
    folder: Annotated[Path, typer.Option(help="A new folder for the site; it stays, to be looked at.")],
    sizes: Annotated[str, typer.Option(help="Records in the index, parted by commas.")] = "10000,100000",
    daily: Annotated[int, typer.Option(help="Articles of a pass, a day's.", min=1)] = 1_000,
    days: Annotated[int, typer.Option(help="Days in play.", min=3)] = 10,
    repeats: Annotated[int, typer.Option(help="Passes measured at each size.", min=1)] = 2,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write all figures here as well.")] = None,
) -> None:
    """Measure passes of new articles on a site that keeps history apart, as history grows."""
    from newsloom.bench.growth import format_growth, measure_growth  # noqa: PLC0415 - as above
    from newsloom.bench.streams import read_texts  # noqa: PLC0415 - as above

    texts = read_texts(data / "articles" / "articles.jsonl.gz")
    counts = [int(size) for size in sizes.split(",") if size.strip()]
    steps = measure_growth(
        texts,
        folder,
        counts,
        daily=daily,
        days=days,
        repeats=repeats,
        tell=lambda line: typer.echo(line, err=True),
    )
    typer.echo(format_growth(steps))
    if json_file is not None:
        write_figures(json_file, {"daily": daily, "days": days, "steps": steps})
