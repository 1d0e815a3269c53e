"""Why a fetch failed, in plain words, with the way out: one table for all of the program.

Summaries count by code, people read the text and the remedy. A cause never quotes what a server
sent, nor the network address a name resolved to: both may be somebody's private matter.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from newsloom.errors import FetchError, LimitError, RefusedError


class Cause(Struct, frozen=True):
    """One kind of failure: what happened, what to do, and the class of error it is raised as."""

    text: str
    remedy: str
    error: type[FetchError] = FetchError


_LATER: Final = "it is tried again with the next pass"
_CHECK: Final = "check the address in a browser"
_ALLOW: Final = "if it is yours, add {place} to `allow` in newsloom.yaml"

CAUSES: Final[Mapping[str, Cause]] = {
    # before anything is sent
    "bad-address": Cause("is not a web address", "write it as https://host/path", RefusedError),
    "refused-scheme": Cause("only http and https are fetched", "write it as https://host/path", RefusedError),
    "refused-userinfo": Cause(
        "an address with a user name or password is not fetched",
        "take the part before the @ out of the address",
        RefusedError,
    ),
    "refused-port": Cause("this port is not one of the web's", _ALLOW, RefusedError),
    "refused-address": Cause("its network address is not a public one", _ALLOW, RefusedError),
    "refused-downgrade": Cause(
        "it redirects from https to http", "ask its publisher to redirect to https", RefusedError
    ),
    "refused-redirect": Cause(
        "another host redirects to it, and `allow` is not lent to other hosts",
        "use its own address as the source",
        RefusedError,
    ),
    "blocked-by-robots": Cause(
        "its robots.txt asks programs not to read this address",
        "ask the publisher for a feed that may be read",
        RefusedError,
    ),
    "robots-unreachable": Cause(
        "its robots.txt could not be read, which forbids reading anything else", _LATER, RefusedError
    ),
    # no answer
    "dns": Cause("its host name has no network address", "check the spelling; the site may be gone"),
    "refused-connection": Cause("its server does not take connections", _LATER),
    "unreachable": Cause("its server cannot be reached", _LATER),
    "proxy": Cause("the site's proxy does not lead to it", "check `proxy` in newsloom.yaml"),
    "tls": Cause("its certificate is not valid for it", "tell its publisher; it is never read unchecked"),
    "cut-short": Cause("its server ended the answer too early", _LATER),
    "bad-answer": Cause("its server's answer is not proper HTTP", _CHECK),
    "not-recorded": Cause("is not in the recordings", "record it, or run without --replay"),
    "unexpected": Cause("failed in a way nobody foresaw", "please report it with the address"),
    # too much, too long
    "timeout": Cause("its answer took too long", _LATER, LimitError),
    "too-big": Cause("its answer is larger than is read", _CHECK, LimitError),
    "bomb": Cause("its answer unpacks to far more than was sent", _CHECK, LimitError),
    "redirect-loop": Cause("its redirects lead in a circle", _CHECK, LimitError),
    "too-many-redirects": Cause("it redirects too often", "use the last address as the source", LimitError),
    "retry-later": Cause("its server asked for a pause", _LATER, LimitError),
    # what the answer says
    "coding": Cause("its answer is packed in a way that is not read", "tell its publisher"),
    "broken-coding": Cause("its packed answer is damaged", _LATER),
    "login": Cause("it wants a log-in", "sources behind a log-in cannot be read"),
    "paywall": Cause("it wants payment", "sources behind a paywall cannot be read"),
    "forbidden": Cause("its server refuses programs", "ask its publisher, or use its feed"),
    "not-found": Cause("there is nothing at this address", "look for its new address, or remove it"),
    "gone": Cause("it is gone for good, its server says", "remove it from the sources"),
    "too-many-requests": Cause("its server asked for fewer requests", _LATER),
    "legal": Cause("it is withheld for legal reasons", "remove it from the sources"),
    "server-error": Cause("its server has a fault of its own", _LATER),
    "unavailable": Cause("its server is out of service for now", _LATER),
    "empty": Cause("its answer is empty", _CHECK),
    # walls: what stands in place of what was asked for (told by `walls`)
    "bot-wall": Cause(
        "its server shows programs a test for people",
        "ask its publisher for a feed, or to let Newsloom's User-Agent in",
    ),
    "consent": Cause(
        "it shows a page that asks for consent instead",
        "ask its publisher for an address without it, or use its feed alone (fetch_pages: false)",
    ),
    "empty-page": Cause("its page has nothing to read", _CHECK),
    "javascript-only": Cause(
        "its page is empty until a browser runs its scripts",
        "use its feed or news sitemap, which need none",
    ),
    "parked": Cause("its domain is for sale, or nobody's any more", "look for its new address, or remove it"),
    "soft-404": Cause(
        'it says "not found" though its status does not', "look for its new address, or remove it"
    ),
    # what a source turns out to be over time
    "no-articles": Cause(
        "it can be read, but none of its entries is an article", "check that it is a feed of articles"
    ),
    "clock-wrong": Cause(
        "its dates lie in the future or long past", "tell its publisher; the time of fetching is used"
    ),
    "silent": Cause(
        "it answers, but has brought nothing new for much longer than usual",
        "check on its site whether it still publishes here",
    ),
    "moved": Cause("it has moved for good", "use the new address as the source"),
    # what a body that arrived turns out to be
    "not-a-feed": Cause("is not a feed", "give the address of its RSS, Atom or JSON feed"),
    "broken-feed": Cause("is a feed too damaged to read", "check it with a feed validator"),
}

_STATUS_CODES: Final[Mapping[int, str]] = {
    401: "login",
    402: "paywall",
    403: "forbidden",
    404: "not-found",
    407: "login",
    410: "gone",
    429: "too-many-requests",
    451: "legal",
    503: "unavailable",
}


def fault(code: str, subject: str, detail: str = "", *, place: str = "") -> FetchError:
    """The error of that code for an address: not raised, so that it can be yielded as well.

    `detail` is added to the cause; `place` is the host:port the remedy speaks of.
    """
    cause = CAUSES[code]
    text = f"{cause.text}: {detail}" if detail else cause.text
    return cause.error(subject, text, cause.remedy.format(place=place or "its host:port"), code=code)


def status_fault(subject: str, status: int) -> FetchError | None:
    """The error an HTTP status stands for, or None for 200, 203 and 304.

    Codes not named one by one come out as `http-418` and the like.
    """
    if status in {200, 203, 304}:
        return None
    code = _STATUS_CODES.get(status)
    if code is not None:
        return fault(code, subject, f"HTTP {status}")
    if status >= 500:
        return fault("server-error", subject, f"HTTP {status}")
    return FetchError(subject, f"its server answered HTTP {status}", _CHECK, code=f"http-{status}")
