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
_CODING: Final = re.compile(
    r"(?:^|,)\s*(?:(br)|gzip|\*)\s*(?:;\s*q\s*=\s*([\d.]+)\s*)?(?=,|$)", re.IGNORECASE
)
_HASHED: Final = re.compile(
    r".*/assets/(?:[\w-]+\.[0-9a-f]{10}\.\w+|images/(?:news|organizations)/[0-9a-f]{24}\.(?:jpg|webp))"
)

_FOREVER: Final = b"public, max-age=31536000, immutable"  # the name changes when the content does
_SHORTLY: Final = b"public, max-age=60, must-revalidate"  # a pass may run at any time; asking again is cheap
_NEVER: Final = b"no-store"
_FORMS: Final = 32  # answers kept of one file: browsers ask in some ten ways
_WORDY: Final = 200  # bytes of such a request's headers; a browser sends 80
_LIVE: Final = (b"server-timing", b"live")  # tells the page's script that a server of ours answers `/live`

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


def answer_again(served: Served, path: str, method: str, accepted: bytes, condition: bytes) -> Answer:
    """A file's answer as `answer_file` gives it, kept beside the file for whoever asks in the same words."""
    form = (path, method, accepted, condition)
    reply: Answer | None = served.kept.get(form)
    if reply is not None:
        return reply
    reply = answer_file(served, path, method, {b"accept-encoding": accepted, b"if-none-match": condition})
    if len(accepted) + len(condition) <= _WORDY:
        if len(served.kept) >= _FORMS:
            served.kept.clear()  # someone asks in ever new words; what is common comes back at once
        served.kept[form] = reply
    return reply


def answer_file(
    served: Served, path: str, method: str, asked: Mapping[bytes, bytes], status: int = 200
) -> Answer:
    """A file, or 304 where the asker has it already. `asked` are the request's headers in lower case."""
    coding = choose_coding(asked.get(b"accept-encoding", b"").decode("latin-1"), served)
    caching = _NEVER if status != 200 else _FOREVER if _HASHED.fullmatch(path) else _SHORTLY
    headers = [(b"cache-control", caching), (b"vary", b"accept-encoding"), *SECURITY_HEADERS]
    if served.media.startswith("text/html"):
        headers.append(_LIVE)
    if served.links:
        headers.append((b"link", served.links))
    if status == 200:
        tags = {"br": served.squeezed_etag, "gzip": served.packed_etag}
        headers += [
            (b"etag", tags.get(coding, served.etag).encode()),
            (b"last-modified", formatdate(served.modified, usegmt=True).encode()),
        ]
        if path.startswith("/api/"):
            headers.append((b"access-control-allow-origin", b"*"))
        condition = asked.get(b"if-none-match", b"").decode("latin-1")
        if condition and matches(condition, served):
            return Answer(304, tuple(headers))
    body = served.squeeze() if coding == "br" else (coding and served.packed) or served.body
    headers += [(b"content-type", served.media.encode()), (b"content-length", str(len(body)).encode())]
    if coding:
        headers.append((b"content-encoding", coding.encode()))
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


def choose_coding(accepted: str, served: Served) -> str:
    """The coding a body is sent in, "" for none (RFC 9110, 12.5.3). Brotli takes long: for files alone."""
    if served.packed is None or not accepted:
        return ""
    weights = {"br": 0.0, "gzip": 0.0}
    for match in _CODING.finditer(accepted):
        name = "br" if match[1] else "gzip"
        weights[name] = max(weights[name], _weigh(match[2]))
    if served.place and 0 < weights["br"] >= weights["gzip"]:
        return "br"
    return "gzip" if weights["gzip"] > 0 else ""


def _weigh(quality: str | None) -> float:
    """A quality as a number: 1 where none is given, 0 (forbidden) where it is none."""
    try:
        return 1.0 if quality is None else float(quality)
    except ValueError:
        return 0.0


def matches(condition: str, served: Served) -> bool:
    """Whether an `If-None-Match` names the file as it is, packed or not (RFC 9110, 13.1.2)."""
    if condition.strip() == "*":
        return True
    return any(
        tag in {served.etag, served.packed_etag, served.squeezed_etag} for tag in _ETAG.findall(condition)
    )
