"""The ASGI application and the server that runs it.

`/healthz` says that the server answers, hubs call below `/websub/` (`hub`), readers wait for news at `/live`
(`live`), everything else is the site's files. The server is granian with one worker process, which makes the
application itself from the site's folder; files are read again when they change, so a pass can run beside it.
What was asked for before does not come as far as the framework (`ready`).
"""

from __future__ import annotations

import resource
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote

from granian.constants import Interfaces
from granian.server import Server
from litestar import Litestar, asgi
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from newsloom.serve.answers import Answer, answer_file, answer_location, answer_text
from newsloom.serve.files import Moved, Served, Shelf
from newsloom.serve.hub import HubDoor
from newsloom.serve.live import LIVE, Newsroom
from newsloom.serve.ready import Counter
from newsloom.serve.search_door import SearchDoor
from newsloom.settings import SERVE_CONNECTIONS, SERVE_END_SECONDS

_QUERY: Final = "%/:?@!$&'()*+,;=-._~"  # characters that stay as they are in a query
_METHODS: Final = frozenset({"GET", "HEAD"})
_HEALTH: Final = "/healthz"  # whole path, nothing that merely ends so; nothing of the site is looked at
_MISSING: Final = "/404.html"


def create_app(root: Path, base: str = "/") -> ASGIApp:
    """The application for a site's folder. `base` is the path part of the site's address (`/desk/`)."""
    shelf = Shelf(root)
    counter = Counter(shelf)
    routed = _route(root, base, shelf, counter)

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP and (ready := counter.find(scope)) is not None:
            await _send(send, ready)
        else:
            await routed(scope, receive, send)

    return serve


def _route(root: Path, base: str, shelf: Shelf, counter: Counter) -> Litestar:
    """What answers all that is not ready."""
    door = HubDoor(root, base)
    search = SearchDoor(root)
    newsroom = Newsroom(root)

    @asgi("/", is_mount=True, copy_scope=False)
    async def serve_site(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            return
        path = decode_path(scope["raw_path"])
        below = "/" + path.removeprefix(base)
        if token := door.find_token(path):
            await _send(send, await door.answer(scope, receive, token))
            return
        if below == LIVE and path.startswith(base) and scope["method"] in _METHODS:
            await newsroom.serve(scope, receive, send)
            return
        asked = {name.lower(): value for name, value in scope["headers"]}
        query = scope["query_string"].decode("latin-1")
        method = scope["method"]
        found = await search.answer(method, below, query, asked)
        if found is None:
            found = answer(shelf, method, path, asked, base=base, query=query)
            if not search.claims(below):
                counter.remember(scope["raw_path"], path, base)
        await _send(send, found)

    return Litestar([serve_site], on_startup=[newsroom.prepare], openapi_config=None, logging_config=None)


def run(root: Path, host: str = "127.0.0.1", port: int = 8000, *, base: str = "/") -> None:
    """Serve a site until interrupted (SIGINT or SIGTERM)."""
    _lift_limit()
    server = Server(
        str(root),
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        websockets=False,
        log_access=False,
        workers_kill_timeout=SERVE_END_SECONDS,
    )
    server.serve(target_loader=partial(create_app, root, base), wrap_loader=False)


def _lift_limit() -> None:
    """Allow as many open connections as the system lets us: each reader who waits for news holds one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = SERVE_CONNECTIONS if hard == resource.RLIM_INFINITY else min(SERVE_CONNECTIONS, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def answer(
    shelf: Shelf, method: str, path: str, asked: Mapping[bytes, bytes], *, base: str = "/", query: str = ""
) -> Answer:
    """The answer to one request. `path` is decoded once; `asked` are its headers."""
    if method not in _METHODS:
        return answer_text(405, "Only GET and HEAD are answered here.", method, allow="GET, HEAD")
    if path == _HEALTH:
        return answer_text(200, "ok", method)
    if base != "/" and path in {"/", base.rstrip("/")}:
        return answer_location(base)
    below = "/" + path.removeprefix(base)
    found = shelf.find(below) if path.startswith(base) else None
    if found is None:
        return _answer_missing(shelf, method, asked)
    if isinstance(found, Moved):
        return answer_location(
            quote(base.rstrip("/") + found.path) + (f"?{quote(query, safe=_QUERY)}" if query else "")
        )
    return answer_file(found, below, method, asked)


def decode_path(raw: bytes) -> str:
    """A request's path decoded once, "" where it is not UTF-8 or holds what no address may."""
    try:
        return unquote(raw.partition(b"?")[0].decode("ascii"), errors="strict")
    except UnicodeDecodeError:
        return ""


def _answer_missing(shelf: Shelf, method: str, asked: Mapping[bytes, bytes]) -> Answer:
    page = shelf.find(_MISSING)
    if isinstance(page, Served):
        return answer_file(page, _MISSING, method, asked, status=404)
    return answer_text(404, "There is no page at this address.", method)


async def _send(send: Send, reply: Answer) -> None:
    await send({"type": "http.response.start", "status": reply.status, "headers": reply.headers})
    await send({"type": "http.response.body", "body": reply.body, "more_body": False})
