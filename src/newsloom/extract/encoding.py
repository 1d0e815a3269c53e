"""From a page's bytes to its text.

The order: byte-order mark, strictly valid UTF-8 (text in another encoding is almost never valid
UTF-8 by chance), the HTTP header, the page's own `<meta>`, detection on a sample.
"""

from __future__ import annotations

import codecs
import re
from typing import Final

import charset_normalizer

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_HEADER: Final = re.compile(r"charset\s*=\s*[\"']?([\w:.-]+)", re.IGNORECASE)
_META: Final = re.compile(
    rb"<(?:meta|\?xml)[^>]{0,400}?(?:charset|encoding)\s*=\s*[\"']?\s*([\w:.-]+)", re.IGNORECASE
)
_META_BYTES: Final = 8192  # browsers look at 1,024 bytes; real pages put scripts before the meta
_SAMPLE_BYTES: Final = 16_384
# The WHATWG labels: what pages call one thing and mean another.
_LABELS: Final = {
    "iso-8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252",
    "iso8859-1": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "shift_jis": "cp932",
    "shift-jis": "cp932", "x-sjis": "cp932", "sjis": "cp932", "euc-kr": "cp949", "ks_c_5601-1987": "cp949",
    "iso-8859-9": "cp1254", "windows-874": "cp874", "tis-620": "cp874", "iso-8859-11": "cp874",
    "big5": "big5hkscs", "x-x-big5": "big5hkscs", "unicode": "utf-8", "utf8": "utf-8", "utf-16": "utf-8",
}  # fmt: skip
_MARKS: Final = tuple(mark for mark, _ in _BOMS)
_STATEFUL: Final = (b"iso-2022", b"hz-gb")  # encodings whose bytes are all ASCII
_REFUSED: Final = frozenset(
    {"utf-7", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"}
)


def _codec(label: str) -> str | None:
    name = _LABELS.get(label.lower(), label.lower())
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    # Python keeps transforms such as "zip" and "rot13" among its codecs: those are not of text.
    return found.name if getattr(found, "_is_text_encoding", True) and found.name not in _REFUSED else None


def _declared(body: bytes, content_type: str) -> list[str]:
    labels = _HEADER.findall(content_type)
    labels += [label.decode("ascii", "replace") for label in _META.findall(body[:_META_BYTES])]
    return [codec for label in labels if (codec := _codec(label))]


def as_utf8(body: bytes, content_type: str = "") -> bytes:
    """Give a page's bytes in UTF-8; nearly all are that already and are not copied. Never raises."""
    head = body[:_META_BYTES].lower()
    if not body.startswith(_MARKS) and not any(name in head for name in _STATEFUL):
        try:
            codecs.utf_8_decode(body, "strict", True)
        except UnicodeDecodeError:
            pass
        else:
            return body
    return decode(body, content_type).encode("utf-8", "replace")


def decode(body: bytes, content_type: str = "") -> str:
    """Give the text of a page's bytes; what cannot be read becomes U+FFFD. Never raises."""
    for mark, codec in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(codec, "replace")
    declared = _declared(body, content_type)
    stateful = next((codec for codec in declared if codec.startswith(("iso2022", "hz"))), None)
    if stateful:
        return body.decode(stateful, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if declared:
        return body.decode(declared[0], "replace")
    best = charset_normalizer.from_bytes(_foreign_sample(body)).best()
    detected = _codec(best.encoding) if best else None
    return body.decode(detected or "cp1252", "replace")


def _foreign_sample(body: bytes) -> bytes:
    """Cut the sample where the first non-ASCII byte stands: ASCII tells nothing of an encoding."""
    first = next((match.start() for match in re.finditer(rb"[\x80-\xff]", body)), 0)
    start = max(0, first - 512)
    return body[start : start + _SAMPLE_BYTES]
