"""Archives of invented news for tests, and a small S3-compatible server on loopback."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

from newsloom.config import Config
from newsloom.starter import init_site
from tests.recordings import MOMENT, Answer, make_page, write_recording

PLAIN = "The council met on Tuesday and talked about the new bridge across the river. " * 4
AI = "Researchers trained a neural network on a chip of their own. Artificial intelligence it is. " * 4
WORDS = [
    "harbour",
    "winter",
    "ledger",
    "copper",
    "meadow",
    "lantern",
    "granite",
    "orchard",
    "violin",
    "ferry",
    "saddle",
    "marble",
    "thunder",
    "pepper",
    "velvet",
    "anchor",
    "cactus",
    "beacon",
    "tunnel",
    "walnut",
    "glacier",
    "pigeon",
    "ribbon",
    "quarry",
    "turbine",
    "basket",
    "candle",
    "engine",
]


def make_answers(first: int, count: int, *, every: int = 5) -> list[Answer]:
    """Pages of the council, every few of them one of artificial intelligence, at addresses of their own."""
    return [
        Answer(
            url=f"https://paper{number % 7}.example/2024/05/{number:05}-what-was-told",
            body=make_page(
                f"{'Artificial intelligence finds' if number % every == 0 else 'Council debates'} {_babble(number)[:24]}",
                text=f"{_babble(number)} {AI[:100] if number % every == 0 else PLAIN}",
                published=f"{MOMENT - timedelta(hours=number):%Y-%m-%dT%H:%M:%SZ}",
            ),
            moment=MOMENT + timedelta(minutes=number % 50),
        )
        for number in range(first, first + count)
    ]


def _babble(number: int) -> str:
    """Words that no other page has in this order."""
    dice = random.Random(number)
    return " ".join(dice.choice(WORDS) + str(dice.randrange(90)) for _ in range(60)) + "."


def write_archives(folder: Path, files: int, count: int, *, every: int = 5) -> Path:
    """So many files of so many answers."""
    for number in range(files):
        write_recording(
            folder / f"news-{number:02}.warc.gz", make_answers(number * count, count, every=every)
        )
    return folder


def make_site(root: Path, **settings: object) -> Path:
    """A site of the AI topics that reads no source, without worker processes."""
    config = Config(title="Test desk", topic="AI", engine="inline", git=False, **settings)
    init_site(root, config=config, sources="")
    return root


class Store:
    """What a bucket was asked for: ranges of objects by key, and whether requests were signed.

    `broken` keys end with an error of the server, as do all ranges when its `patience` is at an end.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ranges: list[tuple[str, int]] = []
        self.signed: list[bool] = []
        self.broken: set[str] = set()
        self.patience: int | None = None
        self.address = ""


@contextmanager
def serve_bucket(folder: Path) -> Iterator[Store]:
    """The files of a folder as the bucket `news`."""
    store = Store(folder)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            store.signed.append("authorization" in self.headers)
            key = unquote(parts.path).removeprefix("/news").lstrip("/")
            if key:
                self._give(key)
            else:
                self._answer(200, _list(folder, parse_qs(parts.query).get("prefix", [""])[0]), {})

        def _give(self, key: str) -> None:
            if key in store.broken or store.patience == 0:
                self._answer(500, b"", {})
                return
            body = (folder / key).read_bytes()
            match = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("range", ""))
            start, end = (int(match[1]), min(int(match[2]), len(body) - 1)) if match else (0, len(body) - 1)
            store.ranges.append((key, start))
            store.patience = store.patience and store.patience - 1
            self._answer(
                206,
                body[start : end + 1],
                {"Content-Range": f"bytes {start}-{end}/{len(body)}", "ETag": '"1"'},
            )

        def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in {
                "Content-Length": str(len(body)),
                "Last-Modified": "Fri, 20 Nov 2026 18:00:00 GMT",
                **headers,
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    store.address = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield store
    finally:
        server.shutdown()
        server.server_close()


def _list(folder: Path, prefix: str) -> bytes:
    rows = "".join(
        f"<Contents><Key>{escape(key)}</Key><Size>{path.stat().st_size}</Size><ETag>&quot;1&quot;</ETag>"
        "<LastModified>2026-11-20T18:00:00.000Z</LastModified><StorageClass>STANDARD</StorageClass></Contents>"
        for path in sorted(folder.rglob("*"))
        if path.is_file() and (key := str(path.relative_to(folder)).replace(os.sep, "/")).startswith(prefix)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>news</Name>'
        f"<Prefix>{escape(prefix)}</Prefix><IsTruncated>false</IsTruncated>{rows}</ListBucketResult>"
    ).encode()
