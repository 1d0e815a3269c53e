"""One door to all kinds of remote sources: an answer's bytes in, entries out."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from newsloom import settings
from newsloom.errors import SourceError
from newsloom.sources.feed import Feed, parse_feed
from newsloom.sources.listing import read_listing
from newsloom.sources.naming import find_named
from newsloom.sources.opml import parse_opml
from newsloom.sources.sitemap import read_sitemap
from newsloom.sources.sniffing import tell_kind

_LEFT: Final = (
    f"feed of a list on the web beyond its first {settings.FOLLOW_CHILDREN}: "
    "save the list and give it to `newsloom sources add`"
)


def read_source(
    kind: str, body: bytes, address: str, observed: datetime, *, source: str = "", select: str = ""
) -> Feed:
    """Read what a remote source answered.

    `kind` is the source's in `sources.yaml`, `address` where the answer came from, `source` the address its
    entries are kept under, `select` the CSS selector of a listing's links. Raises SourceError naming what it
    is instead.
    """
    if kind == "sitemap":
        return read_sitemap(body, address, observed, source)
    if kind == "listing":
        return read_listing(body, address, observed, source, select)
    if kind == "opml" and tell_kind(body) != "feed":
        return _read_list(body, address, observed)
    try:
        return parse_feed(body, address, observed, source)
    except SourceError as error:
        raise _show_way(error, body, address) from error


def _read_list(body: bytes, address: str, observed: datetime) -> Feed:
    """The feeds of a list, to be followed: they come back here as feeds."""
    follow = [outline.address for outline in parse_opml(body, address)]
    left = len(follow) - settings.FOLLOW_CHILDREN
    return Feed(
        address=address,
        title="",
        observed=observed,
        entries=(),
        problems={_LEFT: left} if left > 0 else {},
        follow=tuple(follow[: settings.FOLLOW_CHILDREN]),
    )


def _show_way(error: SourceError, body: bytes, address: str) -> SourceError:
    """The error with a better way out, when a page stands where a feed should and names its feed."""
    if error.code != "not-a-feed":
        return error
    named = find_named(body, address)
    remedy = f"it names {named[0].address} as one" if named else "`newsloom sources add` looks for its feed"
    return SourceError(error.subject, error.cause, remedy, code=error.code)
