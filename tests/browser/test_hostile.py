"""Hostile strings in a real browser: nothing runs, nothing leaves, every page and every search stays in shape."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import urlopen

import pytest
from lxml import etree
from playwright.sync_api import Browser, Frame, Page

from newsloom.publish.links import make_segment
from newsloom.publish.report import Folder, print_report
from newsloom.publish.view import compile_edition
from newsloom.searching import update_search
from tests.browser.test_site import Watch, _overflow
from tests.hostile.site import hostile_site, make_name
from tests.hostile.strings import FAMILIES, STRINGS
from tests.publish.test_hostile import _check_page
from tests.publish.test_report import PASSES
from tests.serve.serving import start_server, stop_server, write_site

pytestmark = pytest.mark.browser

SAMPLE = tuple(text for family in FAMILIES.values() for text in family[:: max(1, len(family) // 3)])
TOPICS = tuple(family[-1] for family in FAMILIES.values())
PAGE_SIZE = 60
QUERIES = tuple(text.encode("utf-8", "replace").decode() for text in STRINGS)


class StrictWatch(Watch):
    """A watch that also notes where the page goes by itself, and what opens beside it."""

    def __init__(self, page: Page, desk: str, pictures: str) -> None:
        super().__init__(page, desk, pictures)
        self.sent: list[str] = []
        self.gone: list[str] = []
        page.on("popup", lambda popup: self.gone.append(popup.url))
        page.on("framenavigated", self._follow)
        page.on("download", lambda download: self.gone.append(download.url))

    def _follow(self, frame: Frame) -> None:
        if frame.url not in self.sent:
            self.gone.append(frame.url)


@pytest.fixture(scope="module")
def roots(pictures: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The site's folder with an index for a live search, and the same without."""
    site = hostile_site(STRINGS, pictures, topics=TOPICS, page_size=PAGE_SIZE)
    exported = write_site(tmp_path_factory.mktemp("hostile") / "exported", site)
    live = exported.parent / "live"
    shutil.copytree(exported, live, copy_function=os.link)
    update_search(live, compile_edition(site))
    return live, exported


@pytest.fixture(scope="module")
def live(roots: tuple[Path, Path]) -> Iterator[str]:
    process, port = start_server(roots[0])
    yield f"http://127.0.0.1:{port}"
    stop_server(process)


@pytest.fixture(scope="module")
def exported(roots: tuple[Path, Path]) -> Iterator[str]:
    process, port = start_server(roots[1])
    yield f"http://127.0.0.1:{port}"
    stop_server(process)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    page.add_init_script("window.alert = window.prompt = window.confirm = text => console.error('ran', text)")
    yield page
    context.close()


def _list_paths() -> list[str]:
    lists = [
        "/",
        "/topics/",
        "/providers/",
        "/archive/",
        "/figures/",
        "/sources/",
        "/about/",
        "/about/api/",
        "/search/",
        "/archive/2026-11-24/",
        "/archive/2026-11-23/",
        *(f"/topics/ai/page/{number}/" for number in range(1, len(STRINGS) // PAGE_SIZE)),
    ]
    parts = [f"/topics/{make_segment(text)}/" for text in TOPICS]
    parts += [f"/providers/{make_segment(text)}/" for text in TOPICS]
    stories = [f"/stories/{make_segment(f'lead-{make_name(text)}')}/" for text in SAMPLE]
    return [*lists, *parts, *stories]


def test_no_page_runs_sends_or_spills(page: Page, live: str, pictures: str) -> None:
    watch = StrictWatch(page, live, pictures)
    for path in _list_paths():
        watch.sent.append(live + path)
        answer = page.goto(live + path)
        assert answer is not None and answer.ok, path
        page.keyboard.press("j")
        assert _overflow(page) <= 0, path
        assert (watch.complaints, watch.foreign, watch.gone) == ([], [], []), path


def test_the_owners_report_runs_nothing(page: Page, roots: tuple[Path, Path], pictures: str) -> None:
    site = hostile_site(STRINGS, pictures, topics=TOPICS, page_size=PAGE_SIZE)
    path = roots[0].parent / "report.html"
    path.write_bytes(print_report(site, PASSES, [Folder(name=STRINGS[0], files=1, size=1)], 28))
    watch = StrictWatch(page, path.parent.as_uri(), pictures)
    watch.sent.append(path.as_uri())
    page.goto(path.as_uri())
    assert page.locator("h2").count() and _overflow(page) <= 0
    assert (watch.complaints, watch.foreign, watch.gone) == ([], [], [])


def test_no_query_runs_on_an_exported_site(page: Page, exported: str, pictures: str) -> None:
    watch = StrictWatch(page, exported, pictures)
    for query in QUERIES[::24]:
        address = f"{exported}/search/?q={quote(query)}"
        if len(address) > 8_000:
            continue
        watch.sent.append(address)
        page.goto(address)
        page.wait_for_selector("body:not([data-searching])")
        assert _overflow(page) <= 0, query
        assert (watch.complaints, watch.foreign, watch.gone) == ([], [], []), query


def _ask(address: str) -> tuple[int, bytes]:
    try:
        with urlopen(address) as answer:
            return answer.status, answer.read()
    except HTTPError as error:
        with error:
            return error.code, error.read()


def test_every_query_to_a_live_desk_is_answered_in_form(live: str) -> None:
    for query in QUERIES:
        asked = f"q={quote(query)}"
        status, body = _ask(f"{live}/search/?{asked}")
        assert status in {200, 400, 414}, query
        _check_page("/search/", body)
        if status == 200:
            json.loads(_ask(f"{live}/api/search/index.json?{asked}")[1])
            etree.fromstring(_ask(f"{live}/search/feed.atom?{asked}")[1])


def test_no_query_runs_on_a_live_desk(page: Page, live: str, pictures: str) -> None:
    watch = StrictWatch(page, live, pictures)
    for query in QUERIES[12::24]:
        address = f"{live}/search/?q={quote(query)}"
        if _ask(address)[0] != 200:
            continue
        watch.sent.append(address)
        page.goto(address)
        assert _overflow(page) <= 0, query
        assert (watch.complaints, watch.foreign, watch.gone) == ([], [], []), query
