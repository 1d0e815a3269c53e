"""The benchmark's figures as tables that fit a terminal and paste into Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

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
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    for line in lines:
        yield "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
    yield from _ratios(name, results)


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
