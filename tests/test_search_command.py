"""`newsloom search`: the owner finds what is shown and what is held, as text and as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from newsloom.cli import app
from newsloom.errors import NewsloomError
from newsloom.pipeline import rebuild_index, run_pass
from newsloom.search import SEARCH_INDEX, is_search_index
from newsloom.searching import find_search
from newsloom.starter import start_site
from tests.postgres import make_address

RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>Solar News</title><link>https://news.example/</link>
{items}</channel></rss>"""
ITEM = """<item><title>{title}</title><link>https://news.example/{number}</link>
<pubDate>Tue, 24 Nov 2026 0{number}:00:00 GMT</pubDate><description>{title} in two sentences. The photovoltaic
inverter makers agree.</description></item>"""
TITLES = (
    "Solar farm opens in the north",
    "Solar roofs get cheaper again",
    "You will never guess this solar trick",
)


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["search", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("site") / "solar"
    start_site(root, title="Solar", url="https://solar.example/", topic="Solar", keywords="solar", feeds=())
    items = "".join(ITEM.format(title=title, number=number) for number, title in enumerate(TITLES, 1))
    (root / "feed.xml").write_text(RSS.format(items=items))
    if request.param == "postgresql":
        config = (root / "newsloom.yaml").read_text()
        assert "store: sqlite" in config
        (root / "newsloom.yaml").write_text(config.replace("store: sqlite", f"store: {make_address()}"))
    (root / "sources.yaml").write_text("- feed: feed.xml\n")
    run_pass(root)
    return root


def test_a_pass_leaves_an_index_and_the_owner_finds_all(site: Path) -> None:
    assert is_search_index(find_search(site))
    assert (site / SEARCH_INDEX).is_file() is not find_search(site).shared
    out = run("solar", "--site", str(site))
    assert all(title in out for title in TITLES) and "1–3 of 3" in out and "quality" in out


def test_results_as_json_say_why_they_stand_there(site: Path) -> None:
    page = json.loads(run("roof", "--site", str(site), "--json"))
    (item,) = page["value"]
    assert (page["total"], page["nextPage"], item["title"]) == (1, None, TITLES[1])
    ((start, end),) = item["highlight"]["title"]
    assert item["title"][start:end] == "roofs"
    score = item["score"]
    assert score["value"] == pytest.approx(
        score["match"] * (1 + score["recency"] + score["quality"]), abs=0.01
    )


def test_pages_order_and_help(site: Path) -> None:
    pages = [
        run("solar", "--site", str(site), "--size", "2", "--page", page, "--sort", "time") for page in "12"
    ]
    assert TITLES[2] in pages[0] and TITLES[0] in pages[1] and "3–3 of 3" in pages[1]
    assert "Did you mean: roofs" in run("rofos", "--site", str(site))
    assert TITLES[1] not in run("solar", "-roof", "--site", str(site))
    assert "Nothing found" in run("zzzz", "--site", str(site))
    with pytest.raises(NewsloomError, match="relevance, time"):
        run("solar", "--site", str(site), "--sort", "colour")


def test_an_index_that_is_gone_is_made_again(site: Path) -> None:
    before = run("solar", "--site", str(site), "--json")
    rebuild_index(site)
    assert not is_search_index(find_search(site)) and not (site / SEARCH_INDEX).exists()
    assert run("solar", "--site", str(site), "--json") == before
    assert run("solar", "--site", str(site), "--json", "--rebuild") == before
    assert (site / "public/search/index.html").is_file()
