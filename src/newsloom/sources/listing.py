"""HTML pages of links to candidates: by a CSS selector, or by finding the blocks of headlines itself.

A page's links fall into groups that stand alike in it (the same tags and classes above them). A group
of headlines is told from one of navigation, tags or services by its links' words and addresses, not by
any one site's template. What stands beside a link and belongs to no other gives date, excerpt, picture.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from statistics import fmean, median
from typing import Final

from msgspec import Struct
from selectolax.lexbor import LexborNode, SelectolaxError

from newsloom import settings
from newsloom.errors import PageError, SourceError
from newsloom.extract.address import absolute, canonical_address, host_of, registrable_domain
from newsloom.extract.dates import believable
from newsloom.extract.frames import climb
from newsloom.extract.moments import parse_moment
from newsloom.extract.tree import Tree, parse
from newsloom.records import Candidate, Page
from newsloom.sources.addresses import day_in, likeness
from newsloom.sources.feed import Feed

_FRAMES: Final = frozenset({"nav", "footer", "form", "dialog", "template", "noscript"})
_ROLES: Final = frozenset({"navigation", "contentinfo", "banner", "search", "dialog", "menu"})
_FRAME_NAME: Final = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|navigation|menu|submenu|footer|breadcrumbs?|pagination|pager|tags?|taglist|"
    r"social|share|sharing|cookies?|consent|login|subscribe|sponsored|advert\w*|comments?)(?:$|[\s_-])",
    re.IGNORECASE,
)
_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5"})
_TITLE: Final = (
    'h1,h2,h3,h4,h5,[class*="headline" i],[class*="title" i],[itemprop="headline"],[itemprop="name"]'
)
_DATE: Final = 'time,[itemprop="datePublished"],[class*="date" i],[class*="time" i],[class*="published" i]'
_EXCERPT: Final = 'p,[class*="excerpt" i],[class*="summary" i],[class*="dek" i],[class*="teaser" i]'
_LEVELS: Final = 8  # elements above a link that are looked at
_PATH: Final = 4  # elements above a link by which links are grouped
_CLASSES: Final = re.compile(r"\d+")  # numbers in class names tell items apart, not kinds of items
_LEAST_GROUP: Final = 3  # links that make a group without a heading
_LEAST_SCORE: Final = 3.0  # of a group's middle link: a slug of three words and a headline of six
_LEAST_EXCERPT: Final = 40  # characters of an excerpt; shorter texts are labels
_RUNNING: Final = (
    80  # characters around a link from which its paragraph is running text, not a date and a label
)
_MANY: Final = "\0"  # owner of an element that holds links to several addresses


class _Link(Struct, kw_only=True):
    """One address of the page, with the link of its best text."""

    address: str
    text: str
    node: LexborNode
    heading: bool
    path: str
    order: int

    @property
    def score(self) -> float:
        """How much it looks like the link of an article."""
        return likeness(self.address) + _weigh_words(self.text) + (1.0 if self.heading else 0.0)


def read_listing(body: bytes, address: str, observed: datetime, source: str = "", select: str = "") -> Feed:
    """Read a page of links: entries in the page's order.

    Raises SourceError when it is no page, `select` is no selector or finds nothing, or no links to
    articles are found.
    """
    page = Page(address=address, final=address, body=body, observed=observed)
    try:
        tree = parse(page)
    except PageError as error:
        raise SourceError(
            address, error.cause, "a listing must be a web page", code="not-a-listing"
        ) from error
    owners: dict[int, str] = {}
    found = _choose(list(_find_links(tree, owners))) if not select else _select(tree, select, owners)
    if not found:
        cause = f"`select: {select}` finds no links" if select else "no list of articles was found on it"
        remedy = "name its links by a CSS selector as `select`, or give its feed or sitemap"
        raise SourceError(address, cause, remedy, code="no-articles")
    entries = [
        _read_entry(link, tree, owners, observed, source or address)
        for link in found[: settings.LISTING_ENTRIES]
    ]
    title = tree.titles[0].strip()[: settings.TITLE_CHARACTERS] if tree.titles else ""
    return Feed(address=address, title=title, observed=observed, entries=tuple(entries), problems={})


def _find_links(tree: Tree, owners: dict[int, str]) -> Iterator[_Link]:
    """The page's addresses of its own site, each with its best text."""
    base = _base(tree)
    site = registrable_domain(host_of(tree.address))
    own = tree.address.partition("#")[0]
    best: dict[str, _Link] = {}
    for order, node in enumerate(tree.parser.css("a[href]")[: settings.LISTING_LINKS]):
        address = _address(node, base)
        if not address or address == own or registrable_domain(host_of(address)) != site:
            continue
        _claim(node, address, owners)
        if likeness(address) < 0 or _is_framed(node) or _is_running(node):
            continue
        link = _make_link(node, address, order)
        known = best.get(address)
        if known is None or (link.heading, len(link.text)) > (known.heading, len(known.text)):
            best[address] = link
    yield from best.values()


def _base(tree: Tree) -> str:
    node = tree.parser.css_first("base[href]")
    stated = absolute(node.attributes.get("href") or "", tree.address) if node is not None else None
    return stated or tree.address


def _address(node: LexborNode, base: str) -> str:
    address = absolute(node.attributes.get("href") or "", base)
    if address is None:
        return ""
    try:
        return canonical_address(address)
    except PageError:
        return ""


def _claim(node: LexborNode, address: str, owners: dict[int, str]) -> None:
    """Note for the elements above a link which one article, if any, all their links lead to."""
    if likeness(address) < 0:
        return
    for above in climb(node, _LEVELS):
        if owners.setdefault(above.mem_id, address) != address:
            owners[above.mem_id] = _MANY


