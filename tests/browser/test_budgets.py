"""What each kind of page costs and how it behaves: weight, requests, shifts, width, print, motion, keys, languages."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request

from tests.browser.test_site import PAGES, STORY, Watch, _overflow
from tests.builders import sample_site
from tests.serve.serving import start_server, stop_server, write_site

pytestmark = pytest.mark.browser

WIDTHS = (390, 820, 1280)
PAGE_BYTES = 100_000  # of a page with style, script and letters, without pictures
STYLE_BYTES = 30_000
SCRIPT_BYTES = 15_000  # all scripts of a page together, as the reader's browser unpacks them
REQUESTS = 10  # of a page: itself, style, icon, up to two scripts, up to four fonts
SHIFT = 0.1  # what counts as good among the web vitals
SHIFTS = """
window.moved = 0;
window.movers = [];
new PerformanceObserver(list => {
  for (const shift of list.getEntries()) {
    moved += shift.value;
    for (const { node, previousRect: from, currentRect: to } of shift.sources)
      movers.push(`${node?.nodeName} ${node?.className}: ${from.x},${from.y} to ${to.x},${to.y}`);
  }
}).observe({ type: "layout-shift", buffered: true });
"""
VISITS = 3  # a busy machine now and then paints a page before its style: what moves by itself moves each time
KINDS = tuple(path for path in PAGES if path != "/not-a-page")


class Bill:
    """What a page's requests weigh, by kind; pictures are counted apart."""

    def __init__(self, page: Page) -> None:
        self.requests: list[Request] = []
        page.on("requestfinished", self._note)

    def _note(self, request: Request) -> None:
        self.requests.append(request)

    def weigh(self, *kinds: str) -> int:
        asked = (request for request in self.requests if request.resource_type in kinds)
        return sum(request.sizes()["responseBodySize"] for request in asked)

    def count(self) -> int:
        return sum(request.resource_type != "image" for request in self.requests)

    def unpack(self, kind: str) -> int:
        asked = [request.response() for request in self.requests if request.resource_type == kind]
        return sum(len(response.body()) for response in asked if response is not None)


def test_every_kind_of_page_keeps_its_budget(browser: Browser, desk: str, pictures: str) -> None:
    for path in KINDS:
        context = browser.new_context(viewport={"width": 390, "height": 900})  # nothing cached
        page = context.new_page()
        watch, bill = Watch(page, desk, pictures), Bill(page)
        page.goto(desk + path, wait_until="load")
        page.evaluate("document.fonts.ready")
        sent = bill.weigh("document", "stylesheet", "script", "font", "fetch", "xhr")
        print(f"{path} {sent:,} bytes, {bill.count()} requests")
        assert sent < PAGE_BYTES, path
        assert 0 < bill.unpack("stylesheet") < STYLE_BYTES, path
        assert 0 < bill.unpack("script") < SCRIPT_BYTES, path
        assert bill.count() <= REQUESTS, (path, [request.url for request in bill.requests])
        assert watch.complaints == [] and watch.foreign == [], path
        context.close()


def _visit(page: Page, address: str) -> dict[str, Any]:
    page.goto(address, wait_until="load")
    page.evaluate("document.fonts.ready")
    seen: dict[str, Any] = page.evaluate("({ moved, movers })")
    return seen


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_moves_on_any_page(browser: Browser, desk: str, pictures: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.add_init_script(SHIFTS)
    watch = Watch(page, desk, pictures)
    for path in KINDS:
        visits = (_visit(page, desk + path) for _ in range(VISITS))
        unrest = list(takewhile(lambda visit: visit["moved"] >= SHIFT, visits))
        assert len(unrest) < VISITS, (path, unrest)
    page.close()
    assert watch.complaints == [] and watch.foreign == []


def test_no_page_is_wider_than_its_screen(browser: Browser, desk: str) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 900})
    for path in PAGES:
        page.goto(desk + path)
        for width in (360, 600, 1024, 1920):
            page.set_viewport_size({"width": width, "height": 900})
            assert _overflow(page) <= 0, (path, width)
    page.close()


