"""Sites of pictures for tests: records, a server of made-up pictures, and one pass over them."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from newsloom.bench.picturebook import draw_scene, encode
from newsloom.engine import open_engine
from newsloom.fetch import LiveFetcher
from newsloom.images import Gallery
from newsloom.images.keeping import Keeper
from newsloom.progress import QuietReporter
from newsloom.records import Image, Provider, Record
from newsloom.store import open_index
from tests.builders import CLOCK, record
from tests.fetch.servers import QUICK


class Gallerist:
    """A server of pictures on loopback, and the paths it was asked for."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.place = f"127.0.0.1:{self.server.server_address[1]}"

    def url(self, path: str) -> str:
        return f"http://{self.place}{path}"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        gallerist = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = gallerist.files.get(self.path)
                if self.path != "/robots.txt":
                    gallerist.asked.append(self.path)
                self.send_response(404 if body is None else 200)
                kind = "application/xml" if self.path == "/rss" else "text/html"  # also of pictures: a lie
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, *_: object) -> None:
                pass

        return Handler


@contextmanager
def serve_pictures() -> Iterator[Gallerist]:
    gallerist = Gallerist()
    thread = threading.Thread(target=gallerist.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield gallerist
    finally:
        gallerist.server.shutdown()
        gallerist.server.server_close()
        thread.join()


def photo(number: int, size: tuple[int, int] = (640, 360), form: str = "JPEG") -> bytes:
    return encode(draw_scene(number, size), form)


def story(number: int, *urls: str, domain: str = "", shown: bool = True) -> Record:
    return record(
        f"Story {number}",
        name=f"story-{number}",
        provider=Provider(name="News", domain=domain or f"news{number}.example"),
        published=CLOCK - timedelta(hours=number),
        shown=shown,
        images=tuple(Image(url=url) for url in urls),
    )


def keep(
    root: Path,
    records: Sequence[Record],
    *,
    at_hand: Mapping[str, bytes] | None = None,
    server: Gallerist | None = None,
    logos: Mapping[str, Sequence[Image]] | None = None,
    clock: datetime = CLOCK,
) -> tuple[Gallery, list[str]]:
    """One pass's work on pictures; with the problems it told of."""

    def open_fetcher() -> LiveFetcher:
        assert server is not None
        return LiveFetcher(allow=[server.place], limits=QUICK)

    with open_index(root / ".newsloom" / "index.sqlite") as index, open_engine("inline") as engine:
        keeper = Keeper(
            root,
            index,
            engine,
            clock,
            at_hand=at_hand or {},
            open_fetcher=open_fetcher if server else None,
            reporter=QuietReporter(),
        )
        return keeper.keep(records, logos or {}), keeper.describe_problems()


def list_files(root: Path, folder: str = "assets/images/news") -> set[str]:
    return {path.name for path in (root / folder).glob("*")}
