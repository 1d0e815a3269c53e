"""A year of passes told: its figures as tables, its growth as a picture."""

from __future__ import annotations

import math
from collections.abc import Sequence

from newsloom.bench.year import MIB, YEAR, Year


def format_year(year: Year) -> str:
    """The figures as tables."""
    passes = year.passes
    with_api = passes.document_bytes + passes.api_bytes + passes.other_bytes
    anew = year.resealed_pass_bytes + passes.api_bytes
    return "\n".join(
        [
            f"{len(passes.new)} real passes over {year.records:,} records, each with those of two hours",
            "",
            "| a pass | at the median | most | KiB in the pack |",
            "| --- | --- | --- | --- |",
            f"| new documents | {_middle(passes.new)} | {max(passes.new)} | |",
            f"| changed documents | {_middle(passes.changed)} | {max(passes.changed)} "
            f"| {passes.document_bytes / 1024:.1f} with the new |",
            f"| API files, where they are in git | {_middle(passes.api)} | {max(passes.api)} "
            f"| {passes.api_bytes / 1024:.1f} |",
            f"| folders and commits | | | {passes.other_bytes / 1024:.1f} |",
            "",
            f"A year of {YEAR:,} passes",
            "",
            "| way | MiB | share |",
            "| --- | --- | --- |",
            f"| all {year.records:,} documents sealed anew each pass, by {year.resealed_passes} passes "
            f"| {year.resealed / MIB:,.0f} | 1 |",
            f"| ours, as its passes leave it, by {year.commits:,} passes up to {year.documents:,} documents "
            f"| {year.ours / MIB:,.0f} | 1/{year.resealed / year.ours:.0f} |",
            f"| ours after `git gc` | {year.collected / MIB:,.0f} | 1/{year.resealed / year.collected:.0f} |",
            "",
            f"With the API in git a real pass of ours takes {with_api / 1024:.0f} KiB, and one that seals "
            f"all anew {anew / 1024:.0f} KiB: 1/{anew / with_api:.1f}.",
        ]
    )


def draw_year(year: Year) -> str:
    """The growth of both ways as SVG, on a scale by tens."""
    wide, high, top = 640, 360, 5  # 10^5 MiB is the picture's upper edge
    ours = [(number, size / MIB) for number, size in year.grown]
    anew = [(n, (year.grown[0][1] + n * year.resealed_pass_bytes) / MIB) for n, _ in year.grown]

    def place(number: int, size: float) -> str:
        return f"{60 + number / year.commits * 520:.1f},{310 - math.log10(max(size, 1)) / top * 265:.1f}"

    title = f"{year.commits:,} passes on a site of {year.records:,} records"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" role="img" '
        f'font-family="system-ui, sans-serif" font-size="13"><title>{title}</title>',
        f'<rect width="{wide}" height="{high}" rx="8" fill="#fbfaf7"/>',
        f'<text x="60" y="28" font-size="15" font-weight="600" fill="#222">{title}</text>',
        '<path d="M60 45V310H620" fill="none" stroke="#888"/>',
        '<text x="620" y="345" text-anchor="end" fill="#555">passes</text>',
        '<text x="16" y="180" fill="#555" transform="rotate(-90 16 180)" text-anchor="middle">MiB</text>',
    ]
    for power in range(top + 1):
        at = 314 - power / top * 265
        lines.append(f'<text x="54" y="{at:.1f}" text-anchor="end" fill="#555">{10**power:,}</text>')
    for number in range(0, year.commits + 1, max(1, year.commits // 4)):
        at = 60 + number / year.commits * 520
        lines.append(f'<text x="{at:.1f}" y="327" text-anchor="middle" fill="#555">{number:,}</text>')
    for points, colour, name in ((anew, "#b3541e", "all sealed anew"), (ours, "#1d5fa8", "ours")):
        path = " ".join(place(*point) for point in points)
        lines.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        x, y = place(*points[-1]).split(",")
        label = f"{name}: {points[-1][1]:,.0f} MiB"
        lines.append(
            f'<text x="{x}" y="{float(y) - 10:.1f}" text-anchor="end" fill="{colour}">{label}</text>'
        )
    return "\n".join([*lines, "</svg>", ""])


def _middle(numbers: Sequence[int]) -> int:
    return sorted(numbers)[len(numbers) // 2]
