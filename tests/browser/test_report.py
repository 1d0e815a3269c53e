"""The owner's report opened from disk: accessible, quiet, within the width of a phone."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from newsloom.publish.report import print_report
from tests.browser.test_site import SIGHTS
from tests.builders import sample_site
from tests.publish.test_report import FOLDERS, PASSES

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "scheme"), SIGHTS)
def test_the_report_is_accessible_fits_and_asks_nobody(
    browser: Browser, tmp_path: Path, width: int, scheme: str
) -> None:
    pytest.importorskip("axe_playwright_python", reason="axe-core is not installed")
    path = tmp_path / "report.html"
    path.write_bytes(print_report(sample_site("https://pictures.example"), PASSES, FOLDERS, 28))
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
        bypass_csp=True,  # the test's own script is no part of the page
    )
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text())
    result = page.evaluate("axe.run({resultTypes: ['violations']})")
    context.close()
    assert overflow <= 0 and asked == [path.as_uri()]
    assert [(item["id"], [node["target"] for node in item["nodes"]]) for item in result["violations"]] == []
