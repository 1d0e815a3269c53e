"""What an owner can set for one site, in `newsloom.yaml`: every key with its default and meaning.

This table is the one place: reading, checking, `newsloom init` and the documentation's test use it.
"""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Callable
from typing import Final

from msgspec import Struct

from newsloom import settings
from newsloom.place import find_fault, split_address

_ENGINE: Final = re.compile(r"inline|pool|ray(:[a-z0-9.-]{1,255}:\d{1,5})?")


class Config(Struct, frozen=True, kw_only=True):
    """The settings of one site (see `OPTIONS` for what each means)."""

    title: str = "My news desk"
    url: str = "http://localhost:8000/"
    description: str = ""
    locale: str = "en-US"
    timezone: str = "UTC"
    topic: str = ""
    contact: str = ""
    keep: str = "topical"
    publish_at: int = 70
    languages: tuple[str, ...] = ()
    block_providers: tuple[str, ...] = ()
    only_providers: tuple[str, ...] = ()
    provider_quota: int = 0
    story_quota: int = 1
    embargo_hours: int = 0
    page_size: int = 20
    window_days: int = 7
    story_shards: int = 1
    history_days: int = 0
    vectors: bool = False
    related: int = 5
    fetch_pages: bool = True
    fetch_images: bool = True
    allow: tuple[str, ...] = ()
    proxy: str = ""
    shared: str = ""
    websub: bool = False
    hub: str = ""
    engine: str = "pool"
    workers: int = 0
    store: str = "sqlite"
    git: bool = True
    fold_at: int = 5_000


class Option(Struct, frozen=True, kw_only=True):
    """One key of `newsloom.yaml`: what it means, and what is wrong with a value ("" when nothing is).

    A value that may be `secret` is told in no error.
    """

    name: str
    meaning: str
    fault: Callable[[object], str]
    secret: bool = False


def _text(value: object) -> str:
    return "" if isinstance(value, str) else "must be text"


def _address(value: object) -> str:
    parts = split_address(value) if isinstance(value, str) else None
    if parts and parts.scheme in {"http", "https"} and parts.hostname and not (parts.query or parts.fragment):
        return ""
    return "must be an http(s) address such as https://news.example/"


def _hub(value: object) -> str:
    return "" if value == "" or not _address(value) else "must be a hub's http(s) address, or empty"


def _proxy(value: object) -> str:
    parts = split_address(value) if isinstance(value, str) else None
    if value == "" or (parts and parts.scheme == "http" and parts.hostname and parts.path in {"", "/"}):
        return ""
    return "must be the address of an HTTP proxy such as http://proxy.example:3128, or empty"


def _zone(value: object) -> str:
    if isinstance(value, str) and value in zoneinfo.available_timezones():
        return ""
    return "must be a time zone such as Europe/Berlin or UTC"


def _whole(low: int, high: int) -> Callable[[object], str]:
    def fault(value: object) -> str:
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return ""
        return f"must be a whole number from {low} to {high}"

    return fault


def _choice(*names: str) -> Callable[[object], str]:
    def fault(value: object) -> str:
        return "" if value in names else f"must be {' or '.join(names)}"

    return fault


def _engine(value: object) -> str:
    if isinstance(value, str) and _ENGINE.fullmatch(value):
        return ""
    return "must be inline, pool, ray or ray:HOST:PORT"


def _truth(value: object) -> str:
    return "" if isinstance(value, bool) else "must be true or false"


def _texts(value: object) -> str:
    if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        return ""
    return "must be a list of texts"


