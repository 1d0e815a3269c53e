"""The sources of a site as a file: `sources.yaml`, read strictly, or a list of subscriptions instead."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from msgspec import Struct

from newsloom import settings
from newsloom.errors import ConfigError
from newsloom.yamlfile import Located, Step, Value, load_file, suggest

SOURCES_FILE: Final = "sources.yaml"
SOURCES_OPML: Final = "sources.opml"
SOURCE_KINDS: Final = ("feed", "sitemap", "listing", "folder", "warc", "opml")
_ON_DISK: Final = frozenset({"folder", "warc"})  # kinds that are never an address
_ON_THE_WEB: Final = frozenset({"sitemap", "listing"})  # kinds that are nothing else
_OPTIONS: Final = frozenset({"name", "provider", "topics", "every", "paused", "select", "pages"})
_KEYS: Final = frozenset({*SOURCE_KINDS, *_OPTIONS})
_EVERY: Final = re.compile(r"([1-9][0-9]{0,6}) ?(m|h|d|)")
_SECONDS: Final = {"": 60, "m": 60, "h": 3_600, "d": 86_400}


class Source(Struct, frozen=True, kw_only=True):
    """One entry of `sources.yaml`.

    `location` is an http(s) address, or a path (`folder` and `warc` may have wildcards) relative to the
    site. `every` is how often it is read at most, in seconds, None where the desk decides; `select` the CSS
    selector of a listing's links. `pages` says whether pages of its entries are read, None for as the site
    has it. `line` is where it stands in the file, 0 for one that stands in none.
    """

    kind: str
    location: str
    name: str = ""
    provider: str | None = None
    topics: tuple[str, ...] = ()
    every: int | None = None
    paused: bool = False
    select: str = ""
    pages: bool | None = None
    line: int = 0

    @property
    def remote(self) -> bool:
        """Whether the source is read over the network."""
        return is_remote(self.location)


def is_remote(location: str) -> bool:
    """Whether a location is an http(s) address rather than a path."""
    return location.startswith(("http://", "https://"))


def read_sources(root: Path, topics: Collection[str]) -> tuple[Source, ...]:
    """Read a site's sources, in the file's order; `topics` are the names of those it has.

    Raises:
        ConfigError: something is wrong; the error names the line and the way out.
    """
    path = root / SOURCES_FILE
    if path.is_file():
        located = load_file(path, root)
        entries = located.value if located.value is not None else []
        if not isinstance(entries, list):
            raise located.error((), "must be a list", "start each source with `- feed: https://…`")
        return tuple(_read_source(located, number, entry, topics) for number, entry in enumerate(entries))
    if (root / SOURCES_OPML).is_file():
        return (Source(kind="opml", location=SOURCES_OPML),)
    raise ConfigError(SOURCES_FILE, "is missing", "write `- feed: https://…` into it, one line a source")


def read_every(value: Value) -> int | None:
    """Seconds of `every`: minutes as a number, or such as 90m, 2h and 1d; None for anything else."""
    match = _EVERY.fullmatch(str(value)) if isinstance(value, int | str) else None
    seconds = int(match[1]) * _SECONDS[match[2]] if match else 0
    return seconds if settings.EVERY_LEAST_SECONDS <= seconds <= settings.EVERY_MOST_SECONDS else None


def _read_source(located: Located, number: int, entry: Value, topics: Collection[str]) -> Source:
    if not isinstance(entry, dict):
        raise located.error(
            (number,), "a source must be `kind: address`", "such as `- feed: https://news.example/rss`"
        )
    for key in entry:
        if key not in _KEYS:
            raise located.error((number, key), f"unknown key `{key}`", suggest(key, _KEYS))
    kinds = [kind for kind in SOURCE_KINDS if kind in entry]
    if len(kinds) != 1:
        raise located.error((number,), f"a source needs exactly one of {', '.join(SOURCE_KINDS)}")
    reader = _Entry(located, number, entry)
    if entry.get("select") is not None and kinds != ["listing"]:
        raise located.error((number, "select"), "`select` is for a `listing`", "take it out")
    return Source(
        kind=kinds[0],
        location=reader.location(kinds[0]),
        name=reader.text("name"),
        provider=reader.text("provider") or None,
        topics=reader.topics(topics),
        every=reader.every(),
        paused=bool(reader.truth("paused")),
        select=reader.text("select"),
        pages=reader.truth("pages"),
        line=located.lines[number,],
    )


class _Entry:
    """Reads the keys of one source, each with an error of its own."""

    def __init__(self, located: Located, number: int, values: dict[str, Value]) -> None:
        self._located = located
        self._number = number
        self._values = values

    def _error(self, key: str, cause: str, remedy: str = "") -> ConfigError:
        path: tuple[Step, ...] = (self._number, key)
        return self._located.error(path, cause, remedy)

    def text(self, key: str) -> str:
        value = self._values.get(key)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise self._error(key, f"`{key}` must be text, not {value!r}", "put it in quotes")
        return value

    def truth(self, key: str) -> bool | None:
        value = self._values.get(key)
        if value is None or isinstance(value, bool):
            return value
        raise self._error(key, f"`{key}` must be true or false, not {value!r}")

    def every(self) -> int | None:
        value = self._values.get("every")
        if value is None or (seconds := read_every(value)) is not None:
            return None if value is None else seconds
        days = settings.EVERY_MOST_SECONDS // _SECONDS["d"]
        cause = f"`every` must be from 1 minute to {days} days, not {value!r}"
        raise self._error("every", cause, "write minutes, or such as 2h or 1d")

    def topics(self, known: Collection[str]) -> tuple[str, ...]:
        values = self._values.get("topics")
        if values is None:
            return ()
        if not isinstance(values, list):
            raise self._error("topics", "`topics` must be a list", "such as [AI, Machine Learning]")
        for value in values:
            if not isinstance(value, str):
                raise self._error("topics", f"`topics` must be text, not {value!r}", "put it in quotes")
            if value not in known:
                raise self._error("topics", f"there is no topic {value!r}", suggest(value, known))
        return tuple(str(value) for value in values)

    def location(self, kind: str) -> str:
        text = self.text(kind)
        if not text:
            raise self._error(kind, f"`{kind}` has no address", "write an http(s) address or a path")
        if "://" in text and not _is_address(text):
            raise self._error(kind, f"`{text}` is not an http(s) address or a path")
        if kind in _ON_DISK and "://" in text:
            raise self._error(kind, f"`{kind}` must be a path", "fetch the file first")
        if kind in _ON_THE_WEB and not is_remote(text):
            raise self._error(kind, f"`{kind}` must be an http(s) address", "write it with its https://")
        return text


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False
