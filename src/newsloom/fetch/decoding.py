"""Content and transfer codings undone in bounded steps.

A few kilobytes of gzip, deflate, Brotli or Zstandard can stand for gigabytes, so no library is
asked for a whole body: each gives at most `_STEP` bytes at a time, and size and ratio are looked
at after each (Scrapy GHSA-2qfp-q593-8484 for Brotli; httpx gives a 305 KB gzip body as one chunk of
67 MB). A body coded twice is refused: no honest server sends one.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator
from typing import Final

from fastwarc.stream_io import BrotliReader, WarcReader, ZstdReader

from newsloom.fetch.causes import fault
from newsloom.settings import MIB

ACCEPTED_CODINGS: Final = "gzip, deflate, br, zstd"
GZIP_MAGIC: Final = b"\x1f\x8b"

_STEP: Final = 64 * 1024  # bytes asked of a decoder at once
_FREE_RATIO_BYTES: Final = MIB  # bytes before the ratio counts: small pages of one repeated line are honest
_CHUNK_SIZE: Final = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n")
_NAMES: Final = {"x-gzip": "gzip", "": "identity"}


def decode_body(body: bytes, coding: str, *, subject: str, limit: int, ratio: int) -> bytes:
    """Undo the content coding a header names: gzip, deflate, br, zstd, identity or none.

    Raises FetchError "coding" for another or a nested one, "broken-coding" for damaged or cut
    data; LimitError "too-big" beyond `limit` bytes, "bomb" beyond `ratio` bytes for one sent.
    Cost: linear in what is given, with at most `limit` bytes held.
    """
    name = _name_coding(coding)
    if name == "identity" or not body:
        return _whole(body, subject, limit)
    steps = _unpack(body, name)
    if steps is None:
        raise fault("coding", subject, name[:40])
    return _collect(steps, len(body), subject=subject, limit=limit, ratio=ratio)


def decode_start(body: bytes, coding: str, *, most: int) -> bytes:
    """The beginning of a body that may be cut or damaged: what can be unpacked of it, up to `most` bytes."""
    name = _name_coding(coding)
    if name == "identity":
        return body[:most]
    decoded = bytearray()
    try:
        for step in _unpack(body, name) or ():
            decoded += step
            if len(decoded) >= most:
                break
    except (zlib.error, OSError):
        pass
    return bytes(decoded[:most])


def _name_coding(coding: str) -> str:
    name = coding.strip().lower()
    return _NAMES.get(name, name)


def _unpack(body: bytes, name: str) -> Iterator[bytes] | None:
    """The body's steps, or None for a coding that is not read."""
    if name in {"gzip", "deflate"}:
        return _inflate(body, _window(body, name))
    if name in {"br", "zstd"}:
        inner = io.BytesIO(body)
        return _read_steps(BrotliReader(inner) if name == "br" else ZstdReader(inner))
    return None


def _whole(body: bytes, subject: str, limit: int) -> bytes:
    if len(body) > limit:
        raise fault("too-big", subject, f"over {limit} bytes")
    return body


def _window(body: bytes, name: str) -> int:
    if name == "gzip":
        return 16 + zlib.MAX_WBITS
    # "deflate" means the zlib form, yet some servers send the bare stream (RFC 9110, 8.4.1.2).
    zlib_form = len(body) > 1 and body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0
    return zlib.MAX_WBITS if zlib_form else -zlib.MAX_WBITS


def _inflate(body: bytes, window: int) -> Iterator[bytes]:
    while body:
        decoder = zlib.decompressobj(window)
        rest = body
        while not decoder.eof:
            step = decoder.decompress(rest, _STEP)
            rest = decoder.unconsumed_tail
            if not step and not rest and not decoder.eof:
                raise zlib.error("cut short")
            yield step
        body = decoder.unused_data  # a gzip file may have several members one after the other
        if window != 16 + zlib.MAX_WBITS or not body.startswith(GZIP_MAGIC):
            return  # bytes after the end are padding; every browser passes them over


def _read_steps(reader: WarcReader) -> Iterator[bytes]:
    while step := reader.read(_STEP):
        yield step


def _collect(steps: Iterator[bytes], sent: int, *, subject: str, limit: int, ratio: int) -> bytes:
    decoded = bytearray()
    try:
        for step in steps:
            decoded += step
            if len(decoded) > limit:
                raise fault("too-big", subject, f"over {limit} bytes after unpacking")
            if len(decoded) > _FREE_RATIO_BYTES and len(decoded) > sent * ratio:
                raise fault("bomb", subject)
    except (zlib.error, OSError):
        raise fault("broken-coding", subject) from None
    return bytes(decoded)


def join_chunks(body: bytes) -> bytes | None:
    """Undo chunked transfer coding (RFC 9112, 7.1), or None when the bytes are not chunks.

    Recordings keep answers as they were sent; some tools keep the header yet join the chunks.
    """
    joined = bytearray()
    position = 0
    while match := _CHUNK_SIZE.match(body, position):
        size, start = int(match[1], 16), match.end()
        if size == 0:
            return bytes(joined)
        if start + size > len(body):
            return None
        joined += body[start : start + size]
        position = start + size
        position += 2 if body[position : position + 2] == b"\r\n" else 1
    return None


def unpack_gzip(body: bytes, *, subject: str, limit: int, ratio: int) -> bytes:
    """A body that is itself a gzip file (`feed.xml.gz`), unpacked once; any other comes back as it is."""
    if not body.startswith(GZIP_MAGIC):
        return body
    return decode_body(body, "gzip", subject=subject, limit=limit, ratio=ratio)