OPTIONS: Final = (
    Option(name="title", meaning="The site's name, shown on every page.", fault=_text),
    Option(
        name="url",
        meaning="Where readers will find the site; links and feeds are made from it.",
        fault=_address,
    ),
    Option(
        name="description", meaning="One sentence about the site, for search engines and feeds.", fault=_text
    ),
    Option(name="locale", meaning="Language and country of the site, such as en-US.", fault=_text),
    Option(name="timezone", meaning="Time zone in which dates are shown.", fault=_zone),
    Option(
        name="topic", meaning="Name of the main topic (one of _data/topics); empty for none.", fault=_text
    ),
    Option(
        name="contact",
        meaning="A mail address or page for those whose servers are read; sent in the User-Agent.",
        fault=_text,
    ),
    Option(
        name="keep",
        meaning="Which articles become documents: topical (those with a topic) or all.",
        fault=_choice("topical", "all"),
    ),
    Option(name="publish_at", meaning="Quality from which an article is shown.", fault=_whole(0, 1000)),
    Option(
        name="languages", meaning="Languages that are shown, such as [en, de]; empty for all.", fault=_texts
    ),
    Option(
        name="block_providers",
        meaning="Domains that are never shown; sub-domains go with them.",
        fault=_texts,
    ),
    Option(name="only_providers", meaning="The only domains that are shown; empty for all.", fault=_texts),
    Option(
        name="provider_quota",
        meaning="Most articles of one provider shown of one day (UTC), the best; 0 for all.",
        fault=_whole(0, 1000),
    ),
    Option(
        name="story_quota",
        meaning="Most articles of one story that are shown; the others are listed as related. 0 for all.",
        fault=_whole(0, 100),
    ),
    Option(
        name="embargo_hours",
        meaning="Hours after publication for which an article is held.",
        fault=_whole(0, 720),
    ),
    Option(
        name="page_size", meaning="Items on a page of the JSON API and of topic pages.", fault=_whole(1, 200)
    ),
    Option(
        name="window_days",
        meaning="Days for which a story takes in new coverage and can be hot.",
        fault=_whole(1, 90),
    ),
    Option(
        name="story_shards",
        meaning="Shards in which open stories are held; more than one is for very large sites.",
        fault=_whole(1, settings.STORY_SHARDS),
    ),
    Option(
        name="history_days",
        meaning="Days after which an article is history, and no pass looks at it unasked; 0 for never.",
        fault=_whole(0, 3650),
    ),
    Option(
        name="vectors",
        meaning="Find topics by the sense of their descriptions too; needs `newsloom[vectors]`.",
        fault=_truth,
    ),
    Option(name="related", meaning="Most related articles listed in a document.", fault=_whole(0, 50)),
    Option(
        name="fetch_pages",
        meaning="Read each new entry's page (true), or only what the feed itself says (false).",
        fault=_truth,
    ),
    Option(
        name="fetch_images",
        meaning="Keep copies of pictures and logos (true), or show them from their publishers (false).",
        fault=_truth,
    ),
    Option(
        name="allow",
        meaning="Private servers that may be read all the same, by host:port or network.",
        fault=_texts,
    ),
    Option(
        name="proxy",
        meaning="HTTP proxy that all requests go through, such as http://proxy.example:3128; empty for none.",
        fault=_proxy,
    ),
    Option(
        name="shared",
        meaning="Folder where sites share what they read, such as ~/.cache/newsloom; empty for none.",
        fault=_text,
    ),
    Option(
        name="websub",
        meaning="Let hubs push what feeds have new; needs `newsloom serve` behind a public `url`.",
        fault=_truth,
    ),
    Option(
        name="hub",
        meaning="Address of a WebSub hub that is told when the site's own feeds change; empty for none.",
        fault=_hub,
    ),
    Option(
        name="engine",
        meaning="How pages are read: inline (one process), pool (one a core) or ray (a cluster's).",
        fault=_engine,
    ),
    Option(name="workers", meaning="Workers of pool or ray; 0 for one a core.", fault=_whole(0, 256)),
    Option(
        name="store",
        meaning="Where the index is: sqlite (beside the documents), or a PostgreSQL address (docs/store.md).",
        fault=find_fault,
        secret=True,
    ),
    Option(name="git", meaning="Commit each pass that changed something.", fault=_truth),
    Option(
        name="fold_at",
        meaning="Documents in _news itself after which they move into folders by month; 0 for never.",
        fault=_whole(0, 10_000_000),
    ),
)
