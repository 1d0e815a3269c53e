"""Draw the picture of docs/growth.md, as SVG: seconds and memory of a pass as history grows.

usage: python scripts/draw_growth.py FIGURES.json

FIGURES is what `newsloom bench growth --json` wrote.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from draw_stories import frame, scale

_IMAGE = Path(__file__).parents[1] / "docs" / "images" / "growth.svg"
_COLOURS = {"processor": "#1d5fa8", "peak": "#b3541e"}
_WIDTH = 48  # of a column


def draw_growth(steps: Sequence[dict[str, Any]]) -> str:
    """Draw for each size a column of seconds of the processor and one of MiB, each in a scale of its own."""
    across = scale(0, len(steps) - 1 or 1, 150, 530)
    body = []
    for place, step in enumerate(steps):
        middle = across(place)
        body.append(
            f'<text x="{middle}" y="327" text-anchor="middle" fill="#555">{step["before"]:,} records</text>'
        )
        for name, left, unit in (("processor", middle - _WIDTH - 3, "s"), ("peak", middle + 3, "MiB")):
            top = scale(0, 1.25 * max(one[name] for one in steps), 310, 55)(step[name])
            body.append(
                f'<rect x="{left}" y="{top}" width="{_WIDTH}" height="{310 - top}" fill="{_COLOURS[name]}"/>'
            )
            body.append(
                f'<text x="{left + _WIDTH / 2}" y="{top - 6}" text-anchor="middle" fill="#222">'
                f"{step[name]:.0f} {unit}</text>"
            )
    return frame("A pass of 1,000 articles as history grows", "in the index", "processor, memory", body)


def main() -> None:
    """Draw the pass at each size that took the processor least."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("figures", type=Path)
    steps = json.loads(parser.parse_args().figures.read_text(encoding="utf-8"))["steps"]
    sizes = sorted({step["size"] for step in steps})
    best = [min((s for s in steps if s["size"] == size), key=lambda s: s["processor"]) for size in sizes]
    _IMAGE.write_text(draw_growth(best), encoding="utf-8")


if __name__ == "__main__":
    main()
