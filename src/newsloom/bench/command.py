"""`newsloom bench`: the commands that measure."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from newsloom.errors import NewsloomError

bench_app = typer.Typer(help="Measure Newsloom on real data.", no_args_is_help=True)

_PARTS = ("all", "tune", "aside")


@bench_app.callback()
def _bench() -> None:
    pass


@bench_app.command("extract")
def bench_extract(
    data: Annotated[Path, typer.Option(help="A folder of page sets with what is right about them.")],
    json_file: Annotated[Path | None, typer.Option("--json", help="Write all figures here as well.")] = None,
    part: Annotated[
        str, typer.Option(help="all pages, those to tune on, or those set aside: all, tune, aside.")
    ] = "all",
    rivals: Annotated[Path, typer.Option(help="The rivals' virtual environment.")] = Path("build/rivals"),
    misses: Annotated[
        Path | None, typer.Option(help="Write what Newsloom got wrong here, and measure nothing else.")
    ] = None,
) -> None:
    """Score the reading of pages, field by field, beside other libraries, and time it on one core."""
    from newsloom.bench.measuring import count_readers, list_misses, measure, pick  # noqa: PLC0415 - commands load only what they use
    from newsloom.bench.sets import read_sets  # noqa: PLC0415 - as above
    from newsloom.bench.table import format_tables  # noqa: PLC0415 - as above

    if part not in _PARTS:
        raise NewsloomError("--part", f"is {part!r}", f"one of {', '.join(_PARTS)}")
    sets = pick(read_sets(data), part)
    if misses is not None:
        rows = [json.dumps(row, ensure_ascii=False, default=list) for row in list_misses(sets)]
        misses.write_text("\n".join(rows) + "\n", encoding="utf-8")
        typer.echo(f"{len(rows)} fields that are not right are in {misses}")
        return
    results = measure(sets, rivals, lambda line: typer.echo(line, err=True))
    readers = count_readers(sets)
    if json_file is not None:
        _write_figures(json_file, {"cores": 1, "part": part, "results": results, "readers": readers})
    typer.echo(format_tables(results))
    counts = ", ".join(
        f"{name} {count}" for name, count in sorted(readers.items(), key=lambda item: -item[1])
    )
    typer.echo(f"\nMain text of Newsloom's pages read by: {counts}")


@bench_app.command("fetch")
def bench_fetch(
    json_file: Annotated[Path | None, typer.Option("--json", help="Write all figures here as well.")] = None,
    sources: Annotated[
        int, typer.Option(min=0, max=60_000, help="Hosts polled for the speed; 0 to grade alone.")
    ] = 2_000,
) -> None:
    """Grade the fetcher on hostile and fragile hosts, and tell what polling a source costs."""
    from newsloom.bench.fetching import (  # noqa: PLC0415 - as above
        describe_fetching,
        format_fetching,
        grade_fetcher,
        measure_cost,
    )

    outcomes = grade_fetcher()
    costs = measure_cost(sources) if sources else {}
    typer.echo(format_fetching(outcomes, costs))
    if json_file is not None:
        _write_figures(json_file, describe_fetching(outcomes, costs))
    if any(outcome.fault for outcome in outcomes):
        raise typer.Exit(1)


@bench_app.command("judge")
def bench_judge(
    data: Annotated[Path, typer.Option(help="A folder with `topics/`, `headlines/`, `documents/`, …")],
    json_file: Annotated[Path | None, typer.Option("--json", help="Write all figures here as well.")] = None,
) -> None:
    """Score topics, headlines, quality and learned standing against what people decided."""
    from newsloom.bench.deciding import judge_documents, measure_documents, measure_fitting  # noqa: PLC0415 - as above
    from newsloom.bench.judging import (  # noqa: PLC0415 - as above
        measure_headlines,
        measure_learning,
        measure_speed,
        measure_standing,
        measure_topics,
        measure_vectors,
        open_topics,
        read_labelled,
    )
    from newsloom.bench.table import format_judgement  # noqa: PLC0415 - as above
    from newsloom.vectors import has_vectors, open_vectors  # noqa: PLC0415 - as above

    sets, judged = read_labelled(data), judge_documents(data)
    topics = [measure_topics(name, texts, open_topics(name)) for name, texts in sets.items()]
    figures = {
        "topics": topics,
        "learned": {name: measure_learning(name, texts, open_topics(name)) for name, texts in sets.items()},
        "vectors": measure_vectors(sets, open_vectors() if has_vectors() else None),
        "headlines": measure_headlines(data),
        "documents": measure_documents(judged),
        "fitted": measure_fitting(judged),
        "standing": measure_standing(data),
        "speed": measure_speed(data),
    }
    typer.echo(format_judgement(figures))
    if json_file is not None:
        _write_figures(json_file, figures)


@bench_app.command("stories")
def bench_stories(
    data: Annotated[Path, typer.Option(help="A folder with `stories/` and `articles/`.")],
    json_file: Annotated[Path | None, typer.Option("--json", help="Write all figures here as well.")] = None,
    growth: Annotated[str, typer.Option(help="Articles in the window, parted by commas.")] = "10000,100000",
    shards: Annotated[
        str, typer.Option(help="Measure stories in so many shards, parted by commas, and nothing else.")
    ] = "",
) -> None:
    """Score the making of stories on real events, on planted copies, and as the window grows."""
    from newsloom.bench.events import (  # noqa: PLC0415 - as above
        measure_copies,
        measure_events,
        measure_growth,
        read_event_sets,
    )
    from newsloom.bench.streams import read_texts  # noqa: PLC0415 - as above
    from newsloom.bench.table import format_copies, format_events, format_growth  # noqa: PLC0415 - as above

    if shards:
        _bench_shards(data, json_file, _read_counts(shards), _read_counts(growth)[0])
        return
    events = [measure_events(item) for item in read_event_sets(data)]
    typer.echo(format_events(events))
    figures: dict[str, object] = {"events": events}
    articles = data / "articles" / "articles.jsonl.gz"
    if articles.is_file():
        texts = read_texts(articles)
        copies = measure_copies(texts)
        typer.echo("\n" + format_copies(copies))
        sizes = [measure_growth(texts, count) for count in _read_counts(growth)]
        typer.echo("\n" + format_growth(sizes))
        figures |= {"copies": copies, "growth": sizes}
    else:
        typer.echo(f"\nDuplicates and growth are skipped: there is no {articles}")
    if json_file is not None:
        _write_figures(json_file, figures)


def _read_counts(text: str) -> list[int]:
    counts = [int(count) for count in text.split(",") if count.strip().isdecimal()]
    if not counts or min(counts) < 1:
        raise NewsloomError("the counts", f"are {text!r}", "whole numbers above 0, parted by commas")
    return counts


def _bench_shards(data: Path, json_file: Path | None, counts: list[int], articles: int) -> None:
    from newsloom.bench.events import read_event_sets  # noqa: PLC0415 - as above
    from newsloom.bench.sharding import (  # noqa: PLC0415 - as above
        format_sharded_events,
        format_sharded_stream,
        measure_sharded_events,
        measure_sharded_stream,
    )
    from newsloom.bench.streams import read_texts  # noqa: PLC0415 - as above

    events = [row for item in read_event_sets(data) for row in measure_sharded_events(item, counts)]
    typer.echo(format_sharded_events(events))
    texts = read_texts(data / "articles" / "articles.jsonl.gz")
    stream = measure_sharded_stream(texts, articles, counts)
    typer.echo("\n" + format_sharded_stream(stream))
    if json_file is not None:
        _write_figures(json_file, {"events": events, "stream": stream})


@bench_app.command("feeds")
def bench_feeds(
    data: Annotated[Path, typer.Option(help="A folder with `feeds/`.")],
    json_file: Annotated[Path | None, typer.Option("--json", help="Write all figures here as well.")] = None,
    misses: Annotated[Path | None, typer.Option(help="Write every disagreement here, a line each.")] = None,
) -> None:
    """Score the reading of feeds against expected values and feedparser's, and time it beside feedparser."""
    from newsloom.bench.feeds import measure_feed_speed, measure_feeds, read_feed_sets  # noqa: PLC0415 - as above
    from newsloom.bench.table import format_feeds  # noqa: PLC0415 - as above

    sets = read_feed_sets(data)
    results = [measure_feeds(name, cases) for name, cases in sets.items()]
    speed = measure_feed_speed(sets.get("recorded") or next(iter(sets.values())))
    typer.echo(format_feeds(results, speed))
    rows = [row for result in results for row in result.misses]
    if misses is not None:
        misses.write_text(
            "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8"
        )
        typer.echo(f"{len(rows)} disagreements are in {misses}")
    if json_file is not None:
        _write_figures(json_file, {"cores": 1, "sets": results, "speed": speed})


