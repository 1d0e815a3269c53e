"""A hub and a publisher on loopback: real servers that verify, push, deny and die."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import parse_qs, urlencode, urlsplit

from newsloom.websub.signing import sign


class Reply(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


def call(address: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Reply:
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc, timeout=30)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        connection.request(method, parts.path + (f"?{parts.query}" if parts.query else ""), body, named)
        answer = connection.getresponse()
        return Reply(
            answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        )
    finally:
        connection.close()


class Hub:
    """Takes subscriptions as the Recommendation has it, asks back before it answers, and wants no crawlers."""

    def __init__(self, status: int = 202, lease: str = "", mode: str = "") -> None:
        self.status = status
        self.lease = lease
        self.mode = mode  # instead of the one asked for: "denied", or "silent" for no word at all
        self.forms: list[dict[str, str]] = []
        self.checks: list[Reply] = []
        self.told: list[list[str]] = []  # the feeds that a publisher said have changed
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/hub"

    def push(self, body: bytes, *, method: str = "sha256", secret: str = "", **headers: str) -> Reply:
        """Push to whoever subscribed last."""
        form = next(form for form in reversed(self.forms) if form["hub.mode"] == "subscribe")
        signature = sign(body, secret or form["hub.secret"], method)
        link = f'<{self.url}>; rel="hub", <{form["hub.topic"]}>; rel="self"'
        return call(
            form["hub.callback"], "POST", body, **{"X_Hub_Signature": signature, "Link": link, **headers}
        )

    def check(self, form: dict[str, str], **changes: str) -> Reply:
        """Ask back whether a request was meant."""
        fields = {"hub.mode": form["hub.mode"], "hub.topic": form["hub.topic"], "hub.challenge": "ch4ll-enge"}
        if lease := self.lease or form.get("hub.lease_seconds", ""):
            fields["hub.lease_seconds"] = lease
        fields.update({f"hub.{name}": value for name, value in changes.items()})
        return call(f"{form['hub.callback']}?{urlencode(fields)}")

    def start(self) -> None:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def die(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                robots = b"User-agent: *\nDisallow: /\n"
                self.send_response(200)
                self.send_header("Content-Length", str(len(robots)))
                self.end_headers()
                self.wfile.write(robots)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                fields = parse_qs(body)
                form = {name: values[0] for name, values in fields.items()}
                hub.forms.append(form)
                if form["hub.mode"] == "publish":
                    hub.told.append(fields["hub.url"])
                elif hub.status < 300 and hub.mode != "silent":
                    changes = {"mode": hub.mode, "reason": "no room"} if hub.mode else {}
                    hub.checks.append(hub.check(form, **changes))
                self._send(hub.status)

            def _send(self, status: int) -> None:
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        return Handler


class Publisher:
    """One feed that names a hub in its HTTP headers, and counts who asks for it."""

    def __init__(self, body: bytes, hub: str) -> None:
        self.body = body
        self.hub = hub
        self.asked = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.feed = f"http://127.0.0.1:{self._server.server_address[1]}/rss"

    def start(self) -> None:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def die(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        publisher = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                found = self.path == "/rss"
                publisher.asked += found
                self.send_response(200 if found else 404)
                self.send_header("Content-Type", "application/rss+xml")
                if publisher.hub:
                    self.send_header("Link", f'<{publisher.hub}>; rel="hub"')
                self.send_header("Link", f'<{publisher.feed}>; rel="self"')
                self.send_header("Content-Length", str(len(publisher.body) if found else 0))
                self.end_headers()
                self.wfile.write(publisher.body if found else b"")

            def log_message(self, *_: object) -> None:
                pass

        return Handler


@contextmanager
def running(*servers: Hub | Publisher) -> Iterator[None]:
    for server in servers:
        server.start()
    try:
        yield
    finally:
        for server in servers:
            server.die()
