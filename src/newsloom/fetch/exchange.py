"""What is asked and what is answered: the one seam between the desk and the web.

Live, recording and replaying fetchers all keep `Fetcher`, so a pass does not know which it has, and
a test needs no patching.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Final, Protocol
from urllib.parse import urlencode, urljoin

from msgspec import Struct

from newsloom.errors import FetchError
from newsloom.fetch.causes import fault, status_fault
from newsloom.records import Page

# Headers kept of an answer: what later steps judge by. Cookies and the like are dropped on arrival.
KEPT_HEADERS: Final = frozenset(
    {
        "age",
        "cache-control",
        "cf-mitigated",
        "content-language",
        "content-type",
        "date",
        "etag",
        "expires",
        "last-modified",
        "link",
        "location",
        "retry-after",
        "tdm-policy",
        "tdm-reservation",
        "x-amzn-waf-action",
        "x-robots-tag",
    }
)

USEFUL: Final = frozenset({200, 203})  # statuses whose body is what was asked for
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})  # statuses whose Location is followed


class Request(Struct, frozen=True, kw_only=True):
    """An address to fetch. `etag` and `last_modified` are given back exactly as they were received.

    `kind` is "page", "feed", "site" (a page read for its links alone), "robots", "image" or "hub": it decides
    how large the answer may be, and what is a wall. With a
    `form` the request is a POST of those fields; it follows no redirect. An answer observed `since` then, for
    another site of the installation, will do; None asks in any case.
    """

    address: str
    kind: str = "page"
    etag: str = ""
    last_modified: str = ""
    form: tuple[tuple[str, str], ...] = ()
    since: datetime | None = None


def name_form(request: Request) -> str:
    """A short digest that tells a request's form from others to the same address, "" when it has none."""
    if not request.form:
        return ""
    return hashlib.sha256(urlencode(request.form).encode()).hexdigest()[:32]


class Hop(Struct, frozen=True, kw_only=True):
    """One redirect that was followed: the address that answered, with what, and where it led."""

    address: str
    status: int
    location: str


class Answer(Struct, frozen=True, kw_only=True):
    """One HTTP answer, whatever its status: `fault()` tells whether it is of use.

    `address` is the one asked for, `final` the one that answered. Header names are lower case, only
    KEPT_HEADERS are there. `body` is decoded; it is empty for all statuses but USEFUL ones. `notice` is the
    beginning of the body that came with another status: it is only ever looked at, never a page.
    """

    address: str
    final: str
    status: int
    observed: datetime
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    notice: bytes = b""
    hops: tuple[Hop, ...] = ()

    def header(self, name: str) -> str:
        """The value of a header (lower-case name), "" when it was not sent."""
        return next((value for key, value in self.headers if key == name), "")

    @property
    def etag(self) -> str:
        """The validator to give back as Request.etag."""
        return self.header("etag")

    @property
    def last_modified(self) -> str:
        """The validator to give back as Request.last_modified."""
        return self.header("last-modified")

    @property
    def unchanged(self) -> bool:
        """Whether the server says nothing changed since the validators given."""
        return self.status == 304

    def fault(self) -> FetchError | None:
        """The error this answer's status stands for, or None when its body (or 304) is of use."""
        return status_fault(self.address, self.status)

    def page(self, source: str = "") -> Page:
        """The answer as a page of that source."""
        return Page(
            address=self.address,
            final=self.final,
            body=self.body,
            observed=self.observed,
            content_type=self.header("content-type"),
            status=self.status,
            source=source,
        )


class Fetcher(Protocol):
    """Anything that answers requests."""

    async def fetch(self, request: Request) -> Answer:
        """Answer one request. Raises FetchError when there is no HTTP answer to give."""
        ...


def join_location(address: str, location: str) -> str:
    """Where a redirect from `address` leads, not yet judged. Raises RefusedError for no address at all."""
    try:
        return urljoin(address, location)
    except ValueError:
        raise fault("bad-address", address, "it redirects to no address") from None
