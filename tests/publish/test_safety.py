"""Outside strings are fit for the place they are put in."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsloom.publish.links import find_base
from newsloom.publish.safety import clean_picture_url, clean_text, clean_url, write_script_json


@pytest.mark.parametrize(
    "url",
    [
        "https://x.example/a?b=c#d",
        "http://x.example:8080/",
        "HTTPS://x.example/",
        "https://[2001:db8::1]/",
    ],
)
def test_web_addresses_stay(url: str) -> None:
    assert clean_url(url) == url


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "javascript:alert(1)",
        " javascript:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "//x.example/",
        "/local",
        "https://",
        "https:///path",
        "https://user:word@x.example/",
        "https://x.example/\nSet-Cookie: a",
        "https://x.example/ b",
        "https://x.example\\@evil.example/",
        "https://x.example:port/",
        "https://[::1/",
        "https://x.example/\u202egnp.exe",
        "https://x.example/\x00",
        "https://x.example/" + "a" * 3000,
        "ftp://x.example/",
        "file:///etc/passwd",
    ],
)
def test_everything_else_is_no_link(url: str | None) -> None:
    assert clean_url(url) is None


def test_an_address_cannot_leave_its_attribute() -> None:
    cleaned = clean_url("https://x.example/\"onmouseover='x'<b>")
    assert cleaned is not None
    assert '"' not in cleaned and "<" not in cleaned


def test_own_pictures_are_below_the_base() -> None:
    links = find_base("https://x.github.io/desk/")
    assert clean_picture_url("/assets/images/a.png", links) == "/desk/assets/images/a.png"
    assert clean_picture_url("assets/images/a.png", links) == "/desk/assets/images/a.png"
    assert clean_picture_url("/assets/../secret.png", links) is None
    assert clean_picture_url("https://x.example/a.png", links) == "https://x.example/a.png"


@given(st.text())
def test_clean_text_fits_into_xml_and_is_clean_already(text: str) -> None:
    cleaned = clean_text(text)
    element = ElementTree.Element("a")
    element.text = cleaned
    parsed = ElementTree.fromstring(ElementTree.tostring(element, "utf-8"))
    assert (parsed.text or "") == cleaned
    assert clean_text(cleaned) == cleaned


def test_clean_text_drops_what_reorders_its_surroundings() -> None:
    assert clean_text("price \u202e01$\u202c \u2066x\u2069\x1b[31m \ud800 end") == "price 01$ x [31m end"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_json_in_a_script_stays_in_it(text: str) -> None:
    written = str(write_script_json({"name": text, "nested": [text]}))
    assert not set(written) & {"<", ">", "&", "\u2028", "\u2029"}
    assert json.loads(written) == {"name": text, "nested": [text]}
