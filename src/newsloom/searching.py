"""The search index of a site: where it is, and how it is kept in step with what was published."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from newsloom.place import Place
from newsloom.publish.press import frame_site
from newsloom.publish.search_page import label_topics, list_entries, make_listing, make_search_frame
from newsloom.publish.view import Edition, Organization
from newsloom.records import Record
from newsloom.search import SearchIndex, Updated, find_search_place, make_stamp, open_search_index
from newsloom.site import find_store
from newsloom.store import Lease

_encoder = msgspec.msgpack.Encoder()


def find_search(root: Path) -> Place:
    """Where the search index of the site in a folder is."""
    return find_search_place(root, find_store(root))


def update_search(
    root: Path, edition: Edition, gone: Iterable[str] | None = None, *, lease: Lease | None = None
) -> Updated:
    """Bring a site's search index in step with what its pages show; only what differs is written.

    With `gone` the edition is a part of the site: only what these names say goes, everything else stays. What
    machines share is written while the lease is held, where one is given.
    """
    with open_search_index(find_search(root), lease) as index:
        return bring_in_step(index, edition, gone)


def bring_in_step(index: SearchIndex, edition: Edition, gone: Iterable[str] | None = None) -> Updated:
    """Bring a search index in step with an edition."""
    entries = {record.name: (record, story) for record, story in list_entries(edition)}
    site = _encode(edition.site.url, edition.site.timezone, edition.site.locale)
    providers = {domain: _encode(known) for domain, known in edition.site.organizations.items() if known.name}
    frame = make_search_frame(edition, frame_site(edition))
    return index.synchronise(
        {
            name: make_stamp(site, _encode(record, story), providers.get(record.article.provider.domain, b""))
            for name, (record, story) in entries.items()
        },
        lambda name: make_listing(*entries[name], edition),
        clock=edition.site.clock,
        labels=label_topics(edition),
        values={"frame": _encoder.encode(frame)},
        gone=gone,
    )


def _encode(*parts: str | Record | Organization) -> bytes:
    """What a stamp is made of. Half a surrogate pair, which MessagePack cannot hold, is spelt out."""
    try:
        return _encoder.encode(parts)
    except UnicodeEncodeError:
        return repr(parts).encode("utf-8", "backslashreplace")
