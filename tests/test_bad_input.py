"""Bad input end to end: the pass ends, what is good becomes documents, what is bad has a reason."""

import gzip
from pathlib import Path

import pytest

from newsloom import settings
from newsloom.errors import ConfigError
from newsloom.pipeline import run_pass
from newsloom.summary import Summary
from tests.recordings import Answer, make_feed, make_page, make_site, write_recording

GOOD = Answer(url="https://good.example/a", body=make_page("A chip that thinks with less power"))
OTHER = (
    "The harbour museum restores a painted ceiling that nobody had seen since the great fire of the last century. "
    * 3
)
BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b"<rss version='2.0'><channel><item><title>&b;</title><link>https://x.example/</link></item></channel></rss>"
)


def pass_over(tmp_path: Path, *answers: Answer) -> tuple[Summary, str]:
    """The summary of a pass over a good page and these, and all that it says of what was wrong."""
    site = make_site(tmp_path / "site", [*answers, GOOD])
    summary = run_pass(site)
    assert any("thinks-with-less-power" in path.name for path in (site / "_news").glob("*.md"))
    return summary, "\n".join([*summary.problems, *summary.rejected])


def feed(body: bytes) -> Answer:
    return Answer(url="https://feed.example/rss", body=body, content_type="application/rss+xml")


def page(body: bytes) -> Answer:
    return Answer(url="https://bad.example/page", body=body)


def test_a_page_of_50_megabytes_is_passed_over_with_its_size(tmp_path: Path) -> None:
    body = make_page("Far too long").replace(b"</article>", b"<p>word</p>" * 4_800_000 + b"</article>")
    summary, said = pass_over(tmp_path, page(body))
    assert summary.documents == 1
    assert "larger than is read" in said


def test_halves_of_surrogate_pairs_in_a_page_cost_only_themselves(tmp_path: Path) -> None:
    linked = r"""{"@type": "NewsArticle", "headline": "A half \ud800 here", "description": "and \udfff there",
        "keywords": ["ro\ud800bots"], "author": {"name": "Jo \ud800hn \ud83d\ude00"}, "datePublished": "2026-11-20"}"""
    body = make_page("Half", head=f'<script type="application/ld+json">{linked}</script>', text=OTHER)
    summary, _ = pass_over(tmp_path, page(body))
    assert summary.documents == 2


def test_a_page_that_takes_too_long_is_rejected_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "PAGE_SECONDS", 0.4)
    body = make_page("Slow").replace(
        b"</article>", b"<p><a href=x>b</a> <b>c</b></p>" * 200_000 + b"</article>"
    )
    summary, said = pass_over(tmp_path, page(body))
    assert summary.documents == 1
    assert "took more than 0.4 seconds to read" in said


@pytest.mark.parametrize("tag", [b"<div>", b"<ul><li>", b"<table><tr><td>", b"<b><i>", b"<svg>"])
def test_fifty_thousand_nested_tags_do_not_hang(tmp_path: Path, tag: bytes) -> None:
    body = make_page("Deep").replace(b"<article>", b"<article>" + tag * 50_000)
    summary, said = pass_over(tmp_path, page(body))
    assert summary.documents == 2 or "nested" in said


