"""Whether a page can be of any of a site's topics, asked before all of it is read.

A site that keeps what is topical throws most pages away after reading them. What a page is called (title,
addresses, tags) and all words it holds are had at a part of that cost. Where they hold no word of a topic,
nothing that a full reading finds can: such a page is drawn as a sketch, which is judged and turned away as
its draft would be. In doubt it is read in full. Pure: workers run it.
"""

from __future__ import annotations

from string import ascii_uppercase
from typing import Final

from msgspec import Struct

from newsloom.curate.topics import build_tagger, list_sections
from newsloom.extract.address import host_of, registrable_domain
from newsloom.extract.draft import Opened, open_page, read_opened, sketch
from newsloom.extract.encoding import as_utf8
from newsloom.extract.excerpt import stated_excerpt
from newsloom.extract.jsonld import as_text
from newsloom.extract.plain import looks_misread
from newsloom.extract.words import list_words
from newsloom.records import Draft, Page, Topic

_SMALL: Final = 100  # letters of a page on one capital from which its article may be without any


class Look(Struct, frozen=True, kw_only=True):
    """What a site wants, by topics alone; `providers` are those it has articles of."""

    topics: tuple[Topic, ...]
    providers: frozenset[str] = frozenset()


class Seen(Struct, frozen=True):
    """What was read of a page: all of it, or a sketch of one that can be of no topic."""

    draft: Draft
    is_sketch: bool = False


def read_wanted(page: Page, look: Look | None = None) -> Seen:
    """Read a page in full where it can be of a topic, else sketch it; without a look read it in full.

    Raises PageError as `extract` does.
    """
    opened = open_page(page)
    if look is None or _can_be_topical(opened, look):
        return Seen(read_opened(opened))
    # A page that moved is known again by title and date, where its provider is known.
    dated = registrable_domain(host_of(opened.canonical)) in look.providers
    return Seen(sketch(opened, dated=dated), is_sketch=True)


def _can_be_topical(opened: Opened, look: Look) -> bool:
    body = as_utf8(opened.page.body, opened.page.content_type)
    words = list_words(opened.tree.parser, body)
    if not words.isascii() and looks_misread(words):
        return True  # the reader would repair it, and find other words
    words = f"{words}\n{as_text(opened.linked.article.get('articleBody'))}"
    excerpt = stated_excerpt(opened.tree, opened.linked, opened.title)
    canonical, tagger = opened.canonical, build_tagger(look.topics)
    found = tagger.find(
        opened.title,
        words if excerpt is None else excerpt,
        words,
        (*opened.tags, *list_sections(canonical)),
        registrable_domain(host_of(canonical)),
        cased=len(words) < _SMALL * sum(map(words.count, ascii_uppercase)),
    )
    return tagger.can_tag(found)
