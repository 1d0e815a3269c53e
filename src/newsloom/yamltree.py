"""Bounded YAML as a tree whose every node knows its line.

PyYAML's C parser gives events, one at a time; the tree is built here, so that reading stops at the
first thing that is refused: depth, number of nodes, anchors and aliases (the "billion laughs"), tags
(which name code in other readers), repeated keys. PyYAML's own composer recurses in C and crashes
the process on half a million brackets, which is why it is not used.

Scalars stay text: nothing here decides what `No`, `1e3` or `2020-01-01` mean.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NoReturn, Protocol, cast

import yaml
from msgspec import Struct

from newsloom import settings
from newsloom.errors import ConfigError, NewsloomError


class Limits(Struct, frozen=True, kw_only=True):
    """How much YAML is read: bytes of the file, levels of nesting, nodes. `advice` is the way out."""

    size: int
    depth: int
    nodes: int
    advice: str


CONFIG_LIMITS: Final = Limits(
    size=settings.CONFIG_BYTES,
    depth=settings.CONFIG_DEPTH,
    nodes=settings.CONFIG_NODES,
    advice="split it, or use OPML for sources",
)
DOCUMENT_LIMITS: Final = Limits(
    size=settings.DOCUMENT_BYTES,
    depth=settings.DOCUMENT_DEPTH,
    nodes=settings.DOCUMENT_NODES,
    advice="a document holds one article and what is said about it, not its text",
)


class ScalarNode(Struct, frozen=True):
    """One value. `plain` says that it stood without quotes; lines count from 1."""

    text: str
    plain: bool
    line: int


class SequenceNode(Struct, frozen=True):
    """A list."""

    items: tuple[Node, ...]
    line: int


class Entry(Struct, frozen=True):
    """One key's value, and where the key stands (columns count from 0)."""

    value: Node
    line: int
    column: int


class MappingNode(Struct, frozen=True):
    """Keys with values, in the file's order.

    `end` is the line of whatever comes after a block. `flow` says that it was written with braces.
    """

    entries: dict[str, Entry]
    line: int
    end: int
    flow: bool


Node = ScalarNode | SequenceNode | MappingNode


def decode_text(data: bytes, subject: str, limits: Limits, kind: type[NewsloomError] = ConfigError) -> str:
    """The text of a file, without a byte-order mark. Raises `kind` when it is too large or not UTF-8."""
    if len(data) > limits.size:
        raise kind(subject, f"is larger than {limits.size // settings.KIB} KiB", limits.advice)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise kind(f"{subject}:{line}", "is not UTF-8", "save the file as UTF-8") from error


def compose_tree(
    text: str,
    subject: str,
    limits: Limits,
    kind: type[NewsloomError] = ConfigError,
    *,
    skipped: int = 0,
) -> Node | None:
    """Build the tree of a YAML text, None when it holds nothing. Linear in the text's length.

    `skipped` lines stand before the text in its file. Raises `kind`, its subject `file:line`, for
    broken YAML and for whatever the module's head says is refused.
    """
    try:
        return _Composer(text, subject, limits, kind, skipped).compose()
    except yaml.YAMLError as error:
        raise _explain(error, text, subject, kind, skipped) from error


class _Mark(Protocol):
    line: int
    column: int


class _Event(Protocol):
    """What the parser's events carry; not every kind has each, and PyYAML's stubs know none of it."""

    start_mark: _Mark
    anchor: str | None
    tag: str | None
    value: str
    style: str | None
    flow_style: bool


def _kind(event: _Event) -> str:
    """The name of an event's class; PyYAML's classes know nothing of `_Event`, so names are compared."""
    return type(event).__name__


