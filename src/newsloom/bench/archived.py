"""Archives of made-up pages, of any number: most of them no site of artificial intelligence would want.

Of a hundred pages three are of its topics, seven name one beside their article alone, two are lists, two are
gone, one is in another language, and the rest is other news. Menus, scripts and styles make each as heavy as
a light page of a newspaper. The same number is the same archive at every call.
"""

from __future__ import annotations

import gzip
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final

from newsloom.demo.content import read_content

OF_EACH: Final = 2_500  # pages of one file; Common Crawl's have some 30,000
_OTHER: Final = (
    "council", "bridge", "river", "harvest", "mayor", "ferry", "season", "coach", "village", "orchard",
    "railway", "weather", "storm", "museum", "bakery", "festival", "tournament", "goalkeeper",
    "winter", "summer", "market", "tenant", "plumber", "gardener", "library", "concert", "violin",
    "parliament", "minister", "budget", "strike", "union", "island", "lighthouse", "fisher", "boat",
    "mountain", "valley", "shepherd", "wool", "kitchen", "recipe", "pepper", "onion", "butter",
    "cheese", "painter", "gallery", "statue", "bishop", "choir", "cyclist", "marathon",
)  # fmt: skip
_GERMAN: Final = (
    "Der Gemeinderat hat am Dienstag über die neue Brücke gesprochen und will im Frühjahr noch einmal "
    "darüber abstimmen, wie viel Geld die Stadt dafür ausgeben darf. "
)
_START: Final = datetime(2024, 5, 1, tzinfo=UTC)
_PROVIDERS: Final = 40
_LEVEL: Final = 3  # of gzip: what is packed is thrown away again


def write_archives(folder: Path, count: int) -> int:
    """Write so many pages as WARC files, gzip per record; the bytes of all pages."""
    folder.mkdir(parents=True, exist_ok=True)
    size = 0
    for first in range(0, count, OF_EACH):
        with (folder / f"made-up-{first // OF_EACH:03}.warc.gz").open("wb") as file:
            for number in range(first, min(first + OF_EACH, count)):
                address, status, body = make_page(number)
                size += len(body)
                file.write(gzip.compress(_write_record(number, address, status, body), _LEVEL, mtime=0))
    return size


def make_page(number: int) -> tuple[str, str, bytes]:
    """One page: its address, its status, its bytes."""
    dice = random.Random(number)  # noqa: S311 - repeatable, not secret
    kind, provider = number % 100, dice.randrange(_PROVIDERS)
    title, paragraphs = _write_article(dice, topical=kind < 3)
    language = "de" if kind == 14 else "en"
    if language == "de":
        paragraphs = [_GERMAN * 3] * 6
    beside = (
        "Artificial intelligence, machine learning and neural networks" if 3 <= kind < 10 else "Elsewhere"
    )
    slug = "-".join(title.lower().split()[:8])
    path = f"tag/{slug.partition('-')[0]}/" if kind in {10, 11} else f"2024/05/{number:06}-{slug}"
    head = (
        f'<!doctype html><html lang="{language}"><head><title>{title} | Paper {provider}</title>'
        f'<meta property="og:title" content="{title}">'
        f'<meta name="description" content="{paragraphs[0][:150]}">'
        f'<meta property="article:published_time" content="{_moment(number):%Y-%m-%dT%H:%M:%SZ}">'
    )
    body = (
        f"{head}{_furnish(provider)}<main><article><h1>{title}</h1>"
        + "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
        + f'</article></main><aside><a href="/more">{beside}</a></aside></body></html>'
    )
    status = "404 Not Found" if kind in {12, 13} else "200 OK"
    return f"https://www.paper{provider}.example/{path}", status, body.encode()


def _write_article(dice: random.Random, *, topical: bool) -> tuple[str, list[str]]:
    """A headline and paragraphs: of the demo's pieces, each another mixture, or of other words."""
    if topical:
        one, two = dice.sample(_list_pieces(), 2)
        head, tail = one[0].split(), two[0].split()
        title = " ".join([*head[: len(head) // 2 + 1], *tail[len(tail) // 2 :]])
        own = [_babble(dice, 60) for _ in range(3)]
        return title.replace('"', ""), [*dice.sample([*one[1], *two[1]], 2), *own]
    return _babble(dice, 9)[:-1], [_babble(dice, 70) for _ in range(8)]


@cache
def _list_pieces() -> Sequence[tuple[str, tuple[str, ...]]]:
    pieces = read_content().pieces.values()
    return [
        (f"AI: {piece.title}", piece.paragraphs)
        for piece in pieces
        if not piece.language and len(piece.paragraphs) > 1
    ]


def _babble(dice: random.Random, words: int) -> str:
    return " ".join(dice.choice(_OTHER) for _ in range(words)).capitalize() + "."


@cache
def _furnish(provider: int) -> str:
    """What a publisher's pages have around the article: styles, scripts, menus; some 45 KB."""
    dice = random.Random(provider)  # noqa: S311 - as above
    style = "".join(f".c{dice.randrange(10**6)}{{margin:{dice.randrange(99)}px}}" for _ in range(600))
    script = "".join(f"var v{dice.randrange(10**6)}={dice.randrange(10**9)};" for _ in range(900))
    links = "".join(
        f'<li class="item c{dice.randrange(999)}">'
        f'<a href="/s/{dice.randrange(10**6)}">{_babble(dice, 5)}</a></li>'
        for _ in range(120)
    )
    return f"<style>{style}</style><script>{script}</script></head><body><nav><ul>{links}</ul></nav>"


def _moment(number: int) -> datetime:
    return _START + timedelta(minutes=number)


def _write_record(number: int, address: str, status: str, body: bytes) -> bytes:
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    block = head.encode() + body
    fields = (
        f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{number:032x}>\r\n"
        f"WARC-Date: {_moment(number):%Y-%m-%dT%H:%M:%SZ}\r\nWARC-Target-URI: {address}\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return fields.encode() + block + b"\r\n\r\n"


def list_wanted(count: int) -> Iterator[int]:
    """The numbers of the pages that are of the topics."""
    return (number for number in range(count) if number % 100 < 3)
