"""Some five hundred hostile strings through everything that is published: all of it parses, nothing is active."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from itertools import chain
from pathlib import Path, PurePosixPath

import feedparser
import pytest
import yaml
from lxml import etree
from PIL import Image

from newsloom.documents import Document, format_document, parse
from newsloom.publish.api import build_api
from newsloom.publish.pages import plan_pages
from newsloom.publish.previews import Preview, draw_preview
from newsloom.publish.story_api import build_story_api
from newsloom.publish.view import SiteView
from newsloom.sources import read_opml
from newsloom.sources.opml import Outline, format_opml
from tests.hostile.site import hostile_lead, hostile_site, make_name
from tests.hostile.strings import FAMILIES, STRINGS
from tests.publish.test_hostile import _check_page

SITES = 16  # each of a site's strings comes from another place among the families
XML = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, recover=False)


def _build(site: SiteView) -> Iterator[tuple[str, bytes]]:
    """All files but pictures, which are drawn in a test of their own."""
    planned = (output for output in plan_pages(site) if not output.path.endswith(".png"))
    yield from ((output.path, output.make()) for output in planned)
    yield from chain(build_api(site), build_story_api(site))


def _check(path: str, body: bytes) -> None:
    assert path.isascii() and path.isprintable() and ".." not in path and "//" not in path
    kind = path.rpartition(".")[2]
    if kind == "html":
        _check_page(path, body)
    elif kind in {"xml", "rss", "atom"}:
        etree.fromstring(body, XML)
        assert b"<!DOCTYPE" not in body and b"<![CDATA[" not in body
    elif kind == "json":
        json.loads(body)
    if kind in {"rss", "atom"}:
        assert not feedparser.parse(io.BytesIO(body)).bozo, path


def test_there_are_four_hundred_of_them() -> None:
    assert len(STRINGS) >= 400 and len(FAMILIES) >= 12
    assert sum(map(len, FAMILIES.values())) == len(STRINGS)


@pytest.mark.parametrize("number", range(SITES))
def test_every_file_parses_and_holds_nothing_active(number: int) -> None:
    paths = set()
    for path, body in _build(hostile_site(STRINGS[number::SITES])):
        assert path not in paths
        paths.add(path)
        _check(path, body)
    folders = {str(folder) for path in paths for folder in PurePosixPath(path).parents}
    assert not folders & paths  # a name may not make a folder of what is a file


def test_robots_are_told_nothing_else() -> None:
    for text in FAMILIES["lines"]:
        files = {output.path: output for output in plan_pages(hostile_site([text]))}
        lines = files["public/robots.txt"].make().decode().splitlines()
        assert [line.partition(":")[0] for line in lines] == ["User-agent", "Allow", "", "Sitemap", "Sitemap"]


def test_previews_are_pictures() -> None:
    texts = {text for family in FAMILIES.values() for text in family[::8]} | {*FAMILIES["length"]}
    for text in sorted(texts):
        drawn = draw_preview(Preview(name=text, headline=text, foot=text, mark=text))
        assert Image.open(io.BytesIO(drawn)).size == (1200, 630)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_document_is_read_as_it_was_written_and_says_nothing_else(family: str) -> None:
    for number, text in enumerate(map(make_name, FAMILIES[family])):  # readers refuse half a pair
        article = hostile_lead(text, number, "https://pictures.example", (text,)).article
        written = format_document(Document(article=article))
        document = parse(written, "x.md")
        assert format_document(document) == written
        assert document.article.title == text and document.article.shown == article.shown
        (front,) = list(yaml.safe_load_all(written.decode().split("\n---")[0]))
        assert front["title"] == text or not text.isprintable()


def test_a_list_of_sources_parses_and_is_read_as_it_was_written(tmp_path: Path) -> None:
    address = "https://paper.example/feed.rss"
    for text in STRINGS:
        outlines = [Outline(address=address, title=text, site=text), Outline(address=text, title="x")]
        data = format_opml(outlines, text)
        etree.fromstring(data, XML)
        file = tmp_path / "list.opml"
        file.write_bytes(data)
        known = read_opml(file)
        assert known[0].address == address
        assert all(outline.address.startswith(("http://", "https://")) for outline in known)