@pytest.mark.parametrize(
    "date", ["0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "99999-01-01", "0001-01-01"]
)
def test_dates_that_cannot_be_are_replaced_by_when_it_was_seen(tmp_path: Path, date: str) -> None:
    summary, _ = pass_over(tmp_path, page(make_page("An odd date", text=OTHER, published=date)))
    assert summary.documents == 2
    text = next((tmp_path / "site/_news").glob("*odd-date*")).read_text()
    assert "publishedDateTime: 2026-11-20T18:00:00Z" in text


def test_scripts_in_links_get_nowhere(tmp_path: Path) -> None:
    head = '<link rel="canonical" href="javascript:alert(1)"><meta property="og:image" content="javascript:alert(2)">'
    bad = feed(
        make_feed([("javascript:alert(3)", "Click me"), ("https://x.example/1", "A feed's own story")])
    )
    summary, said = pass_over(tmp_path, page(make_page("A trap", text=OTHER, head=head)), bad)
    assert summary.documents == 3
    assert "http(s) link" in said
    for path in (tmp_path / "site").rglob("*"):
        if (
            path.is_file()
            and ".newsloom" not in path.parts
            and path.suffix in {".md", ".html", ".json", ".xml"}
        ):
            assert "javascript:alert" not in path.read_text(), path


def test_an_entity_bomb_is_refused_by_name(tmp_path: Path) -> None:
    _, said = pass_over(tmp_path, feed(BOMB))
    assert "feed.example/rss: declares XML entities" in said


def test_a_feed_of_very_many_entries_is_cut(tmp_path: Path) -> None:
    items = "".join(
        f"<item><title>T {n}</title><link>https://x.example/{n}</link></item>" for n in range(100_000)
    )
    many = f"<rss version='2.0'><channel><title>F</title>{items}</channel></rss>".encode()
    site = make_site(tmp_path / "site", [feed(many), GOOD], keep="topical")
    summary = run_pass(site)
    assert summary.entries == 2_000


def test_a_web_page_sent_as_a_feed_is_told(tmp_path: Path) -> None:
    (tmp_path / "page.xml").write_bytes(make_page("No feed"))
    said = read_sources(tmp_path, f"- feed: {tmp_path / 'page.xml'}\n")
    assert "page.xml: is a web page, not a feed" in said


def test_an_empty_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "empty.xml").touch()
    (tmp_path / "empty.warc.gz").touch()
    said = read_sources(tmp_path, f"- feed: {tmp_path / 'empty.xml'}\n- warc: {tmp_path / 'empty.warc.gz'}\n")
    assert "empty.xml: is empty" in said


@pytest.mark.parametrize("left", [0.5, 0.9])
def test_a_gzip_file_cut_short_gives_what_was_whole_and_is_named(tmp_path: Path, left: float) -> None:
    many = [
        Answer(url=f"https://n{n}.example/a", body=make_page(f"Story number {n} of nine")) for n in range(9)
    ]
    path = write_recording(tmp_path / "cut.warc.gz", many)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * left)])
    said = read_sources(tmp_path, f"- warc: {path}\n")
    assert "cut.warc.gz" in said
    assert list((tmp_path / "site/_news").glob("*story-number-0*"))


def test_a_record_cut_short_is_named(tmp_path: Path) -> None:
    whole = write_recording(tmp_path / "whole.warc.gz", [GOOD, page(make_page("Second"))])
    plain = gzip.decompress(whole.read_bytes())
    (tmp_path / "cut.warc").write_bytes(plain[:-600])
    said = read_sources(tmp_path, f"- warc: {tmp_path / 'cut.warc'}\n")
    assert "cut.warc" in said


def test_noise_instead_of_a_recording_is_named(tmp_path: Path) -> None:
    (tmp_path / "noise.warc.gz").write_bytes(b"\x1f\x8b\x08\x00" + bytes(range(256)) * 9)
    (tmp_path / "words.warc").write_text("just words\n" * 9)
    said = read_sources(
        tmp_path, f"- warc: {tmp_path / 'noise.warc.gz'}\n- warc: {tmp_path / 'words.warc'}\n"
    )
    assert "noise.warc.gz" in said
    assert "words.warc" in said


def read_sources(tmp_path: Path, sources: str) -> str:
    """What a pass over these sources and a good recording says was wrong."""
    site = make_site(tmp_path / "site", [GOOD], sources="- warc: recordings/*.warc.gz\n" + sources)
    summary = run_pass(site)
    assert any("thinks-with-less-power" in path.name for path in (site / "_news").glob("*.md"))
    return "\n".join([*summary.problems, *summary.rejected])


@pytest.mark.parametrize("name", ["newsloom.yaml", "sources.yaml", "_data/topics/ai.yaml"])
def test_a_tab_in_the_configuration_is_told_with_its_line(tmp_path: Path, name: str) -> None:
    site = make_site(tmp_path / "site", [GOOD])
    (site / name).write_text("title:\n\tname: A\n")
    with pytest.raises(ConfigError, match="tab") as caught:
        run_pass(site)
    assert caught.value.subject.endswith(f"{name}:2")
