"""One door to all kinds of remote sources: an answer's bytes in, entries out."""

from __future__ import annotations

from datetime import datetime

from newsloom.sources.feed import Feed, parse_feed


def read_source(
    kind: str, body: bytes, address: str, observed: datetime, *, source: str = "", select: str = ""
) -> Feed:
    """Read what a remote source answered.

    `kind` is the source's in `sources.yaml`, `address` where the answer came from, `source` the address its
    entries are kept under, `select` the CSS selector of a listing's links. Raises SourceError naming what it
    is instead.
    """
    return parse_feed(body, address, observed, source)
