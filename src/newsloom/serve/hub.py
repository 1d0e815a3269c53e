"""The one door of the server that takes something in: where hubs call (WebSub).

Only an address with the form of a callback comes here; whether it is one, `newsloom.websub.callback` knows.
Disk and database are used in threads, so that a reader of the site never waits for a hub, and what that takes
is imported with the first call: a server without hubs starts in a third of the time.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from litestar.types import HTTPScope, Receive

from newsloom import settings
from newsloom.errors import StoreError
from newsloom.serve.answers import SECURITY_HEADERS, Answer, answer_text
from newsloom.websub.subscriptions import FOLDER

if TYPE_CHECKING:
    from newsloom.websub.callback import Reply

_TOKEN: Final = re.compile(r"[\w-]{43}", re.ASCII)  # 32 random bytes in base64url
_FIELDS: Final = 32  # fields read of a query; the Recommendation has six
_LATER: Final = "120"  # seconds after which a hub may push again what found no room


class HubDoor:
    """Answers the calls of hubs for one site. `base` is the path part of the site's address."""

    def __init__(self, root: Path, base: str) -> None:
        self._private = root.resolve() / ".newsloom"
        self._prefix = f"{base}{FOLDER}/"
        self._reading = 0

    def find_token(self, path: str) -> str:
        """The token of a callback's address, "" for any other address."""
        token = path.removeprefix(self._prefix)
        return token if path.startswith(self._prefix) and _TOKEN.fullmatch(token) else ""

    async def answer(self, scope: HTTPScope, receive: Receive, token: str) -> Answer:
        """The answer to a hub's call."""
        method = scope["method"]
        try:
            if method == "GET":
                fields = _read_fields(scope["query_string"])
                return _send_exactly(await asyncio.to_thread(_check, self._private, token, fields))
            if method == "POST":
                return await self._take(scope, receive, token)
        except StoreError:
            return _ask_again()
        return answer_text(405, "Hubs GET and POST here.", method, allow="GET, POST")

    async def _take(self, scope: HTTPScope, receive: Receive, token: str) -> Answer:
        """Take a push: nothing is read for an unknown address, nor beyond what a feed may have."""
        if (refusal := await asyncio.to_thread(_judge, self._private, token)) is not None:
            return _send_exactly(refusal)
        headers = _read_headers(scope)
        if headers.get("content-encoding", "identity") != "identity":
            return answer_text(415, "Send it as it is, not packed.", "POST")
        if _length(headers) > settings.FEED_BYTES:
            return _too_large()
        if self._reading >= settings.WEBSUB_BODIES:
            return _ask_again()
        body = await self._read(receive)
        if not isinstance(body, bytes):
            return body
        return _send_exactly(await asyncio.to_thread(_keep, self._private, token, headers, body))

    async def _read(self, receive: Receive) -> bytes | Answer:
        self._reading += 1
        try:
            async with asyncio.timeout(settings.WEBSUB_BODY_SECONDS):
                body = await _read_body(receive)
        except TimeoutError:
            return answer_text(408, "That took too long.", "POST")
        finally:
            self._reading -= 1
        return _too_large() if body is None else body


async def _read_body(receive: Receive) -> bytes | None:
    """A request's body, None for one that is too large or was broken off."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += message.get("body", b"")
        if len(body) > settings.FEED_BYTES:
            return None
        if not message.get("more_body", False):
            return bytes(body)


def _read_fields(query: bytes) -> dict[str, str]:
    """The fields of a query, the first of each name; none when there are far too many."""
    try:
        pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True, max_num_fields=_FIELDS)
    except ValueError:
        return {}
    return dict(reversed(pairs))


def _read_headers(scope: HTTPScope) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}


def _length(headers: Mapping[str, str]) -> int:
    text = headers.get("content-length", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0


def _ask_again() -> Answer:
    return answer_text(503, "Please come again.", "POST", retry_after=_LATER)


def _too_large() -> Answer:
    return answer_text(413, f"At most {settings.FEED_BYTES} bytes are taken.", "POST")


def _send_exactly(reply: Reply) -> Answer:
    """A challenge goes back byte for byte; as plain text that no browser takes for a page."""
    body = reply.text.encode()
    headers = (
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        *SECURITY_HEADERS,
    )
    return Answer(reply.status, headers, body)


def _check(private: Path, token: str, fields: Mapping[str, str]) -> Reply:
    from newsloom.websub.callback import answer_check  # noqa: PLC0415 - see above

    return answer_check(private, token, fields, int(time.time()))


def _judge(private: Path, token: str) -> Reply | None:
    from newsloom.websub.callback import judge_caller  # noqa: PLC0415 - see above

    return judge_caller(private, token)


def _keep(private: Path, token: str, headers: Mapping[str, str], body: bytes) -> Reply:
    from newsloom.websub.callback import take_push  # noqa: PLC0415 - see above

    return take_push(private, token, headers, body, int(time.time()))
