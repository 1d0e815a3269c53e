"""Writes down all that was fetched, as a WARC 1.1 file that other tools read as well.

Each record is its own gzip member and is written with one call, so a process that is killed leaves
at most one cut member at the end; opening the file again removes it. Bodies are stored unpacked
and without the headers that are not kept: what the desk saw, not every byte of the wire. What a
replay gives is therefore exactly what the recording run was given, failures included.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import zlib
from base64 import b32encode
from collections.abc import Iterator
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from newsloom import __version__
from newsloom.errors import FetchError, SourceError
from newsloom.fetch.archive import (
    ASKED_HEADER,
    FAILURE_FIELD,
    FORM_HEADER,
    NOT_MODIFIED_PROFILE,
    WORD_FIELDS,
)
from newsloom.fetch.client import read_clock
from newsloom.fetch.exchange import Answer, Fetcher, Request, name_form

_READ: Final = 256 * 1024
_LEVEL: Final = 6
_REASONS: Final = {int(status): status.phrase for status in HTTPStatus}
_MAGIC: Final = b"WARC/"


class RecordingFetcher:
    """Passes requests on to another fetcher and writes what came back; a context manager."""

    def __init__(self, inner: Fetcher, path: Path) -> None:
        self._inner = inner
        self._path = path

    def __enter__(self) -> Self:
        """Open the file to append to. Raises SourceError when it cannot be written, or is another's."""
        try:
            size = self._path.stat().st_size if self._path.exists() else 0
            whole = find_whole_length(self._path) if size else 0
            if size and not whole:
                raise SourceError(
                    str(self._path), "is not a WARC packed record by record", "record to another file"
                )
            self._file = self._path.open("ab")
            if whole < size:
                self._file.truncate(whole)
        except OSError as error:
            raise SourceError(str(self._path), f"cannot be written: {error.strerror}") from None
        if whole == 0:
            self._write_info()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file, its bytes safe on disk."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    async def fetch(self, request: Request) -> Answer:
        """Fetch through the inner fetcher and record the answer, or why there was none."""
        try:
            answer = await self._inner.fetch(request)
        except FetchError as error:
            self._write_failure(request, error)
            raise
        self._write_answer(request, answer)
        return answer

    def _write_info(self) -> None:
        fields = f"software: Newsloom/{__version__}\r\nformat: WARC File Format 1.1\r\n"
        self._append("warcinfo", "", read_clock(), "application/warc-fields", fields.encode())

    def _write_failure(self, request: Request, error: FetchError) -> None:
        words = zip(WORD_FIELDS, (error.subject, error.cause, error.remedy), strict=True)
        lines = [f"{FAILURE_FIELD}: {error.code}", *(f"{name}: {_one_line(text)}" for name, text in words)]
        fields = "".join(f"{line}\r\n" for line in lines).encode("utf-8", "replace")
        more = _form_header(request)
        self._append("metadata", request.address, read_clock(), "application/warc-fields", fields, more)

    def _write_answer(self, request: Request, answer: Answer) -> None:
        for hop in answer.hops:
            block = _build_head(hop.status, (("location", hop.location),), 0)
            self._write_exchange("response", request, hop.address, answer.observed, block)
        body = answer.body or answer.notice
        block = _build_head(answer.status, answer.headers, len(body)) + body
        if answer.unchanged:
            more = f"WARC-Profile: {NOT_MODIFIED_PROFILE}\r\n"
            self._write_exchange("revisit", request, answer.final, answer.observed, block, more)
        else:
            digest = b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode()
            more = f"WARC-Payload-Digest: sha1:{digest}\r\n"
            self._write_exchange("response", request, answer.final, answer.observed, block, more)

    def _write_exchange(
        self, kind: str, request: Request, address: str, date: datetime, block: bytes, more: str = ""
    ) -> None:
        """What came and, beside it, what was asked."""
        more += _form_header(request)
        if address != request.address:
            more += f"{ASKED_HEADER}: {_one_line(request.address)}\r\n"
        name = self._append(kind, address, date, "application/http;msgtype=response", block, more)
        self._append(
            "request",
            address,
            date,
            "application/http;msgtype=request",
            _build_request(request, address),
            f"WARC-Concurrent-To: {name}\r\n",
        )

    def _append(
        self, kind: str, address: str, date: datetime, content_type: str, block: bytes, more: str = ""
    ) -> str:
        """Write one record; gives its id. Raises SourceError when the disk does not take it."""
        name = f"<urn:uuid:{uuid4()}>"
        head = (
            f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Record-ID: {name}\r\n"
            f"WARC-Date: {date.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}\r\n"
            + (f"WARC-Target-URI: {_one_line(address)}\r\n" if address else "")
            + f"Content-Type: {content_type}\r\n{more}Content-Length: {len(block)}\r\n\r\n"
        )
        member = gzip.compress(head.encode() + block + b"\r\n\r\n", _LEVEL, mtime=0)
        try:
            self._file.write(member)
            self._file.flush()
        except OSError as error:
            raise SourceError(str(self._path), f"cannot be written: {error.strerror}") from None
        return name


def _build_head(status: int, headers: tuple[tuple[str, str], ...], length: int) -> bytes:
    reason = _REASONS.get(status, "Unknown")
    lines = [f"HTTP/1.1 {status} {reason}", *(f"{name}: {_one_line(value)}" for name, value in headers)]
    return ("\r\n".join([*lines, f"content-length: {length}"]) + "\r\n\r\n").encode()


def _build_request(request: Request, address: str) -> bytes:
    parts = urlsplit(address)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    body = urlencode(request.form).encode()
    lines = [
        f"{'POST' if request.form else 'GET'} {path} HTTP/1.1",
        f"Host: {parts.netloc}",
    ]
    if request.etag:
        lines.append(f"If-None-Match: {_one_line(request.etag)}")
    if request.last_modified:
        lines.append(f"If-Modified-Since: {_one_line(request.last_modified)}")
    if request.form:
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "replace") + body


def _form_header(request: Request) -> str:
    return f"{FORM_HEADER}: {name_form(request)}\r\n" if request.form else ""


def _one_line(text: str) -> str:
    return " ".join(text.split("\n")).replace("\r", " ")


def find_whole_length(path: Path) -> int:
    """Bytes of a gzip WARC up to the end of its last whole member; 0 when it is no gzip WARC.

    Cost: one reading of the file, in bounded steps.
    """
    with path.open("rb") as stream:
        try:
            start = zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(stream.read(_READ), len(_MAGIC))
        except zlib.error:
            return 0
        if start != _MAGIC:
            return 0
        stream.seek(0)
        whole = 0
        for end in _find_members(stream):
            whole = end
    return whole


def _find_members(stream: BinaryIO) -> Iterator[int]:
    """Where each whole gzip member ends."""
    position = 0
    decoder = zlib.decompressobj(16 + zlib.MAX_WBITS)
    while data := stream.read(_READ):
        position += len(data)
        more = True
        while more:
            try:
                step = decoder.decompress(data, _READ)
            except zlib.error:
                return
            data = decoder.unconsumed_tail
            if decoder.eof:
                data = decoder.unused_data
                yield position - len(data)
                decoder = zlib.decompressobj(16 + zlib.MAX_WBITS)
            more = bool(data) or len(step) == _READ
