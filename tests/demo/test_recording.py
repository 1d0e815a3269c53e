import io
import json
import re
import zlib
from pathlib import Path

import fastfeedparser
import pytest
from fastwarc.warc import ArchiveIterator
from PIL import Image
from selectolax.lexbor import LexborHTMLParser

from newsloom.demo.content import Content
from newsloom.demo.pages import write_html
from newsloom.demo.pictures import draw_picture

Answers = dict[str, tuple[int, str, bytes]]


@pytest.fixture(scope="session")
def recorded(demo_site: Path) -> bytes:
    return (demo_site / "recordings" / "demo.warc.gz").read_bytes()


@pytest.fixture(scope="session")
def answers(recorded: bytes) -> Answers:
    found: Answers = {}
    for record in ArchiveIterator(io.BytesIO(recorded), parse_http=True):
        address = record.headers.get("WARC-Target-URI")
        if address:
            head = record.http_headers
            assert record.headers["WARC-Date"] == "2026-11-20T18:00:00Z"
            found[address] = (head.status_code or 0, record.http_content_type or "", record.reader.read())
    return found


def page_of(answers: Answers, content: Content, name: str) -> str:
    start = content.address(content.pieces[name])
    return next(body.decode() for address, (_, _, body) in answers.items() if address.split("?")[0] == start)


def test_each_record_is_a_gzip_member_of_its_own(recorded: bytes, answers: Answers) -> None:
    members, rest = 0, recorded
    while rest:
        unpacker = zlib.decompressobj(31)
        assert unpacker.decompress(rest).startswith(b"WARC/1.1\r\n")
        members, rest = members + 1, unpacker.unused_data
    assert members == len(answers) + 1  # the first describes the file


def test_a_recording_stays_small(recorded: bytes) -> None:
    assert len(recorded) < 2_000_000


def test_every_feed_link_has_a_page_and_every_page_a_feed_link(answers: Answers, content: Content) -> None:
    links, kinds = set(), set()
    for address, (_, kind, body) in answers.items():
        if "html" in kind or "image" in kind or "plain" in kind:
            continue
        kinds.add((kind, "<rdf" in body.decode()[:200]))
        entries = fastfeedparser.parse(body).entries
        assert entries, address
        links |= {entry["link"] for entry in entries if "link" in entry}
    assert {kind for kind, _ in kinds} == {
        "application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"
    }  # fmt: skip
    plain = {link.split("?")[0] for link in links}
    fed = {content.address(p) for p in content.pieces.values() if content.outlets[p.domain].feeds}
    assert fed <= plain
    assert {link.split("?")[0] for link in links & set(answers)} >= fed
    assert any("utm_source" in link for link in links)


def test_the_trap_entry_is_in_its_feed(answers: Answers) -> None:
    assert b"<link>javascript:" in answers["https://www.bytefeast.example/feed/"][2]


def test_one_entry_has_no_page(answers: Answers) -> None:
    missing = [address for address, (status, _, _) in answers.items() if status == 404]
    assert missing == ["https://www.modelreport.example/p/small-models-forget-less"]
    assert "Montevideo" in answers["https://www.modelreport.example/feed"][2].decode()


def test_an_edited_headline_stands_old_in_one_feed_and_new_in_another(answers: Answers) -> None:
    everything = answers["https://www.meridianpost.example/rss/all.xml"][2].decode()
    mobility = answers["https://www.meridianpost.example/rss/mobility.xml"][2].decode()
    assert "next week" in everything
    assert "until spring" in mobility
    guid = "tag:meridianpost.example,2026:self-driving-lorries-koper"
    assert guid in everything
    assert guid in mobility


def test_pictures_are_real_small_and_all_there(answers: Answers) -> None:
    for address, (_, kind, body) in answers.items():
        if kind == "image/jpeg" and not address.endswith("logo.jpg"):
            assert len(body) < 25_000
            with Image.open(io.BytesIO(body)) as picture:
                assert picture.size == (1200, 630)
    named = {
        found
        for _, kind, body in answers.values()
        if "html" in kind
        for found in re.findall(r"https://[\w.]+\.example/images/[\w-]+\.jpg", body.decode())
    }
    assert named <= set(answers)


def test_each_outlet_marks_its_pages_up_in_its_own_way(answers: Answers, content: Content) -> None:
    graph = page_of(answers, content, "gazette.example/a-cooler-chip-from-trondheim")
    assert '"@graph"' in graph
    assert "og:" not in graph
    opengraph = page_of(answers, content, "chipwire.example/fjord-3-inference-chip")
    assert "og:title" in opengraph
    assert "ld+json" not in opengraph
    microdata = page_of(answers, content, "northwire.example/vardeholm-launches-low-power-ai-chip")
    assert 'itemprop="datePublished"' in microdata
    assert 'name="DC.title"' in page_of(answers, content, "labnotes.example/ghost-nets-from-orbit")
    plain = page_of(answers, content, "devquarter.example/tensorflow-on-a-solar-buoy")
    assert "<meta property" not in plain
    assert "itemprop" not in plain
    video = page_of(answers, content, "circuit.example/humanoid-folds-laundry")
    assert 'content="video.other"' in video
    assert "<iframe" in video


def test_structured_data_can_be_read(answers: Answers) -> None:
    read = 0
    for _, kind, body in answers.values():
        if "html" in kind:
            for script in LexborHTMLParser(body).css('script[type="application/ld+json"]'):
                assert json.loads(script.text())["@context"] == "https://schema.org"
                read += 1
    assert read > 30


def test_markup_in_a_paragraph_is_escaped_before_it_is_styled() -> None:
    assert write_html("<b> & **bold** *soft* `code`") == (
        "&lt;b&gt; &amp; <strong>bold</strong> <em>soft</em> <code>code</code>"
    )


def test_a_picture_follows_from_its_name() -> None:
    assert draw_picture("a.example/one") == draw_picture("a.example/one")
    assert draw_picture("a.example/one") != draw_picture("a.example/two")
