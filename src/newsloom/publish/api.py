"""The JSON API as files, in the shape the reference system's clients know.

A page is `{"page", "value", "nextPage"}`; an item has every field, `null` where there is no value. The
shape is a contract: apps and agents read it. Embed code goes out only where the desk has rebuilt it,
and addresses only where they are http(s).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cached_property, partial
from typing import Any

import msgspec

from newsloom.images import mark_images
from newsloom.publish.dates import write_local
from newsloom.publish.embeds import find_player, write_frame
from newsloom.publish.links import make_segment
from newsloom.publish.look import digest_look
from newsloom.publish.outputs import Output, hold_bytes, make_key
from newsloom.publish.paging import Slice, cut_pages
from newsloom.publish.safety import clean_picture_url, clean_url, drop_controls
from newsloom.publish.view import Edition, SiteView, compile_edition, find_provider
from newsloom.records import Image, Record, Topic


class Item:
    """An item of lists: its JSON, and a key of that."""

    def __init__(self, value: object) -> None:
        """Encode a value."""
        body = _encode(value)
        self.raw = msgspec.Raw(body)
        self.key = make_key(body)

    @cached_property
    def laid(self) -> bytes:
        """The item as it stands on the pages of lists."""
        return msgspec.json.format(bytes(self.raw), indent=2).replace(b"\n", b"\n    ")


class Items:
    """An edition's records as items of the API, each encoded once however many lists it stands in."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self._held: dict[str, Item] = {}

    def find(self, record: Record) -> Item:
        """The item of one record of the edition."""
        item = self._held.get(record.name)
        if item is None:
            item = self._held[record.name] = Item(encode_item(record, self.edition))
        return item


def build_api(site: SiteView) -> Iterator[tuple[str, bytes]]:
    """Every file of the API, made: its path below the site's root, and its bytes. Same input, same bytes."""
    return ((output.path, output.make()) for output in plan_lists(Items(compile_edition(site))))


def plan_lists(items: Items) -> Iterator[Output]:
    """The API's topics and the lists of news, by path below the site's root."""
    edition, size = items.edition, items.edition.site.page_size
    topics = edition.site.topics
    body = write_json({"value": [encode_topic(topic, edition) for topic in topics]})
    yield hold_bytes("api/topics/index.json", body)
    yield from plan_list("api/news/", [items.find(record) for record in edition.shown], size)
    by_topic: dict[str, list[Item]] = {topic.name: [] for topic in topics}
    for record in edition.shown:
        for name in record.article.topics:
            if name in by_topic:
                by_topic[name].append(items.find(record))
    for topic in topics:
        yield from plan_list(f"api/news/{make_segment(topic.id)}/", by_topic[topic.name], size)


def encode_item(record: Record, edition: Edition) -> dict[str, Any]:
    """One record as an item of the API, every field there."""
    article, state = record.article, record.state
    player = find_player(article.featured)
    return {
        "path": f"_news/{record.name}.md",
        "title": drop_controls(article.title),
        "excerpt": drop_controls(article.excerpt),
        "sourceUrl": None,
        "webUrl": clean_url(article.web_url),
        "originalUrl": clean_url(article.original_url),
        "featuredContent": write_frame(player) if player else None,
        "highlight": None,
        "heat": article.heat,
        "tags": None,
        "images": _encode_images(article.images, edition),
        "content": None,
        "type": article.kind,
        "ampWebUrl": clean_url(article.amp_url),
        "cdnAmpWebUrl": clean_url(article.cdn_amp_url),
        "publishedDateTime": write_local(article.published, edition.zone),
        "updatedDateTime": write_local(state.modified, edition.zone) if state and state.modified else None,
        "provider": _encode_provider(record, edition),
        "locale": edition.site.locale.lower(),
        "categories": [article.category],
        "topics": list(article.topics) or None,
    }


def encode_topic(topic: Topic, edition: Edition) -> dict[str, Any]:
    """One topic as an item of `api/topics/`; its news is always among the services."""
    services = {"news": edition.links.absolute(edition.links.page("api", "news", make_segment(topic.id)))}
    services.update((name, url) for name, url in topic.services if name != "news" and clean_url(url))
    return {
        "name": topic.name,
        "shortname": topic.shortname or topic.name,
        "id": topic.id,
        "parent": topic.parent,
        "images": _encode_images(topic.images, edition),
        "services": [{"name": name, "endpoint": endpoint} for name, endpoint in services.items()],
    }


def plan_list(folder: str, items: Sequence[Item], size: int) -> Iterator[Output]:
    """A list's pages; the first is there under two addresses, as the reference has it."""
    for page in cut_pages(items, size):
        key = make_key(digest_look(), page.number, page.following, [item.key for item in page.items])
        if page.number == 1:
            yield Output(f"{folder}index.json", key, partial(_write_page, page))
        yield Output(f"{folder}page/{page.number}/index.json", key, partial(_write_page, page))


def _write_page(page: Slice[Item]) -> bytes:
    """A page as `write_json` would write it: its items, which stand on other pages too, are only joined."""
    laid = [item.laid for item in page.items]
    value = b"[\n    %b\n  ]" % b",\n    ".join(laid) if laid else b"[]"
    following = b"%d" % page.following if page.following else b"null"
    return b'{\n  "page": %d,\n  "value": %b,\n  "nextPage": %b\n}\n' % (page.number, value, following)


def _encode_provider(record: Record, edition: Edition) -> dict[str, Any]:
    provider = record.article.provider
    known = find_provider(edition, provider.domain)
    images = provider.images or (known.images if known else ())
    return {
        "name": provider.name,
        "domain": provider.domain,
        "images": _encode_images(mark_images(images, edition.site.gallery.album), edition),
        "publishers": None,
        "authors": list(record.state.authors) or None if record.state else None,
    }


def _encode_images(images: Sequence[Image], edition: Edition) -> list[dict[str, Any]] | None:
    """Images as the API has them, None for an empty list; the site's own become full addresses."""
    encoded = []
    for image in images:
        url = clean_picture_url(image.url, edition.links)
        if url is not None:
            encoded.append(
                {
                    "url": edition.links.absolute(url) if url.startswith("/") else url,
                    "width": image.width,
                    "height": image.height,
                    "title": image.title,
                    "attribution": image.attribution,
                    "isCached": image.cached,
                }
            )
    return encoded or None


def write_json(value: object) -> bytes:
    """Indented, because the files are kept in git and read by people."""
    return msgspec.json.format(_encode(value), indent=2) + b"\n"


def _encode(value: object) -> bytes:
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:  # half a surrogate pair, which no UTF-8 can hold
        text = json.dumps(value, ensure_ascii=False, default=msgspec.json.decode)
        return text.encode("utf-8", "replace")
