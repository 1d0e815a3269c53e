"""Elements built from a parser's events, bounded in number and depth."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from html.entities import html5
from typing import Final
from xml.parsers.expat import ExpatError, ParserCreate, XMLParserType, errors

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
    top, entries = Element("", {}), list[Element]()
    parser = ParserCreate("utf-8")  # whatever it declares: its bytes are known to be that
    parser.UseForeignDTD(True)  # so that `&nbsp;` and its like are handed over instead of ending the reading
    parser.ExternalEntityRefHandler = lambda *_: 1  # the foreign one, and any other: not read
    parser.buffer_text = True
    parser.buffer_size = _BUFFER_BYTES
    _set_handlers(parser, top, entries)
    parser.EntityDeclHandler = partial(_refuse_entity, address)
    try:
        parser.Parse(data, True)
    except _EnoughError:
        pass
    except ExpatError as error:
        if whole and error.code not in _HARMLESS:
            return None
    root = next((part for part in top.parts if isinstance(part, Element)), None)
    return Document(root, entries[: settings.FEED_ENTRIES]) if root is not None else None


def _set_handlers(parser: XMLParserType, top: Element, entries: list[Element]) -> None:
    """Have a parser build elements below `top`. Called for every element: closures are the fastest."""
    stack, names = [top], _Names()
    room, deepest = settings.FEED_ELEMENTS, settings.FEED_DEPTH

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal room
        name = names.get(tag) or names.learn(tag, attributes)
        element = Element(name, attributes)
        stack[-1].parts.append(element)
        stack.append(element)
        room -= 1
        if name in _ENTRIES:
            entries.append(element)
            if len(entries) > settings.FEED_ENTRIES:
                raise _EnoughError
        if room < 0 or len(stack) > deepest:
            raise _EnoughError

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: stack.pop()

    def add_text(text: str) -> None:
        stack[-1].parts.append(text)

    def add_entity(name: str, is_parameter: bool) -> None:
        if not is_parameter:
            add_text(html5.get(f"{name};", f"&{name};"))

    parser.CharacterDataHandler = add_text
    parser.SkippedEntityHandler = add_entity


class _Names(dict[str, str]):
    """The names of the tags seen so far, and the namespaces that were declared for their prefixes."""

    def __init__(self) -> None:
        self._spaces: dict[str, str] = {}

    def learn(self, tag: str, attributes: Mapping[str, str]) -> str:
        """Give the name of a tag not seen before. A prefix is declared at the latest where it is used."""
        for key, value in attributes.items():
            if key.startswith("xmlns:"):
                self._spaces.setdefault(key[6:].lower(), value)
        name = self[tag] = name_element(tag, self._spaces)
        return name


def _refuse_entity(address: str, *_: object) -> None:
    raise SourceError(
        address, "declares XML entities", "feeds need none; tell its publisher", code="entities"
    )
