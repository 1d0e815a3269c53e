"""A site on disk: its folder, configuration, sources, topics and providers.

Reading is strict, since a misspelt key that is silently ignored costs its owner an evening: unknown
keys are errors with a suggestion, and each error names file, line, key and the way out.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from newsloom.config import OPTIONS, Config
from newsloom.curate.leanings import Leanings
from newsloom.curate.topic_learning import extend_topics
from newsloom.documents import Organization, read_organizations, read_topics
from newsloom.errors import ConfigError
from newsloom.judgefile import read_judgement
from newsloom.place import Place, find_hosts, find_place
from newsloom.ratings import read_ratings
from newsloom.records import StoryEdits, Topic
from newsloom.sourcefile import SOURCES_FILE, Source, read_sources
from newsloom.storyfile import read_edits
from newsloom.yamlfile import Located, Value, load_file, suggest

CONFIG_FILE: Final = "newsloom.yaml"
__all__ = ["CONFIG_FILE", "SOURCES_FILE", "Site", "Source", "read_config", "read_site"]


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
    def store(self) -> Place:
        """Where the index is."""
        return find_place(self.config.store, self.root)

    @property
    def shared(self) -> Path | None:
        """The folder of what this site shares with others, None where it shares nothing."""
        return self.root / Path(self.config.shared).expanduser() if self.config.shared else None

    @property
    def hosts(self) -> Place:
        """Where the pace of hosts is kept, for this site and all that share it."""
        return find_hosts(self.store, self.shared)

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
        sources=read_sources(root, names),
        edits=read_edits(root),
        leanings=judgement.leanings,
        topics=extend_topics(topics, judgement.topics),
        organizations=_read_providers(root),
    )


def find_store(root: Path) -> Place:
    """Where the index of the site in a folder is, for those who need nothing else of it."""
    path = root / CONFIG_FILE
    config = read_config(load_file(path, root)) if path.is_file() else Config()
    return find_place(config.store, root)


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
            told = "" if options[key].secret else f", not {value!r}"
            raise located.error((key,), f"`{key}` {fault}{told}")
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
