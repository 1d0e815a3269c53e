"""The AMP version of a page and its address in the AMP cache (`document-format`'s rule)."""

from __future__ import annotations

from typing import Final

CACHE_HOST: Final = ".cdn.ampproject.org"


def cache_address(amp: str) -> str:
    """Give the AMP cache's address of an AMP page: cost O(length).

    `https://HOST.cdn.ampproject.org/c/s/REST`; in the cache's host name each `-` of the host is
    doubled, then each `.` turned to `-`. `/s` stands for https and is left out for http.
    """
    scheme, _, rest = amp.partition("://")
    host = rest.partition("/")[0].partition("?")[0].partition(":")[0]
    label = host.replace("-", "--").replace(".", "-")
    secure = "/s" if scheme == "https" else ""
    return f"https://{label}{CACHE_HOST}/c{secure}/{rest}"
