"""Canonical addresses: one spelling for one page, without what only tracks its reader.

Parsing is WHATWG's (can_ada), so addresses mean what a browser takes them to mean. Nothing here
asks the network: short links whose target is not written in them stay as they are.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urljoin

import can_ada

from newsloom.errors import PageError
from newsloom.extract.tracking import host_rules, is_tracking, may_wrap, unwrap
from newsloom.settings import URL_CHARACTERS

if TYPE_CHECKING:
    from tldextract import TLDExtract

_UNWRAPS: Final = 4  # wrappers inside wrappers that are followed; more is a trap
_UNRESERVED: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_ESCAPE: Final = re.compile(r"%([0-9A-Fa-f]{2})")
_CREDENTIALS: Final = re.compile(r"^(https?://)[^/?#@]*@")
_SLASHES: Final = re.compile(r"/{2,}")
_TWICE: Final = re.compile(r"^https?:/{1,2}(?=https?:?/)", re.IGNORECASE)
_INDEX: Final = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?|jsp)$", re.IGNORECASE)
_MOBILE: Final = re.compile(r"^(?:www\d?|m|mobile|amp)\.(?=[^.]+\.)")


def _refuse(address: str, cause: str) -> PageError:
    return PageError(address[:200], cause, "only http and https addresses name pages", code="address")


def _unescape(match: re.Match[str]) -> str:
    character = chr(int(match[1], 16))
    return character if character in _UNRESERVED else match[0].upper()


def _without_tracking(href: str) -> str:
    base, _, query = href.partition("?")
    host = base.split("/", 3)[2].partition(":")[0]
    kept = [
        part
        for part in query.split("&")
        if part and not is_tracking((pair := part.partition("="))[0], pair[2], host)
    ]
    return f"{base}?{'&'.join(kept)}" if kept else base


def _parse(address: str) -> str:
    if "://http" in address[:12]:
        address = _TWICE.sub("", address)  # `http://http://news.example/`, as forms make it
    try:
        href: str = can_ada.parse(address).href
    except ValueError as error:
        raise _refuse(address, "is not an address a browser could open") from error
    if not href.startswith(("https://", "http://")):
        raise _refuse(address, f"has the scheme {href.partition(':')[0]!r}")
    return href


def _tidy(href: str) -> str:
    if "#" in href:
        href = href.partition("#")[0]
    if "%" in href:
        href = _ESCAPE.sub(_unescape, href)
    if "@" in href:
        href = _CREDENTIALS.sub(r"\1", href)
    if "?" in href:
        href = _without_tracking(href)
    return href


def canonical_address(address: str) -> str:
    """Give the one spelling of an http(s) address: idempotent, about 2 µs.

    Host and escapes are normalised, fragment, credentials and tracking parameters dropped, and redirect
    pages, AMP caches and viewers resolved when their target stands in the address. Scheme, `www.`,
    final slash and the order of parameters stay.

    Raises:
        PageError: the address is too long, not http(s), or cannot be parsed.
    """
    if len(address) > 4 * URL_CHARACTERS:
        raise _refuse(address, f"is longer than {4 * URL_CHARACTERS} characters")
    href = _tidy(_parse(address))
    for _ in range(_UNWRAPS):
        parts = href.split("/", 3)
        host = parts[2].partition(":")[0]
        if not may_wrap(host):
            return href
        path, _, query = parts[3].partition("?")
        target = unwrap(host, "/" + path, query)
        if target is None:
            return href
        href = _tidy(_parse(target))
    return href


def identity_key(address: str) -> str:
    """Give a key that is equal for addresses of one page.

    Beyond `canonical_address` it ignores the scheme, `www.` and `m.`, a host's final dot, doubled
    slashes, an index file's name, the final slash, and how and in what order parameters are written. It is
    for comparing only and is not an address.

    Raises:
        PageError: as `canonical_address`.
    """
    rest = canonical_address(address).partition("://")[2]
    base, _, query = rest.partition("?")
    host, _, path = base.partition("/")
    path = _INDEX.sub("", "/" + path).rstrip("/")
    if "//" in path:
        path = _SLASHES.sub("/", path)
    key = _MOBILE.sub("", host.rstrip(".").replace(".:", ":")) + path
    return f"{key}?{_plain_query(query)}" if query else key


def _plain_query(query: str) -> str:
    parts = sorted(query.split("&"))
    if "%" in query or "+" in query or "=&" in query or query.endswith("="):
        parts = [unquote(part.replace("+", " ")).rstrip("=").replace("&", "%26") for part in parts]
    return "&".join(parts)


def absolute(address: str, base: str) -> str | None:
    """Make an address found on the page `base` absolute; None unless it is http(s) and of sane length."""
    text = address.strip()
    if not text or len(text) > URL_CHARACTERS or text[:5].lower() in {"data:", "javas", "mailt", "about"}:
        return None
    if len(text) > 1 and not text.strip("/"):
        return None  # `//` names no host; joined, it would come out as the page itself
    try:
        href: str = can_ada.parse(
            text if text.startswith(("http://", "https://")) else urljoin(base, text)
        ).href
    except ValueError:
        return None
    return href if href.startswith(("https://", "http://")) else None


# Platforms whose sub-domains are publishers of their own, and that the public suffix list does not know.
_PLATFORMS: Final = frozenset(
    {
        "beehiiv.com", "ghost.io", "livejournal.com", "medium.com", "over-blog.com", "substack.com",
        "tumblr.com", "typepad.com",
    }
)  # fmt: skip


@cache
def _open_suffixes() -> TLDExtract:
    from tldextract import TLDExtract  # noqa: PLC0415 - it loads an HTTP client that is never asked

    return TLDExtract(cache_dir=None, suffix_list_urls=(), include_psl_private_domains=True)


@lru_cache(maxsize=4096)
def registrable_domain(host: str) -> str:
    """Give the domain a publisher registered: `news.bbc.co.uk` → `bbc.co.uk`, blogs of a platform apart.

    A host without a public suffix (an IP address, `localhost`) is given back as it is. The public suffix
    list is the one bundled with tldextract; nothing is fetched or written.
    """
    bare = host.lower().partition(":")[0].rstrip(".")
    known = _open_suffixes()(bare)
    if not known.suffix and bare.count(".") and not known.ipv4:
        return ".".join(bare.split(".")[-2:])  # the list's default rule: an unlisted last label is a suffix
    domain = known.top_domain_under_public_suffix or bare
    if domain in _PLATFORMS and (host_label := known.subdomain.rpartition(".")[2]) not in {"", "www"}:
        return f"{host_label}.{domain}"
    return domain


def host_of(address: str) -> str:
    """Give the host of an absolute http(s) address, without port; "" for anything else."""
    parts = address.split("/", 3)
    return parts[2].rpartition("@")[2].partition(":")[0].lower() if len(parts) > 2 else ""


def is_home(address: str) -> bool:
    """Say whether an address names a site's front page rather than a page on it."""
    path, _, query = address.partition("://")[2].partition("?")
    tail = _INDEX.sub("", "/" + path.partition("/")[2]).strip("/")
    return not query and (tail == "" or (len(tail) <= 3 and tail.isalpha()))


__all__ = [
    "absolute",
    "canonical_address",
    "host_of",
    "host_rules",
    "identity_key",
    "is_home",
    "registrable_domain",
]
