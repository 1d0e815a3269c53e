"""A site as its readers would see it: its documents as they are now, without a pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from newsloom.archive import Archive
from newsloom.curate import Outcome, curate
from newsloom.holding import hold_index
from newsloom.images import Gallery, read_album
from newsloom.images.choosing import choose_logos
from newsloom.images.hanging import hang_gallery
from newsloom.judging import make_desk, set_clock
from newsloom.place import Place
from newsloom.publish.view import SiteView, compile_edition
from newsloom.publishing import make_view
from newsloom.records import Image
from newsloom.search import drop_search_index, is_search_index
from newsloom.searching import find_search, update_search
from newsloom.site import Site, read_site
from newsloom.store import Index


def view_site(site: Site, index: Index) -> SiteView:
    """What readers would see of a site's documents as they are now, without a pass."""
    Archive(site).synchronise(index)
    records = index.records()
    clock = set_clock(records, None)
    names = frozenset(record.name for record in records)
    outcome = curate(records, (), make_desk(site), clock, taken=names)
    gallery = read_gallery(site, index, outcome, clock)
    return make_view(site, outcome, clock, gallery, index.source_states())


def find_search_index(root: Path, *, rebuild: bool = False) -> Place:
    """Where a site's search index is, made from the documents where there is none or another is wanted.

    What a pass leaves is in step; a clone, or a site last run by an older version, has none, and one whose
    making was killed has a part, which is as none.
    """
    site = read_site(root.resolve())
    place = find_search(site.root)
    if rebuild or not is_search_index(place):
        with hold_index(site) as index:
            drop_search_index(place, index.lease)
            update_search(site.root, compile_edition(view_site(site, index)), lease=index.lease)
    return place


def read_gallery(site: Site, index: Index, outcome: Outcome, clock: datetime) -> Gallery:
    """What is kept already, as the last pass left it; nothing is asked for."""
    logos = choose_logos(list_logos(site, outcome))
    return hang_gallery(outcome.records, logos, read_album(site.root), index.image_failures(), clock)


def list_logos(site: Site, outcome: Outcome) -> Mapping[str, Sequence[Image]]:
    """The logos of providers that are shown, by domain: the register's, else those their pages name."""
    found: dict[str, Sequence[Image]] = {}
    for record in outcome.records:
        provider = record.article.provider
        if record.article.shown and not found.get(provider.domain):
            known = site.organizations.get(provider.domain)
            found[provider.domain] = known.images if known and known.images else provider.images
    return found
