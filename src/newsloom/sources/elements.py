"""Elements of feeds by plain names, whatever prefix they come under, and what they hold."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Final

from msgspec import Struct

from newsloom.extract import looks_like_html
from newsloom.sources.links import join, rebase

# What is known of namespaces; "" is RSS itself, which stands in one now and then.
_SPACES: Final = {
    "http://www.w3.org/2005/atom": "atom",
    "http://purl.org/atom/ns": "atom",
    "http://purl.org/rss/1.0": "",
    "http://my.netscape.com/rdf/simple/0.9": "",
    "http://channel.netscape.com/rdf/simple/0.9": "",
    "http://backend.userland.com/rss": "",
    "http://backend.userland.com/rss2": "",
    "http://blogs.law.harvard.edu/tech/rss": "",
    "http://purl.org/net/rss1.1": "",
    "http://purl.org/rss/1.0/modules/content": "content",
    "http://purl.org/rss/1.0/modules/syndication": "sy",
    "http://purl.org/dc/elements/1.1": "dc",
    "http://purl.org/dc/elements/1.0": "dc",
    "http://purl.org/dc/terms": "dcterms",
    "http://search.yahoo.com/mrss": "media",
    "http://www.rssboard.org/media-rss": "media",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "http://www.pheedo.com/namespace/pheedo": "pheedo",
    "http://www.w3.org/1999/xhtml": "xhtml",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns": "rdf",
}
_VOID: Final = frozenset({"br", "hr", "img", "input", "wbr", "source", "embed", "col", "area"})
_CONTROLS: Final = re.compile("[\x80-\x9f]")
_WINDOWS: Final = {code: bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0)}


class Element(Struct, gc=False):
    """An element as it was read: not frozen, for it is filled while its children are still to come.

    `name` is as `name_element` gives it; `parts` are its text and its children, in order. Children do not
    know their parents, so there are no cycles for the collector to look for.
    """

    name: str
    attributes: Mapping[str, str]
    parts: list[Element | str] = []

    def get(self, key: str) -> str:
        """Give an attribute's value, "" where there is none."""
        value = self.attributes.get(key)
        return value.strip() if value else ""


Fields = Mapping[str, Sequence[Element]]


def name_element(tag: str, spaces: Mapping[str, str]) -> str:
    """Give an element's name in small letters: `title`, or `dc:creator` for what is of another namespace.

    `spaces` are the namespaces declared for prefixes. One that is not known, or not declared, goes by
    its prefix.
    """
    prefix, _, local = tag.lower().rpartition(":")
    uri = spaces.get(prefix, "").strip().lower().rstrip("/#") if prefix else ""
    space = _SPACES.get(uri, prefix)
    return local if space in {"", "rss"} else f"{space}:{local}"


def list_fields(element: Element) -> dict[str, list[Element]]:
    """Give an element's children by name; those of an Atom entry under a prefix by their plain names."""
    found: dict[str, list[Element]] = {}
    prefixed = element.name.startswith("atom:")
    for child in element.parts:
        if isinstance(child, Element):
            name = child.name.removeprefix("atom:") if prefixed else child.name
            if name in found:
                found[name].append(child)
            else:
                found[name] = [child]
    return found


def text_of(element: Element) -> str:
    """Give an element's text, tags inside it left out, spaces folded."""
    parts = element.parts
    text = parts[0] if len(parts) == 1 and isinstance(parts[0], str) else "".join(_list_text(element))
    return fix_controls(" ".join(text.split()))


def _list_text(element: Element) -> Iterator[str]:
    for part in element.parts:
        if isinstance(part, str):
            yield part
        else:
            yield from _list_text(part)


def first_text(fields: Fields, *names: str) -> str:
    """Give the text of the first element that has some, by the order of names."""
    for name in names:
        for element in fields.get(name, ()):
            if text := text_of(element):
                return text
    return ""


def markup_of(element: Element, *, atom: bool, strict: bool = False) -> str:
    """Give what an element holds as HTML.

    `strict` takes a type of plain text at its word. Without it, text that looks like HTML is taken for HTML.
    """
    kind, mode = _read_kind(element) if element.attributes else ("", "")
    parts = element.parts
    if len(parts) == 1 and isinstance(parts[0], str):
        text = parts[0]
    elif any(isinstance(part, Element) for part in parts):
        return _serialise(element, kind)
    else:
        text = "".join(part for part in parts if isinstance(part, str))
    if not text or text.isspace():
        return ""
    if mode == "base64" or (
        "/" in kind and not kind.startswith("text/") and not kind.endswith(("xml", "html"))
    ):
        return _decode_base64(text)
    plain = kind in {"text", "text/plain"} or (atom and not kind)
    if plain and mode != "escaped" and ((strict and kind) or not looks_like_html(text)):
        return escape(text, quote=False)
    return escape(text, quote=False) if kind == "xhtml" else text


def _read_kind(element: Element) -> tuple[str, str]:
    return element.get("type").lower(), element.get("mode").lower()


def base_of(element: Element, base: str) -> str:
    """Give what an element's links are relative to, where those around it are relative to `base`."""
    own = element.get("xml:base") if element.attributes else ""
    return join(base, own) if own else base


def with_base(markup: str, element: Element, base: str) -> str:
    """Give markup with what is relative in it made absolute, where an xml:base says against what."""
    stated = base_of(element, base)
    return rebase(markup, stated) if stated and "<" in markup else markup


def fix_controls(text: str) -> str:
    """Give a text with control characters read as the letters of Windows-1252 they were meant to be."""
    return text if text.isascii() or not _CONTROLS.search(text) else text.translate(_WINDOWS)


def _serialise(element: Element, kind: str) -> str:
    """Give an element's content as HTML. The `div` around XHTML is no part of it."""
    inner = [part for part in element.parts if isinstance(part, Element) or not part.isspace()]
    if kind == "xhtml" and len(inner) == 1 and isinstance(inner[0], Element):
        element = inner[0] if inner[0].name.endswith("div") else element
    return "".join(_list_markup(element))


def _list_markup(element: Element) -> Iterator[str]:
    for part in element.parts:
        if isinstance(part, str):
            yield escape(part, quote=False)
            continue
        name = part.name.rpartition(":")[2]
        attributes = "".join(
            f' {key}="{escape(value)}"'
            for key, value in part.attributes.items()
            if not key.startswith("xmlns")
        )
        yield f"<{name}{attributes}>"
        yield from _list_markup(part)
        if name not in _VOID:
            yield f"</{name}>"


def _decode_base64(text: str) -> str:
    """Give the text in base64; "" where it is no text (a picture)."""
    try:
        return base64.b64decode("".join(text.split()), validate=True).decode("utf-8")
    except ValueError:
        return ""
