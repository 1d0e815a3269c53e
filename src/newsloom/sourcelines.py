"""`sources.yaml` changed in place: entries added, paused and removed line by line.

The owner's comments, order and spelling stay, which no writer of YAML would keep. After each change the
text is read again, and what comes out must be exactly what was meant; else nothing is written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from newsloom.documents import write_file
from newsloom.documents.quoting import write_bare
from newsloom.errors import ConfigError
from newsloom.lock import hold
from newsloom.sourcefile import SOURCES_FILE, SOURCES_OPML, Source
from newsloom.yamlfile import Value, load
from newsloom.yamltree import CONFIG_LIMITS, MappingNode, Node, ScalarNode, SequenceNode, compose_tree

_ITEM: Final = re.compile(r"( *)- *(?=[^\s-])")
_PAUSED: Final = re.compile(r"^(\s*(?:- +)?paused *: *)\S+")
_IDLE: Final = re.compile(r"\s*(?:#.*)?$")
_PATIENCE: Final = 5.0  # seconds waited for another change to end: each takes less than one
_HAND: Final = "edit sources.yaml by hand"
_Entries = list[dict[str, Value]]


def add_sources(root: Path, sources: Iterable[Source]) -> None:
    """Write sources down at the end of the file, which is made when it is missing.

    Half a surrogate pair in a name, which a feed's title may have and no file can hold, is a question mark.
    """
    fresh = [replace(source, name=source.name.encode("utf-8", "replace").decode()) for source in sources]

    def change(lines: list[str], tree: SequenceNode | None) -> list[str]:
        indent = _indent(lines, tree)
        return [*lines, *(f"{indent}{line}" for source in fresh for line in format_source(source))]

    _edit(root, change, lambda entries: [*entries, *map(_list_values, fresh)])


def pause_source(root: Path, source: Source, *, paused: bool) -> None:
    """Pause a source, or let it be read again."""

    def change(lines: list[str], tree: SequenceNode | None) -> list[str]:
        item, first, last = _find(lines, tree, source)
        known = item.entries.get("paused")
        if known is not None:
            at = known.line - 1
            if paused or at == first:
                lines[at] = _PAUSED.sub(rf"\g<1>{str(paused).lower()}", lines[at])
                return lines
            return [*lines[:at], *lines[at + 1 :]]
        column = min(entry.column for entry in item.entries.values())
        return [*lines[:last], f"{' ' * column}paused: true", *lines[last:]]

    def expect(entries: _Entries) -> _Entries:
        at = _number(root, source)
        return [*entries[:at], _pause(entries[at], paused), *entries[at + 1 :]]

    if source.paused != paused:
        _edit(root, change, expect)


def remove_source(root: Path, source: Source) -> None:
    """Take a source out of the file; comments around it stay."""

    def change(lines: list[str], tree: SequenceNode | None) -> list[str]:
        _, first, last = _find(lines, tree, source)
        kept = [line for line in lines[first:last] if line.lstrip().startswith("#")]
        return [*lines[:first], *kept, *lines[last:]]

    def expect(entries: _Entries) -> _Entries:
        at = _number(root, source)
        return [*entries[:at], *entries[at + 1 :]]

    _edit(root, change, expect)


def _number(root: Path, source: Source) -> int:
    """Which entry of the file a source is: the same address may stand there twice."""
    located = load(_read(root / SOURCES_FILE, root).encode(), SOURCES_FILE)
    count = len(located.value) if isinstance(located.value, list) else 0
    return next(number for number in range(count) if located.lines[number,] == source.line)


def format_source(source: Source) -> list[str]:
    """A source's lines in `sources.yaml`."""
    values = _list_values(source)
    lines: list[str] = []
    for key, value in values.items():
        if isinstance(value, list):
            text = f"[{', '.join(write_bare(str(item)) for item in value)}]"
        elif isinstance(value, bool):
            text = str(value).lower()
        else:
            text = str(value) if isinstance(value, int) else write_bare(str(value))
        lines.append(f"{'  ' if lines else '- '}{key}: {text}")
    return lines


def _list_values(source: Source) -> dict[str, Value]:
    """A source as its keys say it; what is not said is left out."""
    values: dict[str, Value] = {source.kind: source.location}
    if source.name:
        values["name"] = source.name
    if source.provider:
        values["provider"] = source.provider
    if source.topics:
        values["topics"] = list(source.topics)
    if source.every is not None:
        values["every"] = _format_every(source.every)
    if source.select:
        values["select"] = source.select
    if source.pages is not None:
        values["pages"] = source.pages
    return values | ({"paused": True} if source.paused else {})


