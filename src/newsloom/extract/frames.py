"""What frames an article on its page: navigation, side columns, comments, teasers, notices.

Told by an element's tag, role, class and id. The words are those that sites' templates share across
languages and publishers; a publisher's own belong in a rule for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from selectolax.lexbor import LexborNode

FRAME_TAGS: Final = frozenset(
    {
        "a",
        "nav",
        "footer",
        "aside",
        "form",
        "noscript",
        "script",
        "style",
        "button",
        "select",
        "figcaption",
        "figure",
        "template",
        "dialog",
        "iframe",
        "svg",
        "video",
        "audio",
        "menu",
    }
)
# Words of class names and identifiers, and pairs of them, that name what frames an article.
_WORDS: Final = frozenset(
    [
        "comment",
        "comments",
        "disqus",
        "related",
        "promo",
        "sidebar",
        "signup",
        "share",
        "sharing",
        "breadcrumb",
        "breadcrumbs",
        "nav",
        "navbar",
        "navigation",
        "menu",
        "footer",
        "masthead",
        "cookie",
        "cookies",
        "consent",
        "gdpr",
        "popup",
        "modal",
        "overlay",
        "banner",
        "outbrain",
        "taboola",
        "trending",
        "popular",
        "tag",
        "tags",
        "taglist",
        "bio",
        "copyright",
        "caption",
        "credit",
        "credits",
        "byline",
        "dateline",
        "pagination",
        "pager",
        "rating",
        "feedback",
        "poll",
        "teaser",
        "teasers",
        "toolbar",
        "tooltip",
        "login",
        "register",
        "legal",
        "disclaimer",
        "widget",
        "infobox",
        "factbox",
        "inread",
        "jp-relatedposts",
        "relatedposts",
        "sharedaddy",
        "meta",
        "timeline",
        "ticker",
        "gallery",
        "slideshow",
        "carousel",
        "replies",
        "respond",
        "postmeta",
        "entrymeta",
        "sronly",
        "readmore",
        "readnext",
        "readalso",
        "mostread",
        "mostpopular",
    ]
)
_PAIRS: Final = frozenset(
    [
        "side-bar",
        "sign-up",
        "most-read",
        "most-popular",
        "most-viewed",
        "read-more",
        "read-next",
        "read-also",
        "more-stories",
        "more-news",
        "more-articles",
        "more-on",
        "more-from",
        "tag-list",
        "topics-list",
        "topic-list",
        "author-bio",
        "author-box",
        "author-info",
        "author-card",
        "author-profile",
        "about-author",
        "info-box",
        "fact-box",
        "print-only",
        "sr-only",
        "visually-hidden",
        "screen-reader",
        "post-meta",
        "entry-meta",
        "correction-policy",
        "post-excerpt",
        "post-picker",
        "block-query",
    ]
)
_STEMS: Final = ("recommend", "recirc", "newsletter", "subscri", "social", "advert", "sponsor", "expandable")
_PREFIXES_OFF: Final = frozenset(
    {"has", "with", "no", "elementor"}
)  # `has-sidebar` speaks of a layout, not of itself
_SUFFIXES_OFF: Final = frozenset({"grid", "layout", "main", "page"})  # so does `sidebar-layout`
_HOOK: Final = re.compile(r"(?:^|(?<=\s))js-\S+")  # a script's handle, which says nothing of what it is on
_WORD: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_STRONG: Final = re.compile(
    r"(?:article|story|post|entry|content|main)[-_]?_?(?:body|content|text|main)|articleBody|body-?text|"
    r"(?:^|\s)(?:hentry|h-entry|type-post|type-page)(?:$|\s)",
    re.IGNORECASE,
)
_SHUT: Final = re.compile(
    r"(?:^|[\s_-])(?:comments?|disqus|replies|cookies?|consent|gdpr|nav|footer|menu)(?:$|[\s_-])"
)
_COMMENTARY: Final = re.compile(
    r"(?:^|[\s_-])(?:comments?|commentlist|disqus|replies|sidebar|side-bar|related)(?:$|[\s_-])",
    re.IGNORECASE,
)
_COMMENT_CLIMB: Final = 8  # elements above one that are asked
_NEVER: Final = frozenset({"body", "html", "main", "article"})
_ROLES: Final = frozenset(
    {"navigation", "complementary", "contentinfo", "banner", "search", "dialog", "alert", "menu"}
)
_NAME_CHARACTERS: Final = 2_000  # of class and identifier; utility classes come to some hundreds
_BODY_CLASSES: Final = 40  # words of class past which an element carries its page's state, not its own name


@lru_cache(maxsize=8_192)
def _is_frame_name(names: str) -> bool:
    words = [word.lower() for word in _WORD.findall(_HOOK.sub("", names))]
    for position, word in enumerate(words):
        before = words[position - 1] if position else ""
        if word in _WORDS or word.startswith(_STEMS):
            told = before not in _PREFIXES_OFF and (word, words[position + 1 : position + 2]) != (
                "teaser",
                ["text"],
            )
        else:
            told = f"{before}-{word}" in _PAIRS
        if told and (position + 1 == len(words) or words[position + 1] not in _SUFFIXES_OFF):
            return not _STRONG.search(names)
    return False


def _names(values: dict[str, str | None]) -> str:
    return f"{values.get('class') or ''} {values.get('id') or ''}"


def is_frame(node: LexborNode) -> bool:
    """Say whether an element frames the article rather than belongs to it."""
    tag = node.tag
    if tag in FRAME_TAGS:
        return True
    values = node.attributes
    if not values or tag in _NEVER:
        return False
    if values.get("role") in _ROLES or "hidden" in values or values.get("aria-hidden") == "true":
        return True
    style = values.get("style")
    if style and "display:none" in style.replace(" ", ""):
        return True
    names = _names(values)
    return 3 <= len(names) <= _NAME_CHARACTERS and names.count(" ") <= _BODY_CLASSES and _is_frame_name(names)


def is_shut(node: LexborNode) -> bool:
    """Say whether a frame never holds an article, however much text stands in it."""
    return bool(_SHUT.search(_names(node.attributes)))


def is_commentary(node: LexborNode) -> bool:
    """Say whether an element stands among readers' comments, or in a side column."""
    for above in climb(node, _COMMENT_CLIMB):
        if above.tag in {"body", "html"}:
            return False
        values = above.attributes
        if values and _COMMENTARY.search(_names(values)):
            return True
    return False


def climb(node: LexborNode | None, limit: int) -> Iterator[LexborNode]:
    """Give an element and those above it, the nearest first, at most `limit` of them."""
    for _ in range(limit):
        if node is None:
            return
        yield node
        node = node.parent
