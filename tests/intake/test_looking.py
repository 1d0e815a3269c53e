"""Pages of no topic are told before they are read in full, and nothing about a site tells that they were."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from newsloom.bench.courtesy.host import Host, reply
from newsloom.config import Config
from newsloom.extract import extract
from newsloom.intake import drafting, looking, references
from newsloom.intake.doubts import make_look
from newsloom.intake.errands import Errand, fetch_batch
from newsloom.intake.looking import Look, Seen, read_wanted
from newsloom.pipeline import run_pass
from newsloom.records import Draft, Page, Topic
from newsloom.site import read_site
from newsloom.starter import init_site
from newsloom.store import open_index
from newsloom.summary import Summary
from tests.engine.sites import Made, check, copy_site, make
from tests.fetch.servers import serving
from tests.intake.test_errands import make_terms
from tests.intake.test_rounds import Publisher, Reply
from tests.intake.test_sharing import tell_documents
from tests.recordings import MOMENT, Answer, make_page, make_site, write_recording

COUNCIL = "The council met on Friday and spoke of roads, of bridges and of the price of bread in town. " * 4
CHIPS = "A machine that runs artificial intelligence was shown on Friday, to the wonder of the town. " * 4
CHIP_TOPIC = Topic(id="chips", name="Chips", keywords=("wafer",))


def say(title: str, text: str = "", head: str = "") -> bytes:
    """A page whose text no other page has; it names no topic unless `text` does."""
    dice = random.Random(title)
    words = " ".join("".join(dice.choices("bdeklmnoprstu", k=dice.randint(4, 9))) for _ in range(150))
    return make_page(title, text=f"{words.capitalize()}. {text}", head=head)


def point(address: str) -> str:
    return f'<link rel="canonical" href="{address}">'


PAGES = {
    "https://a.example/plain": say("The council met"),
    "https://a.example/topical": say("A machine was shown", CHIPS),
    "https://a.example/parted": say("A parted word", "<b>Art</b>ificial intelli<i>gence</i>."),
    "https://a.example/hinted": say("Bread is dear"),
    "https://a.example/tagged": say("Roads are bad", head='<meta name="news_keywords" content="AI, roads">'),
    "https://a.example/ai/section": say("A bridge is built"),
    "https://a.example/fuller": make_page("A page behind a wall", text="The council met."),
    "https://a.example/copy": say("Two addresses", head=point("https://a.example/2026/two-addresses")),
    "https://a.example/2026/two-addresses": say("Two addresses", head=point("https://a.example/2026/two-addresses")),
    "https://a.example/named": say("Named by nobody else", head=point("https://b.example/2026/syndicated-news")),
    "https://a.example/2026/a-walk-in-town": say("A walk in town", CHIPS),
    "https://a.example/2026/a-walk-in-town.amp": say("A walk in town", head=point("https://a.example/2026/a-walk-in-town")).replace(
        b"<html ", b"<html amp "
    ),
    "https://a.example/none": b"<html><body><p>nothing</p></body></html>",
}  # fmt: skip
TOPICAL = {
    "A machine was shown", "A parted word", "Roads are bad", "A bridge is built", "A page behind a wall", "A walk in town",
}  # fmt: skip
FEEDS = "- feed: https://a.example/rss\n- feed: https://a.example/ai.rss\n  topics: [AI]\n"
HINTED = ("https://a.example/hinted", "https://a.example/copy")
ENTRIES = {
    "https://a.example/fuller": f"<content:encoded><![CDATA[<p>{CHIPS * 3}</p>]]></content:encoded>",
}


def make_rss(pages: Iterable[str], address: str = "https://a.example/rss") -> Answer:
    """A feed that names pages and says little of them."""
    items = "".join(
        f"<item><title>Told {number}</title><link>{link}</link><guid>{address}-{number}</guid>"
        f"<description>Read on at the paper.</description>{ENTRIES.get(link, '')}</item>"
        for number, link in enumerate(pages)
    )
    body = (
        '<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">'
        f"<channel><title>Feed</title><link>https://a.example/</link>{items}</channel></rss>"
    )
    return Answer(url=address, body=body.encode(), content_type="application/rss+xml")


def make_answers(pages: dict[str, bytes], later: int = 0) -> list[Answer]:
    moment = MOMENT + timedelta(hours=later)
    answers = [Answer(url=address, body=body, moment=moment) for address, body in pages.items()]
    return [*answers, make_rss(pages), make_rss(HINTED, "https://a.example/ai.rss")]


@pytest.fixture
def in_full(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Have all pages read in full from now on."""
    yield lambda: monkeypatch.setattr(drafting, "make_look", lambda _site, _index: None)


