"""An article with the layout of the file it stands in."""

from __future__ import annotations

from msgspec import Struct

from newsloom.records import Article

Path = tuple[str | int, ...]


class Extra(Struct, frozen=True):
    """A key that Newsloom does not know, kept where it stood.

    `path` is the mapping it stands in (`()`, `("provider",)`, `("related", 0)`), `after` the key before
    it ("" for none), `text` its lines as they were, blank lines above included.
    """

    path: Path
    after: str
    text: str


class Document(Struct, frozen=True, kw_only=True):
    """An article and what a rewrite must keep: line ends, byte-order mark, body, unknown keys."""

    article: Article
    extras: tuple[Extra, ...] = ()
    newline: str = "\n"
    mark: bool = False
    body: str = "\n"
