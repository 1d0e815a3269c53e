"""JSON-LD for search engines: what a page is, without claiming other people's articles as ours.

A story's page is a `WebPage` about a `NewsArticle` whose address and publisher are the provider's.
"""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from newsloom.publish.cards import Card
from newsloom.publish.dossier import Dossier
from newsloom.publish.links import Links
from newsloom.publish.safety import clean_url, write_script_json

_CONTEXT = "https://schema.org"
_HEADLINE_CHARACTERS = 110  # what search engines show of a headline


def describe_story(dossier: Dossier, links: Links, preview: str) -> Markup:
    """JSON-LD of a story's page; `preview` stands for the page where the article has no picture."""
    card = dossier.card
    article: dict[str, Any] = {
        "@type": "NewsArticle",
        "headline": card.title[:_HEADLINE_CHARACTERS],
        "datePublished": card.moment.iso,
        "dateModified": dossier.modified.iso if dossier.modified else card.moment.iso,
        "publisher": _describe_provider(card),
        "author": [{"@type": "Person", "name": name} for name in dossier.authors]
        or [_describe_provider(card)],
    }
    if card.out:
        article |= {"url": card.out, "mainEntityOfPage": card.out}
    if card.excerpt:
        article["description"] = card.excerpt
    if card.picture:
        article["image"] = [full_address(card.picture.url, links)]
    page = {
        "@context": _CONTEXT,
        "@type": "WebPage",
        "@id": links.absolute(card.href),
        "url": links.absolute(card.href),
        "name": card.title,
        "primaryImageOfPage": {
            "@type": "ImageObject",
            "url": full_address(card.picture.url if card.picture else links.file(preview), links),
        },
        "mainEntity": article,
    }
    return write_script_json(page)


def _describe_provider(card: Card) -> dict[str, str]:
    """Whose the article is."""
    address = clean_url(f"https://{card.provider.domain}/")
    told = {"@type": "Organization", "name": card.provider.name}
    return told | {"url": address} if address else told


def describe_list(name: str, path: str, cards: list[Card], links: Links) -> Markup:
    """JSON-LD of a page that lists stories, in their order."""
    items = [
        {"@type": "ListItem", "position": position, "url": links.absolute(card.href), "name": card.title}
        for position, card in enumerate(cards, start=1)
    ]
    page = {
        "@context": _CONTEXT,
        "@type": "CollectionPage",
        "url": links.absolute(path),
        "name": name,
        "mainEntity": {"@type": "ItemList", "itemListElement": items},
    }
    return write_script_json(page)


def full_address(url: str, links: Links) -> str:
    """A picture's address as other sites can use it."""
    return links.absolute(url) if url.startswith("/") else url
