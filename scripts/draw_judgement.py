"""Draw the pictures of docs/judgement.md, as SVG: how quality is spread, and whether odds come true.

usage: python scripts/draw_judgement.py FIGURES.json

FIGURES is what `newsloom bench judge --json` wrote.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from draw_stories import frame, scale

_IMAGES = Path(__file__).parents[1] / "docs" / "images"
_STEP, _MOST = 10, 150
_COLOURS = {"ours": "#1d5fa8", "theirs": "#b3541e"}


def draw_qualities(pairs: Iterable[tuple[int, int]]) -> str:
    """Draw two histograms in one frame, ten points a column."""
    pairs = list(pairs)
    counts = {
        name: Counter(min(pair[at], _MOST - 1) // _STEP for pair in pairs) for at, name in enumerate(_COLOURS)
    }
    most = max(max(count.values()) for count in counts.values())
    across, up = scale(0, _MOST, 60, 610), scale(0, most, 310, 60)
    body = [
        f'<text x="{across(tick)}" y="327" text-anchor="middle" fill="#555">{tick}</text>'
        for tick in range(0, _MOST + 1, 30)
    ]
    body.append(f'<text x="54" y="{up(most) + 4}" text-anchor="end" fill="#555">{most}</text>')
    for place, (name, colour) in enumerate(_COLOURS.items()):
        for step, count in sorted(counts[name].items()):
            left = across(step * _STEP) + 3 + place * 15
            box = f'x="{left:.1f}" y="{up(count)}" width="14" height="{310 - up(count):.1f}"'
            body.append(f'<rect {box} fill="{colour}"/>')
        body.append(f'<text x="80" y="{70 + 20 * place}" fill="{colour}">{name}</text>')
    bar = across(70)
    body.append(f'<path d="M{bar} 50V310" stroke="#222" stroke-dasharray="4 3"/>')
    body.append(f'<text x="{bar - 5}" y="60" text-anchor="end" fill="#222">the bar, 70</text>')
    return frame(f"Quality of {len(pairs)} documents", "quality", "documents", body)


def draw_calibration(bins: Iterable[tuple[float, float, int]]) -> str:
    """Draw the share published against the odds foreseen, a dot a tenth, larger with more decisions."""
    bins = list(bins)
    across, up = scale(0, 1, 60, 610), scale(0, 1, 310, 60)
    body = [
        f'<text x="{across(tick / 5)}" y="327" text-anchor="middle" fill="#555">{tick / 5:.1f}</text>'
        f'<text x="54" y="{up(tick / 5) + 4}" text-anchor="end" fill="#555">{tick / 5:.1f}</text>'
        for tick in range(6)
    ]
    body.append(f'<path d="M{across(0)} {up(0)}L{across(1)} {up(1)}" stroke="#222" stroke-dasharray="4 3"/>')
    most = max((count for _, _, count in bins), default=1)
    for odds, share, count in bins:
        place = f'cx="{across(odds)}" cy="{up(share)}" r="{3 + 9 * (count / most) ** 0.5:.1f}"'
        body.append(f'<circle {place} fill="{_COLOURS["ours"]}" fill-opacity="0.7"/>')
    total = sum(count for _, _, count in bins)
    return frame(f"{total} decisions foreseen after `judge fit`", "odds foreseen", "share published", body)


def main() -> None:
    """Read the figures and write the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("figures", type=Path)
    figures = json.loads(parser.parse_args().figures.read_text(encoding="utf-8"))
    picture = draw_qualities(figures["documents"]["qualities"])
    (_IMAGES / "judgement-quality.svg").write_text(picture, encoding="utf-8")
    picture = draw_calibration(figures["fitted"]["calibration"])
    (_IMAGES / "judgement-calibration.svg").write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main()
