"""Sources looked at without keeping anything: what they give, and how it would look as records."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from newsloom.curate import curate
from newsloom.errors import FetchError, NewsloomError, PageError, SourceError
from newsloom.extract import extract, read_entry
from newsloom.fetch import Answer, Fetcher, LiveFetcher, Request, answer_or_fault
from newsloom.intake import Intake
from newsloom.intake.recordings import read_recordings
from newsloom.judging import make_desk
from newsloom.records import Candidate, Draft, Record
from newsloom.site import Site, Source
from newsloom.sources import Feed, read_feed_file, read_opml, read_source
from newsloom.sources.discovery import Discovery, discover

PREVIEWED: Final = 5  # entries shown of a source: enough to see what it is about
_CHILDREN: Final = 2  # sitemaps of an index, or feeds of a list, read to see what they give
_DEPTH: Final = 2  # levels of children; an index may not hold indexes, a few do


class Look(Struct, frozen=True, kw_only=True):
    """What a source gave when it was looked at.

    `entries` counts them, `drafts` are the first ones, `bare` addresses of first ones whose title only
    their pages tell. `problems` are told, not fatal.
    """

    entries: int
    drafts: tuple[Draft, ...] = ()
    bare: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def plain(text: str) -> str:
    """A text from outside on one line of a terminal: nothing in it moves the cursor."""
    return "".join(character if character.isprintable() else " " for character in text).strip()


def unfold_sources(site: Site) -> Iterator[Source]:
    """A site's sources, lists of feeds on disk taken apart; a list that cannot be read stays whole."""
    for source in site.sources:
        outlines = None
        if source.kind == "opml" and not source.remote:
            try:
                outlines = read_opml(site.root / source.location)
            except NewsloomError:
                outlines = None
        if outlines is None:
            yield source
            continue
        for outline in outlines:
            name = outline.title or source.name
            yield replace(source, kind="feed", location=outline.address, name=name, line=0)


def search_address(site: Site, address: str) -> Discovery:
    """Find out over the web what an address is a source of."""

    async def search() -> Discovery:
        async with _open(site) as fetcher:
            return await discover(fetcher, address)

    return asyncio.run(search())


def look_at_sources(site: Site, sources: Sequence[Source]) -> list[Look | NewsloomError]:
    """Read sources once, keeping nothing; for each what it gave, or the error that prevented it."""

    async def look() -> list[Look | NewsloomError]:
        async with _open(site) as fetcher:
            return await asyncio.gather(*(_look(site, source, fetcher) for source in sources))

    return asyncio.run(look())


def look_at_feed(feed: Feed, source: Source) -> Look:
    """What was read of a source, with its first entries as drafts."""
    drafts: list[Draft] = []
    bare: list[str] = []
    for candidate in feed.entries[:PREVIEWED]:
        try:
            drafts.append(read_entry(_add_hints(candidate, source)))
        except PageError:
            bare.append(candidate.address)
    problems = tuple(f"{number} × {reason}" for reason, number in feed.problems.items())
    return Look(entries=len(feed.entries), drafts=tuple(drafts), bare=tuple(bare), problems=problems)


def tell_look(site: Site, look: Look) -> Iterator[str]:
    """The first entries as lines for a terminal: date, quality, provider, topics, title."""
    clock = max((draft.observed for draft in look.drafts), default=datetime.now(UTC))
    desk = replace(make_desk(site), keep="all")
    records = curate((), look.drafts, desk, clock).records
    for record in sorted(records, key=lambda item: item.article.published, reverse=True):
        yield _tell_record(record)
    for address in look.bare:
        yield f"  {plain(address)}  (its page will tell the rest)"
    for problem in look.problems:
        yield f"  passed over: {plain(problem)}"


def _tell_record(record: Record) -> str:
    article = record.article
    topics = ", ".join(article.topics) or "no topic"
    provider = plain(article.provider.name)
    kind = " [video]" if article.kind == "video" else ""
    day = f"{article.published:%Y-%m-%d %H:%M}"
    return f"  {day}  {article.quality:4}  {provider}  ({plain(topics)}){kind}  {plain(article.title)}"


@asynccontextmanager
async def _open(site: Site) -> AsyncIterator[Fetcher]:
    config = site.config
    async with LiveFetcher(site=config.contact or config.url, allow=config.allow) as fetcher:
        yield fetcher


async def _look(site: Site, source: Source, fetcher: Fetcher) -> Look | NewsloomError:
    try:
        if source.kind in {"folder", "warc"}:
            return _look_at_disk(site, source)
        if source.remote:
            feed = await _poll(fetcher, source, source.location, _DEPTH)
        elif source.kind == "opml":
            return Look(entries=len(read_opml(site.root / source.location)))
        else:
            feed = read_feed_file(site.root / source.location)
    except NewsloomError as error:
        return error
    return look_at_feed(feed, source)


async def _poll(fetcher: Fetcher, source: Source, address: str, depth: int) -> Feed:
    """Read an address and the first of its children. Raises NewsloomError when it cannot be read."""
    answer = await answer_or_fault(fetcher, Request(address=address, kind="feed"))
    if isinstance(answer, FetchError):
        raise answer
    feed = _read(source, answer)
    entries = list(feed.entries)
    for child in feed.follow[:_CHILDREN] if depth else ():
        entries += (await _poll(fetcher, source, child, depth - 1)).entries
    return replace(feed, entries=tuple(entries))


def _read(source: Source, answer: Answer) -> Feed:
    return read_source(
        source.kind, answer.body, answer.final, answer.observed, source=source.location, select=source.select
    )


def _look_at_disk(site: Site, source: Source) -> Look:
    intake = Intake()
    drafts: list[Draft] = []
    pages = 0
    for page in read_recordings(replace(site, sources=(replace(source, paused=False),)), intake):
        pages += 1
        if len(drafts) < PREVIEWED:
            try:
                drafts.append(extract(page))
            except PageError:
                continue  # a pass counts it with its reason
    if not pages and not intake.candidates and intake.problems:
        raise SourceError(source.location, intake.problems[0].partition(": ")[2])
    drafts += _read_entries(intake.candidates[: PREVIEWED - len(drafts)])
    return Look(entries=pages + len(intake.candidates), drafts=tuple(drafts), problems=tuple(intake.problems))


def _read_entries(candidates: Iterable[Candidate]) -> Iterator[Draft]:
    for candidate in candidates:
        try:
            yield read_entry(candidate)
        except PageError:
            continue


def _add_hints(candidate: Candidate, source: Source) -> Candidate:
    provider = source.provider or candidate.provider
    return replace(candidate, topics=source.topics or candidate.topics, provider=provider)
