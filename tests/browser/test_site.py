"""The site in a real browser: phone and desk, light and dark, with and without script."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Request

from tests.builders import CLOCK, record, site_view
from tests.publish.test_hostile import HOSTILE
from tests.serve.serving import start_server, stop_server, write_site

pytestmark = pytest.mark.browser

STORY = "/stories/2026-11-24-harbour-city-switches-its-traffic-lights-to-a-learning-system/"
PAGES = (
    "/",
    STORY,
    "/stories/2026-11-24-watch-a-robot-learn-to-pour-tea-without-a-single-spill/",
    "/stories/2026-11-23-arabic/",
    "/topics/",
    "/topics/ai-hardware/",
    "/topics/ai/page/1/",
    "/providers/",
    "/providers/circuitweekly.example/",
    "/archive/",
    "/archive/2026-11-23/",
    "/figures/",
    "/sources/",
    "/about/",
    "/about/api/",
    "/search/",
    "/not-a-page",
)


class Watch:
    """What a page says on the console and asks other hosts for."""

    def __init__(self, page: Page, *own: str) -> None:
        self.complaints: list[str] = []
        self.foreign: list[str] = []
        self.own = tuple(f"{host}/" for host in own)
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", self._refuse)
        page.on("request", self._look)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def _refuse(self, dialog: Dialog) -> None:
        self.complaints.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def _look(self, request: Request) -> None:
        if not request.url.startswith(self.own):
            self.foreign.append(request.url)


SIGHTS = [(390, "light"), (390, "dark"), (1280, "light"), (1280, "dark")]


@pytest.fixture(params=SIGHTS, ids=str)
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    width, scheme = request.param
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    yield context.new_page()
    context.close()


def _overflow(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def test_every_page_fits_is_quiet_and_asks_no_one_else(page: Page, desk: str, pictures: str) -> None:
    watch = Watch(page, desk, pictures)
    for path in PAGES:
        page.goto(desk + path)
        page.wait_for_load_state("load")
        assert _overflow(page) <= 0, path
    missing = [text for text in watch.complaints if "404 (Not Found)" in text]
    assert len(missing) == 1 and watch.complaints == missing
    assert watch.foreign == []


@pytest.mark.parametrize(
    ("page", "rules"),
    [
        (SIGHTS[0], ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]),
        (SIGHTS[3], ["color-contrast", "target-size"]),  # what else there is does not depend on the sight
    ],
    indirect=["page"],
    ids=str,
)
def test_every_page_is_accessible(page: Page, rules: list[str], desk: str) -> None:
    pytest.importorskip("axe_playwright_python", reason="axe-core is not installed")
    page.add_init_script((files("axe_playwright_python") / "axe.min.js").read_text())
    for path in PAGES:
        page.goto(desk + path)
        result = page.evaluate("rules => axe.run({runOnly: rules, resultTypes: ['violations']})", rules)
        found = [(item["id"], [node["target"] for node in item["nodes"]]) for item in result["violations"]]
        assert found == [], path


def test_dark_and_light_follow_the_reader_and_the_switch(browser: Browser, desk: str) -> None:
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    page.goto(desk)
    paper = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(paper)
    switch = page.get_by_role("button", name="Colours: automatic")
    switch.click()
    light = page.evaluate(paper)
    assert dark != light and page.get_by_role("button", name="Colours: light").is_visible()
    page.goto(desk + STORY)
    assert page.evaluate(paper) == light
    page.get_by_role("button", name="Colours: light").click()
    assert page.evaluate(paper) == dark
    context.close()


def test_it_can_be_read_without_script(browser: Browser, desk: str) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 900})
    page = context.new_page()
    page.goto(desk)
    assert not page.locator("[data-theme-switch]").is_visible()
    page.locator(".lead .headline a").click()
    assert page.url == desk + STORY
    page.get_by_text("The same text also on 3 sites").click()
    assert page.locator(".copies li").first.is_visible()
    context.close()


def test_the_keyboard_reaches_the_news_at_once(browser: Browser, desk: str) -> None:
    page = browser.new_page()
    page.goto(desk)
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the news")
    box = skip.bounding_box()
    assert box is not None and box["y"] >= 0
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    inside = page.evaluate("document.activeElement.closest('main') !== null")
    page.close()
    assert inside


def test_keys_walk_the_headlines_and_open_places(browser: Browser, desk: str) -> None:
    page = browser.new_page()
    page.goto(desk)
    focused = "document.activeElement.textContent"
    page.keyboard.press("j")
    first = page.evaluate(focused)
    page.keyboard.press("j")
    second = page.evaluate(focused)
    page.keyboard.press("k")
    assert page.evaluate(focused) == first != second
    page.keyboard.press("?")
    assert page.get_by_role("dialog", name="Keyboard").is_visible()
    page.keyboard.press("Escape")
    assert not page.get_by_role("dialog", name="Keyboard").is_visible()
    page.keyboard.press("g")
    page.keyboard.press("t")
    page.wait_for_url(f"{desk}/topics/")
    page.close()


def test_the_section_a_reader_is_in_is_in_sight_on_a_phone(browser: Browser, desk: str) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 900})
    page.goto(f"{desk}/topics/ai-in-robotics/")
    section = page.locator(".sections [aria-current]").bounding_box()
    page.close()
    assert section is not None and section["x"] >= 0 and section["x"] + section["width"] <= 390


def test_the_letter_of_a_provider_without_a_logo_can_be_read(browser: Browser, desk: str) -> None:
    page = browser.new_page()
    for path in ("/", "/providers/"):
        page.goto(desk + path)
        letter = page.locator(".letter:not(:has(img)) span").first
        assert letter.evaluate("letter => getComputedStyle(letter).color") == "rgb(255, 255, 255)", path
    page.close()


def test_the_foot_of_a_long_page_leads_back_to_its_top(browser: Browser, desk: str) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 900})
    page.goto(desk)
    top = page.get_by_role("link", name="To the top")
    top.scroll_into_view_if_needed()
    assert page.evaluate("scrollY") > 1_000
    top.click()
    page.wait_for_function("scrollY === 0")
    page.close()


def test_a_picture_that_does_not_come_leaves_no_sign_of_breakage(browser: Browser, desk: str) -> None:
    page = browser.new_page()
    page.route("**/*.png", lambda route: route.abort())
    page.goto(desk)
    page.wait_for_load_state("networkidle")
    assert page.locator(".lead .picture").is_visible()
    assert not page.locator(".lead .picture img").is_visible()
    page.close()


def test_nothing_moves_while_pictures_arrive(browser: Browser, desk: str) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 900})
    page.add_init_script(
        "window.moved = 0;"
        "new PerformanceObserver(list => { for (const shift of list.getEntries()) moved += shift.value; })"
        ".observe({type: 'layout-shift', buffered: true})"
    )
    page.goto(desk)
    page.wait_for_load_state("networkidle")
    moved = page.evaluate("window.moved")
    page.close()
    assert moved < 0.1  # what counts as good among the web vitals


def test_pictures_do_not_tell_what_is_read(browser: Browser, desk: str, referrers: set[str | None]) -> None:
    page = browser.new_page()
    page.goto(desk + STORY)
    page.wait_for_load_state("networkidle")
    page.close()
    assert referrers == {None}


def test_a_page_is_light(browser: Browser, desk: str) -> None:
    page = browser.new_page()
    sizes: list[int] = []
    page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))
    page.route("**/*.png", lambda route: route.abort())
    page.goto(desk)
    page.wait_for_load_state("networkidle")
    page.close()
    assert 0 < sum(sizes) < 100_000


def test_hostile_strings_do_nothing(browser: Browser, tmp_path: Path) -> None:
    records = [
        record(text, name=f"n-{number}", excerpt=text, published=CLOCK, heat=number)
        for number, text in enumerate(HOSTILE)
    ]
    site = msgspec.structs.replace(site_view(records), title=HOSTILE[1], description=HOSTILE[3])
    process, port = start_server(write_site(tmp_path, site))
    desk = f"http://127.0.0.1:{port}"
    try:
        page = browser.new_page(viewport={"width": 390, "height": 900})
        watch = Watch(page, desk)
        for path in ("/", "/topics/ai/", "/about/", *(f"/stories/{item.name}/" for item in records)):
            page.goto(desk + path)
            assert _overflow(page) <= 0, path
        page.close()
    finally:
        stop_server(process)
    assert watch.complaints == [] and watch.foreign == []
