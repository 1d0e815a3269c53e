"""A site's own weights: `_data/judgement.yaml` says what each term of quality counts for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from newsloom.curate.fitting import MOST_SCALE
from newsloom.documents import write_file
from newsloom.yamlfile import load_file

JUDGEMENT_FILE: Final = "_data/judgement.yaml"
_HEAD: Final = "# What each term of quality counts for here: see docs/judgement.md.\nscales:\n"


def read_scales(root: Path) -> dict[str, float]:
    """Read a site's scales by term; none when there is no file.

    Raises:
        ConfigError: the file has another form; the error names the line.
    """
    if not (root / JUDGEMENT_FILE).is_file():
        return {}
    located = load_file(root / JUDGEMENT_FILE, root)
    value = located.value or {}
    if not isinstance(value, dict) or set(value) - {"scales"}:
        raise located.error((), "must hold `scales` and nothing else", "see docs/judgement.md")
    scales = value.get("scales") or {}
    if not isinstance(scales, dict):
        raise located.error(("scales",), "must be a list of `term: number`", "such as `headline: 1.5`")
    for name, scale in scales.items():
        if isinstance(scale, bool) or not isinstance(scale, int | float) or not 0 <= scale <= MOST_SCALE:
            raise located.error(("scales", name), f"must be a number from 0 to {MOST_SCALE:g}, not {scale!r}")
    return {name: float(str(scale)) for name, scale in scales.items()}


def write_scales(root: Path, scales: Mapping[str, float]) -> None:
    """Write a site's scales, by name of the term."""
    lines = [f"  {name}: {scale:.2f}\n" for name, scale in sorted(scales.items())]
    write_file(root / JUDGEMENT_FILE, (_HEAD + "".join(lines)).encode())
