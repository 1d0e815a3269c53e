"""Reading the body of an answer within its bounds: whole where it is of use, its beginning where not."""

from __future__ import annotations

import asyncio
from typing import Final

import aiohttp

from newsloom.fetch.causes import fault
from newsloom.fetch.decoding import decode_body, decode_start
from newsloom.fetch.exchange import REDIRECTS, USEFUL, Request
from newsloom.fetch.limits import Limits

_BODILESS: Final = REDIRECTS | {204, 205, 304}


async def read_body(request: Request, response: aiohttp.ClientResponse, limits: Limits) -> bytes:
    """The unpacked body of a useful answer, b"" for any other. Raises FetchError beyond the bounds.

    A robots.txt is cut instead: RFC 9309, 2.5 lets what lies beyond the limit be passed over.
    """
    if response.status not in USEFUL:
        return b""
    limit, coding = limits.body_bytes(request.kind), _coding(response)
    if request.kind == "robots":
        return decode_start(await _read_start(response, limit), coding, most=limit)
    most = limits.wire_bytes if coding else min(limit, limits.wire_bytes)
    if (response.content_length or 0) > most:
        raise fault("too-big", request.address, f"over {most} bytes")
    body = await _read_start(response, most + 1)
    if len(body) > most:
        raise fault("too-big", request.address, f"over {most} bytes")
    return decode_body(body, coding, subject=request.address, limit=limit, ratio=limits.decoded_ratio)


async def read_notice(response: aiohttp.ClientResponse, limits: Limits) -> bytes:
    """The beginning of the body of an answer that is of no use, which tells a wall from a plain refusal.

    Never fails: the status is told already, and what comes late or broken adds nothing to it.
    """
    if response.status in USEFUL or response.status in _BODILESS:
        return b""
    try:
        async with asyncio.timeout(limits.notice_seconds):
            start = await _read_start(response, limits.notice_bytes)
    except (aiohttp.ClientError, OSError, ValueError):
        return b""
    return decode_start(start, _coding(response), most=limits.notice_bytes)


def _coding(response: aiohttp.ClientResponse) -> str:
    return ", ".join(response.headers.getall("Content-Encoding", []))


async def _read_start(response: aiohttp.ClientResponse, most: int) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) >= most:
            break
    return bytes(body[:most])
