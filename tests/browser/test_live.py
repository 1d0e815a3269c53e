"""What a reader with the page open sees of a pass: a quiet button, and nothing on a host of files."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.builders import sample_site
from tests.serve.serving import start_server, stop_server, write_site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_site(tmp_path_factory.mktemp("site"), sample_site())


def bring_news(site: Path, count: int) -> None:
    """Put more stories into the feed, as a pass does."""
    path = site / "public/feed.json"
    feed = json.loads(path.read_bytes())
    known = len(feed["items"])
    feed["items"] = [{**feed["items"][0], "id": f"fresh-{known + at}"} for at in range(count)] + feed["items"]
    (site / "fresh").write_text(json.dumps(feed))
    (site / "fresh").replace(path)


@pytest.mark.parametrize("path", ["/", "/topics/ai/"])
def test_a_button_says_how_many_are_new_and_moves_nothing(browser: Browser, site: Path, path: str) -> None:
    process, port = start_server(site)
    page = browser.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    try:
        with page.expect_request("**/live"):
            page.goto(f"http://127.0.0.1:{port}{path}")
        button = page.get_by_role("status").get_by_role("button")
        assert button.count() == 0 and page.locator("[data-live]").is_hidden()
        place = page.locator("main h2").first.bounding_box()
        page.wait_for_timeout(300)  # the listener is let in
        bring_news(site, 2)
        button.wait_for()
        assert button.inner_text() == "New stories: 2"
        bring_news(site, 1)
        page.locator("[data-live] span", has_text="3").wait_for()
        assert page.locator("main h2").first.bounding_box() == place
        with page.expect_navigation():
            button.click()
        assert page.locator("[data-live]").is_hidden()
        assert not [text for text in said if "picture" not in text and "ERR_NAME" not in text]
    finally:
        page.close()
        assert stop_server(process) == 0


@pytest.fixture
def files(site: Path) -> Iterator[str]:
    handler = partial(SimpleHTTPRequestHandler, directory=str(site / "public"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_on_a_host_of_files_nobody_asks_for_news(browser: Browser, files: str) -> None:
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{files}/")
    page.wait_for_timeout(200)
    assert not [url for url in asked if url.endswith("/live")]
    assert page.locator("[data-live]").is_hidden()
    assert not page.locator("html[data-served]").count()  # what asks a server has no place here
    page.close()
