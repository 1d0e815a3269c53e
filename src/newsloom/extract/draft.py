"""One page in, one draft out: the parts of `extract` put together.

Nothing is judged here. Each field's readings are kept until the choice, so that `explain` can show
what was chosen and what else the page said.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from msgspec import Struct

from newsloom.errors import PageError
from newsloom.extract.address import absolute, canonical_address, host_of, is_home, registrable_domain
from newsloom.extract.amp import CACHE_HOST, cache_address
from newsloom.extract.authors import author_readings
from newsloom.extract.dates import choose_moment, local_offset, modified_readings, published_readings
from newsloom.extract.excerpt import excerpt_readings
from newsloom.extract.flags import read_flags
from newsloom.extract.images import read_images
from newsloom.extract.jsonld import Linked, as_text
from newsloom.extract.kind import read_kind
from newsloom.extract.language import language_readings
from newsloom.extract.moments import Moment
from newsloom.extract.provider import choose_provider, provider_readings
from newsloom.extract.reading import Reading, choose
from newsloom.extract.text import Text, read_text
from newsloom.extract.title import title_readings
from newsloom.extract.tree import Tree, parse
from newsloom.records import Draft, Page


class _Findings(Struct, frozen=True):
    """All readings of one page, before and after the choice."""

    tree: Tree
    linked: Linked
    titles: list[Reading[str]]
    canonicals: list[Reading[str]]
    published: list[Reading[Moment]]
    modified: list[Reading[Moment]]
    authors: list[Reading[tuple[str, ...]]]
    text: Text
    excerpts: list[Reading[str]]
    languages: list[Reading[str]]


def _same_site(first: str, second: str) -> bool:
    return registrable_domain(host_of(first)) == registrable_domain(host_of(second))


def canonical_readings(tree: Tree, linked: Linked) -> list[Reading[str]]:
    """Give the addresses the page names as its own: of the same site, and not its home page."""
    stated = (
        ("link canonical", tree.link("canonical"), 0.95),
        ("og:url", tree.meta("og:url"), 0.85),
        ("json-ld url", as_text(linked.article.get("url")), 0.6),
    )
    own = canonical_address(tree.address)
    found = [Reading(own, "address", 0.5)]
    for source, value, confidence in stated:
        address = absolute(value, tree.address) if value else None
        if address is None or (is_home(address) and not is_home(own)):
            continue
        try:
            canonical = canonical_address(address)
        except PageError:
            continue
        if _same_site(canonical, own):
            found.append(Reading(canonical, source, confidence))
        elif source == "link canonical":
            # A foreign canonical names the first publisher of a syndicated text.
            found.append(Reading(canonical, "link canonical (syndicated)", 0.9))
    return found


class Opened(Struct, frozen=True):
    """A page that is parsed, with its title and addresses; the rest is not read yet."""

    page: Page
    tree: Tree
    linked: Linked
    titles: list[Reading[str]]
    title: str
    canonicals: list[Reading[str]]

    @property
    def canonical(self) -> str:
        """The address the page has as its own."""
        return _value(choose(self.canonicals))

    @property
    def tags(self) -> tuple[str, ...]:
        """The page's own tags: hints for topics, not topics."""
        return _keywords(self.tree)


def open_page(page: Page) -> Opened:
    """Parse a page and read what it is called: a third of the work of `extract`.

    Raises:
        PageError: as `extract`.
    """
    opened = _open(page)
    if is_home(opened.tree.address) and not is_home(page.address):
        raise PageError(page.address, "the address leads to the site's home page", code="not-an-article")
    return opened


def _open(page: Page) -> Opened:
    tree = parse(page)
    linked = Linked(tree.scripts, tree.address)
    titles = title_readings(tree, linked)
    title = choose(titles)
    if title is None:
        raise PageError(page.address, "the page names no title", code="no-title")
    return Opened(page, tree, linked, titles, title.value, canonical_readings(tree, linked))


def _find(opened: Opened) -> _Findings:
    tree, linked = opened.tree, opened.linked
    published = published_readings(tree, linked)
    modified = modified_readings(tree, linked)
    authors = author_readings(tree, linked)
    # Last, since it takes elements out of the tree: no node read before may be touched after.
    text = read_text(tree, linked, opened.title)
    return _Findings(
        tree=tree,
        linked=linked,
        titles=opened.titles,
        canonicals=opened.canonicals,
        published=published,
        modified=modified,
        authors=authors,
        text=text,
        excerpts=excerpt_readings(tree, linked, text.text, opened.title),
        languages=language_readings(tree, linked, text.text),
    )


def _amp(tree: Tree, canonical: str) -> tuple[str | None, str | None]:
    """Give the address of the page's AMP version and that in the AMP cache, to which some pages link."""
    stated = tree.link("amphtml")
    link = absolute(stated, tree.address) if stated else None
    if link is None and tree.is_amp and canonical != tree.address:
        link = tree.address
    if link is None:
        return None, None
    if host_of(link).endswith(CACHE_HOST):
        return canonical_address(link), link
    return link, cache_address(link)


def _value(reading: Reading[str] | None) -> str:
    return reading.value if reading else ""


def _at(reading: Reading[Moment] | None) -> datetime | None:
    return reading.value.at if reading else None


