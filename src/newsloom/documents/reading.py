"""Reading the article document: bytes to `Document`, or one error with path, line and cause."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from newsloom.documents.document import Document, Extra, Path
from newsloom.errors import DocumentError
from newsloom.records import Article, Image, Provider, Related
from newsloom.yamltree import (
    DOCUMENT_LIMITS,
    Entry,
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    compose_tree,
    decode_text,
)

_FENCE: Final = "---"
_INTEGER: Final = re.compile(r"-?[0-9]{1,9}")
ARTICLE_KEYS: Final = (
    "category", "title", "excerpt", "publishedDateTime", "originalUrl", "webUrl", "ampWebUrl", "cdnAmpWebUrl",
    "type", "quality", "heat", "published", "editorial", "editorialTopics", "featuredContent",
    "provider", "topics", "images", "related", "secured",
)  # fmt: skip
RELATED_KEYS: Final = (
    "title", "excerpt", "publishedDateTime", "webUrl", "ampWebUrl", "cdnAmpWebUrl", "type", "provider",
    "quality", "images",
)  # fmt: skip
PROVIDER_KEYS: Final = ("name", "domain", "images")
IMAGE_KEYS: Final = ("url", "width", "height", "title", "attribution", "isCached")


def parse(data: bytes, path: str) -> Document:
    """Read a document. `path` names it in errors.

    Raises DocumentError, its subject `path:line`, for anything that is not a whole, bounded document.
    """
    text = decode_text(data, path, DOCUMENT_LIMITS, DocumentError)
    newline = "\r\n" if "\r\n" in text[:1000] else "\n"
    lines = text.replace("\r\n", "\n").split("\n")
    if lines[0] != _FENCE:
        raise DocumentError(f"{path}:1", "does not start with `---`", "see docs/documents.md for the form")
    try:
        end = lines.index(_FENCE, 1)
    except ValueError:
        raise DocumentError(
            f"{path}:{len(lines)}", "has no closing `---`", "add it after the last key"
        ) from None
    tree = compose_tree("\n".join(lines[1:end]) + "\n", path, DOCUMENT_LIMITS, DocumentError, skipped=1)
    if not isinstance(tree, MappingNode):
        raise DocumentError(f"{path}:2", "has no keys between its `---` lines")
    reader = _Reader(path, lines[:end])
    return Document(
        article=reader.article(_Block(reader, tree, (), ARTICLE_KEYS)),
        extras=tuple(reader.extras),
        newline=newline,
        mark=data.startswith(b"\xef\xbb\xbf"),
        body="\n".join(lines[end + 1 :]),
    )


class _Reader:
    """Turns the tree of one document into an article."""

    def __init__(self, path: str, lines: Sequence[str]) -> None:
        self.path = path
        self.lines = lines
        self.extras: list[Extra] = []

    def fail(self, line: int, cause: str, remedy: str = "") -> DocumentError:
        return DocumentError(f"{self.path}:{line}", cause, remedy)

    def article(self, block: _Block) -> Article:
        published = block.moment("publishedDateTime")
        original = block.text("originalUrl") or block.text("webUrl")
        if original is None:
            raise self.fail(block.line, "`originalUrl` is missing")
        editorial = block.text("editorial")
        if editorial not in {None, "publish", "hold"}:
            raise self.fail(block.at("editorial"), f"`editorial` must be publish or hold, not {editorial!r}")
        return Article(
            category=block.text("category") or "news",
            title=block.need("title"),
            excerpt=block.text("excerpt") or "",
            published=published,
            original_url=original,
            web_url=block.text("webUrl"),
            amp_url=block.text("ampWebUrl"),
            cdn_amp_url=block.text("cdnAmpWebUrl"),
            kind=block.text("type") or "article",
            quality=block.integer("quality") or 0,
            heat=-1 if (heat := block.integer("heat")) is None else heat,
            shown=block.truth("published"),
            editorial=editorial,
            editorial_topics=block.texts("editorialTopics") if block.has("editorialTopics") else None,
            featured=block.text("featuredContent"),
            provider=self.provider(block.child("provider", PROVIDER_KEYS)),
            topics=block.texts("topics"),
            images=self.images(block),
            related=tuple(self.related(item) for item in block.children("related", RELATED_KEYS)),
            secured=block.text("secured"),
        )

    def provider(self, block: _Block) -> Provider:
        return Provider(name=block.need("name"), domain=block.need("domain"), images=self.images(block))

    def images(self, block: _Block) -> tuple[Image, ...]:
        return tuple(
            Image(
                url=item.need("url"),
                width=item.integer("width"),
                height=item.integer("height"),
                title=item.text("title"),
                attribution=item.text("attribution"),
                cached=item.truth("isCached"),
            )
            for item in block.children("images", IMAGE_KEYS)
        )

    def related(self, block: _Block) -> Related:
        return Related(
            title=block.need("title"),
            excerpt=block.text("excerpt") or "",
            published=block.moment("publishedDateTime"),
            web_url=block.need("webUrl"),
            amp_url=block.text("ampWebUrl"),
            cdn_amp_url=block.text("cdnAmpWebUrl"),
            kind=block.text("type") or "article",
            provider=self.provider(block.child("provider", PROVIDER_KEYS)),
            quality=block.integer("quality"),
            images=self.images(block),
        )


class _Block:
    """One mapping of the document: typed access to its known keys; the others become extras."""

    def __init__(self, reader: _Reader, node: Node, path: Path, known: Sequence[str]) -> None:
        if not isinstance(node, MappingNode):
            raise reader.fail(node.line, f"`{_spell(path)}` must hold `key: value` lines")
        self._reader = reader
        self._entries = node.entries
        self._path = path
        self.line = node.line
        self._keep_unknown(node, known)

    def _keep_unknown(self, node: MappingNode, known: Sequence[str]) -> None:
        before = ""
        names = list(node.entries)
        for number, name in enumerate(names):
            if name not in known:
                start = node.entries[name].line
                more = number + 1 < len(names)
                end = (
                    node.entries[names[number + 1]].line
                    if more
                    else min(node.end, len(self._reader.lines) + 1)
                )
                self._reader.extras.append(Extra(self._path, before, self._cut(start, end)))
            before = name

    def _cut(self, start: int, end: int) -> str:
        """The lines from `start` up to `end` (from 1), blank ones above included, below not."""
        lines = self._reader.lines
        while end - 1 > start and not lines[end - 2].strip():
            end -= 1
        while not lines[start - 2].strip():
            start -= 1
        return "".join(f"{line}\n" for line in lines[start - 1 : end - 1])

    def has(self, key: str) -> bool:
        return key in self._entries

    def at(self, key: str) -> int:
        entry = self._entries.get(key)
        return entry.line if entry is not None else self.line

    def text(self, key: str) -> str | None:
        entry = self._entries.get(key)
        if entry is None:
            return None
        if not isinstance(entry.value, ScalarNode):
            raise self._reader.fail(entry.line, f"`{key}` must be text")
        return entry.value.text

    def need(self, key: str) -> str:
        value = self.text(key)
        if value is None:
            raise self._reader.fail(self.line, f"`{self._name(key)}` is missing")
        return value

    def integer(self, key: str) -> int | None:
        value = self.text(key)
        if value is None:
            return None
        if not _INTEGER.fullmatch(value):
            raise self._reader.fail(
                self.at(key), f"`{self._name(key)}` must be a whole number, not {value!r}"
            )
        return int(value)

    def truth(self, key: str) -> bool:
        value = self.text(key)
        if value not in {None, "true", "false"}:
            raise self._reader.fail(self.at(key), f"`{self._name(key)}` must be true or false, not {value!r}")
        return value == "true"

    def moment(self, key: str) -> datetime:
        value = self.need(key)
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            raise self._reader.fail(
                self.at(key), f"`{self._name(key)}` is no date: {value!r}", "write it as 2026-11-20T18:00:00Z"
            ) from None
        try:
            return (
                (moment if moment.tzinfo else moment.replace(tzinfo=UTC))
                .astimezone(UTC)
                .replace(microsecond=0)
            )
        except OverflowError:
            raise self._reader.fail(self.at(key), f"`{self._name(key)}` is out of range: {value!r}") from None

    def texts(self, key: str) -> tuple[str, ...]:
        items: list[str] = []
        for item in self._items(key):
            if not isinstance(item, ScalarNode):
                raise self._reader.fail(item.line, f"`{self._name(key)}` must be a list of texts")
            items.append(item.text)
        return tuple(items)

    def child(self, key: str, known: Sequence[str]) -> _Block:
        entry = self._entries.get(key)
        if entry is None:
            raise self._reader.fail(self.line, f"`{self._name(key)}` is missing")
        return _Block(self._reader, entry.value, (*self._path, key), known)

    def children(self, key: str, known: Sequence[str]) -> list[_Block]:
        return [
            _Block(self._reader, item, (*self._path, key, number), known)
            for number, item in enumerate(self._items(key))
        ]

    def _items(self, key: str) -> tuple[Node, ...]:
        entry: Entry | None = self._entries.get(key)
        if entry is None or (isinstance(entry.value, ScalarNode) and not entry.value.text):
            return ()
        if not isinstance(entry.value, SequenceNode):
            raise self._reader.fail(entry.line, f"`{self._name(key)}` must be a list")
        return entry.value.items

    def _name(self, key: str) -> str:
        return _spell((*self._path, key))


def _spell(path: Path) -> str:
    return ".".join(str(part) for part in path)
