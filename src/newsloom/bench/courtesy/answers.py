"""Answers that are too much, too long, too slow, cut short or no HTTP at all."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Awaitable, Callable, Iterator
from functools import cache
from time import monotonic
from typing import Final

from fastwarc.stream_io import BrotliWriter, ZstdWriter
from msgspec import structs

from newsloom.bench.courtesy.host import Behaviour, after, drip, pour, reply
from newsloom.bench.courtesy.range import HASTY, QUICK, Case, Range, ask, outcome
from newsloom.fetch import Answer, Limits
from newsloom.settings import MIB

_SPACIOUS: Final = structs.replace(
    QUICK, wire_bytes=4 * MIB, page_bytes=8 * MIB, feed_bytes=8 * MIB, fetch_seconds=5.0
)
_TEXT: Final = "".join(f"<p>Line {number} of an honest page.</p>" for number in range(400)).encode()
_HEAD: Final = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


def _pack(name: str, data: bytes) -> bytes:
    if name == "gzip":
        return gzip.compress(data, mtime=0)
    if name == "deflate":
        return zlib.compress(data)
    packed = io.BytesIO()
    writer = BrotliWriter(packed) if name == "br" else ZstdWriter(packed)
    writer.write(data)
    writer.close()
    return packed.getvalue()


@cache
def _bomb(name: str) -> bytes:
    return _pack(name, bytes(6 * MIB))


def _fails(
    answer: bytes | Behaviour, *codes: str, kind: str = "page", limits: Limits = QUICK
) -> Callable[[Range], Awaitable[str]]:
    """The answer must end in one of these causes, and soon."""

    async def drive(field: Range) -> str:
        host = await field.host({"/robots.txt": reply(status="404 No"), "*": answer})
        started = monotonic()
        async with field.fetcher(limits) as fetcher:
            code = outcome(await ask(fetcher, host.url("/x"), kind=kind))
        if monotonic() - started > limits.fetch_seconds + 6.0:
            return f"it took {monotonic() - started:.1f} s"
        return "" if code in codes else f"outcome: {code!r} instead of {' or '.join(codes)}"

    return drive


def _gives(
    answer: bytes | Behaviour, body: bytes, *, kind: str = "page", limits: Limits = QUICK
) -> Callable[[Range], Awaitable[str]]:
    """The answer must be read, and be this."""

    async def drive(field: Range) -> str:
        host = await field.host({"/robots.txt": reply(status="404 No"), "*": answer})
        async with field.fetcher(limits) as fetcher:
            result = await ask(fetcher, host.url("/x"), kind=kind)
        if not isinstance(result, Answer):
            return f"outcome: {result.code}"
        return "" if result.body == body else f"{len(result.body)} bytes that are not the body"

    return drive


def list_cases() -> Iterator[Case]:
    """Packed, lying, slow, endless and broken answers."""
    yield from _list_packed()
    yield from _list_lengths()
    yield from _list_slow()
    yield from _list_heads()


def _list_packed() -> Iterator[Case]:
    group = "bombs and codings"
    for name in ("gzip", "deflate", "br", "zstd"):
        whole = _pack(name, _TEXT)
        cases = {
            "bomb by ratio": _fails(reply(_bomb(name), Content_Encoding=name), "bomb", limits=_SPACIOUS),
            "bomb by size": _fails(reply(_bomb(name), Content_Encoding=name), "too-big"),
            "cut short": _fails(reply(whole[: len(whole) // 2], Content_Encoding=name), "broken-coding"),
            "damaged": _fails(reply(b"\x01\x02" + whole[9:], Content_Encoding=name), "broken-coding"),
            "nested": _fails(reply(_pack("gzip", whole), Content_Encoding=f"{name}, gzip"), "coding"),
            "nested in two headers": _fails(
                reply(whole, **{f"Content_Encoding: {name}\r\nContent-Encoding": "gzip"}), "coding"
            ),
            "honest": _gives(reply(whole, Content_Encoding=name), _TEXT),
            "honest, in capitals": _gives(reply(whole, Content_Encoding=name.upper()), _TEXT),
        }
        for label, drive in cases.items():
            yield Case(group=group, name=f"{name}: {label}", drive=drive)
    members = _pack("gzip", b"<p>one") + _pack("gzip", b"two</p>")
    more = {
        "gzip: two members": _gives(reply(members, Content_Encoding="gzip"), b"<p>onetwo</p>"),
        "gzip: padding after the end": _gives(
            reply(_pack("gzip", _TEXT) + bytes(64), Content_Encoding="gzip"), _TEXT
        ),
        "deflate: the bare stream": _gives(
            reply(zlib.compress(_TEXT)[2:-4], Content_Encoding="deflate"), _TEXT
        ),
        "xz refused": _fails(reply(b"\xfd7zXZ\x00", Content_Encoding="xz"), "coding"),
        "bzip2 refused": _fails(reply(b"BZh9", Content_Encoding="bzip2"), "coding"),
        "compress refused": _fails(reply(b"\x1f\x9d", Content_Encoding="compress"), "coding"),
        "an unknown coding refused": _fails(reply(b"x", Content_Encoding="x" * 300), "coding"),
        "a wall's packed bomb is a plain refusal": _fails(
            reply(_bomb("gzip"), "403 Forbidden", Content_Encoding="gzip"), "forbidden"
        ),
        "a refusal's cut body is a plain refusal": _fails(
            reply(_pack("br", _TEXT)[:9], "403 Forbidden", Content_Encoding="br"), "forbidden"
        ),
    }
    for name, drive in more.items():
        yield Case(group=group, name=name, drive=drive)


def _list_lengths() -> Iterator[Case]:
    chunked = _HEAD + b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    words = chunked.replace(b"text/html", b"text/plain")
    both = _HEAD + b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\nConnection: close\r\n\r\n"
    cases = {
        "too short": _fails(reply(b"short", Content_Length="100"), "cut-short"),
        "too long": _fails(reply(b"longer than said", Content_Length="6"), "bad-answer"),
        "negative": _fails(reply(b"x", Content_Length="-5"), "bad-answer"),
        "a word": _fails(reply(b"x", Content_Length="five"), "bad-answer"),
        "huge": _fails(reply(b"x", Content_Length="99999999999"), "too-big"),
        "beyond any number": _fails(reply(b"x", Content_Length="9" * 400), "bad-answer", "too-big"),
        "two that differ": _fails(
            _HEAD + b"Content-Length: 1\r\nContent-Length: 9\r\n\r\nx", "bad-answer"
        ),
        "none, closed at the end": _gives(_HEAD + b"Connection: close\r\n\r\n<p>x</p>", b"<p>x</p>"),
        "chunked": _gives(words + b"3\r\n<p>\r\n2\r\nhi\r\n0\r\n\r\n", b"<p>hi"),
        "chunked, with extensions": _gives(words + b"3;a=b\r\n<p>\r\n0\r\n\r\n", b"<p>"),
        "chunked, broken size": _fails(chunked + b"ZZ\r\nx\r\n", "bad-answer", "cut-short"),
        "chunked, never ended": _fails(chunked + b"3\r\n<p>\r\n", "cut-short"),
        "chunked, endless size": _fails(
            chunked + b"F" * 4_000_000, "bad-answer", "cut-short", "too-big"
        ),
        "chunked and a length": _fails(both + b"3\r\n<p>\r\n0\r\n\r\n", "bad-answer"),
        "nothing at all": _fails(b"", "cut-short"),
        "an empty page": _fails(reply(b""), "empty"),
        "one byte under the limit": _gives(reply(b"x" * 100_000), b"x" * 100_000),
        "one byte over the limit": _fails(reply(b"x" * 100_001), "too-big"),
    }  # fmt: skip
    for name, drive in cases.items():
        yield Case(group="lengths", name=name, drive=drive)


def _list_slow() -> Iterator[Case]:
    long_head = _HEAD + b"Content-Length: 5000\r\n\r\n"
    chunked = _HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    cases = {
        "head, byte by byte": _fails(drip(_HEAD * 9), "timeout", limits=HASTY),
        "body, byte by byte": _fails(drip(b"x" * 5000, head=long_head), "timeout", limits=HASTY),
        "chunks, byte by byte": _fails(drip(b"1\r\nx\r\n" * 999, head=chunked), "timeout", limits=HASTY),
        "no answer": _fails(after(4.0, reply(b"x")), "timeout", limits=HASTY),
        "body that stops": _fails(drip(b"xx", 4.0, head=long_head), "timeout", limits=HASTY),
        "refusal, byte by byte": _fails(
            drip(b"x" * 5000, head=b"HTTP/1.1 403 No\r\nContent-Length: 5000\r\n\r\n"),
            "forbidden",
        ),
        "endless body": _fails(pour(_HEAD + b"\r\n", b"x" * 65_536), "too-big"),
        "endless chunks": _fails(pour(chunked, b"1000\r\n" + b"x" * 4096 + b"\r\n"), "too-big"),
        "endless feed": _fails(pour(_HEAD + b"\r\n", b"<item/>" * 9_000), "too-big", kind="feed"),
        "endless picture": _fails(
            pour(_HEAD + b"\r\n", b"\xff" * 65_536), "too-big", kind="image"
        ),
        "endless refusal": _fails(
            pour(b"HTTP/1.1 503 No\r\n\r\n", b"x" * 65_536), "unavailable"
        ),
        "endless headers": _fails(pour(_HEAD, b"A: b\r\n" * 999), "bad-answer"),
        "endless header": _fails(pour(_HEAD + b"A: ", b"x" * 65_536), "bad-answer"),
        "endless status line": _fails(pour(b"HTTP/1.1 200 ", b"x" * 65_536), "bad-answer"),
        "endless 100 Continue": _fails(
            pour(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 50), "timeout", "bad-answer", limits=HASTY
        ),
    }  # fmt: skip
    for name, drive in cases.items():
        yield Case(group="slow and endless", name=name, drive=drive)


def _list_heads() -> Iterator[Case]:
    wide = [f"X-{number}: {'a' * 20_000}\r\n".encode() for number in range(100)]
    cases = {
        "a million headers": _fails(_HEAD + b"A: b\r\n" * 1_000_000 + b"\r\n", "bad-answer"),
        "129 headers": _fails(_HEAD + b"A: b\r\n" * 129 + b"\r\n", "bad-answer"),
        "a header of a megabyte": _fails(reply(b"x", X_Long="a" * MIB), "bad-answer"),
        "headers of two megabytes together": _fails(_HEAD + b"".join(wide) + b"\r\nx", "bad-answer"),
        "no HTTP": _fails(b"220 mail.example ESMTP\r\n\r\n", "bad-answer"),
        "HTTP/0.9": _fails(b"<html>no head at all</html>", "bad-answer", "cut-short"),
        "a status of four digits": _fails(b"HTTP/1.1 2000 OK\r\n\r\n", "bad-answer"),
        "a header without a colon": _fails(_HEAD + b"no colon here\r\n\r\nx", "bad-answer"),
        "a NUL in a header": _fails(_HEAD + b"A: b\x00c\r\n\r\nx", "bad-answer"),
        "a control character in a name": _fails(_HEAD + b"A\x01: b\r\n\r\nx", "bad-answer"),
        "headers that are not ASCII": _gives(
            _HEAD + "Content-Length: 3\r\nX-Title: Grüße\r\n\r\n<p>".encode(), b"<p>", kind="robots"
        ),
        "a switch of protocols": _fails(
            b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n", "bad-answer", "cut-short", "http-101", "timeout"
        ),
        "part of an answer": _fails(reply(b"x", "206 Partial Content"), "http-206"),
        "early hints first": _gives(
            b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + reply(b"<p>x</p>"), b"<p>x</p>"
        ),
    }
    for name, drive in cases.items():
        yield Case(group="heads", name=name, drive=drive)
