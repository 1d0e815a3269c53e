"""Search in a real browser: the exported page's script finds what a live desk finds, in the same order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote

import msgspec
import pytest
from playwright.sync_api import Browser, Page

from newsloom.publish.theme import load_asset
from newsloom.publish.view import SiteView, compile_edition
from newsloom.records import State
from newsloom.searching import update_search
from tests.browser.test_site import SIGHTS, Watch, _overflow
from tests.builders import CLOCK, HEADLINES, record, sample_site, site_view
from tests.publish.test_hostile import HOSTILE
from tests.serve.serving import start_server, stop_server, write_site

pytestmark = pytest.mark.browser

QUERIES = (
    "robot",
    "robots",
    "chip battery",
    "learn*",
    "h*",
    '"traffic lights"',
    '"learning system"',
    '"lights traffic"',
    "hospital -waiting",
    "topic:hardware",
    "topic:hardware chip",
    "-topic:hardware robot",
    "provider:civicwire",
    'provider:"Ward & Clinic" model',
    "type:video",
    "lang:ar",
    "after:2026-11-22 machine",
    "before:2026-11-20",
    "after:3d",
    "باحثون",
    "دریب",
    "hospitl",
    "neurel netwrok",
    "zzzz",
    "AND robot OR (",
    "chip's",
    "number",
    "Überwachung",
    "ueber",
    "overwachung*",
    "東京",
    "京",
)


def wide_site(pictures: str) -> SiteView:
    """The sample desk and ninety records more, some of them in other scripts."""
    more = [
        record(
            f"{HEADLINES[number % len(HEADLINES)][0]}: number {number}",
            published=CLOCK - timedelta(hours=3 * number, minutes=number),
            quality=40 + number * 7 % 60,
            excerpt=f"Machine {number}. {HEADLINES[(number * 3 + 1) % len(HEADLINES)][0]}",
            topics=(HEADLINES[number % len(HEADLINES)][1], "AI"),
        )
        for number in range(90)
    ]
    others = [
        record("Überwachung der Straße", name="2026-11-20-de", excerpt="Die Überwachung wächst."),
        record("大統領は東京で演説した", name="2026-11-20-ja", excerpt="東京の人々"),
    ]
    view = sample_site(pictures)
    return msgspec.structs.replace(view, records=(*view.records, *more, *others))


@pytest.fixture(scope="module")
def live(pictures: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    view = wide_site(pictures)
    root = write_site(tmp_path_factory.mktemp("live"), view)
    update_search(root, compile_edition(view))
    process, port = start_server(root)
    yield f"http://127.0.0.1:{port}"
    stop_server(process)


@pytest.fixture(scope="module")
def exported(pictures: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    process, port = start_server(write_site(tmp_path_factory.mktemp("exported"), wide_site(pictures)))
    yield f"http://127.0.0.1:{port}"
    stop_server(process)


def search(page: Page, desk: str, query: str, sort: str = "") -> tuple[str, list[str], str]:
    """The count, the first ten headlines with what is marked in them, and what may have been meant."""
    page.goto(f"{desk}/search/?q={quote(query)}{sort}")
    page.wait_for_selector(".results-count:not([hidden])")
    page.wait_for_selector("body:not([data-searching])")
    count = page.inner_text(".results-count").partition("·")[0].strip()
    found = [
        "|".join([item.inner_text(), *(mark.inner_text() for mark in item.query_selector_all("mark"))])
        for item in page.query_selector_all(".results-list h2")
    ]
    meant = page.query_selector(".did-you-mean a")
    return count, found[:10], meant.inner_text() if meant else ""


def test_an_exported_site_finds_what_a_live_desk_finds(
    browser: Browser, live: str, exported: str, pictures: str
) -> None:
    page = browser.new_page()
    watch = Watch(page, exported, live, pictures)
    for query in QUERIES:
        for sort in ("", "&sort=time"):
            assert search(page, exported, query, sort) == search(page, live, query, sort), (query, sort)
    page.close()
    assert watch.complaints == [] and watch.foreign == []


def test_a_provider_has_its_logo_in_both(browser: Browser, live: str, exported: str) -> None:
    page = browser.new_page()
    logos = {}
    for desk in (live, exported):
        search(page, desk, "provider:circuitweekly")
        items = page.locator(".results-list > li").filter(has=page.locator(".logo"))
        logos[desk] = [
            (item.locator("bdi").first.inner_text(), item.locator(".logo").get_attribute("src"))
            for item in items.all()
        ]
    page.close()
    assert logos[live] == logos[exported] != []


def test_a_storys_page_leads_to_what_is_like_it_where_a_server_can_tell(
    browser: Browser, tmp_path: Path
) -> None:
    chips, maker, robot = (
        record(f"{subject} in the news", name=f"2026-11-24-{subject.split()[0].lower()}", state=state)
        for subject, state in (
            ("Chip makers", State(seen=CLOCK, keywords=(("chip", 1.0), ("wafer", 0.5)))),
            ("Wafers", State(seen=CLOCK, keywords=(("wafer", 1.0), ("chip", 0.5)))),
            ("Robots", State(seen=CLOCK, keywords=(("robot", 1.0),))),
        )
    )
    view = site_view([chips, maker, robot])
    update_search(write_site(tmp_path, view), compile_edition(view))
    process, port = start_server(tmp_path)
    page = browser.new_page()
    try:
        page.goto(f"http://127.0.0.1:{port}/stories/{chips.name}/")
        page.get_by_role("link", name="Find similar stories").click()
        page.wait_for_selector(".results-list h2")
        found = page.locator(".results-list h2").all_inner_texts()
        assert found == ["Wafers in the news"]
    finally:
        page.close()
        assert stop_server(process) == 0


def test_more_results_come_on_demand(browser: Browser, exported: str) -> None:
    page = browser.new_page()
    search(page, exported, "number")
    assert page.locator(".results-list > li").count() == 10
    page.get_by_role("button", name="More").click()
    page.wait_for_selector(".results-list > li:nth-child(20)")
    page.close()


def test_a_query_loads_little(browser: Browser, exported: str) -> None:
    page = browser.new_page()
    sizes: list[int] = []
    page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))
    search(page, exported, "robot")
    page.close()
    assert sum(sizes) < 100_000


@pytest.mark.parametrize("sight", SIGHTS, ids=str)
def test_results_fit_and_are_accessible(
    browser: Browser, live: str, exported: str, sight: tuple[int, str]
) -> None:
    pytest.importorskip("axe_playwright_python", reason="axe-core is not installed")
    context = browser.new_context(viewport={"width": sight[0], "height": 900}, color_scheme=sight[1])
    page = context.new_page()
    page.add_init_script((files("axe_playwright_python") / "axe.min.js").read_text())
    for desk in (live, exported):
        for query in ("robot*", "hospitl", "a" * 300):
            search(page, desk, query)
            assert _overflow(page) <= 0, (desk, query)
            found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
            assert [(item["id"], [node["target"] for node in item["nodes"]]) for item in found] == []
    context.close()


def test_a_key_leads_to_the_field_and_it_can_be_asked(browser: Browser, live: str) -> None:
    page = browser.new_page()
    page.goto(live)
    page.keyboard.press("/")
    page.wait_for_url(f"{live}/search/")
    page.keyboard.press("/")
    page.keyboard.type("robot")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{live}/search/?q=robot")
    assert page.locator(".results-list > li").count() > 3
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.closest('.results-list') !== null")
    page.close()


def test_without_script_a_live_desk_answers_and_an_exported_page_says_what_to_do(
    browser: Browser, live: str, exported: str
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live}/search/")
    page.fill("input[name=q]", "robot")
    page.get_by_role("button", name="Search").click()
    assert page.locator(".results-list > li").count() > 3
    page.goto(f"{exported}/search/?q=robot")
    assert "takes JavaScript" in page.inner_text("main")
    context.close()


def test_hostile_strings_do_nothing(browser: Browser, tmp_path: Path) -> None:
    records = [record(f"chip {text}", name=f"n-{at}", excerpt=text) for at, text in enumerate(HOSTILE)]
    process, port = start_server(write_site(tmp_path, site_view(records)))
    desk = f"http://127.0.0.1:{port}"
    try:
        page = browser.new_page(viewport={"width": 390, "height": 900})
        watch = Watch(page, desk)
        for text in ("chip", *(text for text in HOSTILE if text.isprintable())):
            page.goto(f"{desk}/search/?q={quote(text)}")
            page.wait_for_selector("body:not([data-searching])")
            assert _overflow(page) <= 0, text
        page.close()
    finally:
        stop_server(process)
    assert watch.complaints == [] and watch.foreign == []


def test_the_script_is_small() -> None:
    assert len(load_asset("desk.js")) + len(load_asset("search.js")) < 15_000
