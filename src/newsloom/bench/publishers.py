"""Thousands of publishers on loopback, each with one feed at an address of its own; a program run by path.

usage: publishers.py SOURCES ENTRIES PORT

It prints "ready" once it listens. A line on standard input makes it print, as JSON, what was asked
since the line before: requests, answers by status, and the least time between two requests to one host.
"""

from __future__ import annotations

import asyncio
import json
import random
import resource
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

TOPICAL = (
    "artificial intelligence",
    "machine learning",
    "a large language model",
    "deep learning",
    "a neural network",
)
PLAIN = (
    "the harbour",
    "the wheat harvest",
    "the railway",
    "the museum",
    "the football club",
    "the mountain road",
)
SYLLABLES = (
    "ba",
    "ke",
    "lo",
    "mi",
    "nu",
    "pra",
    "rel",
    "sto",
    "tin",
    "vor",
    "dal",
    "fen",
    "gor",
    "hul",
    "jas",
    "wen",
)
WORDS = tuple(first + second + third for first in SYLLABLES for second in SYLLABLES for third in SYLLABLES)


def host_of(number: int) -> str:
    """The loopback address of a publisher."""
    return f"127.1.{number // 250}.{number % 250 + 1}"


class Publishers:
    """Answers for all hosts."""

    def __init__(self, sources: int, entries: int, port: int) -> None:
        self.port = port
        now = datetime.now(UTC)
        self.feeds = {host_of(n): make_feed(n, entries, host_of(n), port, now) for n in range(sources)}
        self.forget()

    def forget(self) -> None:
        """Count from nothing, but remember when each host was asked."""
        self.statuses: Counter[int] = Counter()
        self.shortest = float("inf")
        self.last: dict[str, float] = getattr(self, "last", {})

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer requests on one connection."""
        host = writer.get_extra_info("sockname")[0]
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                writer.write(self.answer(host, head))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def answer(self, host: str, head: str) -> bytes:
        """The answer to one request."""
        now = time.monotonic()
        if host in self.last:
            self.shortest = min(self.shortest, now - self.last[host])
        self.last[host] = now
        path = head.split(" ", 2)[1]
        body, tag = self.feeds[host]
        if path != "/rss":
            status, body = "404 Not Found", b""
        elif f"if-none-match: {tag}" in head.lower():
            status, body = "304 Not Modified", b""
        else:
            status = "200 OK"
        self.statuses[int(status[:3])] += 1
        fields = f"ETag: {tag}\r\nContent-Type: application/rss+xml\r\nContent-Length: {len(body)}\r\n"
        return f"HTTP/1.1 {status}\r\n{fields}\r\n".encode() + body

    def report(self) -> str:
        """What was asked since the last report."""
        shortest = None if self.shortest == float("inf") else round(self.shortest, 3)
        line = json.dumps({"answers": {str(k): v for k, v in self.statuses.items()}, "shortest": shortest})
        self.forget()
        return line


def make_feed(number: int, entries: int, host: str, port: int, now: datetime) -> tuple[bytes, str]:
    """A feed of invented news, one in five about the site's topic; and its validator."""
    dice = random.Random(number)  # noqa: S311 - invented words, no secret
    items = []
    for entry in range(entries):
        subject = dice.choice(TOPICAL if dice.random() < 0.2 else PLAIN)
        words = " ".join(dice.choices(WORDS, k=70))
        title = (
            f"{dice.choice(WORDS).title()} {dice.choice(WORDS)} {dice.choice(WORDS)} and {subject} {number}"
        )
        date = now - timedelta(minutes=dice.randrange(5, 60 * 24 * 2))
        items.append(
            f"<item><title>{title}</title><link>http://{host}:{port}/news/{entry}</link>"
            f"<guid>{host}-{entry}</guid><pubDate>{date:%a, %d %b %Y %H:%M:%S} GMT</pubDate>"
            f"<description>{title}: {words}.</description></item>"
        )
    head = f"<title>Publisher {number}</title><link>http://{host}:{port}/</link>"
    body = f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{"".join(items)}</channel></rss>'
    return body.encode(), f'"{number}"'


async def main(sources: int, entries: int, port: int) -> None:
    """Serve until standard input ends."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    publishers = Publishers(sources, entries, port)
    server = await asyncio.start_server(publishers.serve, list(publishers.feeds), port)
    print("ready", flush=True)
    loop = asyncio.get_running_loop()
    while await loop.run_in_executor(None, sys.stdin.readline):
        print(publishers.report(), flush=True)
    server.close()


if __name__ == "__main__":
    asyncio.run(main(*(int(argument) for argument in sys.argv[1:4])))
