"""Strings from outside, made fit for the place they are put in.

HTML and attributes are escaped by Jinja2, XML by lxml; what neither can know is done here, once, when
a page's model is made: characters no XML may hold, controls that reorder the text around them, links
that are not http(s), and JSON inside a `<script>` element, where HTML escaping would not apply.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final
from urllib.parse import quote, urlsplit

import msgspec
from markupsafe import Markup

from newsloom.publish.links import Links
from newsloom.settings import URL_CHARACTERS

# What XML 1.0 (section 2.2) forbids, plus C1 controls, which no news text needs.
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# Embeddings, overrides and isolates (Unicode TR 9): an open one reorders whatever follows.
_REORDERING: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
_BLANKS: Final = re.compile(r"\s+")
_WEB: Final = re.compile(r"https?://[^\s\\]+", re.IGNORECASE)
# What most addresses are: nothing in them has to be looked at again, or written otherwise.
_PLAIN: Final = re.compile(r"https?://[A-Za-z0-9.-]+(?:[/?#][A-Za-z0-9%/:?#@!$&'()*+,;=._~-]*)?")
_OWN: Final = re.compile(r"/?(assets/[A-Za-z0-9._/-]+)")
_IN_SCRIPT: Final = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
_IN_SCRIPT_PATTERN: Final = re.compile("[<>&\u2028\u2029]")
_KEPT_IN_URL: Final = "%/:?#[]@!$&'()*+,;=-._~"


def clean_text(text: str) -> str:
    """One line of text without control characters, reordering characters and doubled blanks."""
    if text.isprintable():  # most are: no control, nothing that reorders, and no blank but the plain one
        return " ".join(text.split())
    return _BLANKS.sub(" ", _REORDERING.sub("", drop_controls(text))).strip()


def drop_controls(text: str) -> str:
    """The text with a blank for each character that neither XML nor UTF-8 may hold."""
    return text if text.isprintable() else _FORBIDDEN.sub(" ", text)


@lru_cache(maxsize=1 << 16)  # the same addresses stand on many pages, in feeds and in the API
def clean_url(url: str | None) -> str | None:
    """An http(s) address in ASCII, None for anything else: other schemes, no host, blanks, too long."""
    if not url or len(url) > URL_CHARACTERS:
        return None
    if _PLAIN.fullmatch(url):
        return url
    url = url.strip()
    if not _WEB.fullmatch(url) or _FORBIDDEN.search(url) or _REORDERING.search(url):
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        if not host or parts.username is not None:
            return None
        _ = parts.port  # raises where the port is no number
        host.encode("idna" if not host.isascii() else "ascii")
    except (ValueError, UnicodeError):
        return None
    return quote(url, safe=_KEPT_IN_URL)


def clean_picture_url(url: str, links: Links) -> str | None:
    """The address of a picture: http(s) as it is, one of the site's own `assets/` below its base."""
    own = _OWN.fullmatch(url)
    if own and ".." not in url:
        return links.file(own[1])
    return clean_url(url)


def write_script_json(value: object) -> Markup:
    """JSON that is safe as the content of a `<script>` element, `</script>` and U+2028 included."""
    text = msgspec.json.encode(value).decode()
    return Markup(_IN_SCRIPT_PATTERN.sub(lambda match: _IN_SCRIPT[match[0]], text))  # noqa: S704 - escaped above
