"""The demo's web as one recording: a WARC 1.1 file, gzip per record, the same bytes each time."""

from __future__ import annotations

import hashlib
import io
import uuid
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Final

from fastwarc.stream_io import GzipWriter
from fastwarc.warc import WarcRecord, WarcRecordType
from msgspec import Struct

from newsloom.demo.content import Content, Outlet, Piece
from newsloom.demo.feeds import CONTENT_TYPES, write_feed, write_link
from newsloom.demo.pages import image_address, render_amp_page, render_page
from newsloom.demo.pictures import draw_logo, draw_picture

MOMENT: Final = datetime(2026, 11, 20, 18, tzinfo=UTC)  # when the demo's web is said to have been read
_REASONS: Final = {200: "OK", 404: "Not Found"}
_HTML: Final = "text/html; charset=utf-8"
_INFO: Final = b"software: newsloom demo\r\nformat: WARC File Format 1.1\r\n"


class Exchange(Struct, frozen=True, kw_only=True):
    """What an address answered."""

    address: str
    body: bytes
    content_type: str
    status: int = 200


def record_content(content: Content) -> bytes:
    """The recording of everything a reader of the demo's feeds would fetch; a few seconds of drawing."""
    out = io.BytesIO()
    writer = GzipWriter(out)
    for record in _make_records(_list_exchanges(content)):
        record.write(writer, checksum_data=True)
        writer.finish()  # each record is a gzip member, so that readers can start at any
    writer.flush()
    return out.getvalue()


def _make_records(exchanges: Iterable[Exchange]) -> Iterator[WarcRecord]:
    info = WarcRecord()
    info.init_headers(WarcRecordType.warcinfo, record_urn=_urn("demo.warc.gz"))
    info.record_date = MOMENT
    info.headers["WARC-Filename"] = "demo.warc.gz"
    info.headers["Content-Type"] = "application/warc-fields"
    info.set_bytes_content(_INFO)
    yield info
    for exchange in exchanges:
        yield _make_record(exchange)


def _make_record(exchange: Exchange) -> WarcRecord:
    record = WarcRecord()
    record.init_headers(WarcRecordType.response, record_urn=_urn(exchange.address))
    record.record_date = MOMENT
    record.headers["WARC-Target-URI"] = exchange.address
    record.headers["WARC-Payload-Digest"] = _digest(exchange.body)
    record.is_http = True
    head = (
        f"HTTP/1.1 {exchange.status} {_REASONS[exchange.status]}\r\n"
        f"Date: {MOMENT:%a, %d %b %Y %H:%M:%S} GMT\r\n"
        f"Content-Type: {exchange.content_type}\r\n"
        f"Content-Length: {len(exchange.body)}\r\n\r\n"
    )
    record.set_bytes_content(head.encode("ascii") + exchange.body)
    return record


def _digest(body: bytes) -> str:
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


def _urn(name: str) -> bytes:
    return f"uuid:{uuid.uuid5(uuid.NAMESPACE_URL, name)}".encode()


def _list_exchanges(content: Content) -> Iterator[Exchange]:
    for outlet in content.outlets.values():
        yield _text(f"https://{outlet.host}/robots.txt", _write_robots(outlet), "text/plain")
        for plan in outlet.feeds:
            text = write_feed(content, outlet, plan, MOMENT)
            yield _text(f"https://{outlet.host}{plan.path}", text, CONTENT_TYPES[plan.kind])
        for piece in content.list_pieces(outlet.domain):
            yield from _list_piece(content, outlet, piece)
        logo = draw_logo(outlet.domain, outlet.colours, 400)
        yield Exchange(address=f"https://{outlet.host}/images/logo.jpg", body=logo, content_type="image/jpeg")


def _list_piece(content: Content, outlet: Outlet, piece: Piece) -> Iterator[Exchange]:
    """A piece's page, asked for by the address in its outlet's first feed, its AMP page and its picture."""
    address = write_link(content, outlet.feeds[0], piece) if outlet.feeds else content.address(piece)
    yield _text(address, render_page(content, piece), _HTML, status=404 if piece.missing else 200)
    if piece.amp == "pair":
        yield _text(content.address(piece, amp=True), render_amp_page(content, piece), _HTML)
    if piece.picture and not piece.missing:
        yield Exchange(
            address=image_address(outlet, piece),
            body=draw_picture(piece.copy_of or piece.name),
            content_type="image/jpeg",
        )


def _text(address: str, text: str, content_type: str, *, status: int = 200) -> Exchange:
    return Exchange(address=address, body=text.encode(), content_type=content_type, status=status)


def _write_robots(outlet: Outlet) -> str:
    return f"User-agent: *\nDisallow: /search\nCrawl-delay: 1\n\nSitemap: https://{outlet.host}/sitemap.xml\n"
