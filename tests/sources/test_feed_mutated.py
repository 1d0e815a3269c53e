"""Two thousand damaged feeds: each gives a feed or one clear error, in bounded time and memory."""

import time
import tracemalloc
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsloom.errors import SourceError
from newsloom.settings import FEED_ENTRIES, MIB
from newsloom.sources import parse_feed
from tests.sources.test_feed import ATOM, JSON_FEED, RDF, RSS

NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)
ADDRESS = "https://feed.example/rss"
SAMPLES = [text.encode() for text in (RSS, ATOM, RDF, JSON_FEED)]
SPLICES = [
    b"<![CDATA[", b"]]>", b"<!--", b"-->", b"<item>", b"</item>", b"<entry>", b"</entry>", b"&nbsp;", b"&#0;", b"&#x110000;", b"&",
    b"<!DOCTYPE rss [<!ENTITY a 'b'>]>", b"<?xml version='1.0' encoding='utf-16'?>", b"<x:y z=1>", b"<br>", b"\x00", b"\xff\xfe",
    b"<feed xmlns='http://www.w3.org/2005/Atom'>", b"</channel>", b"<link>javascript:alert(1)</link>", b"xml:base='http://[x'",
    b"<pubDate>Mon, 99 Foo 99999 99:99:99 +9999</pubDate>", b"<media:content url='x' width='99999999999'/>", b"[" * 300, b"<a>" * 300,
]  # fmt: skip
CODECS = ["utf-8", "utf-16", "utf-16-le", "utf-32", "latin-1", "cp1252", "shift_jis", "cp037", "utf-7"]

damages = st.one_of(
    st.tuples(st.just("flip"), st.integers(0, 5_000), st.integers(1, 255)),
    st.tuples(st.just("cut"), st.integers(0, 5_000), st.integers(0, 400)),
    st.tuples(st.just("end"), st.integers(0, 5_000), st.just(0)),
    st.tuples(st.just("splice"), st.integers(0, 5_000), st.integers(0, len(SPLICES) - 1)),
    st.tuples(st.just("double"), st.integers(0, 5_000), st.integers(0, 400)),
    st.tuples(st.just("recode"), st.just(0), st.integers(0, len(CODECS) - 1)),
)


def damage(body: bytes, kind: str, place: int, number: int) -> bytes:
    place %= len(body) + 1
    before, after = body[:place], body[place:]
    if kind == "flip":
        return before + bytes([after[0] ^ number]) + after[1:] if after else before
    if kind == "cut":
        return before + after[number:]
    if kind == "splice":
        return before + SPLICES[number] + after
    if kind == "double":
        return before + after[:number] + after
    if kind == "recode":
        return body.decode("utf-8", "replace").encode(CODECS[number], "replace")
    return before


@settings(max_examples=2_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(SAMPLES), st.lists(damages, min_size=1, max_size=6))
def test_a_damaged_feed_gives_a_feed_or_one_clear_error(
    body: bytes, harm: list[tuple[str, int, int]]
) -> None:
    for one in harm:
        body = damage(body, *one)
    try:
        feed = parse_feed(body, ADDRESS, NOW)
    except SourceError as error:
        assert str(error).startswith(ADDRESS)
        return
    assert all(entry.address.startswith(("http://", "https://")) for entry in feed.entries)
    assert all(entry.published is None or entry.published.tzinfo for entry in feed.entries)


ENTRY = b"<item><title>A</title><link>https://a.example/</link></item>"


@pytest.mark.parametrize(
    "body",
    [
        b"<rss><channel>" + b"<a>" * 210_000,
        b"<rss><channel>" + b"<a/>" * 210_000,
        b"<rss><channel><item>" + b"&" * 300_000,
        b"<rss><channel>" + b"<![CDATA[" * 100_000,
        b"<rss><channel>" + b"<item" * 200_000,
        b"<rss><channel>" + b"<item a=" * 100_000 + b"&",
        b"<rss><channel>" + b"<!DOCTYPE " * 100_000 + b"&",
        b"<rss><channel><item><title>" + b"<b " * 40_000 + b"&",
        b"<rss><channel>" + ENTRY * 20_000 + b"&" + ENTRY,
        b"<rss" + b" a" * 500_000 + b"><channel>&" + ENTRY * 3_000,
        b'{"version": "https://jsonfeed.org/version/1", "items": ' + b"[" * 1_000_000,
        b"<rss><channel><item><link>"
        + b"www." * 250_000
        + b"</link><pubDate>"
        + b"1 " * 250_000
        + b"</pubDate></item>",
    ],
    ids=range(12),
)
def test_hostile_megabytes_are_bounded_in_time_and_memory(body: bytes) -> None:
    tracemalloc.start()
    started = time.process_time()
    try:
        assert len(parse_feed(body, ADDRESS, NOW).entries) <= FEED_ENTRIES
    except SourceError:
        pass
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert time.process_time() - started < 20  # not a timing: without the bounds these take minutes
    assert peak < 300 * MIB
