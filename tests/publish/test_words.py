"""The interface in the site's language: whole catalogues, and pages that hold nothing of another language."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from selectolax.lexbor import LexborHTMLParser, LexborNode

from newsloom.curate.quality import SIDES, Assessed, judge_quality
from newsloom.publish.dossier import TERMS
from newsloom.publish.pages import build_pages
from newsloom.publish.view import SiteView
from newsloom.publish.words import find_words
from newsloom.records import Image
from tests.builders import sample_site

ROOT = Path(__file__).parents[2]
CATALOGUES = sorted((ROOT / "src/newsloom/publish/locale").glob("*.po"))
_VALUE = re.compile(r"%\(\w+\)s|<[^>]+>")


def _load_tool() -> ModuleType:
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        import update_words
    finally:
        sys.path.pop(0)
    return update_words


def _forms(message: Message) -> tuple[list[str], list[str]]:
    told = [message.id] if isinstance(message.id, str) else list(message.id)
    given = [message.string] if isinstance(message.string, str) else list(message.string)
    return told, given


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_a_catalogue_has_every_string_and_no_other(path: Path) -> None:
    tool = _load_tool()
    wanted = {message.id for message in tool.collect_strings() if message.id}
    with path.open("rb") as file:
        held = {message.id: message for message in read_po(file, locale=path.stem) if message.id}
    assert held.keys() == wanted, "run scripts/update_words.py"
    assert [name for name, message in held.items() if not tool.is_translated(message)] == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_translations_keep_values_and_elements(path: Path) -> None:
    with path.open("rb") as file:
        for message in read_po(file, locale=path.stem):
            told, given = _forms(message)
            if message.id:
                assert {tuple(sorted(_VALUE.findall(form))) for form in given} <= {
                    tuple(sorted(_VALUE.findall(form))) for form in told
                }, message.id


def test_pages_of_a_german_site_are_german() -> None:
    pages = _print(sample_site(locale="de-AT"))
    front = LexborHTMLParser(pages["public/index.html"])
    assert front.css_first("html").attributes["lang"] == "de-AT"
    assert front.css_first(".skip").text() == "Zu den Nachrichten springen"
    assert front.css_first(".dateline").text().startswith("Dienstag, 24. November 2026")
    told = " ".join(node.text() for page in pages.values() for node in _visible(page))
    for word in ("Front page", "Also covered by", "Archive", "Keyboard", "How this desk decides", "Latest"):
        assert word not in told


def _print(site: SiteView) -> dict[str, str]:
    return {path: body.decode() for path, body in build_pages(site) if path.endswith(".html")}


def _visible(page: str) -> list[LexborNode]:
    return LexborHTMLParser(page).css("header, footer, h1, h2, .also, .skip, dialog")


def test_numbers_choose_their_forms() -> None:
    pages = _print(sample_site(locale="de"))
    directory = LexborHTMLParser(pages["public/topics/index.html"])
    counts = [node.text() for node in directory.css(".count")]
    assert counts and all((count == "1 Geschichte") == count.startswith("1 ") for count in counts)
    assert any(count.endswith(" Geschichten") for count in counts)


@pytest.mark.parametrize("tag", ["xx-YY", "", "de_CH", "../../etc", "zh-Hant-TW", "de-DE-1996-x-private"])
def test_any_locale_gives_words(tag: str) -> None:
    words = find_words(tag)
    assert words.say("Archive") == ("Archiv" if tag.startswith("de") else "Archive")


def test_strings_from_outside_are_no_formats() -> None:
    assert find_words("de").say("100 % (sure) %s") == "100 % (sure) %s"


def test_every_term_of_a_score_has_words_for_readers() -> None:
    article = Assessed(
        title="X", excerpt="", domain="a.example", provider="A", images=(Image(url="https://a.example/i"),)
    )
    named = {term.name for term in judge_quality(article)} | set(SIDES) | {"form", "floor"}
    assert named <= TERMS.keys()
