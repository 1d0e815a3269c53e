"""Pictures for links that are shared: one for each page, drawn only where the typeface has the letters."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pictures
from selectolax.lexbor import LexborHTMLParser

from newsloom.publish.cards import compose_card
from newsloom.publish.pages import build_pages
from newsloom.publish.previews import STORIES, Preview, can_draw, draw_preview, open_previews
from newsloom.publish.view import SiteView, compile_edition
from newsloom.records import Image
from tests.builders import CLOCK, record, sample_site, site_view


def _pages(site: SiteView) -> dict[str, bytes]:
    return {path.removeprefix("public/"): body for path, body in build_pages(site)}


def _preview_of(page: bytes) -> str:
    tree = LexborHTMLParser(page)
    return tree.css_first("meta[property='og:image']").attributes["content"] or ""


def test_every_preview_a_page_names_is_there() -> None:
    files = _pages(sample_site())
    for path, body in files.items():
        if path.endswith("index.html") and b"og:image" in body:
            named = _preview_of(body)
            if "/previews/" in named:
                assert named.removeprefix("https://desk.example/") in files, path
    with Pictures.open(io.BytesIO(files["previews/site.png"])) as picture:
        assert (picture.format, picture.size) == ("PNG", (1200, 630))
    assert max(len(body) for path, body in files.items() if path.startswith("previews/")) < 60_000


def test_a_storys_own_picture_comes_first() -> None:
    picture = Image(url="https://x.example/p.jpg", width=1280, height=720)
    files = _pages(site_view([record("With", name="w", images=(picture,)), record("Without", name="o")]))
    assert _preview_of(files["stories/w/index.html"]) == "https://x.example/p.jpg"
    assert _preview_of(files["stories/o/index.html"]) == "https://desk.example/previews/stories/o.png"
    assert "previews/stories/w.png" not in files


def test_a_headline_in_another_script_has_its_topics_preview() -> None:
    files = _pages(site_view([record("نموذج جديد", name="a", topics=("AI Hardware", "AI"))]))
    assert _preview_of(files["stories/a/index.html"]).endswith("/previews/topics/ai-hardware.png")


def test_only_the_newest_stories_have_their_own() -> None:
    records = [
        record(f"Title {at}", name=f"n-{at}", published=CLOCK - timedelta(minutes=at))
        for at in range(STORIES + 20)
    ]
    edition = compile_edition(site_view(records))
    found = open_previews(edition, {s.name: compose_card(s, edition) for s in edition.latest})
    own = [name for name, path in found.of_story.items() if path.startswith("previews/stories/")]
    assert own == [f"n-{at}" for at in range(STORIES)]
    assert found.of_story[f"n-{STORIES}"] == "previews/topics/ai.png"


@settings(max_examples=25)
@given(st.text(), st.text(), st.text(), st.text())
def test_any_text_can_be_asked_for(name: str, headline: str, foot: str, mark: str) -> None:
    drawn = draw_preview(Preview(name=name, headline=headline, foot=foot, mark=mark))
    assert drawn.startswith(b"\x89PNG")


@pytest.mark.parametrize("text", ["W" * 400, "word " * 200, "i" * 3_000])
def test_long_headlines_are_cut(text: str) -> None:
    preview = Preview(name="Desk", headline=text, foot=text, mark=text)
    assert draw_preview(preview) == draw_preview(preview)


def test_letters_the_typeface_has() -> None:
    assert (
        can_draw("“Grün” — naïve…")
        and not can_draw("Šibenik")
        and not can_draw("新しい")
        and not can_draw("")
    )
