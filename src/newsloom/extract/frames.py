"""What frames an article on its page: navigation, side columns, comments, teasers, notices.

Told by an element's tag, role, class and id. The words are those that sites' templates share across
languages and publishers; a publisher's own belong in a rule for it.
"""

from __future__ import annotations

import re
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
_FRAME: Final = re.compile(
    r"(?:^|[\s_-]|(?<=[a-z])(?=[A-Z]))(?<!has-)(?<!with-)(?<!no-)(?:comments?|disqus|related|recommend\w*|recirc\w*|promo\w*|"
    r"sidebar|side-?bar|newsletter\w*|subscri\w+|sign-?up|share|sharing|social\w*|breadcrumbs?|"
    r"nav|navbar|navigation|menu|footer|masthead|cookies?|consent|gdpr|popup|modal|overlay|banner|"
    r"advert\w*|sponsor\w*|outbrain|taboola|most-?(?:read|popular|viewed)|"
    r"trending|popular|read-?(?:more|next|also)|more-?(?:stories|news|articles|on|from)|tags?|tag-?list|"
    r"topics?-?list|author-?(?:bio|box|info|card|profile)|bio|about-?author|copyright|caption|"
    r"credits?|byline|dateline|pagination|pager|rating|feedback|poll|teasers?|toolbar|"
    r"tooltip|login|register|legal|disclaimer|widget|info-?box|expandable\w*|fact-?box|print-?only|sr-?only|"
    r"visually-?hidden|screen-?reader|"
    r"inread|jp-relatedposts|sharedaddy|meta|post-?meta|entry-?meta|timeline|ticker|gallery|slideshow|"
    r"carousel|replies|respond|correction-policy|post-?excerpt|post-?picker|wp-block-query)(?!-(?:grid|layout|main|page))(?:$|[\s_-]|(?=[A-Z]))",
)
_STRONG: Final = re.compile(
    r"(?:article|story|post|entry|content|main)[-_]?_?(?:body|content|text|main)|articleBody|body-?text",
    re.IGNORECASE,
)
_ROLES: Final = frozenset(
    {"navigation", "complementary", "contentinfo", "banner", "search", "dialog", "alert", "menu"}
)
_BODY_CLASSES: Final = 40  # words of class past which an element carries its page's state, not its own name


def is_frame(node: LexborNode) -> bool:
    """Say whether an element frames the article rather than belongs to it."""
    tag = node.tag
    if tag in FRAME_TAGS:
        return True
    if tag in {"body", "html", "main", "article"}:
        return False
    values = node.attributes
    if values.get("role") in _ROLES or "hidden" in values or values.get("aria-hidden") == "true":
        return True
    style = values.get("style")
    if style and "display:none" in style.replace(" ", ""):
        return True
    names = f"{values.get('class') or ''} {values.get('id') or ''}"
    if len(names) < 3 or names.count(" ") > _BODY_CLASSES:
        return False
    return bool(_FRAME.search(names)) and not _STRONG.search(names)
