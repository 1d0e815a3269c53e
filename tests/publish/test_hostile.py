"""Hostile titles, names and addresses through every page, feed and file: nothing active comes out."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from itertools import chain
from xml.etree import ElementTree

import feedparser
import msgspec
import pytest
from selectolax.lexbor import LexborHTMLParser

from newsloom.publish.api import build_api
from newsloom.publish.pages import build_pages
from newsloom.publish.story_api import build_story_api
from newsloom.publish.view import Organization, SiteView
from newsloom.records import Copy, Image, Provider, Record, Related, State, Story, Term, Topic
from tests.builders import CLOCK, record, site_view

HOSTILE = (
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    " java\nscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "<!--",
    "--><script>alert(1)</script>",
    "]]><script>alert(1)</script>",
    "<![CDATA[x]]>",
    "<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]>&y;",
    "{{ 7*7 }}{% raw %}${7*7}<%= 7*7 %>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    '<a href="jav&#x09;ascript:alert(1)">x</a>',
    "<base href=https://evil.example/>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\u2028alert(1)\u2029",
    "\u202egnp.exe\u202c \u2066x",
    "line\r\nSet-Cookie: a=b",
    "\x00\x01\x08\x0b\x1f\x7f\x85\ufffe\uffff",
    "\ud800 lone",
    "../../../etc/passwd",
    "`${alert(1)}`",
    "=cmd|'/c calc'!A1",
    "\U0001f600 e\u0301 \u200f\u05d0 \u0627",
    "a" * 600,
)


def _hostile_site(text: str) -> SiteView:
    provider = Provider(
        name=text, domain=text or "x", images=(Image(url=text), Image(url=f"https://x.example/{text}"))
    )
    image = Image(url=f"https://x.example/{text}", width=900, height=600, title=text, attribution=text)
    state = State(
        seen=CLOCK,
        authors=(text,),
        language=text,
        flags=(text,),
        gate=text,
        formula=text,
        terms=(Term(name=text, value=5, evidence=text),),
        heat_terms=(Term(name=text, value=-5, evidence=text),),
        topic_evidence=((text, text),),
        copies=(Copy(url=text, title=text, provider=provider, published=CLOCK, reason=text),),
    )
    related = Related(title=text, excerpt=text, published=CLOCK, web_url=text, provider=provider)
    lead = record(
        text,
        name=f"lead-{text}",
        excerpt=text,
        provider=provider,
        topics=(text, "AI"),
        images=(Image(url=text), image),
        original_url=text,
        web_url=f"https://x.example/{text}",
        amp_url=text,
        featured=text + f'<iframe src="https://youtu.be/dQw4w9WgXcQ" {text}>',
        kind=text,
        category=text,
        related=(related,),
        state=state,
    )
    other = record(
        text, name=f"other-{text}", provider=provider, shown=False, original_url=text, web_url=text
    )
    return site_view(
        [lead, other, record("Plain", state=state)],
        title=text,
        description=text,
        formula=text,
        topics=(
            Topic(id=text or "x", name=text, parent=text, description=text, keywords=(text,)),
            Topic(id="ai", name="AI", parent=text),
        ),
        organizations={
            provider.domain: Organization(
                domain=provider.domain,
                name=text,
                description=text,
                country=text,
                owner=text,
                standing=1,
                standing_reason=text,
                images=(image,),
            )
        },
        stories=(Story(name=lead.name, lead=lead.name, members=(lead.name, other.name)),),
    )


def _check_page(path: str, body: bytes) -> None:
    tree = LexborHTMLParser(body)
    for script in tree.css("script"):
        source = script.attributes.get("src")
        own = ("/assets/desk.", "/assets/search.") if "/search/" in path else "/assets/desk."
        assert (source or "").startswith(own) or script.attributes["type"] == "application/ld+json", path
        if source is None:
            json.loads(script.text())
    for frame in tree.css("iframe"):
        assert (frame.attributes["src"] or "").startswith(
            ("https://www.youtube-nocookie.com/", "https://player.vimeo.com/")
        )
    assert (
        tree.css("base, object, embed, form:not([method=dialog], [role=search]), math, style, mglyph") == []
    ), path
    assert len(tree.css("title")) == len(tree.css("h1")) == 1
    assert [node.attributes["http-equiv"] for node in tree.css("meta[http-equiv]")] == [
        "Content-Security-Policy"
    ]
    for node in tree.css("*"):
        for name, value in node.attributes.items():
            assert not name.startswith("on") and name not in {"srcdoc", "style", "formaction"}, (path, name)
            if name in {"href", "src"}:
                assert (value or "").startswith(("/", "#", "http://", "https://")) and not (
                    value or ""
                ).startswith("//"), (path, value)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_active_comes_out(text: str) -> None:
    site = _hostile_site(text)
    for path, body in build_pages(site):
        assert ".." not in path and "\n" not in path and path.isascii() and path.startswith("public/")
        if path.endswith(".html"):
            _check_page(path, body)
        elif path.endswith((".xml", ".rss", ".atom")):
            ElementTree.fromstring(body)
            assert b"<!DOCTYPE" not in body
        elif path.endswith(".json"):
            json.loads(body)
        if path.endswith((".rss", ".atom")):
            assert not feedparser.parse(io.BytesIO(body)).bozo, path
    for path, body in chain(build_api(site), build_story_api(site)):
        assert ".." not in path and path.isascii() and path.startswith("api/")
        json.loads(body)


def test_hostile_text_is_still_readable() -> None:
    text = "</script><b>Bold & brave</b>"
    pages = dict(build_pages(site_view([record(text, name="a")])))
    heading = LexborHTMLParser(pages["public/stories/a/index.html"]).css_first("h1")
    assert heading is not None and heading.text() == text
    entry = feedparser.parse(io.BytesIO(pages["public/feed.atom"])).entries[0]
    assert "Bold & brave" in entry.title


def test_a_name_that_no_folder_can_have_still_has_one_address() -> None:
    hostile = record("x", name="../../x")
    paths = [path for path, _ in build_pages(site_view([hostile])) if "/stories/" in path]
    assert paths == [path for path, _ in build_pages(site_view([hostile])) if "/stories/" in path]
    assert paths[0].startswith("public/stories/id-")


def test_a_ring_of_parents_ends() -> None:
    ring = (
        Topic(id="a", name="A", parent="B"),
        Topic(id="b", name="B", parent="A"),
        Topic(id="c", name="C", parent="C"),
    )
    assert dict(build_pages(site_view([record("x", topics=("A",))], topics=ring)))


def _held(records: list[Record]) -> list[Record]:
    return [msgspec.structs.replace(item, state=None) for item in records]


def test_records_without_state_are_shown_without_reasons() -> None:
    records = _held(
        [record(f"Title {number}", published=CLOCK - timedelta(hours=number)) for number in range(3)]
    )
    pages = dict(build_pages(site_view(records)))
    tree = LexborHTMLParser(pages[f"public/stories/{records[0].name}/index.html"])
    assert tree.css(".bars") == [] and tree.css(".gate") == []
