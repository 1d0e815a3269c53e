"""What readers learn of sources: no secret of the owner's, and no figure that trembles."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsloom.config import Config
from newsloom.fetch.guard import read_allowance
from newsloom.site import Site, Source
from newsloom.sourceshowing import is_open, show_sources
from newsloom.store import SourceState

ALLOWANCE = read_allowance(["paper.example:80", "10.0.0.0/8"])
NOW = 1_795_000_000


@pytest.mark.parametrize(
    "address",
    [
        "https://news.example/rss",
        "https://news.example:8443/rss?format=xml&section=3",
        "https://news.example/2026/artificial-intelligence-and-machine-learning/feed.xml",
        "https://www.youtube.com/feeds/videos.xml?channel_id=UC0123456789abcdefghijkl",
        "http://paper.example:8080/rss",
    ],
)
def test_public_addresses_are_shown(address: str) -> None:
    assert is_open(address, ALLOWANCE)


@pytest.mark.parametrize(
    "address",
    [
        "https://me:secret@news.example/rss",
        "https://news.example/rss?token=1",
        "https://news.example/rss?api_key=1",
        "https://news.example/rss?u=a8f5f167f44f4964e6c998dee827110c",
        "https://news.example/private/6f1c2a9d8b7e4f30a1b2/feed",
        "https://news.example/private/123e4567-e89b-12d3-a456-426614174000/feed",
        "http://paper.example/rss",
        "http://10.1.2.3/rss",
        "http://192.168.0.9/rss",
        "http://wiki/rss",
        "http://wiki.internal/rss",
        "http://wiki.lan/rss",
        "nonsense",
    ],
)
def test_addresses_with_secrets_and_those_of_the_house_are_not(address: str) -> None:
    assert not is_open(address, ALLOWANCE)


def make_site(*sources: Source) -> Site:
    return Site(
        root=Path("/x"), config=Config(allow=("wiki:80",)), sources=sources, topics=(), organizations={}
    )


def test_of_a_private_source_name_and_host_alone_are_told() -> None:
    sources = (
        Source(kind="feed", location="https://news.example/rss?token=geheim", name="Ours"),
        Source(kind="feed", location="http://wiki/rss"),
        Source(kind="warc", location="private/folder/pages.warc.gz"),
    )
    notes = show_sources(make_site(*sources), {})
    assert [(note.name, note.host, note.home, note.feed) for note in notes] == [
        ("Ours", "news.example", "", ""),
        ("", "wiki", "", ""),
        ("pages.warc.gz", "", "", ""),
    ]
    assert "geheim" not in str(notes)


def test_figures_are_round() -> None:
    source = Source(kind="feed", location="https://news.example/rss")
    states = [
        SourceState(
            address=source.location, polled=NOW + at, polls=300 + at, successes=299 + at, answered=NOW,
            daily=21.3 + at / 50, lags=(1_180 + at,),
        )
        for at in range(3)
    ]  # fmt: skip
    notes = {
        (note.success, note.daily, note.lag)
        for state in states
        for note in show_sources(make_site(source), {source.location: state})
    }
    assert notes == {(99, 20.0, 1_200)}


def test_a_source_fails_since_its_last_answer_or_from_the_first() -> None:
    source = Source(kind="feed", location="https://news.example/rss")
    fields = {"address": source.location, "polled": NOW, "polls": 9, "failures": 3, "first": NOW - 99_999}
    once, never, unknown = (
        show_sources(make_site(source), {source.location: SourceState(**fields, **more)})[0].since
        for more in ({"successes": 6, "answered": NOW - 9_000}, {}, {"successes": 6})
    )
    assert once is not None and once.timestamp() == NOW - 9_000
    assert never is not None and never.timestamp() == NOW - 99_999
    assert unknown is None
