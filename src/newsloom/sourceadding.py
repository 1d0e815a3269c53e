"""What is to be added to a site's sources: found out, named, and compared with what it has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from newsloom.errors import ConfigError, NewsloomError, SourceError
from newsloom.extract import identity_key
from newsloom.site import Site, Source
from newsloom.sourcefile import is_remote, read_every
from newsloom.sources import Feed, read_opml
from newsloom.sources.discovery import Discovery
from newsloom.sources.folder import RECORDINGS
from newsloom.sources.naming import tell_source
from newsloom.sources.youtube import is_youtube_feed
from newsloom.sourcing import (
    Look,
    look_at_feed,
    look_at_sources,
    plain,
    search_address,
    tell_look,
    unfold_sources,
)
from newsloom.yamlfile import suggest

_TOLD: Final = 5  # addresses told that were tried in vain
_NOTE: Final = "quality is of what the source itself says; pages tell more"


class Wish(Struct, frozen=True, kw_only=True):
    """What the owner wants said of a source; empty for what it says of itself.

    `again` allows one that is a source already, for looking at it.
    """

    name: str = ""
    provider: str = ""
    topics: tuple[str, ...] = ()
    every: str = ""
    select: str = ""
    again: bool = False


class Offer(Struct, frozen=True, kw_only=True):
    """Sources to be written down, and what to tell of them."""

    sources: tuple[Source, ...]
    lines: tuple[str, ...]


def find_sources(site: Site, address: str, wish: Wish) -> Offer:
    """Find out what an address or a path is and how it would be written down.

    Raises:
        ConfigError: an option is wrong, or it is a source already.
        SourceError: nothing was found; the error tells what was tried.
    """
    every = _check_wish(site, wish)
    path = Path(address)
    if "://" not in address and path.exists():
        return _offer_path(site, path, wish, every)
    whole = _complete(address)
    _refuse_known(site, whole, wish)
    bare = Source(
        kind="feed", location=whole, provider=wish.provider or None, topics=wish.topics, every=every
    )
    if wish.select:
        bare = replace(bare, kind="listing", select=wish.select, name=wish.name)
        return _offer_local(site, bare)
    discovery = search_address(site, whole)
    if discovery.found is None and not is_remote(address):  # nobody said https
        plainly = search_address(site, whole.replace("https://", "http://", 1))
        discovery = plainly if plainly.found is not None else discovery
    found, feed = discovery.found, discovery.feed
    if found is None or feed is None:
        raise _explain(whole, discovery)
    _refuse_known(site, found.address, wish)
    name = wish.name or plain(feed.title or found.title)
    source = replace(bare, kind=found.kind, location=found.address, name=name)
    if is_youtube_feed(found.address):
        source = replace(source, pages=False)  # a film's page tells no more than its feed
    return Offer(sources=(source,), lines=tuple(_tell(site, source, discovery, feed)))


def match_source(site: Site, wanted: str) -> Source | None:
    """The source of that address, path or name; None when there is none.

    Raises:
        ConfigError: several have that name.
    """
    sources = list(unfold_sources(site))
    key = make_key(wanted)
    for source in (*site.sources, *sources):
        if source.location == wanted or make_key(source.location) == key:
            return source
    named = [source for source in sources if source.name and source.name.casefold() == wanted.casefold()]
    if len(named) > 1:
        raise ConfigError(wanted, f"is the name of {len(named)} sources", f"such as {named[0].location}")
    return named[0] if named else None


def suggest_source(site: Site, wanted: str) -> str:
    """A way out for a source that is not there: the nearest one."""
    names = {name for source in site.sources for name in (source.name, source.location) if name}
    remedy = suggest(wanted, names) if names else ""
    return remedy if remedy.startswith("did") else "`newsloom sources list` names them"


def make_key(location: str) -> str:
    """A key that is equal for one source, however its address is written."""
    if not is_remote(location):
        return location
    try:
        return identity_key(location)
    except NewsloomError:
        return location


def _check_wish(site: Site, wish: Wish) -> int | None:
    names = {topic.name for topic in site.topics}
    for topic in wish.topics:
        if topic not in names:
            raise ConfigError("--topic", f"there is no topic {topic!r}", suggest(topic, names))
    every = read_every(wish.every) if wish.every else None
    if wish.every and every is None:
        raise ConfigError("--every", f"cannot be {wish.every!r}", "write minutes, or such as 2h or 1d")
    return every


def _complete(address: str) -> str:
    """An address as people write it, with its scheme."""
    address = address.strip()
    for scheme in ("feed://", "feed:"):
        if address.startswith(scheme):
            address = address.removeprefix(scheme)
    if is_remote(address):
        return address
    host = address.partition("/")[0]
    if "://" in address or not ("." in host or host.startswith("localhost")) or " " in address:
        raise ConfigError(address, "is neither a file nor a web address", "write it as https://host/path")
    return f"https://{address}"


def _refuse_known(site: Site, address: str, wish: Wish) -> None:
    key = make_key(address)
    for source in () if wish.again else unfold_sources(site):
        if make_key(source.location) == key:
            where = f"sources.yaml:{source.line}" if source.line else "a list of subscriptions"
            raise ConfigError(address, f"is a source already ({where})", "`newsloom sources list` names all")


def _explain(address: str, discovery: Discovery) -> SourceError:
    """Why nothing was found: the one cause, or all that was tried."""
    if len(discovery.tried) == 1:
        only = discovery.tried[0]
        return SourceError(address, only.cause, only.remedy, code=only.code)
    tried = "; ".join(f"{error.subject} {error.cause}" for error in discovery.tried[:_TOLD])
    more = f"; and {len(discovery.tried) - _TOLD} more" if len(discovery.tried) > _TOLD else ""
    remedy = "give the address of its feed or sitemap, or the CSS selector of its links as --select"
    return SourceError(address, f"no source was found there: {plain(tried)}{more}", remedy, code="no-source")


def _tell(site: Site, source: Source, discovery: Discovery, feed: Feed) -> Iterator[str]:
    found = discovery.found
    reason = f": {found.reason}" if found is not None else ""
    yield f"{source.kind}  {plain(source.location)}{reason}"
    if feed.follow and not feed.entries:
        yield f"  a list of {len(feed.follow)} feeds; each is polled with it"
    else:
        yield from _tell_entries(site, look_at_feed(feed, source))
    for other in discovery.others[:_TOLD]:
        yield f"also there: {other.kind}  {plain(other.address)}  {plain(other.title)}".rstrip()


def _tell_entries(site: Site, look: Look) -> Iterator[str]:
    yield f"  {look.entries} entries" + (f", the first as records ({_NOTE}):" if look.drafts else ":")
    yield from tell_look(site, look)


def _offer_path(site: Site, path: Path, wish: Wish, every: int | None) -> Offer:
    whole = path.resolve()
    inside = whole.is_relative_to(site.root)
    location = str(whole.relative_to(site.root)) if inside else str(whole)
    kind = _tell_path(whole)
    bare = Source(
        kind=kind,
        location=location,
        name=wish.name,
        provider=wish.provider or None,
        topics=wish.topics,
        every=every,
    )
    if kind == "opml":
        return _offer_list(site, whole, bare)
    _refuse_known(site, location, wish)
    return _offer_local(site, bare)


def _tell_path(path: Path) -> str:
    if path.is_dir():
        return "folder"
    if path.name.lower().endswith(RECORDINGS):
        return "warc"
    try:
        with path.open("rb") as file:
            return "opml" if tell_source(file.read(4_096)) == "opml" else "feed"
    except OSError as error:
        raise SourceError(str(path), f"cannot be read: {error.strerror}", "check its rights") from error


def _offer_local(site: Site, source: Source) -> Offer:
    look = look_at_sources(site, [source])[0]
    if isinstance(look, NewsloomError):
        raise look
    lines = (f"{source.kind}  {plain(source.location)}", *_tell_entries(site, look))
    return Offer(sources=(source,), lines=lines)


def _offer_list(site: Site, path: Path, bare: Source) -> Offer:
    """The feeds of a list of subscriptions that are not sources yet."""
    outlines = read_opml(path)
    known = {make_key(source.location) for source in unfold_sources(site)}
    fresh: list[Source] = []
    for outline in outlines:
        key = make_key(outline.address)
        if key not in known:
            known.add(key)
            name = outline.title if outline.title != outline.address else ""
            fresh.append(replace(bare, kind="feed", location=outline.address, name=name))
    line = f"{len(outlines)} feeds in the list, {len(outlines) - len(fresh)} of them sources already"
    return Offer(sources=tuple(fresh), lines=(line, *_name_first(fresh)))


def _name_first(sources: Iterable[Source]) -> Iterator[str]:
    for number, source in enumerate(sources):
        if number == _TOLD:
            yield "  …"
            return
        yield f"  {plain(source.location)}  {plain(source.name)}".rstrip()
