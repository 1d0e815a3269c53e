"""What the index tells and is told: of files, visits, sources and pictures."""

from __future__ import annotations

from msgspec import Struct

from newsloom.errors import NewsloomError


class SourceState(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the polls of one source have left. Moments are seconds since 1970, spans are seconds.

    `etag`, `last_modified` and `digest` (of the body) tell an answer that brings nothing; they hold for
    `reading`, a digest of how the source is read. `follow` are the children it named (of a sitemap index),
    and of a child `parent` names its source. `asked` is the address that is asked instead of `address`
    since it moved for good, `moved_to` where it redirects to for good and `moved_seen` on how many polls in
    a row. `code`, `problem` and `remedy` tell what is wrong with it now, `failures` how many polls failed
    in a row, `answered` when one last did not. `ahead` counts entries dated into the future. `fruitful` is
    the running share of polls that brought something. `newest` is the newest entry's date, `news` when
    something new last came, `gap` the usual time between two entries and `longest` the longest lately,
    `daily` how many come a day, and `lags` are the latest times from publication to poll.
    """

    address: str
    polled: int
    etag: str | None = None
    last_modified: str | None = None
    digest: str = ""
    reading: str = ""
    follow: tuple[str, ...] = ()
    parent: str = ""
    entries: int = 0
    ahead: int = 0
    failures: int = 0
    code: str = ""
    problem: str = ""
    remedy: str = ""
    due: int = 0
    interval: int = 0
    wish: int | None = None
    asked: str = ""
    moved_to: str = ""
    moved_seen: int = 0
    gone: bool = False
    first: int = 0
    polls: int = 0
    successes: int = 0
    answered: int | None = None
    fruitful: float = 0.5
    newest: int | None = None
    news: int | None = None
    gap: int | None = None
    longest: int | None = None
    daily: float | None = None
    lags: tuple[int, ...] = ()


class Stamp(Struct, frozen=True):
    """What a file looked like when it was read: a change of either means it must be read again."""

    modified_ns: int
    size: int


class Visit(Struct, frozen=True, kw_only=True):
    """What became of an address that led to no record, so that it need not be fetched again."""

    outcome: str
    reason: str
    title: str
    visited: int


class ImageFailure(Struct, frozen=True, kw_only=True):
    """Why a picture could not be had: it did not come, or is `refused`: gone, or unfit to keep."""

    address: str
    tried: int
    failures: int
    code: str
    refused: bool
    problem: str


class Synchronised(Struct, frozen=True, kw_only=True):
    """How the index was brought in step: counts, which documents, and those that could not be read.

    `stories` are those that the documents read or removed were in before. `lost` counts those read
    whose private state is missing, or under a seal that did not open.
    """

    read: int
    removed: int
    problems: tuple[NewsloomError, ...]
    names: frozenset[str] = frozenset()
    stories: frozenset[str] = frozenset()
    lost: int = 0