@bench_app.command("polling")
def bench_polling(
    sources: Annotated[
        int, typer.Option(help="Feeds, each on a host of its own.", min=1, max=10_000)
    ] = 2_000,
    entries: Annotated[int, typer.Option(help="Entries of each feed.", min=1, max=1_000)] = 20,
    keep: Annotated[str, typer.Option(help="What the site keeps: topical or all.")] = "topical",
    json_file: Annotated[Path | None, typer.Option("--json", help="Write all figures here as well.")] = None,
) -> None:
    """Poll invented feeds on loopback twice: time beside the work alone, memory, pace."""
    from newsloom.bench.polling import format_polling, measure_polling  # noqa: PLC0415 - as above

    figures = measure_polling(sources, entries, keep, lambda line: typer.echo(line, err=True))
    typer.echo(format_polling(figures))
    if json_file is not None:
        _write_figures(json_file, figures)


@bench_app.command("images")
def bench_images(
    count: Annotated[int, typer.Option(help="Pictures that are made up and kept.")] = 1_000,
    workers: Annotated[int, typer.Option(help="Worker processes; 0 for one a core.")] = 0,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write all figures here as well.")] = None,
) -> None:
    """Keep made-up pictures, hostile ones among them, in three widths and two formats."""
    from newsloom.bench.imaging import measure_images  # noqa: PLC0415 - as above
    from newsloom.bench.table import format_images  # noqa: PLC0415 - as above

    figures = measure_images(count, workers)
    typer.echo(format_images(figures))
    if json_file is not None:
        _write_figures(json_file, figures)


