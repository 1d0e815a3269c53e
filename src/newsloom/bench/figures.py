"""The figures of a measurement as a file of JSON, for programs that compare them."""

from __future__ import annotations

from pathlib import Path

import msgspec


def write_figures(path: Path, figures: object) -> None:
    """All figures of a benchmark, as JSON that people can read."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode(figures), indent=1) + b"\n")
