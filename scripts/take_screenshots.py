"""Take pictures of the demo site in Chromium, from top to foot or as a reader first sees it.

usage: python scripts/take_screenshots.py [--all] [FOLDER]

Without `--all` they are the README's: front page, a story, the front page on a phone, into docs/images. With
it, every kind of page on a phone and a desk, light and dark, from top to foot, into build/screenshots: to be
looked at after a change. The demo site is built anew, and removed.
"""

from __future__ import annotations

import argparse
import io
import json
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from PIL import Image
from playwright.sync_api import Browser, ViewportSize, sync_playwright

_IMAGES = Path(__file__).parents[1] / "docs" / "images"
_ALL = Path(__file__).parents[1] / "build" / "screenshots"
_LARGEST = 400_000  # bytes of a picture: a README is read on phones too
_COLOURS = 256  # of a picture that would be larger
_DESK = ViewportSize(width=1280, height=1040)
_STORY = ViewportSize(width=1280, height=1640)
_PHONE = ViewportSize(width=390, height=844)
_PAGES = (
    ("front", "/"),
    ("topics", "/topics/"),
    ("providers", "/providers/"),
    ("archive", "/archive/"),
    ("figures", "/figures/"),
    ("sources", "/sources/"),
    ("about", "/about/"),
    ("api", "/about/api/"),
    ("search", "/search/?q=robot"),
    ("missing", "/no-such-page"),
)
_FIRSTS = (
    ("topics", "topic"),
    ("providers", "provider"),
    ("archive", "day"),
)  # lists, and what their first is
_WAIT = 20.0  # seconds for the server to answer
_DECODE = """() => Promise.all([...document.images].map(image => {
  image.loading = "eager";
  return image.decode().catch(() => {});
}))"""  # a picture further down is loaded only when it is scrolled to


@contextmanager
def serve_demo() -> Iterator[str]:
    """Build the demo site, run one pass over it and serve it; give its address."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        run = [sys.executable, "-m", "newsloom"]
        subprocess.run([*run, "demo", folder], check=True, capture_output=True)  # noqa: S603 - our own command
        subprocess.run([*run, "run", folder], check=True, capture_output=True)  # noqa: S603 - as above
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        server = subprocess.Popen([*run, "serve", folder, "--port", str(port)], stdout=subprocess.DEVNULL)  # noqa: S603 - as above
        try:
            wait_for(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.send_signal(signal.SIGINT)
            server.wait()


def wait_for(port: int) -> None:
    """Return when the server answers; TimeoutError when it does not."""
    end = time.monotonic() + _WAIT
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(f"port {port}: nothing answered in {_WAIT:.0f} s")


def find_story(desk: str) -> str:
    """Give the path of the story that most articles tell."""
    with urlopen(f"{desk}/api/stories/index.json") as answer:  # noqa: S310 - our own server
        stories: list[dict[str, Any]] = json.load(answer)["value"]
    fullest = max(stories, key=lambda story: (story["related"], story["copies"]))
    return f"/stories/{fullest['name']}/"


def shoot(
    browser: Browser,
    address: str,
    size: ViewportSize,
    *,
    dark: bool = False,
    scale: float = 1,
    whole: bool = False,
) -> bytes:
    """Give what a reader sees first of a page, or all of it, with every picture there, as PNG."""
    context = browser.new_context(
        viewport=size, color_scheme="dark" if dark else "light", device_scale_factor=scale
    )
    page = context.new_page()
    page.goto(address)
    page.evaluate(_DECODE)
    page.evaluate("document.fonts.ready")
    taken = page.screenshot(full_page=whole)
    context.close()
    return taken


def pack(taken: bytes) -> bytes:
    """Make a PNG as small as it gets: all its colours where they fit the limit, else the best few."""
    picture = Image.open(io.BytesIO(taken)).convert("RGB")
    for candidate in (picture, picture.quantize(_COLOURS)):
        packed = io.BytesIO()
        candidate.save(packed, "PNG", optimize=True)
        if packed.tell() <= _LARGEST:
            return packed.getvalue()
    raise ValueError(f"{packed.tell()} bytes are more than the {_LARGEST} a picture may have")


def shoot_readme(browser: Browser, desk: str, folder: Path) -> None:
    """Take the README's pictures."""
    pictures = {
        "front.png": shoot(browser, f"{desk}/", _DESK),
        "story.png": shoot(browser, desk + find_story(desk), _STORY),
        "phone.png": shoot(browser, f"{desk}/", _PHONE, dark=True, scale=2),
    }
    for name, taken in pictures.items():
        packed = pack(taken)
        (folder / name).write_bytes(packed)
        print(f"{folder / name}: {len(packed):,} bytes")


def shoot_all(browser: Browser, desk: str, folder: Path) -> None:
    """Take every kind of page, on a phone and a desk, light and dark."""
    pages = [*_PAGES, ("story", find_story(desk)), *find_firsts(browser, desk)]
    for size in (_PHONE, _DESK):
        for dark in (False, True):
            for name, path in pages:
                taken = shoot(browser, desk + path, size, dark=dark, whole=True)
                shade = "dark" if dark else "light"
                (folder / f"{name}-{size['width']}-{shade}.png").write_bytes(taken)
    print(f"{folder}: {4 * len(pages)} pictures")


def find_firsts(browser: Browser, desk: str) -> Sequence[tuple[str, str]]:
    """Give the first topic, provider and day that their lists lead to."""
    page = browser.new_page()
    found = []
    for place, name in _FIRSTS:
        page.goto(f"{desk}/{place}/")
        link = page.locator(f"main a[href^='/{place}/']:not([href='/{place}/'])").first
        found.append((name, link.get_attribute("href") or "/"))
    page.close()
    return found


def main() -> None:
    """Take what was asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--all", action="store_true", help="every kind of page instead of the README's")
    parser.add_argument("folder", nargs="?", type=Path, help="where they go")
    options = parser.parse_args()
    folder: Path = options.folder or (_ALL if options.all else _IMAGES)
    folder.mkdir(parents=True, exist_ok=True)
    with serve_demo() as desk, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        (shoot_all if options.all else shoot_readme)(browser, desk, folder)
        browser.close()


if __name__ == "__main__":
    main()
