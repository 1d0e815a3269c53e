"""The benchmark's figures as tables that fit a terminal and paste into Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from newsloom.bench.clusters import Agreement
from newsloom.bench.events import CopyResult, EventResult, GrowthResult
from newsloom.bench.feeds import FIELDS, FeedResult, FeedSpeed
from newsloom.bench.imaging import Figures
from newsloom.bench.measuring import FLOOR, OWN, Result

_ORDER = ("title", "authors", "day", "minute", "text", "segments", "image", "canonical", "site_name")


def format_tables(results: Iterable[Result]) -> str:
    """Give one table a set, a line an extractor, and then what was skipped."""
    results = list(results)
    names = list(dict.fromkeys(name for result in results for name in result.sets))
    blocks = ["\n".join(_set_table(name, results)) for name in names]
    notes = [f"{result.name}: {result.note}" for result in results if result.note]
    return "\n\n".join([*blocks, "\n".join(notes)] if notes else blocks)


def _set_table(name: str, results: list[Result]) -> Iterator[str]:
    rows = [(result, result.sets[name]) for result in results if name in result.sets]
    present = {field for _, row in rows for field in row.fields}
    fields = [field for field in _ORDER if field in present]
    yield f"{name}: {rows[0][1].pages} pages"
    yield ""
    heads = ["extractor", *fields, "pages/s", "p50 ms", "p99 ms", "slowest ms", "peak MiB", "failed"]
    lines = [heads, ["---"] * len(heads)]
    for result, row in rows:
        shares = [f"{row.fields[field][0]:.3f}" if _tells(row.fields, field) else "–" for field in fields]
        times = [
            f"{row.pages_per_second:.0f}",
            f"{row.p50_ms:.1f}",
            f"{row.p99_ms:.1f}",
            f"{row.slowest_ms:.0f}",
        ]
        lines.append(
            [f"{result.name} {result.version}", *shares, *times, f"{row.peak_mib:.0f}", str(row.failed)]
        )
    yield from _align(lines)
    yield from _ratios(name, results)


def _align(lines: list[list[str]]) -> Iterator[str]:
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    for line in lines:
        yield "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"


def _tells(fields: dict[str, tuple[float, int]], field: str) -> bool:
    """Say whether an extractor gave anything for a field: zero everywhere means that it does not read it."""
    return field in fields and fields[field][0] > 0


def _ratios(name: str, results: list[Result]) -> Iterator[str]:
    speeds = {result.name: result.sets[name].pages_per_second for result in results if name in result.sets}
    own = speeds.get(OWN)
    if own is None:
        return
    parts = [f"{own / speed:.1f} × {rival}" for rival, speed in speeds.items() if rival not in {OWN, FLOOR}]
    if FLOOR in speeds:
        parts.append(f"{own / speeds[FLOOR]:.0%} of the parse alone")
    if parts:
        yield ""
        yield "Speed: " + ", ".join(parts)


def format_events(results: Iterable[EventResult]) -> str:
    """Give one table a set of events: our stories beside plain methods."""
    blocks = []
    for result in results:
        heads = ["method", "stories", "B³ P", "B³ R", "B³ F1", "pair P", "pair R", "pair F1", "NMI", "ARI"]
        rows = [
            ("newsloom, each decided once", result.ours),
            ("newsloom, merged and split later", result.revised),
        ]
        rows += result.baselines.items()
        table = _align([heads, ["---"] * len(heads), *(_event_row(name, item) for name, item in rows)])
        low, high = result.shuffled_f1
        notes = (
            f"Shuffled within each hour, five times: F1 {low:.3f} to {high:.3f}. Related lists: the first "
            f"is of the same event {result.related_first:.3f}, five hold {result.related_recall:.3f} of "
            f"the others. {result.seconds:.1f} s. First hour against final size (Spearman): "
            + ", ".join(f"{name} {value:.2f}" for name, value in result.heat.items())
            + "."
        )
        title = f"{result.name}: {result.ours.articles} articles, {result.ours.gold} events"
        blocks.append("\n".join([title, "", *table, "", notes]))
    return "\n\n".join(blocks)


def _event_row(name: str, item: Agreement) -> list[str]:
    shares = [item.precision, item.recall, item.f1, item.pair_precision, item.pair_recall, item.pair_f1]
    shares += [item.nmi, item.ari]
    return [name, str(item.stories), *(f"{share:.3f}" for share in shares)]


def format_copies(result: CopyResult) -> str:
    """Give what was found of planted copies, by the share of words that were exchanged."""
    parts = ", ".join(f"{edits}: {share:.3f}" for edits, share in result.recall.items())
    return (
        f"Planted copies found, by share of edited words: {parts}; all {result.recall_all:.3f}, "
        f"precision {result.precision:.3f} beside {result.decoys} decoys, each the likest other text"
    )


def format_growth(results: Iterable[GrowthResult]) -> str:
    """Give speed and memory by the number of articles in the window."""
    heads = ["articles in the window", "articles/s at its end", "open stories", "bytes an article"]
    rows = [
        [
            f"{item.articles:,}",
            f"{item.per_second:,.0f}",
            f"{item.stories:,}",
            f"{item.bytes_an_article:,.0f}",
        ]
        for item in results
    ]
    return "\n".join(_align([heads, ["---"] * len(heads), *rows]))


def format_feeds(results: Iterable[FeedResult], speed: FeedSpeed) -> str:
    """Give how far our reading of feeds agrees with others', a line a set, and how fast it is."""
    rows = [[item.name, str(item.feeds), *(_feed_cell(item, field) for field in FIELDS)] for item in results]
    heads = ["set", "feeds", *FIELDS]
    table = "\n".join(_align([heads, ["---"] * len(heads), *rows]))
    return (
        f"{table}\n\n{speed.feeds} feeds, bytes to candidates, one core: {speed.ours:.0f} feeds/s; "
        f"feedparser {speed.version} {speed.theirs:.1f} feeds/s: {speed.ours / speed.theirs:.1f} × feedparser"
    )


