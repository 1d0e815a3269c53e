"""All words of a page, with or without a parser: none that a reader sees is missing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from selectolax.lexbor import LexborHTMLParser

from newsloom.extract.words import list_words, read_words

LINKED = b"<script type='application/ld+json'>four</script>"


def list_parsed(body: bytes) -> str:
    return list_words(LexborHTMLParser(body), body)


def test_words_are_all_but_those_of_scripts_and_styles() -> None:
    body = b"<p>one</p><script>two</script><style>three</style>" + LINKED + b"&eacute; <b>f"
    assert read_words(body).split() == ["one", "four", "\u00e9", "f"]
    assert list_parsed(body).split() == ["one", "\u00e9", "f"]


@pytest.mark.parametrize("read", [read_words, list_parsed])
@pytest.mark.parametrize(
    "text",
    [
        "a wafer", "a wa<b>fer</b>", "a <i class='x'>w</i>afer", "a w<a href='/'><b>a</b></a>fer", "a wa<!-- -->fer",
        "a wa&shy;fer", "a &#119;afer", "a &amp;#119;afer", "<ul><li>a</li><li>wafer</li></ul>",
    ],
)  # fmt: skip
def test_a_word_is_whole_whatever_stands_within_it(read: Callable[[bytes], str], text: str) -> None:
    assert "wafer" in read(f"<body><p>{text}</p><p>end</p>".encode()).split()
