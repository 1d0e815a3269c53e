"""Feeds polled, and the pages their new entries lead to fetched, over the one guarded client."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from msgspec.structs import replace

from newsloom.errors import FetchError, NewsloomError
from newsloom.extract import identity_key
from newsloom.fetch import Answer, Fetcher, LiveFetcher, RecordingFetcher, ReplayFetcher, Request, fetch_all
from newsloom.intake.account import Intake
from newsloom.progress import Reporter
from newsloom.records import Candidate, Page, Record
from newsloom.site import Site, Source
from newsloom.sources import Feed, read_feed_file, read_opml, read_source
from newsloom.store import Index, SourceState, Visit


def poll_sources(
    site: Site,
    index: Index,
    known: Mapping[str, Record],
    intake: Intake,
    *,
    replay: Sequence[Path],
    record: Path | None,
    reporter: Reporter,
) -> list[Page]:
    """Read every feed of the site into candidates; the pages that their new entries lead to."""
    remote: dict[str, Source] = {}
    for source in _expand_lists(site, intake):
        if source.remote:
            remote.setdefault(source.location, source)
        else:
            _read_local(site, source, intake)
    if not remote:
        return []
    poll = _Poll(site, index, known, intake, reporter)
    return asyncio.run(poll.run(remote, replay, record))


def adopt_feed(feed: Feed, source: Source | None, intake: Intake) -> list[Candidate]:
    """Take a feed's entries in, with what the owner said of its source; the candidates added."""
    hints = {"topics": source.topics, "provider": source.provider} if source is not None else {}
    candidates = [replace(entry, **hints) for entry in feed.entries] if hints else list(feed.entries)
    intake.candidates += candidates
    intake.entries += len(candidates)
    for problem, number in feed.problems.items():
        for _ in range(number):
            intake.reject("", problem)
    return candidates


def _expand_lists(site: Site, intake: Intake) -> Iterable[Source]:
    """All feed sources, those of OPML lists among them."""
    for source in site.sources:
        if source.kind == "feed":
            yield source
        elif source.kind == "opml":
            try:
                outlines = read_opml(site.root / source.location)
            except NewsloomError as error:
                intake.note_problem(error)
                continue
            for outline in outlines:
                yield replace(source, kind="feed", location=outline.address, name=outline.title)


def _read_local(site: Site, source: Source, intake: Intake) -> None:
    intake.polled += 1
    try:
        feed = read_feed_file(site.root / source.location)
    except NewsloomError as error:
        intake.note_problem(error)
        return
    intake.note_moment(feed.observed)
    adopt_feed(feed, source, intake)


class _Poll:
    """One round over the remote feeds of a site."""

    def __init__(
        self, site: Site, index: Index, known: Mapping[str, Record], intake: Intake, reporter: Reporter
    ) -> None:
        self._site = site
        self._known = known
        self._intake = intake
        self._reporter = reporter
        self._states = index.source_states()
        self._visits = index.visits()

    async def run(
        self, sources: Mapping[str, Source], replay: Sequence[Path], record: Path | None
    ) -> list[Page]:
        """Poll the feeds, then fetch the pages that are wanted."""
        async with open_fetcher(self._site, replay, record) as fetcher:
            wanted = await self._poll_feeds(fetcher, sources)
            return await self._fetch_pages(fetcher, wanted) if self._site.config.fetch_pages else []

    async def _poll_feeds(self, fetcher: Fetcher, sources: Mapping[str, Source]) -> dict[str, str]:
        """Poll each feed once; the addresses to fetch, by key."""
        wanted: dict[str, str] = {}
        self._reporter.start("poll feeds", len(sources))
        requests = [self._ask(address) for address in sources]
        async for request, result in fetch_all(fetcher, requests):
            self._reporter.advance()
            self._intake.polled += 1
            for candidate in self._take_answer(sources[request.address], request.address, result):
                key = _key(candidate.address)
                if self._is_news(key, candidate):
                    wanted.setdefault(key, candidate.address)
                self._intake.visited[key] = (candidate.address, candidate.title)
        return dict(sorted(wanted.items()))

    def _ask(self, address: str) -> Request:
        state = self._states.get(address)
        if state is None:
            return Request(address=address, kind="feed")
        return Request(
            address=address, kind="feed", etag=state.etag or "", last_modified=state.last_modified or ""
        )

    def _take_answer(self, source: Source, address: str, result: Answer | FetchError) -> list[Candidate]:
        before = self._states.get(address) or SourceState(address=address, polled=0)
        now = int(time.time())
        try:
            if isinstance(result, FetchError):
                raise result
            self._intake.note_moment(result.observed)
            if result.unchanged:
                self._intake.source_states.append(replace(before, polled=now, failures=0, problem=""))
                return []
            feed = read_source(source.kind, result.body, result.final, result.observed, source=address)
        except NewsloomError as error:
            self._intake.note_problem(error)
            failed = replace(before, polled=now, failures=before.failures + 1, problem=str(error))
            self._intake.source_states.append(failed)
            return []
        self._intake.source_states.append(
            SourceState(
                address=address,
                polled=now,
                etag=result.etag or None,
                last_modified=result.last_modified or None,
                entries=len(feed.entries),
            )
        )
        return adopt_feed(feed, source, self._intake)

    def _is_news(self, key: str, candidate: Candidate) -> bool:
        """Whether a page is worth fetching: not seen yet, or its entry has another title than then."""
        visit: Visit | None = self._visits.get(key)
        if visit is not None:
            return visit.title != candidate.title
        return key not in self._known

    async def _fetch_pages(self, fetcher: Fetcher, wanted: Mapping[str, str]) -> list[Page]:
        pages: list[Page] = []
        self._reporter.start("fetch pages", len(wanted))
        requests = [Request(address=address) for address in wanted.values()]
        async for _, result in fetch_all(fetcher, requests):
            self._reporter.advance()
            if isinstance(result, FetchError):
                self._intake.note_problem(result)  # its entry becomes a draft of its own
            else:
                pages.append(result.page())
        return sorted(pages, key=lambda page: page.address)


@asynccontextmanager
async def open_fetcher(site: Site, replay: Sequence[Path], record: Path | None) -> AsyncIterator[Fetcher]:
    """The fetcher a pass works with: recordings when there are any, else the web."""
    if replay:
        yield ReplayFetcher(replay)
        return
    config = site.config
    agent = config.contact or config.url
    async with LiveFetcher(site=agent, allow=config.allow) as live:
        if record is None:
            yield live
        else:
            with RecordingFetcher(live, record) as recording:
                yield recording


def _key(address: str) -> str:
    try:
        return identity_key(address)
    except NewsloomError:
        return address
