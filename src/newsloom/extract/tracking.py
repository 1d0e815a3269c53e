"""Query parameters that say how a reader came, and redirect pages that name their target.

The rules are Newsloom's own data (`data/tracking.json`, `data/wrappers.json`). This module only
answers questions about one parameter or one address; `address.py` puts the answers together.
"""

from __future__ import annotations

import base64
import binascii
import re
from functools import lru_cache
from typing import Final
from urllib.parse import parse_qs, unquote

import msgspec

from newsloom.extract.rules import load


class _Rules(msgspec.Struct, frozen=True):
    prefixes: tuple[str, ...]
    names: frozenset[str]
    values: dict[str, frozenset[str]]
    hosts: dict[str, frozenset[str]]


class _Wrappers(msgspec.Struct, frozen=True):
    redirects: tuple[tuple[str, str, tuple[str, ...]], ...]


_RULES: Final = load("tracking.json", _Rules)
_REDIRECTS: Final = load("wrappers.json", _Wrappers).redirects
_HOST_LABELS: Final = frozenset(label for host, _, _ in _REDIRECTS for label in host.split(".")[:1])
_URL_IN_BYTES: Final = re.compile(rb"https?://[!-~]+")


def may_wrap(host: str) -> bool:
    """Say whether a host may be that of a redirect page, an AMP cache or a viewer: a cheap first look."""
    return not _HOST_LABELS.isdisjoint(host.split(".")) or host.endswith("cdn.ampproject.org")


def is_tracking(name: str, value: str, host: str) -> bool:
    """Say whether a query parameter of a page on `host` only tracks its reader."""
    key = name.lower()
    if key in _RULES.names or key.startswith(_RULES.prefixes):
        return True
    values = _RULES.values.get(key)
    if values is not None and value.lower() in values:
        return True
    return key in host_rules(host)


@lru_cache(maxsize=4096)
def host_rules(host: str) -> frozenset[str]:
    """Give the parameter names that only track on `host`: a rule is for a domain, or for a bare label."""
    labels = host.split(".")
    for start in range(len(labels) - 1):
        found = _RULES.hosts.get(".".join(labels[start:])) or _RULES.hosts.get(labels[start])
        if found is not None:
            return found
    return frozenset()


def _matches(host: str, rule: str) -> bool:
    if "." in rule:
        return host == rule or host.endswith("." + rule)
    return rule in host.split(".")[:-1]


def _amp_viewer_target(path: str) -> str | None:
    """Resolve the path of an AMP cache or viewer, `/c/s/HOST/REST` or `/amp/s/HOST/REST`."""
    parts = path.split("/", 3)
    if len(parts) < 3 or parts[1] not in {"c", "v", "i", "amp"}:
        return None
    secure = parts[2] == "s" and len(parts) == 4
    rest = parts[3] if secure else "/".join(parts[2:])
    host = rest.partition("/")[0]
    return ("https://" if secure else "http://") + rest if "." in host else None


def _google_news_target(path: str) -> str | None:
    """Decode the older Google News identifiers, which hold the address in base64."""
    token = path.rpartition("/")[2]
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        return None
    found = _URL_IN_BYTES.search(raw)
    return found.group().decode("ascii") if found else None


def _parameter_target(host: str, path: str, query: str) -> str | None:
    for rule, start, names in _REDIRECTS:
        if path.startswith(start) and _matches(host, rule):
            values = parse_qs(query)
            for name in names:
                target = (values.get(name) or [""])[0]
                if target.startswith(("http://", "https://")):
                    return target
    return None


def unwrap(host: str, path: str, query: str) -> str | None:
    """Give the address a redirect page, AMP cache or AMP viewer stands for, None when it names none."""
    if host.endswith(".cdn.ampproject.org") or host == "cdn.ampproject.org":
        target = _amp_viewer_target(path)
        return target + (f"?{query}" if query and target else "") if target else None
    if _matches(host, "google"):
        if path.startswith("/amp/"):
            return _amp_viewer_target(path)
        if host.startswith("news.") and "/articles/" in path:
            return _google_news_target(unquote(path))
    return _parameter_target(host, path, query)
