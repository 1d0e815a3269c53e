"""The sources of a site as they are polled: lists of feeds unfolded, each address once."""

from __future__ import annotations

from collections.abc import Container, Iterator

from msgspec import Struct
from msgspec.structs import replace

from newsloom.errors import NewsloomError
from newsloom.site import Site, Source
from newsloom.sources import read_opml


class Plan(Struct, frozen=True, kw_only=True):
    """Which sources a pass reads: remote ones by address (None for all), and local ones or not."""

    remote: Container[str] | None = None
    local: bool = True


class SourceList(Struct, frozen=True, kw_only=True):
    """All feeds of a site: `remote` by address, `local` ones, and the lists that could not be read."""

    remote: dict[str, Source]
    local: tuple[Source, ...]
    problems: tuple[NewsloomError, ...]


def list_sources(site: Site) -> SourceList:
    """The sources of a site that are polled or are files of feeds; recordings are read elsewhere."""
    problems: list[NewsloomError] = []
    remote: dict[str, Source] = {}
    local: list[Source] = []
    for source in _unfold(site, problems):
        if source.remote:
            remote.setdefault(source.location, source)
        else:
            local.append(source)
    return SourceList(remote=remote, local=tuple(local), problems=tuple(problems))


def _unfold(site: Site, problems: list[NewsloomError]) -> Iterator[Source]:
    for source in site.sources:
        if source.kind == "opml":
            try:
                outlines = read_opml(site.root / source.location)
            except NewsloomError as error:
                problems.append(error)
                continue
            for outline in outlines:
                yield replace(source, kind="feed", location=outline.address, name=outline.title)
        elif source.kind == "feed" or source.remote:
            yield source