@bench_app.command("search")
def bench_search(
    data: Annotated[Path, typer.Option(help="A folder with `articles/articles.jsonl.gz`.")],
    json_file: Annotated[Path | None, typer.Option("--json", help="Write all figures here as well.")] = None,
    records: Annotated[int, typer.Option(help="Records of the index, made of the articles.")] = 200_000,
) -> None:
    """Measure what search finds among real articles, and how fast an index of many records answers."""
    from newsloom.bench.finding import format_finding, measure_forms, measure_likeness  # noqa: PLC0415 - as above
    from newsloom.bench.searching import format_search, measure_search, read_pieces  # noqa: PLC0415 - as above

    pieces = read_pieces(data / "articles" / "articles.jsonl.gz")
    forms, likeness = measure_forms(pieces), measure_likeness(pieces)
    typer.echo(format_finding(forms, likeness))
    speed = measure_search(pieces, records, lambda line: typer.echo(line, err=True))
    typer.echo("\n" + format_search(speed))
    if json_file is not None:
        figures = {"forms": forms, "likeness": likeness, "speed": speed}
        _write_figures(json_file, figures)


@bench_app.command("serve")
def bench_serve(
    listeners: Annotated[
        int, typer.Option(help="Readers who wait for news at once.", min=1, max=2_000)
    ] = 1_000,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write all figures here as well.")] = None,
) -> None:
    """Serve a made-up site on one core and ask for it with wrk, beside nginx; let listeners in."""
    from newsloom.bench.serving import format_serving, measure_serving  # noqa: PLC0415 - as above

    figures = measure_serving(listeners, lambda line: typer.echo(line, err=True))
    typer.echo(format_serving(figures))
    if json_file is not None:
        _write_figures(json_file, figures)


@bench_app.command("export")
def bench_export(
    records: Annotated[int, typer.Option(help="Records of the made-up site.", min=1)] = 10_000,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write all figures here as well.")] = None,
) -> None:
    """Export a made-up site, again, and after a pass of fifty new records."""
    from newsloom.bench.exporting import format_exports, measure_exports  # noqa: PLC0415 - as above

    exports = measure_exports(records, lambda line: typer.echo(line, err=True))
    typer.echo(format_exports(records, exports))
    if json_file is not None:
        _write_figures(json_file, {"records": records, "exports": exports})


@bench_app.command("store")
def bench_store(
    records: Annotated[int, typer.Option(help="Records made up.", min=1)] = 10_000,
    postgresql: Annotated[str, typer.Option(help="Address with an empty schema, measured as well.")] = "",
    json_file: Annotated[Path | None, typer.Option("--json", help="Write all figures here as well.")] = None,
) -> None:
    """Measure what a store does in a second."""
    from newsloom.bench.storing import format_rates, measure_stores  # noqa: PLC0415 - as above

    rates = measure_stores(records, postgresql, lambda line: typer.echo(line, err=True))
    typer.echo(format_rates(records, rates))
    if json_file is not None:
        _write_figures(json_file, {"records": records, "stores": rates})


@bench_app.command("repository")
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
        _write_figures(json_file, figures)


@bench_app.command("scale")
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
        _write_figures(json_file, {"cores": len(os.sched_getaffinity(0)), "engines": figures})


@bench_app.command("backfill")
def bench_backfill(
    pages: Annotated[str, typer.Option(help="Made-up pages, parted by commas.")] = "5000,20000",
    kills: Annotated[int, typer.Option(help="Times a run over the first of them is killed.", min=0)] = 5,
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
    runs = measure_runs([int(count) for count in pages.split(",") if count.strip()], kills, tell)
    typer.echo("\n" + format_runs(runs))
    if json_file is not None:
        _write_figures(json_file, {"looks": looks, "runs": runs})


@bench_app.command("growth")
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
        _write_figures(json_file, {"daily": daily, "days": days, "steps": steps})


def _write_figures(path: Path, figures: object) -> None:
    """All figures of a benchmark, as JSON that people can read."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode(figures), indent=1) + b"\n")
