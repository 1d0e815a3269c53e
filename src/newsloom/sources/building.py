"""Elements built from a parser's events, bounded in number and depth."""

from __future__ import annotations

from typing import Final
from xml.parsers.expat import ExpatError, ParserCreate, errors

from msgspec import Struct

from newsloom import settings
from newsloom.errors import SourceError
from newsloom.sources.elements import Element, name_element

_BUFFER_BYTES: Final = 256 * settings.KIB  # of text handed over at once; most contents are smaller
_ENTRIES: Final = frozenset({"item", "entry", "atom:entry"})
# After these nothing is missing but what never came: the text ends early, or goes on after the feed's end.
_HARMLESS: Final = frozenset(
    errors.codes[message]
    for message in (
        errors.XML_ERROR_NO_ELEMENTS,
        errors.XML_ERROR_UNCLOSED_TOKEN,
        errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
        errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT,
    )
)


class Document(Struct, frozen=True):
    """A feed's root element, and its entries wherever a careless publisher put them."""

    root: Element
    entries: list[Element]


class _EnoughError(Exception):
    """As many entries as are read, or as many elements as are believed."""


def build_document(data: bytes, address: str, *, whole: bool = True) -> Document | None:
    """Give the elements of a document in UTF-8, None where it has none.

    None as well where it is not well formed, unless it just ends early; with `whole` false whatever stands
    before the fault is taken. Raises SourceError when it declares entities.
    """
    builder = _Builder(address)
    parser = ParserCreate("utf-8")  # whatever it declares: its bytes are known to be that
    parser.buffer_text = True
    parser.buffer_size = _BUFFER_BYTES
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.add_text
    parser.EntityDeclHandler = builder.refuse_entity
    try:
        parser.Parse(data, True)
    except _EnoughError:
        pass
    except ExpatError as error:
        if whole and error.code not in _HARMLESS:
            return None
    roots = builder.top.parts
    root = next((part for part in roots if isinstance(part, Element)), None)
    return Document(root, builder.entries[: settings.FEED_ENTRIES]) if root is not None else None


class _Builder:
    """Takes a parser's events in. Its methods are called for every element: they are kept short."""

    def __init__(self, address: str) -> None:
        self.top = Element("", {})
        self.entries: list[Element] = []
        self._address = address
        self._stack = [self.top]
        self._names: dict[str, str] = {}
        self._spaces: dict[str, str] = {}
        self._room = settings.FEED_ELEMENTS

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Begin an element inside the one that is open."""
        for key, value in attributes.items():
            if key.startswith("xmlns:"):
                self._spaces.setdefault(key[6:].lower(), value)
        name = self._names.get(tag)
        if name is None:
            name = self._names[tag] = name_element(tag, self._spaces)
        element = Element(name, attributes)
        stack = self._stack
        stack[-1].parts.append(element)
        stack.append(element)
        self._room -= 1
        if name in _ENTRIES:
            self.entries.append(element)
            if len(self.entries) > settings.FEED_ENTRIES:
                raise _EnoughError
        if self._room < 0 or len(stack) > settings.FEED_DEPTH:
            raise _EnoughError

    def end(self, _: str) -> None:
        """End the element that is open."""
        self._stack.pop()

    def add_text(self, text: str) -> None:
        """Add text to the element that is open."""
        self._stack[-1].parts.append(text)

    def refuse_entity(self, *_: object) -> None:
        """Refuse a document that declares an entity."""
        raise SourceError(
            self._address, "declares XML entities", "feeds need none; tell its publisher", code="entities"
        )
