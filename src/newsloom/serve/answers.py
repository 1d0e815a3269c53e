"""One HTTP answer for one request of a file: status, headers, bytes. Pure; knows RFC 9110, not the disk."""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.utils import formatdate
from typing import Final

from msgspec import Struct

from newsloom.publish.theme import SERVER_POLICY
from newsloom.serve.files import Served

_ETAG: Final = re.compile(r'(?:W/)?("[^"]*")')
_GZIP: Final = re.compile(r"(?:^|,)\s*(?:gzip|\*)\s*(?:;\s*q\s*=\s*([\d.]+)\s*)?(?=,|$)", re.IGNORECASE)
_HASHED: Final = re.compile(
    r".*/assets/(?:[\w-]+\.[0-9a-f]{10}\.\w+|images/(?:news|organizations)/[0-9a-f]{24}\.(?:jpg|webp))"
)

_FOREVER: Final = b"public, max-age=31536000, immutable"  # the name changes when the content does
_SHORTLY: Final = b"public, max-age=60, must-revalidate"  # a pass may run at any time; asking again is cheap
_NEVER: Final = b"no-store"

SECURITY_HEADERS: Final = (
    (b"content-security-policy", SERVER_POLICY.encode()),
    (b"cross-origin-opener-policy", b"same-origin"),
    (
        b"permissions-policy",
        b"camera=(), geolocation=(), interest-cohort=(), microphone=(), payment=(), usb=()",
    ),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
)


class Answer(Struct, frozen=True):
    """What is sent: header names are in lower case; `body` is empty for HEAD, 304 and redirects."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes = b""


def answer_file(
    served: Served, path: str, method: str, asked: Mapping[bytes, bytes], status: int = 200
) -> Answer:
    """A file, or 304 where the asker has it already. `asked` are the request's headers in lower case."""
    packs = served.packed is not None and accepts_gzip(asked.get(b"accept-encoding", b"").decode("latin-1"))
    body = served.packed if packs and served.packed is not None else served.body
    caching = _NEVER if status != 200 else _FOREVER if _HASHED.fullmatch(path) else _SHORTLY
    headers = [(b"cache-control", caching), (b"vary", b"accept-encoding"), *SECURITY_HEADERS]
    if status == 200:
        headers += [
            (b"etag", (served.packed_etag if packs else served.etag).encode()),
            (b"last-modified", formatdate(served.modified, usegmt=True).encode()),
        ]
        if path.startswith("/api/"):
            headers.append((b"access-control-allow-origin", b"*"))
        condition = asked.get(b"if-none-match", b"").decode("latin-1")
        if condition and matches(condition, served):
            return Answer(304, tuple(headers))
    headers += [(b"content-type", served.media.encode()), (b"content-length", str(len(body)).encode())]
    if packs:
        headers.append((b"content-encoding", b"gzip"))
    return Answer(status, tuple(headers), b"" if method == "HEAD" else body)


def answer_location(location: str) -> Answer:
    """A lasting redirect to a place on this host, given as an ASCII path."""
    headers = (
        (b"location", location.encode("ascii")),
        (b"content-length", b"0"),
        (b"cache-control", _SHORTLY),
        *SECURITY_HEADERS,
    )
    return Answer(308, headers)


def answer_text(status: int, text: str, method: str, **more: str) -> Answer:
    """A short plain answer: health, errors. `more` are further headers, `_` standing for `-`."""
    body = f"{text}\n".encode()
    headers = (
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", _NEVER),
        *SECURITY_HEADERS,
        *((name.replace("_", "-").encode(), value.encode()) for name, value in more.items()),
    )
    return Answer(status, headers, b"" if method == "HEAD" else body)


def accepts_gzip(accepted: str) -> bool:
    """Whether an `Accept-Encoding` allows gzip (RFC 9110, 12.5.3); a quality of 0 forbids it."""
    match = _GZIP.search(accepted)
    if match is None:
        return False
    try:
        return match[1] is None or float(match[1]) > 0
    except ValueError:
        return False


def matches(condition: str, served: Served) -> bool:
    """Whether an `If-None-Match` names the file as it is, packed or not (RFC 9110, 13.1.2)."""
    if condition.strip() == "*":
        return True
    return any(tag in {served.etag, served.packed_etag} for tag in _ETAG.findall(condition))
