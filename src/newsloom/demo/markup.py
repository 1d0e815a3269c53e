"""The structured data of the demo's pages: schema.org in JSON-LD, alone or as a graph."""

from __future__ import annotations

import json
from typing import Any, Final

from markupsafe import Markup

from newsloom.demo.content import Outlet, Piece

_CONTEXT: Final = "https://schema.org"
_TYPES: Final = {
    "live": "LiveBlogPosting",
    "opinion": "OpinionNewsArticle",
    "sponsored": "AdvertiserContentArticle",
}

Data = dict[str, Any]


def describe_article(outlet: Outlet, piece: Piece, canonical: str, image: str, player: str) -> Data:
    """A piece as a schema.org article, or as a video where it is one."""
    data: Data = {
        "@type": "VideoObject" if piece.video else _article_type(piece),
        "headline": piece.title,
        "description": piece.excerpt,
        "url": canonical,
        "mainEntityOfPage": {"@type": "WebPage", "@id": canonical},
        "inLanguage": piece.language or outlet.language,
        "articleSection": piece.section,
        "author": [{"@type": "Person", "name": author} for author in piece.authors],
        "publisher": describe_publisher(outlet),
        "isAccessibleForFree": "paywalled" not in piece.flags,
    }
    if piece.published:
        data["datePublished"] = outlet.localise(piece.published).isoformat()
    if piece.modified:
        data["dateModified"] = outlet.localise(piece.modified).isoformat()
    if image and piece.picture:
        data["image"] = {
            "@type": "ImageObject",
            "url": image,
            "width": 1200,
            "height": 630,
            "caption": piece.picture.caption,
            "creditText": piece.picture.credit,
        }
    if piece.video:
        data |= {"name": piece.title, "embedUrl": player, "duration": f"PT{piece.video.minutes}M"}
        data |= {"uploadDate": data["datePublished"], "thumbnailUrl": image}
    return data


def describe_publisher(outlet: Outlet) -> Data:
    """An outlet as a schema.org organisation with its logo."""
    logo = {
        "@type": "ImageObject",
        "url": f"https://{outlet.host}/images/logo.jpg",
        "width": 400,
        "height": 400,
    }
    return {
        "@type": "NewsMediaOrganization",
        "@id": f"https://{outlet.host}/#publisher",
        "name": outlet.name,
        "url": f"https://{outlet.host}/",
        "logo": logo,
    }


def write_alone(article: Data) -> Markup:
    """The article by itself, ready for a `script` element."""
    return _dump({"@context": _CONTEXT, **article})


def write_graph(outlet: Outlet, article: Data) -> Markup:
    """The article inside a graph with its site, page, trail and publisher, which it names by id."""
    canonical = article["url"]
    site = f"https://{outlet.host}/#website"
    publisher = describe_publisher(outlet)
    page = {
        "@type": "WebPage",
        "@id": canonical,
        "url": canonical,
        "name": f"{article['headline']}{outlet.title_suffix}",
        "isPartOf": {"@id": site},
    }
    trail = {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": 1, "name": "Home", "item": f"https://{outlet.host}/"},
            {"@type": "ListItem", "position": 2, "name": article["articleSection"]},
        ],
    }
    website = {"@type": "WebSite", "@id": site, "name": outlet.name, "url": f"https://{outlet.host}/"}
    own = article | {
        "@id": f"{canonical}#article",
        "mainEntityOfPage": {"@id": canonical},
        "publisher": {"@id": publisher["@id"]},
    }
    return _dump({"@context": _CONTEXT, "@graph": [website, publisher, page, trail, own]})


def _article_type(piece: Piece) -> str:
    return next((_TYPES[flag] for flag in piece.flags if flag in _TYPES), "NewsArticle")


def _dump(data: Data) -> Markup:
    # "<" is written as an escape, so that no text can end the script element.
    text = json.dumps(data, ensure_ascii=False, indent=1).replace("<", "\\u003c")
    return Markup(text)  # noqa: S704 - the line above has made it safe inside a script element
