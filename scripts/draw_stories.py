"""Draw the pictures of docs/stories.md and docs/story-shards.md: precision against recall, growth, shards.

usage: python scripts/draw_stories.py [DATA] [--growth FIGURES.json]
       python scripts/draw_stories.py --shards FIGURES.json

DATA is a folder with `stories/` (default: ../shared/data); FIGURES is what `newsloom bench stories --json`
wrote, for `--shards` that of `newsloom bench stories --shards`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

import msgspec

from newsloom.bench.clusters import agree
from newsloom.bench.events import EventSet, read_event_sets
from newsloom.curate.stories import profile_input, read_moment
from newsloom.curate.story_index import StoryIndex
from newsloom.curate.weights import WEIGHTS

_IMAGES = Path(__file__).parents[1] / "docs" / "images"
_SIZE = (640, 360)
_FACTORS = (0.4, 0.6, 0.8, 0.9, 1.0, 1.15, 1.4, 1.8, 2.4, 3.2)
_COLOURS = ("#1d5fa8", "#b3541e", "#3f7d3a")
Point = tuple[float, float]


def assign(events: EventSet, factor: float) -> dict[str, str]:
    """Assign a set with the likeness that joining needs multiplied."""
    weights = msgspec.structs.replace(
        WEIGHTS.stories,
        join_title=WEIGHTS.stories.join_title * factor,
        join_text=WEIGHTS.stories.join_text * factor,
    )
    index, moment = StoryIndex(weights=weights), None
    found: dict[str, str] = {}
    dated = []
    for article in events.articles:
        moment = read_moment(article.date) or moment or read_moment("1970-01-01")
        dated.append((article, moment))
    for _, hour in groupby(dated, key=lambda pair: int(pair[1].timestamp() // 3600) if pair[1] else 0):
        found.update(index.assign([(item.id, profile_input(item, at)) for item, at in hour if at]).stories)
    return found


def frame(title: str, across: str, up: str, body: Sequence[str]) -> str:
    """Give an SVG with a title, two axes and what is drawn on them, readable on light and dark."""
    wide, high = _SIZE
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" role="img" '
            f'font-family="system-ui, sans-serif" font-size="13"><title>{escape(title)}</title>',
            f'<rect width="{wide}" height="{high}" rx="8" fill="#fbfaf7"/>',
            f'<text x="60" y="28" font-size="15" font-weight="600" fill="#222">{escape(title)}</text>',
            '<path d="M60 45V310H620" fill="none" stroke="#888"/>',
            f'<text x="620" y="345" text-anchor="end" fill="#555">{escape(across)}</text>',
            f'<text x="16" y="180" fill="#555" transform="rotate(-90 16 180)" text-anchor="middle">'
            f"{escape(up)}</text>",
            *body,
            "</svg>",
            "",
        ]
    )


def scale(low: float, high: float, start: float, end: float) -> Callable[[float], float]:
    """Give the function from values to places on an axis."""
    return lambda value: round(start + (value - low) / (high - low) * (end - start), 1)


def draw_curve(sets: Sequence[EventSet]) -> str:
    """Draw B-cubed precision against recall as joining needs less or more."""
    across, up = scale(0.5, 1, 60, 600), scale(0.6, 1, 310, 55)
    body = [
        f'<text x="{across(tick)}" y="327" text-anchor="middle" fill="#555">{tick:.1f}</text>'
        for tick in (0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
    ]
    body += [
        f'<text x="54" y="{up(t) + 4}" text-anchor="end" fill="#555">{t:.1f}</text>'
        for t in (0.6, 0.7, 0.8, 0.9, 1.0)
    ]
    for events, colour in zip(sets, _COLOURS, strict=False):
        scores = [agree(events.gold, assign(events, factor)) for factor in _FACTORS]
        points = [(across(max(0.5, item.recall)), up(max(0.6, item.precision))) for item in scores]
        body.append(_line(points, colour))
        used = points[_FACTORS.index(1.0)]
        body.append(f'<circle cx="{used[0]}" cy="{used[1]}" r="6" fill="{colour}"/>')
        at = 75 + 20 * sets.index(events)
        label = escape(events.name.replace("_", " "))
        body.append(f'<text x="80" y="{at + 160}" fill="{colour}">{label} (dot: as used)</text>')
    return frame("Stories: precision against recall (B³)", "recall", "precision", body)


def _line(points: Sequence[Point], colour: str) -> str:
    path = " ".join(f"{x},{y}" for x, y in points)
    dots = "".join(f'<circle cx="{x}" cy="{y}" r="2.5" fill="{colour}"/>' for x, y in points)
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>{dots}'


def draw_growth(rows: Sequence[dict[str, float]]) -> str:
    """Draw articles a second by the number of articles in the window."""
    top = max(row["per_second"] for row in rows) * 1.25
    across, up = scale(0, len(rows) - 1 or 1, 110, 570), scale(0, top, 310, 55)
    points = [(across(place), up(row["per_second"])) for place, row in enumerate(rows)]
    body = [_line(points, _COLOURS[0])]
    for (x, y), row in zip(points, rows, strict=True):
        body.append(
            f'<text x="{x}" y="{y - 12}" text-anchor="middle" fill="#222">{row["per_second"]:,.0f}/s</text>'
        )
        body.append(f'<text x="{x}" y="327" text-anchor="middle" fill="#555">{row["articles"]:,.0f}</text>')
    return frame(
        "The whole step on one core, as the window grows", "articles in the window", "articles a second", body
    )


def draw_shards(rows: Sequence[dict[str, Any]]) -> str:
    """Draw B-cubed F1 of each set by the number of shards."""
    counts = sorted({row["shards"] for row in rows})
    across, up = scale(0, len(counts) - 1 or 1, 110, 570), scale(0.8, 1, 310, 55)
    body = [
        f'<text x="{across(place)}" y="327" text-anchor="middle" fill="#555">{count}</text>'
        for place, count in enumerate(counts)
    ]
    body += [
        f'<text x="54" y="{up(t) + 4}" text-anchor="end" fill="#555">{t:.2f}</text>'
        for t in (0.8, 0.85, 0.9, 0.95, 1.0)
    ]
    for name, colour in zip(sorted({row["name"] for row in rows}), _COLOURS, strict=False):
        whole = [row for row in rows if row["name"] == name and row["part"] == "all"]
        scores = {row["shards"]: row["f1"] for row in whole}
        points = [(across(place), up(scores[count])) for place, count in enumerate(counts)]
        body.append(_line(points, colour))
        body += [
            f'<text x="{x}" y="{y - 12}" text-anchor="middle" fill="{colour}">{scores[count]:.4f}</text>'
            for (x, y), count in zip(points, counts, strict=True)
        ]
        label = escape(name.replace("_", " "))
        body.append(f'<text x="120" y="{points[0][1] + 20}" fill="{colour}">{label}</text>')
    return frame("Stories in shards: as well as on one shelf", "shards", "B³ F1", body)


def main() -> None:
    """Draw what there are figures for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("data", nargs="?", type=Path, default=Path("../shared/data"))
    parser.add_argument("--growth", type=Path)
    parser.add_argument("--shards", type=Path)
    options = parser.parse_args()
    if options.shards:
        rows = json.loads(options.shards.read_text(encoding="utf-8"))["events"]
        (_IMAGES / "story-shards.svg").write_text(draw_shards(rows), encoding="utf-8")
        return
    sets = read_event_sets(options.data)
    (_IMAGES / "stories-curve.svg").write_text(draw_curve(sets), encoding="utf-8")
    if options.growth:
        rows = json.loads(options.growth.read_text(encoding="utf-8"))["growth"]
        (_IMAGES / "stories-growth.svg").write_text(draw_growth(rows), encoding="utf-8")


if __name__ == "__main__":
    main()
