"""Bounded YAML with line numbers, for files that people write.

What differs from `yaml.safe_load` is for the owner's sake: every value knows its line, so that an
error can name it; only true and false are booleans (the Norway problem), and dates stay text. What is
refused, and why, stands in `yamltree.py`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from msgspec import Struct

from newsloom import settings
from newsloom.errors import ConfigError
from newsloom.yamltree import CONFIG_LIMITS, Node, ScalarNode, SequenceNode, compose_tree, decode_text

Value = str | int | float | bool | None | list["Value"] | dict[str, "Value"]
Step = str | int

_BOOLEANS: Final = {"true": True, "false": False, "True": True, "False": False}
_NULLS: Final = {"", "~", "null", "Null", "NULL"}
_WHOLE: Final = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_DECIMAL: Final = re.compile(r"[-+]?[0-9]{1,15}\.[0-9]{1,15}")


class Located(Struct, frozen=True):
    """A YAML value and the line of each of its parts, by path: `("topics", 0)` is the first topic."""

    value: Value
    lines: dict[tuple[Step, ...], int]
    subject: str

    def error(self, path: tuple[Step, ...], cause: str, remedy: str = "") -> ConfigError:
        """A ConfigError that names the file and the line of that part, or of the nearest one above."""
        while path and path not in self.lines:
            path = path[:-1]
        return ConfigError(f"{self.subject}:{self.lines.get(path, 1)}", cause, remedy)


def load(data: bytes, subject: str) -> Located:
    """Read a YAML text; `subject` is the file's name for errors.

    Raises ConfigError naming the line for anything that is not plain, bounded YAML in UTF-8.
    """
    tree = compose_tree(decode_text(data, subject, CONFIG_LIMITS), subject, CONFIG_LIMITS)
    return locate_values(tree, subject)


def locate_values(tree: Node | None, subject: str) -> Located:
    """The values of a tree that was read already, with their lines; None for an empty one."""
    lines: dict[tuple[Step, ...], int] = {}
    value = _convert(tree, (), lines) if tree is not None else None
    return Located(value, lines, subject)


def load_file(path: Path, root: Path) -> Located:
    """Read a YAML file; errors name it relative to `root`."""
    subject = str(path.relative_to(root))
    try:
        with path.open("rb") as file:
            return load(file.read(settings.CONFIG_BYTES + 1), subject)
    except OSError as error:
        raise ConfigError(
            subject, f"cannot be read: {error.strerror}", "run `newsloom init` to make a site"
        ) from error


def suggest(word: str, known: Iterable[str]) -> str:
    """A remedy for an unknown key: the nearest known one, or all of them."""
    names = sorted(known)
    near = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    return f"did you mean `{near[0]}`?" if near else f"known are: {', '.join(names)}"


def _convert(node: Node, path: tuple[Step, ...], lines: dict[tuple[Step, ...], int]) -> Value:
    lines.setdefault(path, node.line)
    if isinstance(node, ScalarNode):
        return _scalar(node.text) if node.plain else node.text
    if isinstance(node, SequenceNode):
        return [_convert(item, (*path, number), lines) for number, item in enumerate(node.items)]
    found: dict[str, Value] = {}
    for key, entry in node.entries.items():
        lines[*path, key] = entry.line
        found[key] = _convert(entry.value, (*path, key), lines)
    return found


def _scalar(text: str) -> Value:
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if text in _NULLS:
        return None
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else text
