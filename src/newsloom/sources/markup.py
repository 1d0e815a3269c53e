"""A feed's bytes to elements, mended where they are not well formed.

Expat reads what is well formed: of the parsers at hand it is the fastest from bytes to text. What is not is
read again without what XML forbids; and if that does not help, cut into its entries, each of which lxml
recovers by itself, so that damage in one does not reach the next. Entity declarations are refused where
the parser meets them: a few KB of them can unfold to gigabytes.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from html.entities import html5
from typing import Final

from lxml import etree

from newsloom import settings
from newsloom.errors import SourceError
from newsloom.extract.encoding import decode
from newsloom.sources.building import Document, build_document

_BOMS: Final = (  # UTF-32 first: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDE: Final = ((b"<\x00", "utf-16-le"), (b"\x00<", "utf-16-be"))  # without a mark
_FOREIGN: Final = tuple(start for start, codec in (*_BOMS, *_WIDE) if codec != "utf-8")
_LEADING: Final = b"\xef\xbb\xbf \t\r\n"
_OTHER_ENCODING: Final = re.compile(
    rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"'](?!utf-?8|us-ascii)", re.IGNORECASE
)
_DECLARATION_BYTES: Final = 400  # in which an XML declaration stands
_DOCTYPE: Final = re.compile(rb"<!DOCTYPE[^>\[]*>", re.IGNORECASE)
_PROLOG_BYTES: Final = 20_000  # in which a document type stands
_ROOT: Final = re.compile(r"<(?:[\w.-]+:)?(?:rss|feed|rdf|channel)(?=[\s>/])[^<>]*>", re.IGNORECASE)
_ROOT_CHARACTERS: Final = 20_000  # of a root's start tag, which is parsed again with each entry
_CDATA: Final = re.compile(r"(<!\[CDATA\[.*?(?:\]\]>|\Z))", re.DOTALL)
_BORDERS: Final = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<(?P<end>/?)(?:[\w.-]+:)?(?:item|entry)(?=[\s>/])[^<>]*>",
    re.DOTALL | re.IGNORECASE,
)
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE: Final = re.compile(
    r"&(?!(?:amp|lt|gt|quot|apos);)(?:#(\d{1,7});|#[xX]([0-9a-fA-F]{1,6});|(\w{1,31});)?"
)
_VOID: Final = re.compile(r"<(br|hr|img|input|wbr)\b([^<>]*?)/?>", re.IGNORECASE)
_TAG: Final = re.compile(r"<[A-Za-z][^<>]*>")  # in which a value may lack its quotes
_VALUE: Final = re.compile(r"(\"[^\"]*\"|'[^']*')|(\s[\w:.-]+\s*=\s*)([^\s\"'<>=][^\s\"'<>]*)")
_LAST_CHARACTER: Final = 0x10FFFF
_STRAYS: Final = {  # bytes that are no UTF-8, as they come out of decoding, by what Windows-1252 has there
    0xDC00 + byte: bytes([byte]).decode("cp1252", "replace") for byte in range(0x80, 0x100)
}


def read_markup(body: bytes, address: str) -> Document:
    """Give the elements of a feed's bytes. Raises SourceError when there are none to be had."""
    document = None
    if not body.startswith(_FOREIGN) and not _OTHER_ENCODING.search(body[:_DECLARATION_BYTES]):
        # Nearly all are UTF-8, which the parser makes sure of without a copy.
        document = build_document(_drop_doctype(body.lstrip(_LEADING)), address)
    if document is None:
        text = decode_feed(body).lstrip("\ufeff \t\r\n")
        document = build_document(_drop_doctype(text.encode("utf-8", "replace")), address) or _mend(
            text, address
        )
    if document is None:
        raise SourceError(address, "is not a feed that can be read", "check the address", code="broken-feed")
    return document