def test_print_has_the_news_alone(browser: Browser, desk: str) -> None:
    page = browser.new_page(color_scheme="dark")
    for path in ("/", STORY, "/topics/ai-hardware/", "/about/"):
        page.goto(desk + path)
        page.emulate_media(media="print")
        for hidden in (".sections", ".tools", ".skip", "dialog.keys", "[data-theme-switch]"):
            assert page.locator(hidden).count() and not page.locator(hidden).first.is_visible(), (
                path,
                hidden,
            )
        assert page.locator("h1").first.is_visible() or path == "/"
        link = page.locator("main a:visible").first
        colour = link.evaluate(
            "link => getComputedStyle(link).color.match(/[\\d.]+/g).slice(0, 3).map(Number)"
        )
        paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert max(colour) < 160, (path, colour)  # dark letters, whatever the reader's scheme
        assert paper in {"rgb(255, 255, 255)", "rgba(0, 0, 0, 0)"}, (path, paper)
    page.close()


def test_who_wants_no_motion_gets_none(browser: Browser, desk: str) -> None:
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    moving = (
        "[...document.querySelectorAll('*')].filter(node => { const style = getComputedStyle(node);"
        "return Math.max(...(style.transitionDuration + ',' + style.animationDuration).split(',').map(parseFloat))"
        " > 0.01 }).length"
    )
    for path in ("/", STORY, "/search/", "/figures/"):
        page.goto(desk + path)
        assert page.evaluate(moving) == 0, path
        assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
    context.close()


def test_a_story_can_be_read_by_tab_alone(browser: Browser, desk: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(desk + STORY)
    place = (
        "(() => { const node = document.activeElement, box = node.getBoundingClientRect();"
        "return [node.tagName, node.textContent.trim() || node.getAttribute('aria-label'), box.width * box.height,"
        "getComputedStyle(node).outlineStyle, [...document.querySelectorAll('a, button, summary')].indexOf(node)] })()"
    )
    seen = []
    for _ in range(120):
        page.keyboard.press("Tab")
        tag, name, area, outline, order = page.evaluate(place)
        if tag == "BODY":
            break
        assert name and area > 0 and outline != "none", (tag, name)
        seen.append((order, name))
    page.close()
    orders = [order for order, _ in seen]
    assert orders == sorted(orders) and len(orders) == len(set(orders)) > 20
    names = " ".join(name for _, name in seen)
    for wanted in ("Skip to the news", "Read at", "The same text also on 3 sites", "How this desk decides"):
        assert wanted in names


def test_o_reads_at_the_publisher_and_slash_searches(browser: Browser, desk: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.route("https://www.*.example/**", lambda route: route.fulfill(body="the publisher's page"))
    page.goto(desk)
    page.keyboard.press("j")
    page.keyboard.press("o")
    page.wait_for_url("https://www.harbourpost.example/**")
    page.goto(desk)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(desk + STORY)
    page.keyboard.press("o")
    page.wait_for_url("https://www.harbourpost.example/**")
    page.goto(desk)
    page.keyboard.press("/")
    page.wait_for_url(f"{desk}/search/")
    context.close()


def test_every_kind_of_page_is_whole_without_script(browser: Browser, desk: str) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 900})
    page = context.new_page()
    for path in KINDS:
        page.goto(desk + path)
        assert page.locator("main").inner_text().strip(), path
        assert page.locator("nav.sections a:visible").count() > 3, path
        assert page.locator("button:visible").count() == 0 or path == "/search/", path
    context.close()


@pytest.fixture(scope="module", params=["ar", "de-DE"])
def foreign(
    request: pytest.FixtureRequest, pictures: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str]]:
    root: Path = tmp_path_factory.mktemp("foreign")
    process, port = start_server(write_site(root, sample_site(pictures, page_size=12, locale=request.param)))
    yield request.param, f"http://127.0.0.1:{port}"
    stop_server(process)


def test_a_site_in_another_language_fits_and_runs_its_way(
    browser: Browser, foreign: tuple[str, str], pictures: str
) -> None:
    locale, desk = foreign
    page = browser.new_page(viewport={"width": 390, "height": 900})
    watch = Watch(page, desk, pictures)
    for path in KINDS:
        page.goto(desk + path)
        for width in (360, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            assert _overflow(page) <= 0, (path, width)
        assert page.evaluate("document.documentElement.lang") == locale
    page.goto(desk)
    name, tools = page.locator(".strip > :first-child").bounding_box(), page.locator(".tools").bounding_box()
    assert name is not None and tools is not None
    assert (name["x"] > tools["x"]) == (locale == "ar")
    assert page.evaluate("getComputedStyle(document.body).direction") == ("rtl" if locale == "ar" else "ltr")
    if locale == "de-DE":
        assert page.get_by_role("link", name="Zu den Nachrichten springen").count() == 1
        assert page.get_by_role("link", name="Titelseite").is_visible()
    page.close()
    assert watch.complaints == [] and watch.foreign == []