def _is_framed(node: LexborNode) -> bool:
    for above in climb(node, 2 * _LEVELS):
        tag = above.tag
        if tag in _FRAMES:
            return True
        values = above.attributes
        if not values or tag in {"body", "html", "main", "a"}:
            continue
        if values.get("role") in _ROLES or values.get("aria-hidden") == "true":
            return True
        names = f"{values.get('class') or ''} {values.get('id') or ''}"
        if tag != "article" and len(names) < 300 and _FRAME_NAME.search(names):
            return True
    return False


def _is_running(node: LexborNode) -> bool:
    """Whether a link stands in running text, as articles cite others."""
    parent = node.parent
    while parent is not None and parent.tag in {"em", "strong", "b", "i", "span"}:
        parent = parent.parent
    if parent is None or parent.tag not in {"p", "blockquote"}:
        return False
    return len(_text(parent)) > len(_text(node)) + _RUNNING


def _make_link(node: LexborNode, address: str, order: int) -> _Link:
    inner = node.css_first(_TITLE)
    text = _text(inner) if inner is not None else ""
    text = text or _text(node) or (node.attributes.get("title") or node.attributes.get("aria-label") or "")
    above = list(climb(node.parent, _PATH))
    heading = any(item.tag in _HEADINGS for item in above[:2]) or (
        inner is not None and inner.tag in _HEADINGS
    )
    return _Link(
        address=address,
        text=" ".join(text.split())[: settings.TITLE_CHARACTERS],
        node=node,
        heading=heading,
        path=">".join(map(_name, [node, *above])),
        order=order,
    )


def _text(node: LexborNode) -> str:
    return " ".join(node.text(separator=" ").split())


def _name(node: LexborNode) -> str:
    words = (node.attributes.get("class") or "").split()
    return f"{node.tag}.{_CLASSES.sub('', words[0])}" if words else str(node.tag)


def _weigh_words(text: str) -> float:
    """0 for a word or two, 2 for a headline; characters of scripts without spaces count as half words."""
    wide = sum(character > "\u2e7f" for character in text)
    words = len(text.split()) + wide / 2
    return 0.0 if words < 3 else min(2.0, 0.5 + words / 4)


def _choose(links: list[_Link]) -> list[_Link]:
    """The links of the groups that are headlines, in the page's order."""
    groups: dict[str, list[_Link]] = {}
    for link in links:
        groups.setdefault(link.path, []).append(link)
    chosen: list[_Link] = []
    for group in groups.values():
        scores = [link.score for link in group]
        sized = len(group) >= _LEAST_GROUP or group[0].heading
        if sized and median(scores) >= _LEAST_SCORE and fmean(_weigh_words(link.text) for link in group) >= 1:
            chosen += (link for link in group if _weigh_words(link.text) > 0)
    if len(chosen) < _LEAST_GROUP:
        return []
    return sorted(chosen, key=lambda link: link.order)


def _select(tree: Tree, select: str, owners: dict[int, str]) -> list[_Link]:
    """The links an owner's selector finds: themselves, or the best one in each element it finds."""
    try:
        nodes = tree.parser.css(select)
    except (SelectolaxError, ValueError) as error:
        raise SourceError(
            tree.address, f"`select: {select}` is no CSS selector", "such as `h2 > a`", code="selector"
        ) from error
    base = _base(tree)
    best: dict[str, _Link] = {}
    for order, node in enumerate(nodes[: settings.LISTING_LINKS]):
        inner = [node] if node.tag == "a" else node.css("a[href]")[:_LEVELS]
        links = [_make_link(item, _address(item, base), order) for item in inner]
        links = [link for link in links if link.address]
        if links:
            link = max(links, key=lambda item: (item.heading, len(item.text)))
            _claim(link.node, link.address, owners)
            best.setdefault(link.address, link)
    return [link for link in best.values() if link.text]


def _read_entry(
    link: _Link, tree: Tree, owners: dict[int, str], observed: datetime, source: str
) -> Candidate:
    item = link.node
    for above in climb(link.node.parent, _LEVELS - 1):
        if owners.get(above.mem_id) != link.address or above.tag in {"body", "main", "html"}:
            break
        item = above
    return Candidate(
        address=link.address,
        source=source,
        observed=observed,
        id=link.address,
        title=link.text,
        excerpt=_find_excerpt(item, link.text),
        published=_find_date(item, link.address, observed),
        image=_find_image(item, _base(tree)),
    )


def _find_excerpt(item: LexborNode, title: str) -> str:
    """The longest text beside the headline: shorter ones are bylines and dates."""
    texts = (_text(node) for node in item.css(_EXCERPT)[:_LEVELS])
    fitting = (text for text in texts if title not in text and text not in title)
    longest = max(fitting, key=len, default="")
    return longest[: settings.ENTRY_CHARACTERS] if len(longest) >= _LEAST_EXCERPT else ""


def _find_date(item: LexborNode, address: str, observed: datetime) -> datetime | None:
    texts: list[str] = []
    for node in item.css(_DATE)[:_LEVELS]:
        values = node.attributes
        texts += [values.get("datetime") or values.get("content") or "", _text(node)[:60]]
    for text in (*texts, day_in(address)):
        moment = parse_moment(text) if text else None
        if moment is not None and believable(moment.at, observed):
            return moment.at
    return None


def _find_image(item: LexborNode, base: str) -> str | None:
    for node in item.css("img")[:2]:
        values = node.attributes
        for name in ("data-src", "src"):
            address = absolute(values.get(name) or "", base)
            if address is not None:
                return address
    return None
