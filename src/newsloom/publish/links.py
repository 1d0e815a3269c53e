"""Addresses of the site's own pages and files.

Pages link to each other by root-absolute paths, so a site works at a domain's root and below a path
(`https://x.github.io/desk/`) alike. Names come from outside and become file names: `make_segment`
lets through only what is safe in both.
"""

from __future__ import annotations

import hashlib
import re
from typing import Final
from urllib.parse import urlsplit

from msgspec import Struct

# An index is a file of the folder it would be put in.
_SEGMENT: Final = re.compile(r"(?!(?i:index\.(?:html|json))$)[A-Za-z0-9_][A-Za-z0-9._-]{0,199}")


class Links(Struct, frozen=True, kw_only=True):
    """Where a site's pages are: `origin` such as `https://x.example`, `base` such as `/desk/`."""

    origin: str
    base: str

    def absolute(self, path: str) -> str:
        """The full address of a root-absolute path, for feeds, sitemaps and canonical links."""
        return self.origin + path

    def page(self, *segments: str, number: int | None = None) -> str:
        """The address of a page that is a folder with an index: `/topics/ai/`, `/topics/ai/page/2/`."""
        parts = [*segments, *(() if number is None else ("page", str(number)))]
        return self.base + "".join(f"{part}/" for part in parts)

    def file(self, path: str) -> str:
        """The address of a file, `path` being relative to the site's root: `assets/style.css`."""
        return self.base + path

    def topic(self, topic: str, number: int | None = None) -> str:
        """The address of a topic's page, by the topic's id."""
        return self.page("topics", make_segment(topic), number=number)

    def story(self, name: str) -> str:
        """The address of a story's page; it stays for as long as the story is shown."""
        return self.page("stories", make_segment(name))

    def provider(self, domain: str, number: int | None = None) -> str:
        """The address of a provider's page, by its domain."""
        return self.page("providers", make_segment(domain), number=number)

    def day(self, day: str, number: int | None = None) -> str:
        """The address of one day's page, `day` being like `2026-11-24`."""
        return self.page("archive", day, number=number)


def find_base(url: str) -> Links:
    """The links of a site that readers find at `url`; the path part always ends with a slash."""
    parts = urlsplit(url)
    path = parts.path if parts.path.endswith("/") else f"{parts.path}/"
    return Links(origin=f"{parts.scheme}://{parts.netloc}", base=path)


def make_segment(name: str) -> str:
    """A name as one segment of a path: itself where that is safe, else a digest of it.

    Names the desk makes (slugs, domains, topic ids) pass unchanged; an index's, one with a slash,
    a leading dot or a character outside ASCII gets `id-` and 16 hexadecimal digits, always the same ones.
    """
    if _SEGMENT.fullmatch(name) and ".." not in name:
        return name
    return f"id-{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()[:16]}"
