"""HTTP answers out of WARC files (1.0 and 1.1, gzip per record or plain), one at a time.

Whatever the file holds, memory stays at one record. Damage ends the reading with one SourceError after
everything whole before it was given. Requests, metadata of others, and records that are not HTTP
are passed over.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType
from msgspec import Struct, structs

from newsloom import settings
from newsloom.errors import FetchError, SourceError
from newsloom.fetch.causes import CAUSES, fault
from newsloom.fetch.decoding import decode_body, join_chunks
from newsloom.fetch.exchange import KEPT_HEADERS
from newsloom.fetch.limits import Limits
from newsloom.records import Page

NOT_MODIFIED_PROFILE: Final = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
FAILURE_FIELD: Final = "fetchError"  # our field of a metadata record: the code of a fetch that failed
WORD_FIELDS: Final = ("fetchSubject", "fetchCause", "fetchRemedy")  # and its words, as people were told
FORM_HEADER: Final = "Newsloom-Form"  # our header of a record: the digest of the form that was sent
ASKED_HEADER: Final = "Newsloom-Asked"  # and the address first asked for, where redirects led to this one

_KINDS: Final = WarcRecordType.response | WarcRecordType.revisit | WarcRecordType.metadata
_FAILURE: Final = re.compile(rb"^" + FAILURE_FIELD.encode() + rb":[ \t]*([a-z0-9-]{1,40})\r?$", re.MULTILINE)
_WORDS: Final = tuple(re.compile(rf"^{name}:[ \t]*([^\r\n]*)", re.MULTILINE) for name in WORD_FIELDS)
_FAILURE_BYTES: Final = 8_192  # of a metadata block looked at for our fields
_STATUS_LINE: Final = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]+([1-5]\d\d)\b[^\n]*")
_BLANK_LINE: Final = re.compile(rb"\r?\n\r?\n")
_DATED_YEARS: Final = range(
    settings.EARLIEST_YEAR, 2200
)  # others are broken clocks and would move the desk's
_PLAIN_STARTS: Final = (b"<", b"{")  # HTML, XML or JSON as it is read

_GZIP: Final = b"\x1f\x8b"
_CHUNK: Final = 1 << 16  # bytes read and unpacked at once
_Head = tuple[int, list[tuple[str, str]], int]


class Archived(Struct, frozen=True, kw_only=True):
    """One record of use. `kind` is "response", "unchanged" (a 304), "failure" or "form".

    A form's answer has the digest of what was sent as `form`; `asked` is the address that redirects to this
    one began at, "" where it was asked for itself or nobody wrote it down. `fault` is the failure, or is
    set where a response's body cannot be had; the other fields stand all the same. `offset` is where its
    record starts in the file.
    """

    kind: str
    address: str
    observed: datetime
    offset: int
    status: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    form: str = ""
    asked: str = ""
    fault: FetchError | None = None

    def as_page(self, source: str) -> Page:
        """The answer as a page that `source` led to."""
        return Page(
            address=self.address,
            final=self.address,
            body=self.body,
            observed=self.observed,
            content_type=dict(self.headers).get("content-type", ""),
            source=source,
        )


def read_archive(path: Path, *, limits: Limits | None = None, bodies: bool = True) -> Iterator[Archived]:
    """Stream the records of a WARC file; without `bodies` only addresses, dates, status and headers.

    Raises SourceError when the file cannot be opened, is not a WARC, or is damaged or cut short.
    """
    try:
        with path.open("rb") as stream:
            yield from stream_archive(stream, str(path), limits=limits, wants=lambda _: bodies)
    except OSError as error:
        raise _tell_damage(str(path), error) from None


def stream_archive(
    stream: BinaryIO,
    subject: str,
    *,
    limits: Limits | None = None,
    wants: Callable[[Archived], bool] = lambda _: True,
) -> Iterator[Archived]:
    """Stream the records of an open WARC from where it stands, as `read_archive` does.

    `wants` is asked about each answer by its address, date, status and headers: one that is not wanted comes
    without its body, which is then not unpacked.
    """
    try:
        yield from _read_stream(stream, subject, limits or Limits(), wants)
    except OSError as error:
        raise _tell_damage(subject, error) from None


def _tell_damage(subject: str, error: OSError) -> SourceError:
    cause = error.strerror or str(error) or "is damaged"
    return SourceError(subject, cause, "only what came before was read", code="broken-warc")


def read_record(path: Path, offset: int, *, limits: Limits | None = None) -> Archived:
    """Read the one record that starts at `offset`, as `read_archive` gave it.

    Raises SourceError when there is none, as in a WARC packed as one gzip stream.
    """
    try:
        with path.open("rb") as stream:
            stream.seek(offset)
            for archived in _read_stream(stream, str(path), limits or Limits(), lambda _: True):
                return structs.replace(archived, offset=offset)
    except OSError:
        pass
    raise SourceError(
        str(path), f"has no record at byte {offset}", "pack it anew, gzip per record", code="broken-warc"
    )


def _read_stream(
    stream: BinaryIO, subject: str, limits: Limits, wants: Callable[[Archived], bool]
) -> Iterator[Archived]:
    last = 0
    for record in ArchiveIterator(stream, record_types=_KINDS, parse_http=False):
        last = record.stream_pos
        address = (record.headers.get("WARC-Target-URI") or "").strip("<> ")
        observed = _read_date(record.headers.get("WARC-Date") or "")
        if not address.startswith(("http://", "https://")) or observed is None:
            continue
        form = (record.headers.get(FORM_HEADER) or "").strip()
        bare = Archived(
            kind="form" if form else "response",
            address=address,
            observed=observed,
            offset=record.stream_pos,
            form=form,
            asked=(record.headers.get(ASKED_HEADER) or "").strip(),
        )
        if record.record_type == WarcRecordType.response:
            yield _read_response(record, bare, subject, limits, wants)
        elif record.record_type == WarcRecordType.revisit:
            if record.headers.get("WARC-Profile") == NOT_MODIFIED_PROFILE:
                head = _read_head(record.reader.read(limits.header_bytes), limits.header_bytes)
                yield structs.replace(bare, kind="unchanged", status=304, headers=_kept(head))
        elif failed := _FAILURE.search(block := record.reader.read(_FAILURE_BYTES)):
            yield structs.replace(
                bare, kind="failure", fault=_read_failure(failed[1].decode(), address, block)
            )

    _check_end(stream, last, subject)


def _read_failure(code: str, address: str, block: bytes) -> FetchError:
    """The failure that was recorded, in its own words where they were written down."""
    text = block.decode("utf-8", "replace")
    known = fault(code if code in CAUSES else "unexpected", address)
    found = [match[1].strip() for pattern in _WORDS if (match := pattern.search(text))]
    if len(found) < len(_WORDS) or code not in CAUSES:
        return known
    return type(known)(*found, code=code)


def _check_end(stream: BinaryIO, offset: int, subject: str) -> None:
    """Raise SourceError when a gzipped file breaks off after the record at `offset`.

    The iterator ends there without a word when not even the record's head is whole.
    """
    stream.seek(offset)
    data = stream.read(_CHUNK)
    if not data.startswith(_GZIP):
        return
    try:
        whole = _ends_whole(stream, data)
    except zlib.error:
        return  # padding after the last record; damage within one is the iterator's to tell
    if not whole:
        raise SourceError(
            subject, "ends in the middle of a record", "only what came before was read", code="broken-warc"
        )


def _ends_whole(stream: BinaryIO, data: bytes) -> bool:
    member = zlib.decompressobj(wbits=31)
    while data:
        member.decompress(data, _CHUNK)
        if not member.eof:
            data = member.unconsumed_tail or stream.read(_CHUNK)
        elif data := member.unused_data or stream.read(_CHUNK):
            member = zlib.decompressobj(wbits=31)
    return member.eof


def _read_date(text: str) -> datetime | None:
    """WARC-Date to the second; WARC 1.1 allows fractions, and always means UTC."""
    try:
        date = datetime.fromisoformat(text[:19]).replace(tzinfo=UTC)
    except ValueError:
        return None
    return date if date.year in _DATED_YEARS else None


def _read_response(
    record: WarcRecord, bare: Archived, subject: str, limits: Limits, wants: Callable[[Archived], bool]
) -> Archived:
    if record.content_length > settings.WARC_RECORD_BYTES:
        return structs.replace(bare, fault=fault("too-big", bare.address))
    block = record.reader.read(min(limits.header_bytes, record.content_length))
    head = _read_head(block, limits.header_bytes)
    if head is None:
        return structs.replace(bare, fault=fault("bad-answer", bare.address))
    status, fields, start = head
    answered = structs.replace(bare, status=status, headers=_kept(head))
    if not wants(answered):
        return answered
    block += record.reader.read(record.content_length - len(block))
    if len(block) < record.content_length:
        raise SourceError(
            subject,
            f"ends in the middle of the record of {bare.address}",
            "only what came before was read",
            code="broken-warc",
        )
    try:
        return structs.replace(answered, body=_undo_codings(block[start:], dict(fields), answered, limits))
    except FetchError as error:
        return structs.replace(answered, fault=error)


def _kept(head: _Head | None) -> tuple[tuple[str, str], ...]:
    return tuple(field for field in head[1] if field[0] in KEPT_HEADERS) if head else ()


def _read_head(block: bytes, most: int) -> _Head | None:
    """Status, headers (names in lower case) and where the body starts, or None for no HTTP answer."""
    line = _STATUS_LINE.match(block)
    if line is None:
        return None
    blank = _BLANK_LINE.search(block, line.start(), most)
    end, start = (blank.start(), blank.end()) if blank else (min(len(block), most), len(block))
    fields: list[tuple[str, str]] = []
    for raw in block[line.end() : end].splitlines():
        name, colon, value = raw.partition(b":")
        if colon:
            fields.append((name.strip().lower().decode("latin-1"), _header_text(value)))
    return int(line[1]), fields, start


def _header_text(value: bytes) -> str:
    return value.strip().decode("utf-8", "replace")


def _undo_codings(body: bytes, fields: dict[str, str], archived: Archived, limits: Limits) -> bytes:
    """The body without its codings. Some tools store it decoded yet keep the headers: then as it is."""
    if "chunked" in fields.get("transfer-encoding", "").lower():
        joined = join_chunks(body)
        body = body if joined is None else joined
    coding = fields.get("content-encoding", "")
    try:
        return decode_body(
            body,
            coding,
            subject=archived.address,
            limit=limits.feed_bytes,
            ratio=limits.decoded_ratio,
        )
    except FetchError as error:
        if error.code == "broken-coding" and body.lstrip()[:1] in _PLAIN_STARTS:
            return decode_body(body, "", subject=archived.address, limit=limits.feed_bytes, ratio=1)
        raise