def extract(page: Page) -> Draft:
    """Read one page into a draft: one parse, no I/O.

    Raises:
        PageError: with the code "empty", "not-html", "too-large", "too-deep", "no-title", "address" or
            "not-an-article" (the address was sent on to the site's home page).
    """
    return read_opened(open_page(page))


def read_opened(opened: Opened) -> Draft:
    """Read the rest of a page that is open. Its tree is of no use afterwards."""
    return _draft(opened.page, _find(opened), opened.canonical)


def sketch(opened: Opened, *, dated: bool) -> Draft:
    """Give a draft of what an open page is called, without what it says: text, pictures, authors.

    Its addresses, title, provider and tags are those that `extract` gives; so is, with `dated`, its date,
    which is left out otherwise.
    """
    tree, linked, canonical = opened.tree, opened.linked, opened.canonical
    amp, amp_cache = _amp(tree, canonical)
    return Draft(
        original=opened.page.address,
        canonical=canonical,
        title=opened.title,
        provider=choose_provider(tree, linked, canonical),
        observed=opened.page.observed,
        source=opened.page.source,
        amp=amp,
        amp_cache=amp_cache,
        published=_at(choose_moment(published_readings(tree, linked))) if dated else None,
        topics=_keywords(tree),
    )


def _draft(page: Page, found: _Findings, canonical: str) -> Draft:
    tree, linked = found.tree, found.linked
    kind, embed = read_kind(tree, linked, found.text.text)
    authors = choose(found.authors)
    language = choose(found.languages)
    amp, amp_cache = _amp(tree, canonical)
    dated = choose_moment(found.published)
    published = _at(dated)
    modified = _at(choose_moment(found.modified))
    return Draft(
        original=page.address,
        canonical=canonical,
        title=_value(choose(found.titles)),
        provider=choose_provider(tree, linked, canonical),
        observed=page.observed,
        source=page.source,
        amp=amp,
        amp_cache=amp_cache,
        excerpt=_value(choose(found.excerpts)),
        authors=authors.value if authors else (),
        published=published,
        published_offset=_offset(dated, found),
        modified=modified if modified and (published is None or modified >= published) else None,
        kind=kind,
        language=language.value if language else None,
        images=read_images(tree, linked, found.text.container),
        embed=embed,
        text=found.text.text,
        flags=read_flags(tree, linked),
        topics=_keywords(tree),
    )


def _offset(dated: Reading[Moment] | None, found: _Findings) -> int:
    if dated is None:
        return 0
    return local_offset(dated.value, [*found.published, *found.modified], found.tree)


def _keywords(tree: Tree) -> tuple[str, ...]:
    raw = [
        *tree.metas.get("article:tag", ()),
        *tree.meta("news_keywords", "keywords", "parsely-tags").split(","),
    ]
    return tuple(dict.fromkeys(tag.strip()[:80] for tag in raw if tag.strip()))[:20]


def explain(page: Page) -> list[tuple[str, str, str, bool]]:
    """Give (field, source, value, chosen) for every reading of a page, field by field.

    Raises:
        PageError: as `extract`.
    """
    found = _find(_open(page))
    rows: list[tuple[str, str, str, bool]] = []

    def add(field: str, readings: list[Reading[Any]], best: Reading[Any] | None) -> None:
        rows.extend((field, item.source, _shown(item.value), item is best) for item in readings)

    add("title", found.titles, choose(found.titles))
    add("canonical", found.canonicals, choose(found.canonicals))
    add("published", found.published, choose_moment(found.published))
    add("modified", found.modified, choose_moment(found.modified))
    add("authors", found.authors, choose(found.authors))
    names = provider_readings(found.tree, found.linked)
    add("provider", names, choose(names))
    add("excerpt", found.excerpts, choose(found.excerpts))
    add("language", found.languages, choose(found.languages))
    rows.append(
        (
            "text",
            found.text.source,
            f"{len(found.text.text)} characters, confidence {found.text.confidence:.2f}",
            True,
        )
    )
    return rows


def _shown(value: object) -> str:
    if isinstance(value, Moment):
        return value.at.isoformat() + ("" if value.timed else " (day only)")
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def draft_to_json(draft: Draft) -> dict[str, Any]:
    """Give a draft in the shape `newsloom extract` prints, one JSON object a line."""
    return {
        "url": draft.original,
        "title": draft.title,
        "excerpt": draft.excerpt,
        "authors": list(draft.authors),
        "published": _iso(draft.published, draft.published_offset),
        "modified": _iso(draft.modified),
        "originalUrl": draft.original,
        "webUrl": draft.canonical,
        "ampWebUrl": draft.amp,
        "cdnAmpWebUrl": draft.amp_cache,
        "type": draft.kind,
        "language": draft.language,
        "provider": {"name": draft.provider.name, "domain": draft.provider.domain},
        "images": [
            {"url": image.url, "width": image.width, "height": image.height} for image in draft.images
        ],
        "text": draft.text,
    }


def _iso(at: datetime | None, offset: int = 0) -> str | None:
    """Write a moment in the zone its page wrote it in: the day a reader saw stays readable."""
    if at is None:
        return None
    local = at.replace(microsecond=0).astimezone(timezone(timedelta(minutes=offset)))
    return local.isoformat().replace("+00:00", "Z")
