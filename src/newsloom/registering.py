"""Providers written into the site's registry as they appear, for the owner to read, edit and review in git.

Only who has published several articles here, always under one name: where names differ, the owner decides.
A file that exists is never touched.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from msgspec.structs import replace

from newsloom.documents import Organization, format_organization, write_file
from newsloom.publish.links import make_segment
from newsloom.records import Provider, Record
from newsloom.registry import WELL_KNOWN
from newsloom.site import Site

_LEAST: Final = 3  # articles from which a provider is taken to stay


def register_providers(site: Site, records: Iterable[Record]) -> Site:
    """Write the files of providers that are new; the site with them."""
    fresh = find_new(site, records)
    for organization in fresh:
        path = site.root / "_data" / "organizations" / f"{organization.domain}.md"
        if not path.exists():
            write_file(path, format_organization(organization))
    if not fresh:
        return site
    return replace(site, organizations={**{new.domain: new for new in fresh}, **_filled(site)})


def _filled(site: Site) -> dict[str, Organization]:
    return {domain: known for domain, known in site.organizations.items() if known.name}


def find_new(site: Site, records: Iterable[Record]) -> list[Organization]:
    """Providers the registry does not have, by domain, with a rating that stands elsewhere."""
    groups: dict[str, list[Provider]] = defaultdict(list)
    for record in records:
        if record.state is not None:
            groups[record.article.provider.domain].append(record.article.provider)
    known = _filled(site)
    found = []
    for domain, providers in sorted(groups.items()):
        names = {provider.name for provider in providers}
        logos = {provider.images for provider in providers}
        if domain in known or len(providers) < _LEAST or len(names) > 1 or make_segment(domain) != domain:
            continue
        shipped, rated = WELL_KNOWN.get(domain), site.organizations.get(domain)
        found.append(
            Organization(
                domain=domain,
                name=names.pop(),
                images=logos.pop() if len(logos) == 1 else (),  # one for all would change what is judged
                country=shipped.country if shipped else None,
                standing=rated.standing if rated else None,
                standing_reason=rated.standing_reason if rated else "",
            )
        )
    return found