def _feed_cell(result: FeedResult, field: str) -> str:
    right, compared = result.fields.get(field, (0, 0))
    return f"{right / compared:.4f} ({right} of {compared})" if compared else "–"


def format_judgement(figures: Mapping[str, Any]) -> str:
    """Give what was measured of judgement; sets that were not there are left out."""
    lines = [
        f"Topics of {topic.name} ({topic.texts} texts): macro F1 {topic.macro_f1:.3f} ("
        + ", ".join(f"{name} {value:.3f}" for name, value in topic.f1.items())
        + f"), {topic.per_second:,.0f} texts/s"
        for topic in figures["topics"]
    ]
    lines += [
        f"Topics of {name} with words of 20 examples a topic: macro F1 {value:.3f}, on the other texts"
        for name, value in figures["learned"].items()
    ]
    lines += [
        f"With vectors, topics of {found.name}: macro F1 {found.whole:.3f}, with 20 examples a topic "
        f"{found.learned:.3f}; with three keywords {found.few:.3f} (without vectors {found.few_words:.3f}), "
        f"{found.per_second:,.0f} texts/s"
        for found in figures["vectors"]
    ]
    if figures["headlines"] is not None:
        lines.append(f"Headlines, clickbait against plain: AUC {figures['headlines']:.3f}")
    if (documents := figures["documents"]) is not None:
        lines.append(
            f"{documents.documents} documents of another desk: topics F1 {documents.topics_f1:.3f}, quality "
            f"{documents.quality_rank:.3f} (Spearman), published agrees {documents.published_agreement:.3f} "
            f"at a bar of {documents.best_bar}"
        )
    if (fitted := figures["fitted"]) is not None:
        lines.append(
            f"After `judge fit` on a half, on the other (mean of {fitted.draws}): quality "
            f"{fitted.quality_rank:.3f} (Spearman), published agrees {fitted.published_agreement:.3f}; "
            f"as shipped with the half's best bar {fitted.bar_agreement:.3f}"
        )
    if (standing := figures["standing"]) is not None:
        lines.append(
            f"Standing learned from articles alone: {standing.rank:.3f} (Spearman) over {standing.providers} "
            "providers"
        )
    if figures["speed"] is not None:
        lines.append(
            "Topics of a 200-topic site, quality and gate, title and 300 words: "
            f"{figures['speed']:,.0f} articles/s"
        )
    return "\n".join(lines)


def format_images(figures: Figures) -> str:
    """Give what the keeping of pictures came to, a line each."""
    kept = 1_024 * max(figures.kept, 1)
    original, webp, jpeg = (
        size // kept for size in (figures.original_bytes, figures.webp_bytes, figures.jpeg_bytes)
    )
    lines = [
        f"{figures.pictures:,} pictures, {figures.hostile} of them hostile, in {figures.seconds} s: "
        f"{figures.per_second} originals/s; {figures.processor_ms} ms of one processor each",
        f"Kept: {figures.kept:,}; of each {original} KiB became {webp} KiB of WebP and {jpeg} KiB of JPEG",
        f"Hostile, refused by the right name: {figures.refused_by_name} of {figures.hostile}",
        *figures.misnamed,
        f"Probed: {figures.probes_per_second:,}/s; size known by 4 KiB of {figures.sized_by_head:,}",
        f"Sent again, smaller or in another format: {figures.found_again} of {figures.disguised} known; "
        f"of {figures.pairs:,} pairs of different pictures {figures.confused} taken for one",
    ]
    return "\n".join(lines)
