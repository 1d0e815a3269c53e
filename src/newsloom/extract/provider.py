"""Who published a page: a name for readers and the registrable domain."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from newsloom.extract.address import host_of, registrable_domain
from newsloom.extract.jsonld import Linked, as_text
from newsloom.extract.plain import fold, tidy
from newsloom.extract.reading import Reading, choose
from newsloom.extract.tree import Tree
from newsloom.records import Provider

_TAIL: Final = re.compile(r"\s+[|–—:-]\s+.*$")
_SEPARATOR: Final = re.compile(r"\s(?:[|–—·»-]|::)\s")
_ASIDE: Final = re.compile(r"\s+\([^()]*\)$")
_DOMAIN_LIKE: Final = re.compile(r"\.\w{2,4}$|_")
_NAME_CHARACTERS: Final = 60


def clean_provider(name: str) -> str:
    """Give a site's name without slogan, `@` or `www.`."""
    text = _ASIDE.sub("", tidy(name).lstrip("@"))
    text = _TAIL.sub("", text) if len(text) > 20 else text
    return text.removeprefix("www.").strip(" -|,")


def name_from_domain(domain: str) -> str:
    """Make a readable name of a domain: `digi-times.com` → `Digi Times`."""
    label = domain.partition(".")[0]
    return (
        " ".join(part.capitalize() if len(part) > 3 else part.upper() for part in label.split("-")) or domain
    )


def provider_readings(tree: Tree, linked: Linked) -> list[Reading[str]]:
    """Give every name the page has for its publisher."""
    return list(_readings(tree, linked))


def _readings(tree: Tree, linked: Linked) -> Iterator[Reading[str]]:
    domain = registrable_domain(host_of(tree.address))
    raw = [
        ("og:site_name", tree.meta("og:site_name"), 0.9),
        ("json-ld publisher", as_text(linked.resolve(linked.article.get("publisher"))), 0.8),
        ("json-ld site", next((as_text(node.get("name")) for node in linked.of_type("website")), ""), 0.7),
        (
            "application-name",
            tree.meta("application-name", "apple-mobile-web-app-title", "al:iphone:app_name"),
            0.65,
        ),
        ("dublin core publisher", tree.meta("dc.publisher", "dcterms.publisher"), 0.75),
        (
            "microdata publisher",
            tree.microdata('[itemprop="publisher"] [itemprop="name"], [itemprop="publisher"][content]'),
            0.72,
        ),
        ("title", _title_tail(tree, domain), 0.6),
        ("twitter:site", tree.meta("twitter:site"), 0.4),
    ]
    for source, value, confidence in raw:
        name = clean_provider(value)
        trust = confidence - 0.15 if _DOMAIN_LIKE.search(name) else confidence
        if name and len(name) <= _NAME_CHARACTERS and not name.startswith("http") and not name.isdigit():
            yield Reading(name, source, trust)
    yield Reading(name_from_domain(domain), "domain", 0.1)


def _title_tail(tree: Tree, domain: str) -> str:
    """Give what `<title>` ends with when nothing else does, or when it looks like the domain's name."""
    title = tidy(tree.titles[0]) if tree.titles else ""
    shared = tidy(tree.meta("og:title"))
    if shared and title.startswith(shared) and (match := _SEPARATOR.match(title[len(shared) :])):
        return title[len(shared) + match.end() :]  # what the title has beyond the shared one
    tail = _SEPARATOR.split(title)[-1] if title else ""
    label = fold(domain.partition(".")[0])
    return tail if tail and label and (fold(tail) in label or label in fold(tail)) else ""


def choose_provider(tree: Tree, linked: Linked, address: str) -> Provider:
    """Give the provider of a page whose canonical address is `address`."""
    domain = registrable_domain(host_of(address))
    if domain != registrable_domain(host_of(tree.address)):
        # A copy that names its source: the names on this page are those of the one that copied.
        return Provider(name=name_from_domain(domain), domain=domain)
    reading = choose(provider_readings(tree, linked))
    return Provider(name=reading.value if reading else name_from_domain(domain), domain=domain)
