"""Facts a page states of itself: paywalled, live, opinion, sponsored, press release."""

from __future__ import annotations

import re
from typing import Final

from newsloom.extract.address import host_of, registrable_domain
from newsloom.extract.jsonld import Linked, as_list, types_of
from newsloom.extract.tree import Tree

_OPINION: Final = re.compile(
    r"^(?:opinions?|comment(?:ary)?|editorials?|op-?eds?|columns?|columnists?|views|leitartikel|"
    r"kommentare?|meinung|opinión|tribunes?|debate?|opinione|commenti|letters)$",
    re.IGNORECASE,
)
_SPONSORED: Final = re.compile(
    r"^(?:sponsored(?:-?content)?|advertorials?|paid-?(?:post|content|partner)s?|partner-?content|"
    r"brand-?(?:voice|studio|ed)|native|anzeige|publi-?reportage|contenido-?patrocinado)$",
    re.IGNORECASE,
)
_RELEASE: Final = re.compile(
    r"^(?:press-?releases?|news-?releases?|pressemitteilung(?:en)?|communiques?(?:-de-presse)?|"
    r"comunicados?)$",
    re.IGNORECASE,
)
_LIVE: Final = re.compile(
    r"^(?:live|liveblog|live-?blog|live-?updates?|liveticker|newsticker|en-?direct|live-news)$", re.IGNORECASE
)
_RELEASE_HOSTS: Final = frozenset(
    [
        "prnewswire.com",
        "businesswire.com",
        "globenewswire.com",
        "prweb.com",
        "newswire.com",
        "accesswire.com",
        "einpresswire.com",
        "presseportal.de",
        "ots.at",
        "prnewswire.co.uk",
        "newswire.ca",
        "marketwired.com",
        "openpr.com",
        "prlog.org",
    ]
)
_SECTION_METAS: Final = (
    "article:section",
    "section",
    "parsely-section",
    "cxenseparse:category",
    "og:article:section",
    "article.section",
    "sailthru.verticals",
)


def _sections(tree: Tree, linked: Linked) -> list[str]:
    found = [value for name in _SECTION_METAS for value in tree.metas.get(name, ())]
    found += [value for value in as_list(linked.article.get("articleSection")) if isinstance(value, str)]
    found += tree.address.partition("://")[2].partition("?")[0].split("/")[1:-1]
    return [section.strip() for section in found]


def _is_paywalled(tree: Tree, linked: Linked) -> bool:
    stated = linked.article.get("isAccessibleForFree")
    if stated is not None:
        return str(stated).strip().lower() in {"false", "no", "0"} or (
            isinstance(stated, str) and stated.endswith("/False")
        )
    return tree.meta("article:content_tier").lower() in {"locked", "metered"}


def read_flags(tree: Tree, linked: Linked) -> tuple[str, ...]:
    """Give the page's flags, sorted, out of "live", "opinion", "paywalled", "press-release", "sponsored"."""
    kinds = types_of(linked.article)
    sections = _sections(tree, linked)
    host = registrable_domain(host_of(tree.address))
    found = {
        "paywalled": _is_paywalled(tree, linked),
        "live": "liveblogposting" in kinds or any(_LIVE.match(section) for section in sections),
        "opinion": "opinionnewsarticle" in kinds or any(_OPINION.match(section) for section in sections),
        "sponsored": "advertisercontentarticle" in kinds
        or any(_SPONSORED.match(section) for section in sections),
        "press-release": host in _RELEASE_HOSTS or any(_RELEASE.match(section) for section in sections),
    }
    return tuple(sorted(name for name, holds in found.items() if holds))
