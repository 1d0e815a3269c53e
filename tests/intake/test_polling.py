"""Live sources over loopback: polled, recorded, replayed, and not asked for again what is known."""

import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from newsloom.config import Config
from newsloom.pipeline import run_pass
from newsloom.starter import init_site
from tests.recordings import make_feed, make_page, read_tree

TITLES = ("A chip that thinks with less power", "City council lets robots sweep the streets")


class Desk:
    """A publisher on loopback: one feed, its pages, and the paths asked for with the status given."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.place = f"127.0.0.1:{self.server.server_address[1]}"
        entries = [(f"http://{self.place}/story-{n}", title) for n, title in enumerate(TITLES)]
        entries.append((f"http://{self.place}/missing", "Deep learning maps the ocean floor"))
        self.files = {"/rss": make_feed(entries)} | {
            f"/story-{n}": make_page(title) for n, title in enumerate(TITLES)
        }

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        desk = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = desk.files.get(self.path)
                known = body is not None and self.headers.get("If-None-Match") == '"1"'
                status = 404 if body is None else 304 if known else 200
                desk.asked.append((self.path, status))
                self.send_response(status)
                self.send_header("ETag", '"1"')
                self.send_header("Content-Type", "text/html" if "story" in self.path else "application/xml")
                self.send_header("Content-Length", str(len(body or b"") if status == 200 else 0))
                self.end_headers()
                if status == 200:
                    self.wfile.write(body or b"")

            def log_message(self, *_: object) -> None:
                pass

        return Handler


@pytest.fixture
def desk() -> Iterator[Desk]:
    desk = Desk()
    thread = threading.Thread(target=desk.server.serve_forever, daemon=True)
    thread.start()
    yield desk
    desk.server.shutdown()
    desk.server.server_close()
    thread.join()


@pytest.fixture
def site(desk: Desk, tmp_path: Path) -> Path:
    config = Config(title="Live", topic="AI", keep="all", engine="inline", allow=(desk.place,))
    init_site(tmp_path / "site", config=config, feeds=[f"http://{desk.place}/rss"])
    return tmp_path / "site"


def test_a_feed_on_the_web_becomes_documents_with_their_pages(desk: Desk, site: Path) -> None:
    summary = run_pass(site)
    assert (summary.new, summary.pages) == (3, 2)
    assert ("/story-0", 200) in desk.asked
    texts = [path.read_text() for path in (site / "_news").glob("*.md")]
    assert any(f"http://{desk.place}/story-1" in text for text in texts)
    assert any("ocean floor" in text for text in texts)  # from the entry alone: its page is missing


def test_what_is_known_is_not_asked_for_again(desk: Desk, site: Path) -> None:
    run_pass(site)
    desk.asked.clear()
    second = run_pass(site)
    assert (second.new, second.changed, second.commit) == (0, 0, None)
    assert ("/rss", 304) in desk.asked
    assert not any(path.startswith("/story") for path, _ in desk.asked)


def test_a_recorded_pass_can_be_replayed_without_the_web(desk: Desk, site: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    shutil.copytree(site, again)
    run_pass(site, record=tmp_path / "pass.warc.gz")
    desk.files.clear()
    desk.asked.clear()
    run_pass(again, replay=[tmp_path / "pass.warc.gz"])
    assert desk.asked == []
    assert read_tree(again, "_news") == read_tree(site, "_news")


def test_a_private_server_that_is_not_allowed_is_named_with_the_way_out(desk: Desk, tmp_path: Path) -> None:
    config = Config(title="Live", topic="AI", keep="all", engine="inline")
    init_site(tmp_path / "site", config=config, feeds=[f"http://{desk.place}/rss"])
    summary = run_pass(tmp_path / "site")
    assert desk.asked == []
    assert any(desk.place in problem and "allow" in problem for problem in summary.problems)
