"""Pages cut, doubled and garbled at random: always a record or one `PageError`, never anything else."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from newsloom.errors import PageError
from newsloom.extract import draft_to_json, explain, extract
from newsloom.records import Page
from newsloom.settings import EXCERPT_CHARACTERS, TITLE_CHARACTERS
from tests.extract.test_extract import FULL

SEEDS = (
    FULL.encode(),
    FULL.replace("<p>", "<div>").replace("</p>", "</div>").encode("utf-16"),
    "<meta charset=shift_jis><h1>新しい工場</h1><p>".encode("shift_jis")
    + "工場が開いた。".encode("shift_jis") * 99,
)
SNIPPETS = (
    b"<h1>", b"</h1>", b"<noscript><h1>New chip plant opens</h1><time datetime=2026-03-01>", b"<template>", b"<svg>",
    b"</article>", b"<article>", b"<table><tr><td>", b"<select><option>", b"<!--", b"-->", b"<script>", b"<plaintext>",
    b'<script type="application/ld+json">{"@graph":[[[[', b'<meta property="article:published_time" content="',
    b"\x00", b"\xff\xfe", b"&#x110000;", b"&lt;p&gt;", b'<time datetime="99999999999999">', b"<p>" * 200, b"<b>" * 200,
    b'<div class="comments related nav" style="display:none" hidden>', b"<base href='//['>", b"<img srcset=', , 9e9w'>",
    b'<link rel="canonical" href="http://[::1"><link rel=amphtml href="//">', b"<frameset>", b"<math><mi><p>",
)  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    body = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(1, 8))):
        at, length = draw(st.integers(0, len(body))), draw(st.integers(0, 400))
        kind = draw(st.integers(0, 3))
        if kind == 0:
            body = body[:at] + body[at + length :]
        elif kind == 1:
            body = body[:at] + body[at : at + length] * 2 + body[at + length :]
        elif kind == 2:
            body = body[:at] + draw(st.sampled_from(SNIPPETS)) + body[at:]
        else:
            body = body[:at] + draw(st.binary(max_size=12)) + body[at + 1 :]
    return bytes(body)


@settings(max_examples=300, deadline=None)
@given(
    mutated(),
    st.sampled_from(["", "text/html; charset=utf-8", "text/html; charset=euc-kr", "text/html;charset=x"]),
)
def test_a_garbled_page_is_read_or_refused(body: bytes, content_type: str) -> None:
    address = "https://www.daily.example/2026/03/01/chips"
    seen = datetime(2026, 3, 2, tzinfo=UTC)
    page = Page(address=address, final=address, body=body, observed=seen, content_type=content_type)
    try:
        draft = extract(page)
        explain(page)
    except PageError:
        return
    assert 0 < len(draft.title) <= TITLE_CHARACTERS
    assert len(draft.excerpt) <= EXCERPT_CHARACTERS
    assert draft.canonical.startswith(("https://", "http://"))
    assert all(image.url.startswith(("https://", "http://")) for image in draft.images)
    json.dumps(draft_to_json(draft)).encode()
