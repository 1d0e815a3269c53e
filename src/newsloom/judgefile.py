"""What a site has learned and accepted: `_data/judgement.yaml`, factors, points and words of topics."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from msgspec import Struct

from newsloom.curate.leanings import MOST_POINTS, MOST_SCALE, Leanings
from newsloom.documents import write_file
from newsloom.documents.quoting import quote
from newsloom.yamlfile import Located, Value, load_file

JUDGEMENT_FILE: Final = "_data/judgement.yaml"
_POINTS: Final = (-MOST_POINTS, MOST_POINTS)
_HEAD: Final = "# What the desk has learned here, and you accepted: see docs/judgement.md.\n"
_KEYS: Final = ("scales", "providers", "interests", "topics")


class Judgement(Struct, frozen=True, kw_only=True):
    """Factors of the terms of quality, points of providers and of topics, and learned words of topics."""

    scales: dict[str, float] = {}
    providers: dict[str, float] = {}
    interests: dict[str, float] = {}
    topics: dict[str, dict[str, float]] = {}

    @property
    def leanings(self) -> Leanings:
        """What bears on quality."""
        return Leanings(scales=self.scales, providers=self.providers, topics=self.interests)


def read_judgement(root: Path) -> Judgement:
    """Read what a site has accepted; nothing when there is no file.

    Raises:
        ConfigError: the file has another form; the error names the line.
    """
    if not (root / JUDGEMENT_FILE).is_file():
        return Judgement()
    located = load_file(root / JUDGEMENT_FILE, root)
    value = located.value or {}
    if not isinstance(value, dict) or set(value) - set(_KEYS):
        raise located.error((), f"must hold {', '.join(_KEYS)} and nothing else", "see docs/judgement.md")
    topics = value.get("topics") or {}
    if not isinstance(topics, dict):
        raise located.error(("topics",), "must be a list of topics with words", "such as `AI: {chip: 0.5}`")
    return Judgement(
        scales=_read_numbers(located, value.get("scales"), ("scales",)),
        providers=_read_numbers(located, value.get("providers"), ("providers",), _POINTS),
        interests=_read_numbers(located, value.get("interests"), ("interests",), _POINTS),
        topics={name: _read_numbers(located, words, ("topics", name)) for name, words in topics.items()},
    )


def _read_numbers(
    located: Located, value: Value, path: tuple[str, ...], bounds: tuple[float, float] = (0, MOST_SCALE)
) -> dict[str, float]:
    least, most = bounds
    numbers = value or {}
    if not isinstance(numbers, dict):
        raise located.error(path, "must be a list of `name: number`", "such as `headline: 1.5`")
    for name, number in numbers.items():
        if isinstance(number, bool) or not isinstance(number, int | float) or not least <= number <= most:
            raise located.error((*path, name), f"must be a number from {least:g} to {most:g}, not {number!r}")
    return {name: float(str(number)) for name, number in numbers.items()}


def write_judgement(root: Path, judgement: Judgement) -> None:
    """Write what was accepted, each part by name."""
    lines = [_HEAD]
    for key in ("scales", "providers", "interests"):
        if numbers := getattr(judgement, key):
            lines += [f"{key}:\n", *_list_numbers(numbers, "  ")]
    if judgement.topics:
        lines.append("topics:\n")
    for name, words in sorted(judgement.topics.items()):
        if words:
            lines += [f"  {quote(name)}:\n", *_list_numbers(words, "    ")]
    write_file(root / JUDGEMENT_FILE, "".join(lines).encode())


def _list_numbers(numbers: Mapping[str, float], indent: str) -> list[str]:
    return [f"{indent}{quote(name)}: {number:.2f}\n" for name, number in sorted(numbers.items())]
