"""The hub and topic a source names (W3C WebSub, 4): HTTP `Link` headers first, then the feed itself."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import urljoin

from newsloom import settings
from newsloom.fetch import Answer
from newsloom.sources import Feed

# RFC 8288: <address>; name=value; name="value"; parted by commas, which values in quotes may hold as well.
_LINK: Final = re.compile(r'<([^<>]*)>((?:\s*;\s*[\w*!-]+\s*(?:=\s*(?:"[^"]*"|[^\s;,"]*))?)*)')
_PARAMETER: Final = re.compile(r';\s*([\w*!-]+)\s*(?:=\s*(?:"([^"]*)"|([^\s;,"]*)))?')


def find_hub(answer: Answer, feed: Feed) -> tuple[str, str]:
    """The hub a source names ("" for none) and the topic it is known by there."""
    links = read_links(value for name, value in answer.headers if name == "link")
    hub = _absolute(links.get("hub", ""), answer.final) or _absolute(feed.hub, answer.final)
    topic = _absolute(links.get("self", ""), answer.final) or _absolute(feed.topic, answer.final)
    return hub, topic or answer.final


def read_links(values: Iterable[str]) -> dict[str, str]:
    """The first address for each relation that `Link` headers name."""
    found: dict[str, str] = {}
    for value in values:
        for address, parameters in _LINK.findall(value[: settings.HEADER_BYTES]):
            relations = (
                quoted or plain
                for name, quoted, plain in _PARAMETER.findall(parameters)
                if name.lower() == "rel"
            )
            for relation in next(relations, "").lower().split():
                found.setdefault(relation, address.strip())
    return found


def _absolute(address: str, base: str) -> str:
    if not address:
        return ""
    try:
        joined = urljoin(base, address)
    except ValueError:
        return ""
    fits = joined.startswith(("http://", "https://")) and len(joined) <= settings.URL_CHARACTERS
    return joined if fits else ""
