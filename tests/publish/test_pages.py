"""The rendered site as a whole: every page there, every link of its own leading somewhere, stable bytes."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote, urlsplit

import msgspec
import pytest
from selectolax.lexbor import LexborHTMLParser

from newsloom.images import Gallery
from newsloom.publish.api import build_api
from newsloom.publish.pages import build_pages
from newsloom.publish.story_api import build_story_api
from newsloom.publish.view import SiteView
from newsloom.records import Image, Story
from tests.builders import CLOCK, HEADLINES, kept_picture, record, sample_site, site_view


def _build(site: SiteView) -> dict[str, bytes]:
    return dict(build_pages(site))


def _open(files: dict[str, bytes], path: str) -> LexborHTMLParser:
    return LexborHTMLParser(files[f"public/{path}"])


def _text(tree: LexborHTMLParser, selector: str) -> list[str]:
    return [" ".join(node.text().split()) for node in tree.css(selector)]


@pytest.fixture(scope="module")
def sample() -> dict[str, bytes]:
    return _build(sample_site())


def test_all_kinds_of_pages_are_there(sample: dict[str, bytes]) -> None:
    expected = {
        "index.html",
        "404.html",
        "about/index.html",
        "topics/index.html",
        "topics/ai-hardware/index.html",
        "topics/ai-hardware/feed.atom",
        "providers/index.html",
        "providers/harbourpost.example/index.html",
        "archive/index.html",
        "archive/2026-11-24/index.html",
        "stories/2026-11-24-harbour-city-switches-its-traffic-lights-to-a-learning-system/index.html",
        "feed.rss",
        "feed.atom",
        "feed.json",
        "topics/ai/feed.rss",
        "sitemap.xml",
        "news-sitemap.xml",
        "robots.txt",
    }
    assert {f"public/{path}" for path in expected} <= sample.keys()


@pytest.mark.parametrize("url", ["https://desk.example/", "https://x.github.io/desk"])
def test_every_link_of_its_own_leads_to_a_file(url: str) -> None:
    site = sample_site(url=url)
    api = dict(build_api(site)) | dict(build_story_api(site))
    files = _build(site) | {f"public/{path}": body for path, body in api.items()}
    base = urlsplit(url).path.rstrip("/") + "/"
    for path, body in files.items():
        if not path.endswith(".html"):
            continue
        tree = LexborHTMLParser(body)
        own = [node.attributes[name] for name in ("href", "src") for node in tree.css(f"[{name}]")]
        for address in own:
            assert address
            if address.startswith(("http", "#")):
                continue
            assert address.startswith(base), (path, address)
            target = unquote(address.removeprefix(base).partition("#")[0])
            target += "index.html" if not target or target.endswith("/") else ""
            assert f"public/{target}" in files, (path, address)


def test_canonical_links_are_full_addresses_of_the_page(sample: dict[str, bytes]) -> None:
    for path, body in sample.items():
        tree = LexborHTMLParser(body) if path.endswith("index.html") else None
        if tree is not None:
            link = tree.css_first("link[rel=canonical]")
            assert link is not None
            assert link.attributes["href"] == "https://desk.example" + path.removeprefix(
                "public"
            ).removesuffix("index.html")


def test_each_page_has_one_main_heading_landmarks_and_unique_ids(sample: dict[str, bytes]) -> None:
    for path, body in sample.items():
        if path.endswith(".html"):
            tree = LexborHTMLParser(body)
            assert len(tree.css("h1")) == 1, path
            assert (
                len(tree.css("main")) == len(tree.css("body > header")) == len(tree.css("body > footer")) == 1
            )
            ids = [node.attributes["id"] for node in tree.css("[id]")]
            assert len(ids) == len(set(ids)), path


def test_the_same_site_gives_the_same_bytes(sample: dict[str, bytes]) -> None:
    assert _build(sample_site()) == sample


def test_no_path_is_built_twice() -> None:
    paths = [path for path, _ in build_pages(sample_site())]
    assert len(paths) == len(set(paths))


def test_a_new_record_leaves_the_pages_of_other_stories_alone(sample: dict[str, bytes]) -> None:
    site = sample_site()
    new = record("Something else entirely", topics=("AI Ethics", "AI"), published=CLOCK)
    later = msgspec.structs.replace(site, records=(*site.records, new), clock=CLOCK + timedelta(hours=1))
    after = _build(later)
    stories = [path for path in sample if path.startswith("public/stories/")]
    assert stories and all(after[path] == sample[path] for path in stories)


def test_the_front_page_leads_with_the_hottest_story_and_who_else_has_it(sample: dict[str, bytes]) -> None:
    tree = _open(sample, "index.html")
    assert _text(tree, ".lead .headline") == [HEADLINES[0][0]]
    assert _text(tree, ".lead .also") == [
        "Also covered by Circuit Weekly, Northern Ledger, Open Bench and 2 more"
    ]
    assert len(tree.css(".lead .reports li")) == 4
    headlines = _text(tree, ".opening .headline, .middle .headline")
    assert len(headlines) == len(set(headlines))
    assert "Held back: you will never guess what this chip did" not in tree.body.text()


def test_a_story_page_tells_why_it_is_here(sample: dict[str, bytes]) -> None:
    path = "stories/2026-11-24-harbour-city-switches-its-traffic-lights-to-a-learning-system/index.html"
    tree = _open(sample, path)
    terms = _text(tree, ".why .bars tbody th")
    assert "provider standing harbourpost.example: 72 of 100" in terms
    assert _text(tree, ".why .total")[0] == "Quality 72 the bar is 70"
    assert _text(tree, ".why .gate") == ["Decision: quality 72 reaches the bar of 70"]
    table = tree.css_first(".why .bars")
    assert table is not None
    assert sum(int(cell.text().replace("−", "-")) for cell in table.css("td")) == 72


def test_a_story_page_has_its_coverage_in_order_of_time_and_copies_folded(sample: dict[str, bytes]) -> None:
    path = "stories/2026-11-24-harbour-city-switches-its-traffic-lights-to-a-learning-system/index.html"
    tree = _open(sample, path)
    times = [node.attributes["datetime"] for node in tree.css(".timeline time")]
    assert times == sorted(times) and len(times) == 6
    assert _text(tree, ".copies summary") == ["The same text also on 3 sites"]
    assert len(tree.css(".copies li a[href^=https]")) == 3


def test_a_story_page_leads_on_to_its_topics_and_its_day(sample: dict[str, bytes]) -> None:
    path = "stories/2026-11-24-harbour-city-switches-its-traffic-lights-to-a-learning-system/index.html"
    tree = _open(sample, path)
    links = {node.text(strip=True): node.attributes["href"] for node in tree.css(".onward a")}
    assert links["More onHardware"] == "/topics/ai-hardware/"
    assert links["All of Tuesday, 24 November 2026"] == "/archive/2026-11-24/"
    assert all(f"public{href}index.html" in sample for href in links.values() if href and "?" not in href)
    assert tree.css_first(".opener .read a.button") is not None  # above the picture


def test_a_record_of_another_desk_shows_what_its_document_lists(sample: dict[str, bytes]) -> None:
    tree = _open(sample, "stories/2026-11-21-a-record-whose-seal-another-desk-holds/index.html")
    assert "The same event as another paper tells it" in _text(tree, ".timeline .headline")


def test_a_video_is_behind_a_click_and_its_code_is_rebuilt(sample: dict[str, bytes]) -> None:
    tree = _open(
        sample, "stories/2026-11-24-watch-a-robot-learn-to-pour-tea-without-a-single-spill/index.html"
    )
    frame = tree.css_first("details iframe")
    assert frame is not None
    assert frame.attributes["src"] == "https://www.youtube-nocookie.com/embed/abcdefghijk"
    assert frame.attributes["loading"] == "lazy" and "onload" not in frame.attributes


def test_foreign_and_right_to_left_headlines_are_marked(sample: dict[str, bytes]) -> None:
    heading = _open(sample, "stories/2026-11-23-arabic/index.html").css_first("h1")
    assert heading is not None
    assert (heading.attributes["dir"], heading.attributes["lang"]) == ("auto", "ar")


def test_pictures_tell_publishers_nothing_and_keep_their_place(sample: dict[str, bytes]) -> None:
    for image in _open(sample, "index.html").css(".picture img"):
        assert image.attributes["referrerpolicy"] == "no-referrer"
        assert image.attributes["width"] and image.attributes["height"]


def test_a_kept_picture_is_shown_from_the_desk_itself() -> None:
    image = Image(url="https://x.example/a.jpg", width=1280, height=720, cached=True)
    view = site_view(
        [record("One", name="a", images=(image,))],
        url="https://x.github.io/desk/",
        gallery=Gallery(album={image.url: kept_picture(image.url)}),
    )
    page = _open(_build(view), "stories/a/index.html")
    shown, source = page.css_first(".picture img"), page.css_first(".picture source")
    assert shown is not None and source is not None
    assert shown.attributes["src"] == "/desk/assets/images/news/wide.jpg"
    assert shown.attributes["srcset"] == (
        "/desk/assets/images/news/half.jpg 600w, /desk/assets/images/news/wide.jpg 1200w"
    )
    assert (source.attributes["type"], shown.attributes["width"], shown.attributes["height"]) == (
        "image/webp",
        "1200",
        "675",
    )
    assert (source.attributes["srcset"] or "").endswith("/desk/assets/images/news/wide.webp 1200w")
    assert source.attributes["sizes"] == shown.attributes["sizes"] != ""
    ground = page.css_first(".picture .tone rect")
    assert ground is not None and ground.attributes["fill"] == "#336699"


def test_what_a_page_says_of_itself_is_told_before_the_link() -> None:
    made = record("Behind a wall", name="a")
    assert made.state is not None
    flagged = msgspec.structs.replace(made.state, flags=("paywalled", "opinion", "something-new"))
    files = _build(site_view([msgspec.structs.replace(made, state=flagged)]))
    for path in ("index.html", "stories/a/index.html"):
        assert _text(_open(files, path), ".label")[:2] == ["Opinion", "Paywall"]


def test_an_empty_site_says_so_kindly() -> None:
    files = _build(site_view())
    assert _text(_open(files, "index.html"), "main h2") == ["Nothing has been published yet"]
    assert _text(_open(files, "topics/ai/index.html"), "main h2") == ["No stories on this topic yet"]
    assert "public/topics/ai/feed.rss" in files


def test_a_site_without_topics_works() -> None:
    files = _build(site_view([record("One")], topics=()))
    assert _text(_open(files, "index.html"), ".sections li") == ["Front page", "All topics"]
    assert _text(_open(files, "index.html"), ".topics") == ["AI"]


def test_one_story_fills_the_front_page_alone() -> None:
    tree = _open(_build(site_view([record("One")])), "index.html")
    assert tree.css_first(".opening.solo .lead") is not None
    assert tree.css(".middle") == []


def test_long_lists_are_paged_both_ways() -> None:
    records = [record(f"Title {number}", published=CLOCK - timedelta(hours=number)) for number in range(25)]
    files = _build(site_view(records, page_size=10))
    newest, oldest = _open(files, "topics/ai/index.html"), _open(files, "topics/ai/page/1/index.html")
    assert [node.attributes["href"] for node in newest.css(".pager a")] == ["/topics/ai/page/1/"]
    assert [node.attributes["href"] for node in oldest.css(".pager a")] == ["/topics/ai/"]
    assert "Page 1" in _text(oldest, ".pager")[0]
    assert [len(tree.css(".card")) for tree in (newest, oldest)] == [15, 10]
    assert "public/topics/ai/page/2/index.html" not in files


def test_a_full_page_of_a_list_stays_as_it_is_when_news_comes() -> None:
    records = [record(f"Title {number}", published=CLOCK - timedelta(hours=number)) for number in range(35)]
    before = _build(site_view(records[1:], page_size=10))
    after = _build(site_view(records, page_size=10))
    lasting = [path for path in before if "/page/" in path]
    assert lasting and all(before[path] == after[path] for path in lasting)


def test_structured_data_parses_and_leaves_the_article_to_its_publisher(sample: dict[str, bytes]) -> None:
    path = "stories/2026-11-24-harbour-city-switches-its-traffic-lights-to-a-learning-system/index.html"
    script = _open(sample, path).css_first("script[type='application/ld+json']")
    assert script is not None
    data = json.loads(script.text())
    article = data["mainEntity"]
    assert data["@type"] == "WebPage" and data["url"].startswith("https://desk.example/stories/")
    assert article["@type"] == "NewsArticle" and article["publisher"]["name"] == "The Harbour Post"
    assert article["url"].startswith("https://www.harbourpost.example/")
    assert {"headline", "datePublished", "dateModified", "author", "image"} <= article.keys()
    assert len(article["headline"]) <= 110


def test_a_right_to_left_site_says_so() -> None:
    html = _open(_build(site_view(locale="ar-EG")), "index.html").css_first("html")
    assert html is not None
    assert (html.attributes["lang"], html.attributes["dir"]) == ("ar-EG", "rtl")


def test_strange_dates_names_and_pictures_break_nothing() -> None:
    records = [
        record("First year", name="a", published=datetime(1, 1, 1, tzinfo=UTC)),
        record("Last year", name="b", published=datetime(9999, 12, 31, 23, 59, tzinfo=UTC)),
        record("No width", name="c", images=(Image(url="https://x.example/a.png", width=0, height=-5),)),
        record("", name="../../etc/passwd"),
    ]
    files = _build(
        site_view(records, timezone="America/New_York", stories=(Story(name="x", lead="y", members=()),))
    )
    assert all(".." not in path and path.startswith("public/") for path in files)
    assert "Untitled" in files["public/index.html"].decode()


def test_assets_are_named_by_their_content_and_small(sample: dict[str, bytes]) -> None:
    (style,) = [path for path in sample if path.startswith("public/assets/style.")]
    assert len(sample[style]) < 30_000
    (script,) = [path for path in sample if path.startswith("public/assets/desk.")]
    assert len(sample[script]) < 15_000
    assert b"http:" not in sample[style] and b"https:" not in sample[style]
    assert style.removeprefix("public/").encode() in sample["public/index.html"]
