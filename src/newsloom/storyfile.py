"""An editor's word on stories as a file of the site: `stories.yaml`, read strictly, written in one form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from newsloom.documents import write_file
from newsloom.errors import ConfigError
from newsloom.records import StoryEdits
from newsloom.yamlfile import Located, Value, load_file, suggest

STORIES_FILE: Final = "stories.yaml"
_KEYS: Final = ("join", "apart", "alone", "pin")
_REMEDY: Final = "docs/stories.md shows the form"
_HEAD: Final = (
    "# An editor's word on stories; records are named as their documents are. See docs/stories.md.\n"
)

Path_ = tuple[str | int, ...]


def read_edits(root: Path) -> StoryEdits:
    """Read what an editor said of stories; nothing when there is no such file.

    Raises:
        ConfigError: it has another form; the error names the line.
    """
    if not (root / STORIES_FILE).is_file():
        return StoryEdits()
    located = load_file(root / STORIES_FILE, root)
    value = located.value or {}
    if not isinstance(value, dict):
        raise located.error((), f"must hold {', '.join(f'`{key}`' for key in _KEYS)}", _REMEDY)
    for key in value:
        if key not in _KEYS:
            raise located.error((key,), f"unknown key {key!r}", suggest(key, _KEYS))
    joins = _read_list(located, value.get("join"), ("join",), "- [first-record, second-record]")
    aparts = _read_list(located, value.get("apart"), ("apart",), "- [one-record, [two, records]]")
    return StoryEdits(
        join=tuple(_read_names(located, group, ("join", at)) for at, group in enumerate(joins)),
        apart=tuple(_read_sides(located, sides, ("apart", at)) for at, sides in enumerate(aparts)),
        alone=_read_names(located, value.get("alone"), ("alone",)),
        pin=_read_names(located, value.get("pin"), ("pin",)),
    )


def _read_list(located: Located, value: Value, path: Path_, example: str) -> list[Value]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise located.error(path, "must be a list of lists of records", example)
    return value


def _read_names(located: Located, value: Value, path: Path_) -> tuple[str, ...]:
    names = [] if value is None else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise located.error(
            path, "must be a list of records", "name them as their documents are, without .md"
        )
    return tuple(str(name).removesuffix(".md") for name in names)


def _read_sides(located: Located, value: Value, path: Path_) -> tuple[tuple[str, ...], ...]:
    if not isinstance(value, list) or len(value) < 2:
        raise located.error(path, "must have two sides or more", "- [one-record, [two, records]]")
    sides: list[Value] = [[side] if isinstance(side, str) else side for side in value]
    return tuple(_read_names(located, side, (*path, at)) for at, side in enumerate(sides))


def write_edits(root: Path, edits: StoryEdits) -> None:
    """Write an editor's word; comments in the file are not kept.

    Raises:
        ConfigError: it cannot be written.
    """
    try:
        write_file(root / STORIES_FILE, _format(edits).encode())
    except OSError as error:
        raise ConfigError(STORIES_FILE, f"cannot be written: {error.strerror}") from error


def _format(edits: StoryEdits) -> str:
    sections = {
        "join": [_list(group) for group in edits.join],
        "apart": [f"[{', '.join(_list(side) for side in sides)}]" for sides in edits.apart],
        "alone": edits.alone,
        "pin": edits.pin,
    }
    lines = [_HEAD]
    for key, items in sections.items():
        if items:
            lines += [f"{key}:\n", *(f"  - {item}\n" for item in items)]
    return "".join(lines)


def _list(names: Iterable[str]) -> str:
    return f"[{', '.join(names)}]"  # names of documents are slugs: nothing in them needs quotes


def join(edits: StoryEdits, names: Sequence[str]) -> StoryEdits:
    """Say that records are one story. What was said before against it is withdrawn."""
    wanted = set(names)
    return replace(
        edits,
        join=tuple(dict.fromkeys((*edits.join, tuple(names)))),
        apart=tuple(sides for sides in edits.apart if sum(bool(wanted & set(side)) for side in sides) < 2),
        alone=tuple(name for name in edits.alone if name not in wanted),
    )


def part(edits: StoryEdits, names: Sequence[str], others: Sequence[str]) -> StoryEdits:
    """Say that records are one story, and others another. Groups that joined the two are withdrawn."""
    return replace(
        edits,
        join=tuple(
            group for group in edits.join if not (set(group) & set(names) and set(group) & set(others))
        ),
        apart=tuple(dict.fromkeys((*edits.apart, (tuple(names), tuple(others))))),
    )


def isolate(edits: StoryEdits, names: Sequence[str]) -> StoryEdits:
    """Say that records never share a story."""
    kept = forget(edits, names)
    return replace(kept, alone=(*kept.alone, *names), pin=edits.pin)


def pin(edits: StoryEdits, names: Sequence[str]) -> StoryEdits:
    """Say that records lead their stories."""
    return replace(edits, pin=(*edits.pin, *(name for name in names if name not in edits.pin)))


def forget(edits: StoryEdits, names: Sequence[str]) -> StoryEdits:
    """Withdraw all that was said of records: the desk decides again."""
    gone = set(names)
    return StoryEdits(
        join=tuple(group for group in _leave(edits.join, gone) if len(group) > 1),
        apart=tuple(
            sides
            for sides in (tuple(filter(None, _leave(sides, gone))) for sides in edits.apart)
            if len(sides) > 1
        ),
        alone=tuple(name for name in edits.alone if name not in gone),
        pin=tuple(name for name in edits.pin if name not in gone),
    )


def _leave(groups: Iterable[Sequence[str]], gone: set[str]) -> Iterator[tuple[str, ...]]:
    return (tuple(name for name in group if name not in gone) for group in groups)