@pytest.fixture
def sketched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The titles of the pages that this process did not read in full."""
    titles: list[str] = []

    def note(page: Page, look: Look | None = None) -> Seen:
        seen = read_wanted(page, look)
        titles.extend([seen.draft.title] if seen.is_sketch else [])
        return seen

    monkeypatch.setattr(references, "read_wanted", note)
    return titles


def count(made: Made) -> set[str]:
    return {record.article.title for record in made.records}


@pytest.mark.parametrize("engine", ["inline", "pool"])
def test_recordings_make_the_same_site_pass_by_pass(
    tmp_path: Path, engine: str, in_full: Callable[[], None], sketched: list[str]
) -> None:
    origin = make_site(tmp_path / "origin", make_answers(PAGES), keep="topical")
    looked = copy_site(origin, tmp_path / "looked", engine=engine, store="sqlite")
    whole = copy_site(origin, tmp_path / "whole", engine="inline", store="sqlite")
    edited = {
        address: say("Edited: the council met at last", head=point(address))
        for address in (
            "https://a.example/topical",
            "https://a.example/2026/a-walk-in-town",
            "https://a.example/plain",
        )
    }
    first = make(looked)
    for root in (looked, whole):
        write_recording(root / "recordings" / "two.warc.gz", make_answers(edited, later=5))
    second = make(looked)
    if engine == "inline":
        assert {"The council met", "Named by nobody else", "Edited: the council met at last"} <= {*sketched}
    (whole / "recordings" / "two.warc.gz").rename(tmp_path / "two.warc.gz")
    in_full()
    check(first, make(whole))
    (tmp_path / "two.warc.gz").rename(whole / "recordings" / "two.warc.gz")
    check(second, make(whole))
    assert count(first) == TOPICAL
    assert "Edited: the council met at last" in count(second)  # a record's page is read whatever it says


@pytest.mark.parametrize("engine", ["inline", "pool"])
def test_the_web_makes_the_same_site(
    tmp_path: Path, engine: str, in_full: Callable[[], None], sketched: list[str]
) -> None:
    origin = make_site(tmp_path / "origin", make_answers(PAGES), keep="topical", sources=FEEDS)
    looked = copy_site(origin, tmp_path / "looked", engine=engine, store="sqlite")
    whole = copy_site(origin, tmp_path / "whole", engine="inline", store="sqlite")
    made = make(looked, replay=[looked / "recordings" / "one.warc.gz"])
    if engine == "inline":
        assert sorted(sketched) == [
            "A walk in town",
            "Named by nobody else",
            "The council met",
            "Two addresses",
        ]
    in_full()
    check(made, make(whole, replay=[whole / "recordings" / "one.warc.gz"]))
    assert count(made) == TOPICAL | {"Bread is dear", "Two addresses"}  # as their feed says
    assert made.visits["a.example/plain"].reason == "no topic of this site"


def test_a_record_that_moved_is_known_again_though_its_page_names_no_topic_any_more(
    tmp_path: Path, in_full: Callable[[], None]
) -> None:
    before = {"https://a.example/ai/told": say("The council met"), "https://a.example/x": say("Other news")}
    after = {"https://a.example/town/told": say("The council met"), "https://a.example/x": say("Other news")}
    origin = make_site(tmp_path / "origin", make_answers(before), keep="topical")
    run_pass(origin)
    write_recording(origin / "recordings" / "one.warc.gz", make_answers(after, later=5))
    looked, whole = tmp_path / "looked", tmp_path / "whole"
    for root in (looked, whole):
        shutil.copytree(origin, root)
    made = make(looked)
    in_full()
    check(made, make(whole))
    (record,) = made.records
    assert record.article.web_url == "https://a.example/town/told"


@pytest.mark.parametrize("config", [Config(topic="AI", keep="all"), Config(topic="AI", vectors=True)])
def test_a_site_whose_words_decide_nothing_reads_all(tmp_path: Path, config: Config) -> None:
    init_site(tmp_path, config=config)
    site = read_site(tmp_path)
    with open_index(site.store) as index:
        assert make_look(site, index) is None


def test_a_task_that_fetches_looks_first(tmp_path: Path) -> None:
    host = Host({"/plain": reply(say("The council met"), Content_Type="text/html")})
    host.routes["/wafer"] = reply(say("A wafer", "A wafer of its own."), Content_Type="text/html")
    look = Look(topics=(CHIP_TOPIC,))
    with serving(host):
        terms = make_terms(tmp_path, host)
        errands = [Errand(terms=terms, address=host.url(path)) for path in ("/plain", "/wafer")]
        found = fetch_batch([*errands, Errand(terms=terms, address=host.url("/plain?"), whole=True)], look)
    assert [reading.is_sketch for reading in found] == [True, False, False]
    sketch, _, draft = (reading.found for reading in found)
    assert isinstance(sketch, Draft)
    assert isinstance(draft, Draft)
    assert (sketch.title, sketch.text) == (draft.title, "")
    assert len(draft.text) > 500


def test_what_one_site_turned_away_is_read_by_another_that_shares(tmp_path: Path) -> None:
    config = Config(
        topic="AI", engine="inline", git=False, fetch_images=False, shared=str(tmp_path / "shared")
    )
    with Publisher.running() as publisher:
        links = [f"http://{publisher.place}/{name}" for name in ("plain", "bread")]
        rss = make_rss(links)
        publisher.replies["/rss"] = Reply(body=rss.body)
        for name in ("plain", "bread"):
            page = Reply(body=say(f"Of {name}"), headers={"Content-Type": "text/html"})
            publisher.replies[f"/{name}"] = page
        summaries = list[Summary]()
        for keep in ("topical", "all", "topical"):
            root = tmp_path / f"{keep}-{len(summaries)}"
            given = replace(config, keep=keep, allow=(publisher.place,))
            init_site(root, config=given, feeds=[f"http://{publisher.place}/rss"])
            summaries.append(run_pass(root))
        assert [summary.new for summary in summaries] == [0, 2, 0]
        assert all(row[1] for row in tell_documents(tmp_path / "all-1"))  # excerpts are of texts
        assert publisher.count("/plain") == 1
    assert summaries[0].rejected == summaries[2].rejected == {"no topic of this site": 2}


@pytest.mark.parametrize(
    ("body", "is_sketch"),
    [
        (say("Bread"), True),
        (say("Bread", "It was a wa&shy;fer."), False),
        (say("Bread", "It was a wa<!-- -->fer."), False),
        (say("Bread", "It was a &amp;#119;afer."), False),
        (say("Bread").replace(b"<body>", b"<body><nav>Wafer</nav>"), False),
        (say("Bread", "caf\u00c3\u00a9"), False),
    ],
)
def test_in_doubt_a_page_is_read_in_full(body: bytes, is_sketch: bool) -> None:
    page = Page(address="https://a.example/x", final="https://a.example/x", body=body, observed=MOMENT)
    seen = read_wanted(page, Look(topics=(CHIP_TOPIC,), providers=frozenset({"a.example"})))
    draft = extract(page)
    assert seen.is_sketch == is_sketch
    assert (seen.draft.canonical, seen.draft.title, seen.draft.published) == (
        draft.canonical, draft.title, draft.published,
    )  # fmt: skip
    assert is_sketch or seen.draft == draft
    assert looking.read_wanted(page).draft == draft
