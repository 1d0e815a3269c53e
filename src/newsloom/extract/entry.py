"""Drafts from feed entries, and an entry's hints filling what a page lacks."""

from __future__ import annotations

import re
from datetime import datetime
from html import unescape
from typing import Final

import msgspec
from selectolax.lexbor import LexborHTMLParser

from newsloom.errors import PageError
from newsloom.extract.address import absolute, canonical_address, host_of, registrable_domain
from newsloom.extract.bylines import split_byline
from newsloom.extract.dates import believable
from newsloom.extract.excerpt import is_boilerplate
from newsloom.extract.kind import embed_code
from newsloom.extract.language import detect, language_code
from newsloom.extract.plain import shorten, tidy
from newsloom.extract.provider import clean_provider, name_from_domain
from newsloom.records import Candidate, Draft, Image, Provider
from newsloom.settings import (
    AUTHORS,
    ENTRY_CHARACTERS,
    EXCERPT_CHARACTERS,
    IMAGES,
    TEXT_CHARACTERS,
    TITLE_CHARACTERS,
)

_BLOCKS: Final = re.compile(
    r"</(?:p|div|li|h[1-6]|blockquote|tr|ul|ol)>|<br\s*/?>\s*<br\s*/?>", re.IGNORECASE
)
_FOOTER: Final = re.compile(
    r"^(?:the post .{1,300} (?:appeared first|first appeared) on|continue reading|read more|\[…\]|"
    r"\[\.\.\.\]|comments?$)",
    re.IGNORECASE,
)
_MARKUP: Final = re.compile(r"</[a-zA-Z][\w:-]*\s*>|<(?:br|img|wbr|hr)\b[^<>]*>|<!--")
_BREAK: Final = re.compile(r"</?(?:br|p|div|li|h[1-6])\b[^<>]*>", re.IGNORECASE)
_REFERENCE: Final = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]\w{1,31});")
_MUCH_MORE: Final = 1.5  # times the page's text an entry must carry to win over it
_LEAST: Final = 400  # characters of text below which an entry's is never preferred


def looks_like_html(text: str) -> bool:
    """Say whether a text is HTML rather than plain text in which a tag is mentioned."""
    return "<" in text and _MARKUP.search(text) is not None


def plain_title(markup: str) -> str:
    """Give a headline of a feed as plain text in one line.

    References are resolved, once more where they had been escaped twice. Tags go only where the whole
    looks like HTML: "Using <div> in a page" is a headline.
    """
    text = markup
    if "<" in text and looks_like_html(text):
        parser = LexborHTMLParser(_BREAK.sub(r" \g<0>", text[:ENTRY_CHARACTERS]).encode("utf-8", "replace"))
        parser.strip_tags(["script", "style", "iframe", "noscript", "template"])
        body = parser.body
        text = body.text(separator="") if body is not None else ""
    elif "&" in text:
        text = unescape(text)
    if "&" in text and _REFERENCE.search(text):
        text = unescape(text)
    return " ".join(text.replace("\u200b", "").split())


def text_of_html(markup: str) -> str:
    """Give the plain text of a feed entry's HTML, paragraphs parted by a blank line."""
    if "<" not in markup and "&" not in markup:
        return "\n\n".join(line.strip() for line in markup.splitlines() if line.strip())[:TEXT_CHARACTERS]
    parser = LexborHTMLParser(
        _BLOCKS.sub(lambda match: match[0] + "\x1e", markup[:ENTRY_CHARACTERS]).encode("utf-8", "replace")
    )
    parser.strip_tags(["script", "style", "figure", "iframe", "form", "noscript", "template"])
    body = parser.body
    raw = body.text(separator="") if body is not None else ""
    parts = (" ".join(part.replace("\u200b", "").split()) for part in raw.split("\x1e"))
    return "\n\n".join(part for part in parts if part and not _FOOTER.match(part))[:TEXT_CHARACTERS]


def _images(candidate: Candidate) -> tuple[Image, ...]:
    addresses = [candidate.image] if candidate.image else []
    if "<img" in candidate.content:
        parser = LexborHTMLParser(candidate.content[:ENTRY_CHARACTERS].encode("utf-8", "replace"))
        addresses += [node.attributes.get("src") or "" for node in parser.css("img")[:IMAGES]]
    found = (absolute(address, candidate.address) for address in addresses)
    return tuple(Image(url=url) for url in dict.fromkeys(url for url in found if url))[:IMAGES]


def _date(at: datetime | None, candidate: Candidate) -> datetime | None:
    return at if at is not None and believable(at, candidate.observed) else None


def _authors(candidate: Candidate) -> tuple[str, ...]:
    names = (name for text in candidate.authors for name in split_byline(text))
    return tuple(dict.fromkeys(names))[:AUTHORS]


def _excerpt(candidate: Candidate, text: str) -> str:
    line = tidy(text_of_html(candidate.excerpt).replace("\n", " ")) if candidate.excerpt else ""
    if not line or is_boilerplate(line):
        line = tidy(text.replace("\n", " "))
    return shorten(line, EXCERPT_CHARACTERS)


def read_entry(candidate: Candidate) -> Draft:
    """Make a draft of a feed entry alone, for when its page is not to be had.

    Raises:
        PageError: the entry has no title, or no http(s) address.
    """
    title = tidy(plain_title(candidate.title))[:TITLE_CHARACTERS]
    if not title:
        raise PageError(candidate.address, "the feed entry has no title", code="no-title")
    canonical = canonical_address(candidate.address)
    domain = registrable_domain(host_of(canonical))
    text = text_of_html(candidate.content or candidate.excerpt)
    embed = embed_code(canonical)
    return Draft(
        original=candidate.address,
        canonical=canonical,
        title=title,
        provider=Provider(
            name=clean_provider(candidate.provider or "") or name_from_domain(domain), domain=domain
        ),
        observed=candidate.observed,
        origin="entry",
        source=candidate.source,
        excerpt=_excerpt(candidate, text),
        authors=_authors(candidate),
        published=_date(candidate.published, candidate),
        modified=_date(candidate.modified, candidate),
        kind="video" if candidate.video or embed else "article",
        language=language_code(candidate.language or "") or detect(text)[0] or None,
        images=_images(candidate),
        embed=embed,
        text=text,
        topics=candidate.topics,
        guid=candidate.id,
    )


def merge(page_draft: Draft, candidate: Candidate) -> Draft:
    """Fill what a page's draft lacks from the feed entry that led to it.

    Date, authors, excerpt, language, pictures and topic hints fill gaps only. The entry's text takes the
    place of the page's when it is clearly longer: a page behind a wall often shows less than its feed.
    """
    text = text_of_html(candidate.content)
    fuller = len(text) >= _LEAST and len(text) > _MUCH_MORE * len(page_draft.text)
    best = text if fuller else page_draft.text
    return msgspec.structs.replace(
        page_draft,
        source=page_draft.source or candidate.source,
        guid=page_draft.guid if page_draft.source else candidate.id,
        text=best,
        excerpt=page_draft.excerpt or _excerpt(candidate, best),
        published=page_draft.published or _date(candidate.published, candidate),
        modified=page_draft.modified or _date(candidate.modified, candidate),
        authors=page_draft.authors or _authors(candidate),
        language=page_draft.language or language_code(candidate.language or ""),
        images=page_draft.images or _images(candidate),
        topics=tuple(dict.fromkeys((*page_draft.topics, *candidate.topics))),
    )
