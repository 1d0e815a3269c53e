"""`newsloom bench`: the commands that measure."""

from __future__ import annotations

import json
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
        figures = msgspec.json.encode({"cores": 1, "part": part, "results": results, "readers": readers})
        json_file.write_bytes(msgspec.json.format(figures, indent=1) + b"\n")
    typer.echo(format_tables(results))
    counts = ", ".join(
        f"{name} {count}" for name, count in sorted(readers.items(), key=lambda item: -item[1])
    )
    typer.echo(f"\nMain text of Newsloom's pages read by: {counts}")


@bench_app.command("judge")
def bench_judge(
    data: Annotated[Path, typer.Option(help="A folder with `topics/`, `headlines/`, `documents/`, …")],
    json_file: Annotated[Path | None, typer.Option("--json", help="Write all figures here as well.")] = None,
) -> None:
    """Score topics, headlines, quality and learned standing against what people decided."""
    from newsloom.bench.judging import (  # noqa: PLC0415 - as above
        measure_documents,
        measure_headlines,
        measure_learning,
        measure_speed,
        measure_standing,
        measure_topics,
        open_topics,
        read_labelled,
    )
    from newsloom.bench.table import format_judgement  # noqa: PLC0415 - as above
    from newsloom.curate.topics import Tagger  # noqa: PLC0415 - as above

    sets = read_labelled(data)
    topics = [measure_topics(name, texts, Tagger(open_topics(name))) for name, texts in sets.items()]
    figures = {
        "topics": topics,
        "learned": {name: measure_learning(name, texts, open_topics(name)) for name, texts in sets.items()},
        "headlines": measure_headlines(data),
        "documents": measure_documents(data),
        "standing": measure_standing(data),
        "speed": measure_speed(data),
    }
    typer.echo(format_judgement(figures))
    if json_file is not None:
        json_file.write_bytes(msgspec.json.format(msgspec.json.encode(figures), indent=1) + b"\n")


@bench_app.command("stories")
def bench_stories(
    data: Annotated[Path, typer.Option(help="A folder with `stories/` and `articles/`.")],
    json_file: Annotated[Path | None, typer.Option("--json", help="Write all figures here as well.")] = None,
    growth: Annotated[str, typer.Option(help="Articles in the window, parted by commas.")] = "10000,100000",
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

    events = [measure_events(item) for item in read_event_sets(data)]
    typer.echo(format_events(events))
    figures: dict[str, object] = {"events": events}
    articles = data / "articles" / "articles.jsonl.gz"
    if articles.is_file():
        texts = read_texts(articles)
        copies = measure_copies(texts)
        typer.echo("\n" + format_copies(copies))
        sizes = [measure_growth(texts, int(count)) for count in growth.split(",") if count.strip()]
        typer.echo("\n" + format_growth(sizes))
        figures |= {"copies": copies, "growth": sizes}
    else:
        typer.echo(f"\nDuplicates and growth are skipped: there is no {articles}")
    if json_file is not None:
        json_file.write_bytes(msgspec.json.format(msgspec.json.encode(figures), indent=1) + b"\n")


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
        json_file.write_bytes(msgspec.json.format(msgspec.json.encode(figures), indent=1) + b"\n")