class _Composer:
    """Builds one tree from the parser's events."""

    def __init__(
        self, text: str, subject: str, limits: Limits, kind: type[NewsloomError], skipped: int
    ) -> None:
        self._events = cast("Iterator[_Event]", yaml.parse(text, Loader=yaml.CSafeLoader))
        self._subject = subject
        self._limits = limits
        self._kind = kind
        self._first = skipped + 1
        self._nodes = 0

    def compose(self) -> Node | None:
        next(self._events)  # start of the stream
        if _kind(next(self._events)) == "StreamEndEvent":
            return None
        tree = self._node(next(self._events), self._limits.depth)
        next(self._events)  # end of the document
        event = next(self._events)
        if _kind(event) != "StreamEndEvent":
            self._refuse(event, "holds a second YAML document", "keep one, without `---` between")
        return tree

    def _node(self, event: _Event, depth: int) -> Node:
        self._nodes += 1
        if self._nodes > self._limits.nodes:
            self._refuse(event, f"holds more than {self._limits.nodes} values", self._limits.advice)
        kind = _kind(event)
        if kind == "AliasEvent":
            self._refuse(event, "uses a YAML alias (`*`)", "write the value out, or put it in quotes")
        if event.anchor is not None or event.tag is not None:
            name = "anchor (`&`)" if event.anchor is not None else "tag (`!`)"
            self._refuse(event, f"uses a YAML {name}", "put the value in quotes")
        if kind == "ScalarEvent":
            return ScalarNode(event.value, not event.style, event.start_mark.line + self._first)
        if depth == 0:
            self._refuse(event, f"is nested deeper than {self._limits.depth} levels", "make it flatter")
        build = self._sequence if kind == "SequenceStartEvent" else self._mapping
        return build(event, depth - 1)

    def _sequence(self, start: _Event, depth: int) -> SequenceNode:
        items: list[Node] = []
        for event in self._events:
            if _kind(event) == "SequenceEndEvent":
                break
            items.append(self._node(event, depth))
        return SequenceNode(tuple(items), start.start_mark.line + self._first)

    def _mapping(self, start: _Event, depth: int) -> MappingNode:
        entries: dict[str, Entry] = {}
        end = 0
        for event in self._events:
            if _kind(event) == "MappingEndEvent":
                end = event.start_mark.line  # where the next token stands
                break
            key = self._node(event, depth)
            if not isinstance(key, ScalarNode):
                self._refuse(event, "has a key that is not text", "write `key: value`")
            if key.text in entries:
                self._refuse(event, f"`{key.text}` stands there twice", "keep one of them")
            entries[key.text] = Entry(
                self._node(next(self._events), depth), key.line, event.start_mark.column
            )
        return MappingNode(entries, start.start_mark.line + self._first, end + self._first, start.flow_style)

    def _refuse(self, event: _Event, cause: str, remedy: str) -> NoReturn:
        raise self._kind(f"{self._subject}:{event.start_mark.line + self._first}", cause, remedy)


def _explain(
    error: yaml.YAMLError, text: str, subject: str, kind: type[NewsloomError], skipped: int
) -> NewsloomError:
    if not isinstance(error, yaml.MarkedYAMLError):
        position = getattr(error, "position", 0)  # in bytes: the parser reads UTF-8
        line = text.encode()[:position].count(b"\n") + skipped + 1
        return kind(
            f"{subject}:{line}", "holds a control character", 'remove it, or write it as "\\x01" in quotes'
        )
    mark = error.problem_mark or error.context_mark
    if error.context_mark and "quoted scalar" in str(error.context):
        mark = error.context_mark  # where the quotes open tells more than where the file ends
    number = mark.line if mark else 0
    lines = text.split("\n", number + 1)
    indent = lines[number].partition(lines[number].lstrip() or "\n")[0] if number < len(lines) else ""
    place = f"{subject}:{number + skipped + 1}"
    problem = str(error.problem)
    if "\t" in indent or "\\t" in problem or "tab character" in problem:
        return kind(place, "is indented with a tab", "use spaces: YAML allows no tabs there")
    context = f"{error.context}, " if error.context else ""
    return kind(place, f"is not YAML: {context}{problem}", "check the indentation and the quotes")
