"""The hub and topic a source names (W3C WebSub, 4): HTTP `Link` headers first, then the feed itself."""

from __future__ import annotations

from urllib.parse import urljoin

from newsloom import settings
from newsloom.fetch import Answer
from newsloom.sources import Feed
from newsloom.websub.links import read_links


def find_hub(answer: Answer, feed: Feed) -> tuple[str, str]:
    """The hub a source names ("" for none) and the topic it is known by there."""
    links = read_links(value for name, value in answer.headers if name == "link")
    hub = _absolute(links.get("hub", ""), answer.final) or _absolute(feed.hub, answer.final)
    topic = _absolute(links.get("self", ""), answer.final) or _absolute(feed.topic, answer.final)
    return hub, topic or answer.final


def _absolute(address: str, base: str) -> str:
    if not address:
        return ""
    try:
        joined = urljoin(base, address)
    except ValueError:
        return ""
    fits = joined.startswith(("http://", "https://")) and len(joined) <= settings.URL_CHARACTERS
    return joined if fits else ""
