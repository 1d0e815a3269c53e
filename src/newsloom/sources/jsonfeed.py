"""JSON Feed 1 and 1.1 to candidates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from html import escape
from typing import Any

import msgspec

from newsloom import settings
from newsloom.errors import SourceError
from newsloom.extract import plain_title
from newsloom.records import Candidate
from newsloom.sources.entries import Head
from newsloom.sources.links import web_address
from newsloom.sources.markup import decode_feed
from newsloom.sources.moments import read_moment

Item = Mapping[str, Any]


def read_json(body: bytes, address: str) -> Item:
    """Give a JSON Feed's object. Raises SourceError when the bytes are none."""
    try:
        # Surrogates and marks are none of JSON's business: it is UTF-8 by its standard.
        found = msgspec.json.decode(decode_feed(body).lstrip("\ufeff").encode("utf-8", "replace"))
    except (msgspec.DecodeError, RecursionError) as error:
        raise SourceError(
            address, f"is broken JSON: {error}", "it is tried again with the next pass", code="broken-feed"
        ) from error
    if not isinstance(found, dict) or not isinstance(found.get("items"), list):
        raise SourceError(address, "is JSON, but no JSON Feed", "check the address", code="not-a-feed")
    return found


def read_json_head(feed: Item, address: str) -> Head:
    """Read what a JSON Feed says of itself."""
    hubs = (
        web_address(_text(hub, "url"))
        for hub in _list(feed, "hubs")
        if _text(hub, "type").lower() == "websub"
    )
    return Head(
        title=plain_title(_text(feed, "title"))[: settings.TITLE_CHARACTERS],
        base=web_address(_text(feed, "home_page_url"), address) or address,
        language=_text(feed, "language"),
        authors=tuple(_list_names(feed)),
        hub=next((hub for hub in hubs if hub), ""),
        topic=web_address(_text(feed, "feed_url"), address),
    )


def list_json_items(feed: Item) -> list[Item]:
    """Give the items of a JSON Feed that are objects."""
    return _list(feed, "items")


def read_json_candidate(item: Item, head: Head, observed: datetime, source: str) -> Candidate:
    """Read an item. Its address is "" where it names none."""
    link = _find_link(item, head.base)
    summary = escape(_text(item, "summary"), quote=False)[: settings.ENTRY_CHARACTERS]
    content = _text(item, "content_html") or escape(_text(item, "content_text"), quote=False)
    modified = read_moment(_text(item, "date_modified"), observed)
    pictures = (web_address(address, head.base) for address in _list_pictures(item))
    return Candidate(
        address=link,
        source=source,
        observed=observed,
        id=(_text(item, "id") or link)[: settings.URL_CHARACTERS],
        title=plain_title(_text(item, "title"))[: settings.TITLE_CHARACTERS],
        excerpt=summary or content[: settings.ENTRY_CHARACTERS],
        content=max(content, summary, key=len)[: settings.ENTRY_CHARACTERS],
        authors=tuple(_list_names(item)) or head.authors,
        published=read_moment(_text(item, "date_published"), observed) or modified,
        modified=modified,
        image=next((picture for picture in pictures if picture), None),
        language=_text(item, "language") or head.language or None,
        video="youtube.com/watch" in link or _encloses_video(item, content),
    )


def _find_link(item: Item, base: str) -> str:
    """Give an item's own page; the page it speaks of, or its name, where it has none."""
    return (
        web_address(_text(item, "url"), base)
        or web_address(_text(item, "external_url"), base)
        or web_address(_text(item, "id"))
    )


def _list_names(item: Item) -> Iterator[str]:
    """Give the names of version 1.1's authors, or of version 1's one author."""
    people = _list(item, "authors") or [author for author in [item.get("author")] if isinstance(author, dict)]
    names = (plain_title(_text(person, "name")) for person in people[: settings.AUTHORS])
    yield from dict.fromkeys(name for name in names if name)


def _list_pictures(item: Item) -> Iterator[str]:
    yield from (_text(item, "image"), _text(item, "banner_image"))
    for attachment in _list(item, "attachments"):
        if _text(attachment, "mime_type").startswith("image/"):
            yield _text(attachment, "url")


def _encloses_video(item: Item, content: str) -> bool:
    kinds = (_text(attachment, "mime_type") for attachment in _list(item, "attachments"))
    return not content and any(kind.startswith("video/") for kind in kinds)


def _text(item: Item, key: str) -> str:
    """Give a value as text: names are numbers in some feeds."""
    value = item.get(key)
    return value.strip() if isinstance(value, str) else str(value) if isinstance(value, int) else ""


def _list(item: Item, key: str) -> list[Item]:
    value = item.get(key)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
