"""`newsloom bench`: the commands that measure."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from newsloom.bench.figures import write_figures
from newsloom.bench.scale_command import add_commands
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
        write_figures(json_file, {"cores": 1, "part": part, "results": results, "readers": readers})
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
        write_figures(json_file, describe_fetching(outcomes, costs))
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
        write_figures(json_file, figures)


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
        write_figures(json_file, figures)


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
        write_figures(json_file, {"events": events, "stream": stream})


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
        write_figures(json_file, {"cores": 1, "sets": results, "speed": speed})


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
        write_figures(json_file, figures)


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
        write_figures(json_file, figures)


@bench_app.command("search")
def bench_search(
    data: Annotated[Path, typer.Option(help="A folder with `articles/articles.jsonl.gz`.")],
    json_file: Annotated[Path | None, typer.Option("--json", help="Write all figures here as well.")] = None,
    records: Annotated[int, typer.Option(help="Records of the index, made of the articles.")] = 200_000,
    postgresql: Annotated[str, typer.Option(help="The address of an empty schema, to measure it too.")] = "",
) -> None:
    """Measure what search finds among real articles, and how fast an index of many records answers."""
    from newsloom.bench.finding import format_finding, measure_forms, measure_likeness  # noqa: PLC0415 - as above
    from newsloom.bench.searching import format_search, measure_search, read_pieces  # noqa: PLC0415 - as above

    pieces = read_pieces(data / "articles" / "articles.jsonl.gz")
    forms, likeness = measure_forms(pieces), measure_likeness(pieces)
    typer.echo(format_finding(forms, likeness))
    speed = measure_search(pieces, records, lambda line: typer.echo(line, err=True), postgresql)
    typer.echo("\n" + format_search(speed))
    if json_file is not None:
        figures = {"forms": forms, "likeness": likeness, "speed": speed}
        write_figures(json_file, figures)


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
        write_figures(json_file, figures)


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
        write_figures(json_file, {"records": records, "exports": exports})


add_commands(bench_app)
