"""Addresses in feeds made absolute: http and https only."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urljoin, urlsplit

from newsloom import settings

_WEB: Final = re.compile(r"(https?)://[^/?#\s]", re.IGNORECASE)
_BREAKS: Final = re.compile(r"[\t\r\n]+\s*")  # no part of an address: somebody's formatting
# Two, each beginning with letters that are searched for fast: entries are long.
_RELATIVE: Final = tuple(
    re.compile(name + r"""=(["'])(?!https?:|[#"'])([^"'<>]{1,2048})""") for name in ("href", "src")
)


def web_address(value: str | None, base: str = "") -> str:
    """Give an http(s) address made absolute, "" for anything else."""
    text = value.strip() if value else ""
    if not text:
        return ""
    if not text.isprintable():
        text = _BREAKS.sub("", text)
    match = _WEB.match(text)
    if match is None and base:
        text = join(base, f"//{text}" if _names_host(text, base) else text)
        match = _WEB.match(text)
    if match is None or len(text) > settings.URL_CHARACTERS or not _has_host(text):
        return ""
    return text if match[1].islower() else match[1].lower() + text[match.end(1) :]


def _names_host(text: str, base: str) -> bool:
    """Say whether an address without a scheme begins with a host, that of its base or one called www."""
    return text.startswith("www.") or text.partition("/")[0] == base.partition("://")[2].partition("/")[0]


def _has_host(address: str) -> bool:
    if "[" not in address:
        return True
    try:
        return bool(urlsplit(address).hostname)
    except ValueError:  # half an IPv6 address
        return False


def join(base: str, address: str) -> str:
    """Give an address made absolute; as it stands where it cannot be joined."""
    try:
        return urljoin(base, address.strip())
    except ValueError:
        return address


def rebase(markup: str, base: str) -> str:
    """Give markup with its relative links and pictures made absolute."""
    for pattern in _RELATIVE:
        markup = pattern.sub(lambda match: match[0].removesuffix(match[2]) + join(base, match[2]), markup)
    return markup
