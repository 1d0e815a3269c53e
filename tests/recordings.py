"""Makes recordings (WARC 1.1) and small sites for tests."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from newsloom.config import Config
from newsloom.starter import init_site

MOMENT = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)


class Answer(Struct, frozen=True, kw_only=True):
    """One recorded answer of a server."""

    url: str
    body: bytes
    content_type: str = "text/html; charset=utf-8"
    status: str = "200 OK"
    moment: datetime = MOMENT


def write_recording(path: Path, answers: Iterable[Answer]) -> Path:
    """Write answers as response records, one gzip member each."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        for number, answer in enumerate(answers):
            head = f"HTTP/1.1 {answer.status}\r\nContent-Type: {answer.content_type}\r\n"
            block = f"{head}Content-Length: {len(answer.body)}\r\n\r\n".encode() + answer.body
            fields = (
                f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{number:032x}>\r\n"
                f"WARC-Date: {answer.moment:%Y-%m-%dT%H:%M:%SZ}\r\nWARC-Target-URI: {answer.url}\r\n"
                f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(block)}\r\n\r\n"
            )
            file.write(gzip.compress(fields.encode() + block + b"\r\n\r\n", mtime=0))
    return path


def make_page(
    title: str, *, text: str = "", published: str = "2026-11-20T09:30:00Z", head: str = ""
) -> bytes:
    """A plain article page. `text` is one paragraph; a usual one is made up when it is missing."""
    body = text or (
        f"{title}, researchers said on Friday. The new chip runs artificial intelligence models with a tenth "
        "of the energy that today's machines need, according to measurements that the laboratory published. "
        "Independent engineers who looked at the figures called them credible, but asked for more tests."
    )
    return (
        f'<!doctype html><html lang="en"><head><title>{title}</title>'
        f'<meta property="og:title" content="{title}"><meta property="og:type" content="article">'
        f'<meta property="article:published_time" content="{published}">{head}</head>'
        f"<body><article><h1>{title}</h1><p>{body}</p><p>{body[::1]} It went on sale this week.</p></article>"
        "</body></html>"
    ).encode()


def make_feed(entries: Iterable[tuple[str, str]]) -> bytes:
    """An RSS feed of (address, title) pairs."""
    items = "".join(
        f"<item><title>{title}</title><link>{link}</link><guid>{link}</guid>"
        "<pubDate>Fri, 20 Nov 2026 08:00:00 GMT</pubDate>"
        f"<description>{title}: artificial intelligence gets a new chip, says its maker.</description></item>"
        for link, title in entries
    )
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>Feed</title>'
        f"<link>https://feed.example/</link>{items}</channel></rss>"
    ).encode()


def make_site(root: Path, answers: Iterable[Answer], *, keep: str = "all", sources: str = "") -> Path:
    """A site whose only source is a recording of these answers, read without worker processes."""
    config = Config(title="Test desk", topic="AI", keep=keep, engine="inline")
    init_site(root, config=config, sources=sources or "- warc: recordings/*.warc.gz\n")
    write_recording(root / "recordings" / "one.warc.gz", answers)
    return root


def read_tree(root: Path, *folders: str) -> dict[str, bytes]:
    """Every file below some of a site's folders, by path."""
    return {
        str(path.relative_to(root)): path.read_bytes()
        for folder in folders or ("_news", "api", "public")
        for path in sorted((root / folder).rglob("*"))
        if path.is_file()
    }