def _format_every(seconds: int) -> Value:
    for unit, size in (("d", 86_400), ("h", 3_600)):
        if seconds % size == 0:
            return f"{seconds // size}{unit}"
    return seconds // 60


def _pause(entry: dict[str, Value], paused: bool) -> dict[str, Value]:
    rest = {key: value for key, value in entry.items() if key != "paused"}
    return rest | ({"paused": True} if paused else {})


def _indent(lines: Sequence[str], tree: SequenceNode | None) -> str:
    """How far the items of the list stand in, as the first one does."""
    if tree is None or not tree.items:
        return ""
    match = _ITEM.match(lines[_first_line(lines, tree.items[0])])
    return match[1] if match else ""


def _first_line(lines: Sequence[str], item: Node) -> int:
    """Where an item's dash stands: on its own line, or further up."""
    at = item.line - 1
    while at > 0 and not lines[at].lstrip().startswith("-"):
        at -= 1
    return at


def _find(lines: Sequence[str], tree: SequenceNode | None, source: Source) -> tuple[MappingNode, int, int]:
    """A source's item, its first line and the line after its last; comments below it are not its own."""
    items = tree.items if tree is not None else ()
    for number, item in enumerate(items):
        if item.line != source.line or not isinstance(item, MappingNode) or not _is_of(item, source):
            continue
        if item.flow:
            raise ConfigError(f"{SOURCES_FILE}:{item.line}", "is written with braces", _HAND)
        last = _first_line(lines, items[number + 1]) if number + 1 < len(items) else len(lines)
        while _IDLE.match(lines[last - 1]):
            last -= 1
        return item, _first_line(lines, item), last
    raise ConfigError(source.location, f"stands in no entry of {SOURCES_FILE}", "run the command again")


def _is_of(item: MappingNode, source: Source) -> bool:
    """Whether an item is that source still, and not another that moved to its line meanwhile."""
    entry = item.entries.get(source.kind)
    return entry is not None and isinstance(entry.value, ScalarNode) and entry.value.text == source.location


def _edit(
    root: Path,
    change: Callable[[list[str], SequenceNode | None], list[str]],
    expect: Callable[[_Entries], _Entries],
) -> None:
    """Change the file's lines and check what they now say, under a lock of their own."""
    with hold(root / ".newsloom" / "sources.lock", who="another change of the sources", seconds=_PATIENCE):
        path = root / SOURCES_FILE
        text = _read(path, root)
        end = "\r\n" if "\r\n" in text else "\n"
        tree = compose_tree(text, SOURCES_FILE, CONFIG_LIMITS)
        if tree is not None and not isinstance(tree, SequenceNode):
            raise ConfigError(SOURCES_FILE, "must be a list", "start each source with `- feed: https://…`")
        before = _read_entries(text)
        lines = change(text.replace("\r\n", "\n").removesuffix("\n").split("\n") if text else [], tree)
        after = "\n".join(lines) + "\n"
        if _sort(_read_entries(after)) != _sort(expect(before)):
            raise ConfigError(SOURCES_FILE, "is written in a way that is not changed safely", _HAND)
        try:
            write_file(path, after.replace("\n", end).encode())
        except OSError as error:
            raise ConfigError(SOURCES_FILE, f"cannot be written: {error.strerror}") from error


def _read(path: Path, root: Path) -> str:
    if path.is_file():
        try:
            return path.read_bytes().decode("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(SOURCES_FILE, "cannot be read as UTF-8 text", "save it as UTF-8") from error
    return f"- opml: {SOURCES_OPML}\n" if (root / SOURCES_OPML).is_file() else ""


def _read_entries(text: str) -> _Entries:
    try:
        value = load(text.encode(), SOURCES_FILE).value
    except ConfigError as error:
        raise ConfigError(SOURCES_FILE, f"would no longer be read: {error.cause}", _HAND) from error
    entries = value if isinstance(value, list) else []
    return [entry for entry in entries if isinstance(entry, dict)]


def _sort(entries: _Entries) -> list[list[tuple[str, str]]]:
    """Entries for comparing: in their order, keys in any; `paused: false` says nothing."""
    return [
        sorted((key, repr(value)) for key, value in entry.items() if (key, value) != ("paused", False))
        for entry in entries
    ]
