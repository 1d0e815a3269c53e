"""A site on disk: its folder, configuration, sources, topics and providers.

Reading is strict, since a misspelt key that is silently ignored costs its owner an evening: unknown
keys are errors with a suggestion, and each error names file, line, key and the way out.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from newsloom.config import OPTIONS, Config
from newsloom.curate.leanings import Leanings
from newsloom.curate.topic_learning import extend_topics
from newsloom.documents import Organization, read_organizations, read_topics
from newsloom.errors import ConfigError
from newsloom.judgefile import read_judgement
from newsloom.ratings import read_ratings
from newsloom.records import StoryEdits, Topic
from newsloom.storyfile import read_edits
from newsloom.yamlfile import Located, Value, load_file, suggest

CONFIG_FILE: Final = "newsloom.yaml"
SOURCES_FILE: Final = "sources.yaml"
SOURCES_OPML: Final = "sources.opml"
SOURCE_KINDS: Final = ("feed", "warc", "opml")
_SOURCE_KEYS: Final = frozenset({*SOURCE_KINDS, "name", "provider", "topics"})


class Source(Struct, frozen=True, kw_only=True):
    """One entry of `sources.yaml`.

    `location` is an http(s) address, or a path (`warc` may have wildcards) relative to the site.
    """

    kind: str
    location: str
    name: str = ""
    provider: str | None = None
    topics: tuple[str, ...] = ()

    @property
    def remote(self) -> bool:
        """Whether the source is read over the network."""
        return self.location.startswith(("http://", "https://"))


class Site(Struct, frozen=True, kw_only=True):
    """Everything an owner has written about a site."""

    root: Path
    config: Config
    sources: tuple[Source, ...]
    topics: tuple[Topic, ...]
    organizations: Mapping[str, Organization]
    edits: StoryEdits = StoryEdits()
    leanings: Leanings = Leanings()

    @property
    def private(self) -> Path:
        """The folder of index, keys, lock and journal: never in git."""
        return self.root / ".newsloom"

    @property
    def news(self) -> Path:
        """The folder of the article documents."""
        return self.root / "_news"


def read_site(root: Path) -> Site:
    """Read a site's configuration. Raises ConfigError for the first thing that is wrong."""
    if not (root / CONFIG_FILE).is_file():
        raise ConfigError(
            str(root), f"is not a site: it has no {CONFIG_FILE}", "run `newsloom init` to make one"
        )
    located = load_file(root / CONFIG_FILE, root)
    config = read_config(located)
    topics = read_topics(root / "_data" / "topics")
    judgement = read_judgement(root)
    names = {topic.name for topic in topics}
    if config.topic and config.topic not in names:
        raise located.error(
            ("topic",), f"`topic`: there is no topic {config.topic!r}", suggest(config.topic, names)
        )
    return Site(
        root=root,
        config=config,
        sources=_read_sources(root, names),
        edits=read_edits(root),
        leanings=judgement.leanings,
        topics=extend_topics(topics, judgement.topics),
        organizations=_read_providers(root),
    )


def read_config(located: Located) -> Config:
    """The settings of a `newsloom.yaml`. Raises ConfigError naming line, key and fix."""
    values = located.value if located.value is not None else {}
    if not isinstance(values, dict):
        raise located.error((), "must be a list of `key: value` lines", "run `newsloom init` for an example")
    options = {option.name: option for option in OPTIONS}
    chosen: dict[str, Value] = {}
    for key, value in values.items():
        if key not in options:
            raise located.error((key,), f"unknown key `{key}`", suggest(key, options))
        if value is None:
            continue  # a key without a value means its default
        if fault := options[key].fault(value):
            raise located.error((key,), f"`{key}` {fault}, not {value!r}")
        chosen[key] = value
    return msgspec.convert(chosen, Config)


def _read_providers(root: Path) -> dict[str, Organization]:
    """Read the registry, with ratings where a provider's own file gives no standing."""
    found = read_organizations(root / "_data" / "organizations")
    for domain, rating in read_ratings(root).items():
        known = found.get(domain)
        if known is None:
            found[domain] = Organization(
                domain=domain, name="", standing=rating.standing, standing_reason=rating.reason
            )
        elif known.standing is None:
            found[domain] = replace(known, standing=rating.standing, standing_reason=rating.reason)
    return found


def _read_sources(root: Path, topics: set[str]) -> tuple[Source, ...]:
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


def _read_source(located: Located, number: int, entry: Value, topics: set[str]) -> Source:
    if not isinstance(entry, dict):
        raise located.error(
            (number,), "a source must be `kind: address`", "such as `- feed: https://news.example/rss`"
        )
    for key in entry:
        if key not in _SOURCE_KEYS:
            raise located.error((number, key), f"unknown key `{key}`", suggest(key, _SOURCE_KEYS))
    kinds = [kind for kind in SOURCE_KINDS if kind in entry]
    if len(kinds) != 1:
        raise located.error((number,), f"a source needs exactly one of {', '.join(SOURCE_KINDS)}")
    kind = kinds[0]
    hints = _texts(located, (number, "topics"), entry.get("topics"))
    for hint in hints:
        if hint not in topics:
            raise located.error((number, "topics"), f"there is no topic {hint!r}", suggest(hint, topics))
    return Source(
        kind=kind,
        location=_location(located, number, kind, entry[kind]),
        name=_text(located, (number, "name"), entry.get("name")),
        provider=_text(located, (number, "provider"), entry.get("provider")) or None,
        topics=hints,
    )


def _location(located: Located, number: int, kind: str, value: Value) -> str:
    text = _text(located, (number, kind), value)
    if not text:
        raise located.error((number, kind), f"`{kind}` has no address", "write an http(s) address or a path")
    parts = urlsplit(text)
    if "://" in text and (parts.scheme not in {"http", "https"} or not parts.hostname):
        raise located.error((number, kind), f"`{text}` is not an http(s) address or a path")
    if kind != "feed" and "://" in text:
        raise located.error((number, kind), f"`{kind}` must be a path", "fetch the file first")
    return text


def _text(located: Located, path: tuple[Any, ...], value: Value) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise located.error(path, f"`{path[-1]}` must be text, not {value!r}", "put it in quotes")
    return value


def _texts(located: Located, path: tuple[Any, ...], value: Value) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list):
        raise located.error(path, f"`{path[-1]}` must be a list", "such as [AI, Machine Learning]")
    return tuple(_text(located, path, item) for item in value)