def decode_feed(body: bytes) -> str:
    """Give a feed's text: by its mark, as UTF-8 with stray bytes of Windows-1252, or as it declares."""
    for mark, codec in _BOMS:
        if body.startswith(mark):
            rest = body[len(mark) :]
            return _decode_stray(rest) if codec == "utf-8" else rest.decode(codec, "replace")
    wide = next((codec for start, codec in _WIDE if body.startswith(start)), None)
    if wide is not None:
        return body.decode(wide, "replace")
    if _OTHER_ENCODING.search(body[:_DECLARATION_BYTES]):
        return decode(body)
    return _decode_stray(body)


def _decode_stray(body: bytes) -> str:
    """Give UTF-8 as text; what is none is taken byte by byte for Windows-1252. Cost is linear."""
    try:
        return body.decode()
    except UnicodeDecodeError:
        return body.decode("utf-8", "surrogateescape").translate(_STRAYS)


def _drop_doctype(data: bytes) -> bytes:
    """Give a document without its type, for the sake of which the parser would pass over `&nbsp;`."""
    match = _DOCTYPE.search(data, 0, _PROLOG_BYTES)
    return data[: match.start()] + data[match.end() :] if match else data


def _mend(text: str, address: str) -> Document | None:
    """Give the elements of a text that is not well formed."""
    start = _ROOT.search(text)
    if start is None or len(start[0]) > _ROOT_CHARACTERS:
        return None
    text = text[start.start() :]  # what stands before the root is a server's message
    return build_document(_mend_text(text), address) or build_document(
        _recover(text, start[0].rstrip("/>") + ">"), address, whole=False
    )


def _recover(text: str, start: str) -> bytes:
    """Give a document made of what can be had of each entry by itself."""
    pieces = list(_cut(text))
    root = _parse(_mend_text("".join(piece for is_entry, piece in pieces if not is_entry)))
    if root is None:
        root = etree.Element("rss")
    entries = [piece for is_entry, piece in pieces if is_entry]
    for piece in entries[: settings.FEED_ENTRIES]:
        parsed = _parse(_mend_text(start + piece[: settings.ENTRY_CHARACTERS]))
        if parsed is not None and len(parsed):
            root.append(parsed[0])
    data: bytes = etree.tostring(root, encoding="utf-8")
    return data


def _parse(text: bytes) -> etree._Element | None:
    """Give the root of whatever lxml makes of a text in UTF-8, None where it finds none."""
    parser = etree.XMLParser(
        encoding="utf-8",
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    try:
        return etree.fromstring(text, parser)
    except etree.XMLSyntaxError:
        return None


def _cut(text: str) -> Iterator[tuple[bool, str]]:
    """Give the parts of a text in order: an entry or what is none. An entry ends where the next begins."""
    done, opened = 0, False
    for match in _BORDERS.finditer(text):
        if match["end"] is None or (match["end"] and not opened):
            continue  # a CDATA section, or an end of nothing
        place = match.end() if match["end"] else match.start()
        yield opened, text[done:place]
        done, opened = place, not match["end"]
    yield opened, text[done:]


def _mend_text(text: str) -> bytes:
    """Give a text without what XML forbids, in UTF-8. CDATA sections keep their references as they are."""
    parts = _CDATA.split(_FORBIDDEN.sub("", text))
    for place, part in enumerate(parts):
        if place % 2 == 0:
            tagged = _TAG.sub(_quote_values, _REFERENCE.sub(_mend_reference, part))
            parts[place] = _VOID.sub(r"<\1\2/>", tagged)
        elif not part.endswith("]]>"):
            parts[place] = part + "]]>"
    return "".join(parts).encode("utf-8", "replace")


def _quote_values(match: re.Match[str]) -> str:
    return _VALUE.sub(lambda found: found[1] or f'{found[2]}"{found[3]}"', match[0])


def _mend_reference(match: re.Match[str]) -> str:
    decimal, hexadecimal, name = match.groups()
    if decimal or hexadecimal:
        code = int(decimal) if decimal else int(hexadecimal, 16)
        return match[0] if code <= _LAST_CHARACTER and not _FORBIDDEN.match(chr(code)) else ""
    character = html5.get(f"{name};") if name else None
    return "&amp;" + match[0][1:] if character is None else "".join(f"&#{ord(one)};" for one in character)
